"""Persons of the tests as the rule of the status takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from registry.rules.batch import GROUPS, SPAN, Batch
from registry.rules.coverage import judge
from registry.rules.days import NEVER, day_number, day_of
from registry.rules.due import code, share
from registry.rules.months import number
from registry.rules.paid import ENTRY, EXCLUDED, paid
from registry.rules.residence import TEMPORARY, residence_on
from registry.rules.verdicts import REASONS, STATUS_OF, Reason, Status, missing_months
from tests.law import CALENDAR, LAW
from tests.registry.rules import oracle
from tests.registry.rules.oracle import Item, Person, Row

ENOUGH = 999_500_000
DAY = timedelta(days=1)


def entries(items: Sequence[Item], person: int = 0) -> tuple[list[tuple], list[tuple]]:
    """ENTRYs and EXCLUDEDs of the items of a person."""
    booked, excluded = [], []
    for item in items:
        name = len(booked) + 1000 * person
        sums = [(item.credited, item.amount)]
        sums += [(refund.paid_out, -refund.amount) for refund in item.refunds]
        booked += [
            (
                person,
                name,
                item.month,
                code(item.kind),
                day_number(day),
                amount,
                share(amount, item.due) if item.due else 0,
                ENOUGH,
            )
            for day, amount in sums
        ]
        excluded += [(name, day_number(since), _end(until)) for since, until in item.excluded]
    return booked, excluded


def spans(rows: Sequence[Row], person: int = 0) -> list[tuple]:
    """SPANs of the rows of a person, each believed until another row supersedes it."""
    found = []
    order = sorted(range(len(rows)), key=lambda at: (rows[at].received, at))
    for place, at in enumerate(order):
        row = rows[at]
        later = [
            rows[other].received
            for other in order[place + 1 :]
            if (rows[other].category, rows[other].since) == (row.category, row.since)
        ]
        groups = list(oracle.GROUPS[row.category].items())
        ends = [since - DAY for since, _ in groups[1:]] + [None]
        for (since, group), end in zip(groups, ends, strict=True):
            first = max(row.since, since)
            last = min(filter(None, (row.until, end)), default=None)
            if group in GROUPS and (last is None or first <= last):
                found.append(
                    (
                        person,
                        GROUPS.index(group),
                        day_number(first),
                        NEVER if last is None else day_number(last),
                        NEVER if row.until is None else day_number(row.until),
                        day_number(row.received),
                        day_number(later[0]) if later else NEVER,
                    )
                )
    return found


def batch(persons: Sequence[Person], on: date) -> Batch:
    booked, excluded, held = [], [], []
    for place, person in enumerate(persons):
        own, gone = entries(person.items, place)
        booked += own
        excluded += gone
        held += spans(person.rows, place)
    by, records = paid(np.array(booked, ENTRY), np.array(excluded, EXCLUDED))
    return Batch(
        died=np.array([_end(person.died or date.max) for person in persons], np.int64),
        temporary=np.array(
            [residence_on(on, person.residences) == TEMPORARY for person in persons], np.bool_
        ),
        moves=np.array([_moves(person.residences, on) for person in persons], np.int64),
        paid=records,
        paid_by=by,
        spans=np.array(held, SPAN),
    )


def _moves(residences: Sequence[tuple[date, str]], on: date) -> int:
    later = [day_number(received) for received, _ in residences if received > on]
    return min(later, default=NEVER)


def _end(day: date) -> int:
    return NEVER if day == date.max else day_number(day)


class Judged(NamedTuple):
    status: Status
    reason: Reason
    until: date | None
    missing: tuple[int, ...]
    changes_on: date | None


def judged(batch: Batch, on: date) -> list[Judged]:
    verdicts = judge(batch, on, LAW, CALENDAR)
    return [
        Judged(
            STATUS_OF[REASONS[reason]],
            REASONS[reason],
            day_of(until),
            tuple(missing_months(missing, number(on))),
            day_of(changes_on),
        )
        for reason, until, missing, changes_on in zip(
            verdicts.reason.tolist(),
            verdicts.until.tolist(),
            verdicts.missing.tolist(),
            verdicts.changes_on.tolist(),
            strict=True,
        )
    ]
