"""What was paid late, or is owed, for a month, and the penalty on it (law 405-V, art. 31).

For information: the revenue bodies assess penalties, not the Fund.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from registry.rules.due import Kind, due_day
from registry.rules.law import Law
from registry.rules.penalty import Penalty, penalty
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Calendar

NOTHING = Decimal(0)


class Arrear(NamedTuple):
    """Tenge of a month that came after its due day; `paid` is None for what is still owed.

    `penalty` is None where a rate is not known.
    """

    month: int
    kind: Kind
    debt: Decimal
    due: date
    paid: date | None
    penalty: Penalty | None


def late(
    month: int, kind: Kind, paid: Iterable[tuple[date, Decimal]], law: Law, calendar: Calendar
) -> list[Arrear]:
    """What was paid after the due day, where nobody knows what was due (an employer's income)."""
    due = due_day(month, law, calendar)
    return [
        Arrear(month, kind, sum_, due, day, _penalty(sum_, due, day, law))
        for day, sum_ in sorted(paid)
        if day > due and sum_ > 0
    ]


def owed(
    month: int,
    kind: Kind,
    whole: Decimal,
    paid: Iterable[tuple[date, Decimal]],
    on: date,
    law: Law,
    calendar: Calendar,
) -> list[Arrear]:
    """Of a fixed sum `whole`: the parts paid after the due day, and what is owed on a day."""
    due = due_day(month, law, calendar)
    left, found = whole, []
    for day, sum_ in sorted(paid):
        part = min(left, sum_)
        if part > 0 and day <= on:
            left -= part
            if day > due:
                found.append(Arrear(month, kind, part, due, day, _penalty(part, due, day, law)))
    if left > 0 and on > due:
        found.append(Arrear(month, kind, left, due, None, _penalty(left, due, on, law)))
    return found


def _penalty(debt: Decimal, due: date, paid: date, law: Law) -> Penalty | None:
    try:
        return penalty(debt, due, paid, law)
    except NotInForce:
        return None


def total(arrears: Iterable[Arrear]) -> tuple[Decimal, Decimal]:
    """Debts and penalties together, those without a known rate left out of the second."""
    debts = penalties = NOTHING
    for arrear in arrears:
        debts += arrear.debt
        penalties += arrear.penalty.amount if arrear.penalty else NOTHING
    return debts, penalties
