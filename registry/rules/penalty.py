"""Penalty for lateness: debt x rate x 1.25 x days / 365, cut where the rate changes (art. 31)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from registry.rules.law import Code, Law

TIYN = Decimal("0.01")
CODES = (Code.BASE_RATE, Code.PENALTY_MULTIPLIER, Code.PENALTY_DAY_DENOMINATOR)


class PenaltySegment(NamedTuple):
    """Days of delay with one rate, both ends included; rate in per cent a year."""

    since: date
    until: date
    days: int
    rate: Decimal


class Penalty(NamedTuple):
    days: int
    amount: Decimal
    segments: tuple[PenaltySegment, ...]


def penalty(debt: Decimal, due: date, paid: date, law: Law) -> Penalty:
    """Tenge for the days after `due` through `paid`; NotInForce when a day has no rate."""
    segments: list[PenaltySegment] = []
    exact = Decimal(0)
    for since, until in law.spans(CODES, due + timedelta(days=1), paid):
        days = (until - since).days + 1
        rate = law.number(Code.BASE_RATE, since)
        yearly = rate / 100 * law.number(Code.PENALTY_MULTIPLIER, since)
        exact += debt * yearly * days / law.number(Code.PENALTY_DAY_DENOMINATOR, since)
        segments.append(PenaltySegment(since, until, days, rate))
    amount = exact.quantize(TIYN, ROUND_HALF_UP)
    return Penalty(sum(segment.days for segment in segments), amount, tuple(segments))
