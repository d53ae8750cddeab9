"""Walks through everybody for a proposal: what it would change, and what it settles anew."""

from dataclasses import replace

import numpy as np
from django.db import transaction
from django.db.models.functions import Now

from registry.actions import book, law
from registry.actions.columns import days, fetch, run
from registry.actions.gather import Among, gather, group_pieces, placed
from registry.actions.known import Told, gather_known
from registry.models import Sweep
from registry.rules import coverage
from registry.rules.days import NEVER, day_number
from registry.rules.due import FIXED, KINDS, NO_SUM, codes, settle_by
from registry.rules.law import OF_THE_DUES, Row
from registry.rules.paid import ENTRY, EXCLUDED, paid
from registry.rules.verdicts import REASONS, STATUS_OF

AT_ONCE = 50_000


def begin(kind, *, on, at, proposal=None, known_at=None):
    """A new walk through everybody."""
    with run("SELECT coalesce(max(id), 0) FROM registry_person", ()) as cursor:
        [last] = cursor.fetchone()
    return Sweep.objects.create(
        kind=kind,
        proposal=proposal,
        on=on,
        known_at=known_at,
        last=last,
        started_at=at,
        finished_at=None if last else at,
    )


def walk(sweep, *, progress=lambda sweep: None):
    """Walks to the end, from where an earlier walk was cut off."""
    while (sweep := step(sweep.pk)).finished_at is None:
        progress(sweep)
    return sweep


@transaction.atomic
def step(pk):
    """The next range of a walk; returns the Sweep as it stands."""
    sweep = (
        Sweep.objects.select_for_update(of=("self",), no_key=True)
        .select_related("proposal")
        .get(pk=pk)
    )
    if sweep.finished_at is not None:
        return sweep
    first, last = sweep.position + 1, sweep.position + AT_ONCE
    persons, changed = KINDS_OF_SWEEPS[sweep.kind](sweep, Among.range(first, last))
    sweep.position, sweep.persons = last, sweep.persons + persons
    sweep.changed += changed
    if last >= sweep.last:
        sweep.finished_at = Now()
    sweep.save()
    sweep.refresh_from_db()
    return sweep


def proposed_law(proposal):
    """The law as it stands, and as it would be."""
    rules = law.law()
    if proposal.subject != "parameter":
        return rules, rules
    row = Row(proposal.code, proposal.since, proposal.value, proposal.text, proposal.unit)
    return rules, rules.replaced(row)


def _try(sweep, among):
    """Judges a range by both laws and counts the verdicts that differ."""
    proposal = sweep.proposal
    old_law, new_law = proposed_law(proposal)
    calendar = law.calendar()
    persons, batch = gather(among, sweep.on)
    if not len(persons):
        return 0, 0
    old = coverage.judge(batch, sweep.on, old_law, calendar)
    new = coverage.judge(
        _as_proposed(proposal, among, sweep.on, batch, persons, new_law),
        sweep.on,
        new_law,
        calendar,
    )
    differs = (old.reason != new.reason) | (old.until != new.until) | (old.missing != new.missing)
    regions = fetch(REGIONS.format(among=among.sql), among.params, REGION)["region"]
    _count(sweep, regions[differs], old.reason[differs], new.reason[differs])
    return len(persons), int(differs.sum())


def _as_proposed(proposal, among, on, batch, persons, new_law):
    """The same persons with their months as the proposed law would count them."""
    if proposal.subject == "category":
        return gather(among, on, _pieces_with(proposal))[1]
    if proposal.code not in OF_THE_DUES:
        return batch
    entries, excluded = _entries(among, proposal.since, new_law)
    if entries is None:
        return batch
    paid_by, records = placed(persons, *paid(entries, excluded))
    return replace(batch, paid=records, paid_by=paid_by)


SETTLED = np.dtype([*ENTRY.descr, ("reference", "<i8")])


def _entries(among, since, new_law):
    """All entries of the persons with the shares of the new law; None where it concerns none."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    rows = fetch(
        "SELECT c.person_id AS person, coalesce(c.reverses_id, c.id) AS entry,"
        f" {days('c.period')} AS month, array_position(ARRAY[{kinds}], c.kind::text) - 1 AS kind,"
        f" {days('c.credited_on')} AS credited, (c.amount * 100)::bigint AS amount,"
        f" coalesce(c.share, 0) AS share, 0::bigint AS enough, {days('c.reference_day')}::bigint"
        f" AS reference FROM registry_contribution c WHERE c.person_id {among.sql}",
        among.params,
        SETTLED,
    )
    concerned = (rows["reference"] >= day_number(since)) & np.isin(rows["kind"], codes(FIXED))
    if not concerned.any():
        return None, None
    rows["month"] = book.month_numbers(rows["month"])
    some = rows[concerned]
    settled = settle_by(some["reference"], some["kind"].astype("i1"), some["amount"], new_law)
    rows["share"][concerned] = np.where(settled.share == NO_SUM, 0, settled.share)
    rows["enough"] = book.Enough(new_law)(rows["reference"])
    excluded = fetch(
        f"SELECT x.entry_id AS entry, {days('x.since')} AS since,"
        f" coalesce({days('x.until')}, {NEVER}) AS until FROM registry_contribution c"
        f" JOIN registry_exclusion x ON x.entry_id = c.id WHERE c.person_id {among.sql}"
        " AND x.dropped_at IS NULL",
        among.params,
        EXCLUDED,
    )
    return rows[list(ENTRY.names)].astype(ENTRY), excluded


def _pieces_with(proposal):
    """The pieces of time of categories as they would be."""
    return group_pieces({(proposal.code, proposal.since): proposal.group})


REGION = np.dtype([("region", "S2")])
REGIONS = (
    "SELECT region FROM (SELECT id, region_id AS region FROM registry_person"
    " WHERE id {among} AND merged_into_id IS NULL ORDER BY id) p"
)
COUNT = """
INSERT INTO registry_trialshift AS s
    (sweep_id, region_id, old_status, old_reason, status, reason, persons)
SELECT %s, d.region, coalesce((%s::text[])[d.old + 1], ''), coalesce((%s::text[])[d.old + 1], ''),
    (%s::text[])[d.new + 1], (%s::text[])[d.new + 1], d.persons
FROM unnest(%s::text[], %s::int[], %s::int[], %s::bigint[]) AS d (region, old, new, persons)
ON CONFLICT (sweep_id, region_id, old_status, old_reason, status, reason)
    DO UPDATE SET persons = s.persons + excluded.persons"""
STATUSES = [STATUS_OF[reason].value for reason in REASONS]
NAMES = [reason.value for reason in REASONS]


def _count(sweep, regions, old, new):
    """Adds to the counts of a walk: places of reasons, -1 for none."""
    rows = np.rec.fromarrays([regions, old, new], names="region, old, new")
    distinct, persons = np.unique(rows, return_counts=True)
    run(
        COUNT,
        (
            *(sweep.pk, STATUSES, NAMES, STATUSES, NAMES),
            [region.decode() for region in distinct["region"]],
            distinct["old"].astype("i4"),
            distinct["new"].astype("i4"),
            persons,
        ),
    ).close()


CONCERNED = np.dtype(
    [
        ("id", "<i8"),
        ("person", "<i8"),
        ("kind", "<i4"),
        ("reference", "<i8"),
        ("amount", "<i8"),
        ("due", "<i8"),
        ("share", "<i8"),
    ]
)


def _settle(sweep, among):
    """Settles due and share of the entries of a range anew, and has their persons derived anew."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    rows = fetch(
        "SELECT c.id, c.person_id AS person,"
        f" array_position(ARRAY[{kinds}], c.kind::text) - 1 AS kind,"
        f" {days('c.reference_day')}::bigint AS reference, (c.amount * 100)::bigint AS amount,"
        f" coalesce((c.due * 100)::bigint, {NO_SUM}) AS due, coalesce(c.share, {NO_SUM}) AS share"
        f" FROM registry_contribution c WHERE c.person_id {among.sql} AND c.reference_day >= %s",
        (*among.params, sweep.on),
        CONCERNED,
    )
    settled = settle_by(rows["reference"], rows["kind"].astype("i1"), rows["amount"], law.law())
    other = (settled.due != rows["due"]) | (settled.share != rows["share"])
    run(
        "UPDATE registry_contribution c"
        f" SET due = nullif(s.due, {NO_SUM}) / 100.0, share = nullif(s.share, {NO_SUM})"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS s (id, due, share)"
        " WHERE c.id = s.id",
        (rows["id"][other], settled.due[other], settled.share[other]),
    ).close()
    run(
        "INSERT INTO registry_recheck (person_id) SELECT unnest(%s::bigint[])"
        " ON CONFLICT DO NOTHING",
        (np.unique(rows["person"]),),
    ).close()
    return len(np.unique(rows["person"])), int(other.sum())


def _counts(sweep, among):
    """Judges what was known then of a range, and counts the verdicts."""
    told = Told.by(sweep.known_at)
    known = gather_known(among, sweep.on, sweep.known_at, told)
    if not len(known.persons):
        return 0, 0
    verdicts = coverage.judge(known.batch, sweep.on, told.law, told.calendar)
    nobody = np.full(len(known.persons), -1)
    _count(sweep, known.persons["region"], nobody, verdicts.reason)
    return len(known.persons), 0


KINDS_OF_SWEEPS = {"trial": _try, "settlement": _settle, "counts": _counts}
