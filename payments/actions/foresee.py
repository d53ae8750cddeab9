"""What paying sums back would do to the insurance of persons, without writing anything."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from payments.actions.bearers import bearers
from payments.actions.derive import countable, fetch_items, notice
from payments.rules.books import ITEM
from payments.rules.parts import Borne
from registry.actions.columns import EPOCH
from registry.actions.gather import Among, placed
from registry.actions.known import Told, gather_known
from registry.rules import coverage, months
from registry.rules.batch import grid
from registry.rules.days import day_number, day_of, month_of
from registry.rules.outlook import worse_from
from registry.rules.paid import paid
from registry.rules.verdicts import REASONS, STATUS_OF, Reason, Status

CENT = 100
MONTHS = f"""
SELECT DISTINCT person_id, {EPOCH} + period AS period
FROM unnest(%s::bigint[], %s::int[]) u (person_id, period)"""


class Seen(NamedTuple):
    """A verdict."""

    status: Status
    reason: Reason
    until: date | None


class Foreseen(NamedTuple):
    """The verdicts of the day of payout without and with it, and from when the status is worse.

    `months`: the first days of those that would no longer be covered.
    """

    now: Seen
    after: Seen
    lost_on: date | None
    months: list[date]


def foresee(taken, *, on, at):
    """Foreseen by person, for {id of an entry that came in: sum} paid back on a day.

    By what is known at a moment, which is now. Of an entry no more is taken than is left of it;
    nobody is named for what is not in the books.
    """
    found = bearers([*taken])
    found = found[found["left"] > 0]
    if not len(found):
        return {}
    told = Told.by(at)
    rules = told.law, told.calendar
    known = gather_known(Among.ids(np.unique(found["person"])), on, at, told)
    persons = known.persons["person"]
    items, _ids = fetch_items(MONTHS, (found["person"], found["period"]))
    items = np.r_[items, _opposites(found, taken, items, on)]
    _found, holes = notice(items, *rules)
    payers, records = paid(*countable(items, holes, rules[0]))
    touched, month = placed(persons, found["person"], month_of(found["period"]))
    after = _replaced(known.batch, touched, month, *placed(persons, payers, records))
    verdicts = [_seen(batch, on, rules) for batch in (known.batch, after)]
    lost_on = worse_from(known.batch, after, on, *rules).tolist()
    lost = _lost(known.batch, after, touched, month, on)
    return {
        person: Foreseen(now, then, day_of(day), lost[place])
        for place, (person, now, then, day) in enumerate(
            zip(persons.tolist(), *verdicts, lost_on, strict=True)
        )
    }


def _opposites(found, taken, items, on):
    """ITEMs that reverse the bearers of what is taken."""
    place = {entry: place for place, entry in enumerate(items["entry"].tolist())}
    rows = items[[place[entry] for entry in found["entry"].tolist()]]
    for number, (row, one) in enumerate(zip(rows, found, strict=True)):
        sizes = (int(one[name]) for name in ("amount", "share", "left", "share_left"))
        part = min(int(taken[int(one["origin"])] * CENT), int(one["left"]))
        row["entry"], row["reverses"], row["message"] = -1 - number, one["entry"], 0
        row["amount"], row["share"] = -part, -Borne(*sizes).take(part)
        row["credited"], row["dismissed"] = day_number(on), 0
    return rows.astype(ITEM)


def _replaced(batch, persons, month, paid_by, records):
    """The batch with other RECORDs of the months of persons (places)."""
    old = batch.paid_by << 32 | batch.paid["month"]
    kept = ~np.isin(old, persons << 32 | month)
    by, rows = np.r_[batch.paid_by[kept], paid_by], np.r_[batch.paid[kept], records]
    order = np.lexsort((rows["since"], rows["plane"], rows["month"], by))
    return replace(batch, paid_by=by[order], paid=rows[order])


def _seen(batch, on, rules):
    verdicts = coverage.judge(batch, on, *rules)
    for place, until in zip(verdicts.reason.tolist(), verdicts.until.tolist(), strict=True):
        reason = REASONS[place]
        yield Seen(STATUS_OF[reason], reason, day_of(until))


def _lost(before, after, persons, month, on):
    """By place of a person the months, of those given, that are covered before and not after."""
    first, last = int(month.min()), int(month.max())
    one, other = (
        grid(batch, day_number(on), first, last).covered[persons, month - first]
        for batch in (before, after)
    )
    lost = [[] for _ in range(len(before))]
    gone = np.unique(np.c_[persons, month][one & ~other], axis=0)
    for place, number in gone.tolist():
        lost[place].append(months.first(number))
    return lost
