"""What people pay for themselves, or for a relative, month by month."""

from datetime import date
from typing import NamedTuple

from mhifund.demo.files import Line, Order
from mhifund.demo.payroll import CONTRIBUTIONS
from mhifund.demo.people import Person
from mhifund.demo.stories import SELF_PAYING
from registry.rules import months
from registry.rules.due import Kind, due
from registry.rules.timeline import NotInForce

QUARTERLY, LATE = 0.15, 0.03
AHEAD = 12
UNDERPAID_AGO = 5
PART = 0.6


class Payer(NamedTuple):
    """`story` tells the habits; `by` is who pays, `habit` a number from 0 to 1 that is theirs."""

    person: Person
    story: str
    by: Person
    habit: float


class Payment(NamedTuple):
    day: date
    periods: list[int]


def payments(payer, first, last, today, calendar):
    """All days on which somebody pays for the months first … last, and for which of them."""
    if payer.story == "prepaid":
        ahead = _ahead(payer, first, last, calendar)
        return [ahead] if ahead.day <= today else []
    if payer.habit < QUARTERLY and payer.story in ("entrepreneur", "independent"):
        starts = range(first, last + 1, 3)
        together = [list(range(start, min(start + 3, last + 1))) for start in starts]
    else:
        together = [[month] for month in range(first, last + 1)]
    found = [Payment(_day(payer, group[-1], calendar), group) for group in together]
    return [payment for payment in found if payment.day <= today]


def _day(payer, month, calendar):
    """In the first 25 days of the next month; a few a month late."""
    of_month = 3 + int(payer.habit * 7919) % 22
    is_late = payer.story == "entrepreneur" and (payer.habit * 104729 + month * 0.37) % 1 < LATE
    return calendar.next_working(months.first(month + 1 + is_late).replace(day=of_month))


def _ahead(payer, first, last, calendar):
    """Twelve months at once, the first of them one of the last six or the present one."""
    start = max(last + 1 - int(payer.habit * 6), first + 1)
    day = months.first(start - 1).replace(day=5 + int(payer.habit * 7919) % 15)
    return Payment(calendar.next_working(day), list(range(start, start + AHEAD)))


def order(payer, payment, last, sums):
    """The payment order of such a day."""
    kind = Kind.ENTREPRENEUR if payer.story in SELF_PAYING else Kind.INDEPENDENT
    lines = []
    for month in payment.periods:
        amount = sums[kind, min(months.first(month), payment.day)]
        if payer.story == "underpaid" and month == last + 1 - UNDERPAID_AGO:
            amount = int(amount * PART)
        lines.append(Line(payer.person, months.period(month), amount))
    name = f"{payer.by.last_name} {payer.by.first_name}"
    return Order("", 0, payment.day, CONTRIBUTIONS, payer.by.iin, name, lines)


class Sums(dict):
    """(kind, day) -> tiyn due; where the law does not say yet, what it said the month before."""

    def __init__(self, law):
        super().__init__()
        self._law = law

    def __missing__(self, key):
        kind, on = key
        try:
            found = int(due(kind, on, self._law) * 100)
        except NotInForce:
            found = self[kind, months.first(months.number(on) - 1)]
        self[key] = found
        return found
