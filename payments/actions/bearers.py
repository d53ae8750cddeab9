"""Whose the payments are now that once came in, and what refunds have left of them."""

import numpy as np

from registry.actions import book
from registry.actions.columns import days, fetch

BEARER = np.dtype(
    [
        ("origin", "<i8"),
        ("entry", "<i8"),
        ("person", "<i8"),
        ("period", "<i4"),
        ("credited", "<i4"),
        ("amount", "<i8"),
        ("share", "<i8"),
        ("left", "<i8"),
        ("share_left", "<i8"),
    ]
)
"""The entry that counts now in the line of one that came in; tiyn, days since 1970."""

BEARERS = f"""
SELECT o.origin, e.id AS entry, e.person_id AS person, {days("e.period")} AS period,
    {days("e.credited_on")} AS credited, (e.amount * 100)::bigint AS amount,
    coalesce(e.share, 0) AS share, ((e.amount + coalesce(back.amount, 0)) * 100)::bigint AS left,
    (coalesce(e.share, 0) + coalesce(back.share, 0))::bigint AS share_left
FROM unnest(%s::bigint[]) o (origin)
    CROSS JOIN LATERAL (
        SELECT o.origin AS id UNION ALL
        SELECT m.entry_id FROM registry_moved m WHERE m.origin_id = o.origin
    ) line
    CROSS JOIN LATERAL (
        SELECT c.* FROM registry_contribution c
        WHERE c.id = line.id AND c.reverses_id IS NULL AND {book.STANDING} OFFSET 0
    ) e
    LEFT JOIN LATERAL (
        SELECT sum(c.amount) AS amount, sum(c.share) AS share FROM registry_contribution c
        WHERE c.reverses_id = e.id AND {book.STANDING}
    ) back ON true
ORDER BY o.origin"""


def bearers(origins):
    """BEARERs of entries (ids) that came in; none for what is not booked, or was taken back."""
    return fetch(BEARERS, (np.unique(np.asarray(origins, np.int64)),), BEARER)
