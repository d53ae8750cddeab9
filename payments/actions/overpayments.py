"""Overpayments follow from the findings, and never fall below what refund cases hold."""

from payments.labels import ESTABLISHED
from payments.rules.findings import FINDINGS
from registry.actions.columns import run

AMOUNT = "greatest({found}, o.established, o.reserved + o.paid)"
"""SQL: what is overpaid in all; findings speak of the entry as it came, so nothing is added up."""

CODES = ", ".join(f"'{finding}'" for finding in FINDINGS)
# In the order in which cases take their rows, so that neither waits for the other for ever.
LOCK = """
SELECT FROM payments_overpayment o WHERE o.entry_id IN (
    SELECT coalesce(m.origin_id, e.entry) FROM unnest(%(entries)s::bigint[]) e (entry)
        LEFT JOIN registry_moved m ON m.entry_id = e.entry)
ORDER BY o.id FOR NO KEY UPDATE"""
FOLLOW = f"""
WITH line AS (
    SELECT DISTINCT coalesce(m.origin_id, e.entry) AS origin
    FROM unnest(%(entries)s::bigint[]) e (entry)
        LEFT JOIN registry_moved m ON m.entry_id = e.entry
), member AS (
    SELECT origin, origin AS entry FROM line
    UNION ALL
    SELECT l.origin, m.entry_id FROM line l JOIN registry_moved m ON m.origin_id = l.origin
), now AS (
    SELECT DISTINCT ON (origin) origin, f.code, f.amount
    FROM member m JOIN payments_finding f ON f.entry_id = m.entry
    WHERE f.dropped_at IS NULL AND f.amount IS NOT NULL
    ORDER BY origin, f.amount DESC, array_position(ARRAY[{CODES}], f.code::text)
), gone AS (
    UPDATE payments_overpayment o
    SET cause = CASE WHEN o.established > 0 THEN '{ESTABLISHED}' ELSE o.cause END,
        found = 0, amount = {AMOUNT.format(found=0)}, changed_at = %(at)s
    FROM line l
    WHERE o.entry_id = l.origin AND o.found > 0 AND l.origin NOT IN (SELECT origin FROM now)
)
INSERT INTO payments_overpayment AS o
    (entry_id, cause, found, amount, reserved, paid, recorded_at, changed_at)
SELECT origin, code, amount, amount, 0, 0, %(at)s, %(at)s FROM now ORDER BY origin
ON CONFLICT (entry_id) DO UPDATE SET
    cause = excluded.cause, found = excluded.found,
    amount = {AMOUNT.format(found="excluded.found")}, changed_at = excluded.changed_at
WHERE (o.cause, o.found) IS DISTINCT FROM (excluded.cause, excluded.found)"""


def follow(entries, *, at):
    """Derives the overpayments of entries (an array of ids) whose findings changed."""
    run(LOCK, {"entries": entries}).close()
    run(FOLLOW, {"entries": entries, "at": at}).close()
