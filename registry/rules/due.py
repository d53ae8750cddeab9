"""What is due for a month, from whom, until when (law, art. 14, 28-31)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules import months
from registry.rules.law import Code, Law
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Calendar

EPOCH = date(1970, 1, 1)
TIYN = Decimal("0.01")
WHOLE = 1_000_000_000
"""A share of the due sum is stored in thousand-millionths of it."""

ROUNDING = 50
"""So much may a sum of rounded shares miss: half of one for each; a tiyn makes several hundred."""


class Kind(StrEnum):
    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    ENTREPRENEUR = "entrepreneur"
    INDEPENDENT = "independent"
    PENALTY_DEDUCTION = "penalty_deduction"
    PENALTY_CONTRIBUTION = "penalty_contribution"


KINDS = tuple(Kind)
"""In arrays a kind is its place here."""

FIXED = (Kind.ENTREPRENEUR, Kind.INDEPENDENT)
CAPPED = (Kind.EMPLOYER, Kind.EMPLOYEE)
COVERING = CAPPED + FIXED
WITH_DUE_DAY = (Kind.EMPLOYER, Kind.EMPLOYEE, Kind.ENTREPRENEUR)

SELF_PAYING = ("entrepreneur", "private_practice", "farm_head")
"""The payer categories that make a person a tax agent, and their own payments an entrepreneur's."""


def code(kind: Kind) -> int:
    return KINDS.index(kind)


def codes(kinds: tuple[Kind, ...]) -> list[int]:
    return [code(kind) for kind in kinds]


def kinds(
    knp: NDArray[np.int16],
    *,
    payer_is_bin: NDArray[np.bool_],
    payer_is_person: NDArray[np.bool_],
    payer_pays_self: NDArray[np.bool_],
    person_pays_self: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """The kind of each item; -1 for an unknown purpose code.

    `payer_pays_self` and `person_pays_self`: holds one of SELF_PAYING in the month.
    """
    agent = payer_is_bin | (payer_pays_self & ~payer_is_person)
    return np.select(
        [
            knp == 121,
            (knp == 122) & agent,
            (knp == 122) & person_pays_self,
            knp == 122,
            knp == 123,
            knp == 124,
        ],
        range(len(KINDS)),
        -1,
    ).astype(np.int8)


def reference_day(month: int, credited_on: date) -> date:
    """The day whose parameters judge a payment: the first of its month, or an earlier crediting."""
    return min(months.first(month), credited_on)


def due(kind: Kind, on: date, law: Law) -> Decimal | None:
    """Tenge for a month; None where it depends on an income. NotInForce without a parameter."""
    if kind is Kind.ENTREPRENEUR:
        rate, base = Code.RATE_ENTREPRENEUR, Code.BASE_ENTREPRENEUR
    elif kind is Kind.INDEPENDENT:
        rate, base = Code.RATE_INDEPENDENT, Code.BASE_INDEPENDENT
    else:
        return None
    return rounded(law.rate(rate, on) * law.number(base, on) * law.number(Code.MW, on))


RATES = {
    Kind.EMPLOYER: (Code.RATE_EMPLOYER_DEDUCTION, Code.CAP_BASE_EMPLOYER),
    Kind.EMPLOYEE: (Code.RATE_EMPLOYEE_CONTRIBUTION, Code.CAP_BASE_EMPLOYEE),
}


def most(kind: Kind, on: date, law: Law) -> Decimal | None:
    """The highest sum of a month in tenge, rate x cap; None for kinds without a cap."""
    if kind not in RATES:
        return None
    rate, cap = RATES[kind]
    return rounded(law.rate(rate, on) * law.number(cap, on) * law.number(Code.MW, on))


def share(amount: int, due_sum: int) -> int:
    """amount / due, both in tiyn, in thousand-millionths, rounded half away from zero."""
    whole = (2 * abs(amount) * WHOLE + due_sum) // (2 * due_sum)
    return whole if amount >= 0 else -whole


class Settled(NamedTuple):
    """What a payment is judged by, settled when it is booked; days since 1970, tiyn."""

    reference_day: NDArray[np.int64]
    due: NDArray[np.int64]
    share: NDArray[np.int64]
    no_parameter: NDArray[np.bool_]


NO_SUM = -1


def settle(
    kind: NDArray[np.int8],
    month: NDArray[np.int64],
    credited: NDArray[np.int64],
    amount: NDArray[np.int64],
    law: Law,
) -> Settled:
    """`due` and `share` are NO_SUM where no fixed sum is due, or its parameter is not in force."""
    first = month.astype("M8[M]").astype("M8[D]").astype(np.int64)
    return settle_by(np.minimum(first, credited), kind, amount, law)


def settle_by(
    reference: NDArray[np.int64], kind: NDArray[np.int8], amount: NDArray[np.int64], law: Law
) -> Settled:
    """The same for payments whose reference day is settled."""
    sums = np.full(len(kind), NO_SUM, np.int64)
    absent = np.zeros(len(kind), np.bool_)
    for fixed in FIXED:
        rows = np.flatnonzero(kind == code(fixed))
        days, place = np.unique(reference[rows], return_inverse=True)
        known = [_due_or_none(fixed, int(day), law) for day in days]
        absent[rows] = np.array([sum_ is None for sum_ in known], np.bool_)[place]
        sums[rows] = np.array([sum_ or NO_SUM for sum_ in known], np.int64)[place]
    shares = np.full(len(kind), NO_SUM, np.int64)
    for row in np.flatnonzero(sums > 0):
        shares[row] = share(int(amount[row]), int(sums[row]))
    return Settled(reference, sums, shares, absent)


def _due_or_none(kind: Kind, day: int, law: Law) -> int | None:
    """Tiyn; None without a parameter or when nothing is due."""
    try:
        sum_ = due(kind, EPOCH + timedelta(days=day), law)
    except NotInForce:
        return None
    return int(sum_ * 100) if sum_ else None


def paid_from(on: date, law: Law) -> int:
    """The share from which a month counts as paid, in thousand-millionths."""
    return WHOLE - tolerance(on, law) - ROUNDING


def tolerance(on: date, law: Law) -> int:
    return int(law.number(Code.TOLERANCE_DUE, on) * WHOLE)


def due_day(month: int, law: Law, calendar: Calendar) -> date:
    """The last day to pay for a month: the 25th of the next, or the working day after it."""
    last = months.last(month + 1)
    day = law.count(Code.PAYMENT_DUE_DAY, months.first(month + 1))
    return calendar.next_working(last.replace(day=min(day, last.day)))


def rounded(sum_: Decimal) -> Decimal:
    """Half up to the tiyn."""
    return sum_.quantize(TIYN, ROUND_HALF_UP)
