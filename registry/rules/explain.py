"""Why a person is or is not insured: month by month, and the two ways back (law, art. 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from registry.rules import months
from registry.rules.due import Kind, due, due_day, paid_from
from registry.rules.law import Code, Law
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Calendar

NOTHING = Decimal("0.00")


class Why(StrEnum):
    """What makes a month covered, or leaves it open."""

    PAID = "paid"
    CATEGORY = "category"
    NOT_DUE = "not_due"
    UNDERPAID = "underpaid"
    REFUNDED = "refunded"
    NOT_COUNTED = "not_counted"
    OTHER_PERIOD = "other_period"
    NOTHING_PAID = "nothing_paid"


class Payment(NamedTuple):
    """An entry for a month; `counts`: on the day asked about it is not overpaid as a whole."""

    month: int
    kind: Kind
    payer: str
    amount: Decimal
    share: int | None
    counts: bool


class Month(NamedTuple):
    """A month with what covers it: kinds of payment and codes of categories; sums in tenge.

    `due` is the fixed sum that would cover it, None where the law has no value for it.
    """

    month: int
    covered: bool
    by: tuple[str, ...]
    paid: Decimal
    due: Decimal | None
    why: Why


class Debt(NamedTuple):
    month: int
    sum: Decimal | None


class WaysBack(NamedTuple):
    """Pay what is missing, or months ahead without the current one; totals None when unknown."""

    missing: tuple[Debt, ...]
    missing_total: Decimal | None
    ahead_since: int
    ahead_until: int
    ahead_month: Decimal | None
    ahead_total: Decimal | None


class Asked(NamedTuple):
    """The day asked about, and what the person pays for months of their own."""

    on: date
    own_kind: Kind
    law: Law
    calendar: Calendar


def explain_months(
    asked: Asked,
    covered: Sequence[tuple[int, bool]],
    payments: Iterable[Payment],
    categories: Iterable[tuple[int, str]],
) -> list[Month]:
    """`covered`: months with the answer of the rule; `categories`: months and what held in them."""
    payments = list(payments)
    held: dict[int, list[str]] = {}
    for month, category in categories:
        held.setdefault(month, []).append(category)
    overfull = _pays_for_others(payments)
    return [
        _month(asked, month, is_covered, payments, held.get(month, []), overfull)
        for month, is_covered in covered
    ]


def _month(
    asked: Asked,
    month: int,
    is_covered: bool,
    payments: list[Payment],
    held: list[str],
    overfull: bool,
) -> Month:
    own = [payment for payment in payments if payment.month == month]
    counted = [payment for payment in own if payment.counts]
    kinds = tuple(dict.fromkeys(str(payment.kind) for payment in counted if payment.amount > 0))
    paid = sum((payment.amount for payment in counted), NOTHING)
    sum_ = _due(asked, month, counted)
    if is_covered:
        is_paid = bool(kinds) and _is_paid(asked, counted)
        by = (*(kinds if is_paid else ()), *dict.fromkeys(held))
        return Month(month, True, by, paid, sum_, Why.PAID if is_paid else Why.CATEGORY)
    return Month(month, False, kinds, paid, sum_, _why_open(asked, month, own, paid, overfull))


def _why_open(asked: Asked, month: int, own: list[Payment], paid: Decimal, overfull: bool) -> Why:
    if paid > 0:
        return Why.UNDERPAID
    if any(payment.amount < 0 for payment in own):
        return Why.REFUNDED
    if own:
        return Why.NOT_COUNTED
    if asked.on <= due_day(month, asked.law, asked.calendar):
        return Why.NOT_DUE
    return Why.OTHER_PERIOD if overfull else Why.NOTHING_PAID


def _is_paid(asked: Asked, counted: list[Payment]) -> bool:
    """Whether one of the kinds pays the month by itself."""
    shares: dict[Kind, int] = {}
    sums: dict[Kind, Decimal] = {}
    for payment in counted:
        if payment.share is None:
            sums[payment.kind] = sums.get(payment.kind, NOTHING) + payment.amount
        else:
            shares[payment.kind] = shares.get(payment.kind, 0) + payment.share
    enough = paid_from(asked.on, asked.law)
    return any(share >= enough for share in shares.values()) or any(
        sum_ > 0 for sum_ in sums.values()
    )


def _pays_for_others(payments: list[Payment]) -> bool:
    """Whether a fixed sum was paid at least twice for one month: the others were perhaps meant."""
    shares: dict[tuple[int, Kind], int] = {}
    for payment in payments:
        if payment.share is not None:
            key = payment.month, payment.kind
            shares[key] = shares.get(key, 0) + payment.share
    return any(share >= 2 * 10**9 - 10**6 for share in shares.values())


def _due(asked: Asked, month: int, counted: list[Payment]) -> Decimal | None:
    """The fixed sum of a month; None where an employer pays, or the law has no value."""
    if any(payment.share is None and payment.amount > 0 for payment in counted):
        return None
    kinds = [payment.kind for payment in counted if payment.share is not None]
    try:
        return due(kinds[-1] if kinds else asked.own_kind, months.first(month), asked.law)
    except NotInForce:
        return None


def ways_back(asked: Asked, open_months: Iterable[Month]) -> WaysBack:
    """The sums that the missing months lack, and twelve months ahead at today's sum."""
    debts = tuple(
        Debt(month.month, None if month.due is None else max(month.due - month.paid, NOTHING))
        for month in open_months
    )
    since = months.number(asked.on) + 1
    try:
        count = asked.law.count(Code.STATUS_PREPAY_MONTHS, asked.on)
        each = due(asked.own_kind, asked.on, asked.law)
    except NotInForce:
        count, each = 12, None
    return WaysBack(
        missing=debts,
        missing_total=_total(debt.sum for debt in debts),
        ahead_since=since,
        ahead_until=since + count - 1,
        ahead_month=each,
        ahead_total=None if each is None else each * count,
    )


def _total(sums: Iterable[Decimal | None]) -> Decimal | None:
    known = list(sums)
    return None if None in known else sum((sum_ for sum_ in known if sum_ is not None), NOTHING)
