"""Why a person is or is not insured: month by month, and the two ways back (law, art. 5)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from registry.rules import months
from registry.rules.due import COVERING, WHOLE, Kind, due, due_day, paid_from, rounded
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
    amount: Decimal
    share: int | None
    counts: bool


class Month(NamedTuple):
    """A month with what covers it: kinds of payment and codes of categories; sums in tenge.

    A month that is not covered shows the kind that comes nearest to it: what was paid, the fixed
    sum that would have covered it, and what it lacks of it (None where the law has no value).
    """

    month: int
    covered: bool
    by: tuple[str, ...]
    paid: Decimal
    due: Decimal | None
    why: Why
    lacking: Decimal | None


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
    """The day asked about; months in which the person pays as one of the SELF_PAYING; whether so
    on the day itself."""

    on: date
    self_paying: Container[int]
    pays_itself: bool
    law: Law
    calendar: Calendar

    def kind(self, month: int) -> Kind:
        """As what the person would pay for a month that is no longer ahead."""
        return Kind.ENTREPRENEUR if month in self.self_paying else Kind.INDEPENDENT


def explain_months(
    asked: Asked,
    covered: Sequence[tuple[int, bool]],
    payments: Iterable[Payment],
    categories: Iterable[tuple[int, str]],
) -> list[Month]:
    """`covered`: months with the answer of the rule; `categories`: months and what held in them."""
    by_month: dict[int, list[Payment]] = {}
    for payment in payments:
        if payment.kind in COVERING:
            by_month.setdefault(payment.month, []).append(payment)
    held: dict[int, dict[str, None]] = {}
    for month, category in categories:
        held.setdefault(month, {})[category] = None
    overfull = any(_is_paid_twice(asked, own) for own in by_month.values())
    return [
        _covered(asked, month, by_month.get(month, []), tuple(held.get(month, ())))
        if is_covered
        else _open(asked, month, by_month.get(month, []), overfull)
        for month, is_covered in covered
    ]


def _covered(asked: Asked, month: int, own: list[Payment], held: tuple[str, ...]) -> Month:
    totals = _totals(own)
    paying = [total for total in totals if _is_paid(asked, total)]
    fixed = [total.kind for total in paying if total.share is not None]
    return Month(
        month,
        covered=True,
        by=(*(str(total.kind) for total in paying), *held),
        paid=sum((total.amount for total in totals), NOTHING),
        due=_due(asked, month, fixed[0]) if fixed else None,
        why=Why.PAID if paying else Why.CATEGORY,
        lacking=NOTHING,
    )


def _open(asked: Asked, month: int, own: list[Payment], overfull: bool) -> Month:
    partial = [total for total in _totals(own) if total.share is not None and total.amount > 0]
    nearest = max(partial, key=lambda total: total.share or 0, default=None)
    kind, paid, share = nearest or _Total(asked.kind(month), NOTHING, 0)
    sum_ = _due(asked, month, kind)
    return Month(
        month,
        covered=False,
        by=(str(kind),) if nearest else (),
        paid=paid,
        due=sum_,
        why=_why_open(asked, month, own, paid, overfull),
        lacking=None if sum_ is None else rounded(sum_ * (WHOLE - (share or 0)) / WHOLE),
    )


def _why_open(asked: Asked, month: int, own: list[Payment], paid: Decimal, overfull: bool) -> Why:
    if _may_still_be_paid(asked, month):
        return Why.NOT_DUE
    if paid > 0:
        return Why.UNDERPAID
    if any(payment.amount < 0 for payment in own):
        return Why.REFUNDED
    if own:
        return Why.NOT_COUNTED
    return Why.OTHER_PERIOD if overfull else Why.NOTHING_PAID


def _may_still_be_paid(asked: Asked, month: int) -> bool:
    try:
        return asked.on <= due_day(month, asked.law, asked.calendar)
    except NotInForce:
        return False


class _Total(NamedTuple):
    """What was paid for a month by one kind, and counts."""

    kind: Kind
    amount: Decimal
    share: int | None


def _totals(own: Iterable[Payment]) -> list[_Total]:
    totals: dict[Kind, _Total] = {}
    for payment in own:
        if payment.counts:
            _, amount, share = totals.get(payment.kind, (None, NOTHING, None))
            share = share if payment.share is None else (share or 0) + payment.share
            totals[payment.kind] = _Total(payment.kind, amount + payment.amount, share)
    return list(totals.values())


def _is_paid(asked: Asked, total: _Total) -> bool:
    if total.share is None:
        return total.amount > 0
    return total.share >= paid_from(asked.on, asked.law)


def _is_paid_twice(asked: Asked, own: list[Payment]) -> bool:
    """A fixed sum was paid again for one month: perhaps another one was meant.

    Also what does not count is looked at: the second sum is often taken for a duplicate.
    """
    totals = _totals(payment._replace(counts=True) for payment in own)
    return any((total.share or 0) >= 2 * paid_from(asked.on, asked.law) for total in totals)


def _due(asked: Asked, month: int, kind: Kind) -> Decimal | None:
    """The fixed sum of a month that is no longer ahead; None where the law has no value."""
    try:
        return due(kind, months.first(month), asked.law)
    except NotInForce:
        return None


def ways_back(asked: Asked, missing: Iterable[Month]) -> WaysBack:
    """What the missing months lack, and twelve months ahead at the sum of the day."""
    debts = tuple(Debt(month.month, month.lacking) for month in missing)
    since = months.number(asked.on) + 1
    kind = Kind.ENTREPRENEUR if asked.pays_itself else Kind.INDEPENDENT
    try:
        count = asked.law.count(Code.STATUS_PREPAY_MONTHS, asked.on)
        each = due(kind, asked.on, asked.law)
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
