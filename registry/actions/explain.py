"""The verdict on one person on any day, as known at any moment, with its explanation."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from registry.actions.gather import Among, group_pieces
from registry.actions.known import Told, gather_known
from registry.models import CategorySpan, Contribution
from registry.rules import coverage, months
from registry.rules.batch import grid
from registry.rules.days import day_number, day_of
from registry.rules.due import FIXED, NO_SUM, SELF_PAYING, Kind, code, settle_by
from registry.rules.explain import (
    Asked,
    Month,
    Payment,
    WaysBack,
    explain_months,
    ways_back,
)
from registry.rules.outlook import entitled_until
from registry.rules.verdicts import REASONS, STATUS_OF, Reason, Status, missing_months

WINDOW = 12


class NotKnown(Exception):
    """The person was not in the registry at that moment."""


class Explanation(NamedTuple):
    on: date
    known_at: datetime
    status: Status
    reason: Reason
    until: date | None
    entitled_until: date | None
    changes_on: date | None
    missing: list[int]
    months: list[Month]
    ways_back: WaysBack


def explain(person, *, on, known_at, since=None):
    """Explains the verdict of a day; the months begin with `since`, or with the window."""
    told = Told.by(known_at)
    rules = told.law, told.calendar
    known = gather_known(Among.ids([person.pk]), on, known_at, told)
    if not len(known.persons):
        raise NotKnown(person.iin)
    verdict = coverage.judge(known.batch, on, *rules)
    reason = REASONS[int(verdict.reason[0])]
    month = months.number(on)
    missing = missing_months(int(verdict.missing[0]), month)
    first = min([month - WINDOW, *missing]) if since is None else since
    asked = Asked(on, *_self_paying(person, on, known_at), *rules)
    lines = explain_months(
        asked,
        _covered(known.batch, on, first, month - 1),
        _payments(person, known, on, known_at, told),
        _categories(person, on, known_at, first, month - 1, told),
    )
    return Explanation(
        on=on,
        known_at=known_at,
        status=STATUS_OF[reason],
        reason=reason,
        until=day_of(int(verdict.until[0])),
        entitled_until=entitled_until(known.batch, on, *rules),
        changes_on=day_of(int(verdict.changes_on[0])),
        missing=missing,
        months=lines,
        ways_back=ways_back(asked, [line for line in lines if line.month in missing]),
    )


def _covered(batch, on, first, last):
    known = grid(batch, day_number(on), first, last)
    return list(zip(range(first, last + 1), known.covered[0].tolist(), strict=True))


def _payments(person, known, on, known_at, told):
    day = day_number(on)
    rows = known.excluded.tolist()
    excluded = {entry for entry, since, until in rows if since <= day < until}
    entries = Contribution.objects.standing(known_at).filter(
        person=person, recorded_at__lte=known_at, credited_on__lte=on
    )
    for entry in entries.order_by("credited_on", "rank"):
        yield Payment(
            months.number(entry.period),
            Kind(entry.kind),
            Decimal(entry.amount),
            entry.share if told.pieces is None else _share(entry, told.law),
            (entry.reverses_id or entry.pk) not in excluded,
        )


def _share(entry, rules):
    """What a law makes of an entry that was settled with another one."""
    kind = Kind(entry.kind)
    if kind not in FIXED:
        return entry.share
    reference = np.array([day_number(entry.reference_day)], np.int64)
    tiyn = np.array([int(entry.amount * 100)], np.int64)
    settled = settle_by(reference, np.array([code(kind)], np.int8), tiyn, rules)
    share = int(settled.share[0])
    return None if share == NO_SUM else share


def _spans(person, on, known_at):
    """Spans believed on a day, as known at a moment."""
    rows = CategorySpan.objects.filter(
        person=person, recorded_at__lte=known_at, received_on__lte=on
    ).order_by("received_on", "id")
    believed = {(row.category_id, row.valid_from): row for row in rows}
    return [row for row in believed.values() if not row.valid_to or row.valid_to >= row.valid_from]


def _categories(person, on, known_at, first, last, told):
    """Months with the categories that cover them."""
    covering = {}
    for category, _, since, until in zip(*(told.pieces or group_pieces()), strict=True):
        covering.setdefault(category, []).append((since, until))
    for span in _spans(person, on, known_at):
        for since, until in covering.get(span.category_id, []):
            begin = max(span.valid_from, since)
            ends = [day for day in (span.valid_to, until) if day]
            stop = min([*map(months.number, ends), last])
            for month in range(max(months.number(begin), first), stop + 1):
                yield month, span.category_id


def _self_paying(person, on, known_at):
    """Months, and whether the day, in which the person holds a payer category of SELF_PAYING."""
    held = [span for span in _spans(person, on, known_at) if span.category_id in SELF_PAYING]
    in_months = {
        month
        for span in held
        for month in range(
            months.number(span.valid_from), months.number(min(span.valid_to or on, on)) + 1
        )
    }
    on_the_day = any(
        span.valid_from <= on and (span.valid_to is None or on <= span.valid_to) for span in held
    )
    return in_months, on_the_day
