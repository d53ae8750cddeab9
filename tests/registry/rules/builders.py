"""Persons and verdicts of the tables, as one would say them."""

from __future__ import annotations

from datetime import date

from registry.rules import months
from registry.rules.due import Kind
from registry.rules.verdicts import Reason, Status
from tests.registry.rules.oracle import Item, Person, Refund, Row
from tests.registry.rules.persons import Judged, batch, judged

EMPLOYER, EMPLOYEE = Kind.EMPLOYER, Kind.EMPLOYEE
ENTREPRENEUR, INDEPENDENT = Kind.ENTREPRENEUR, Kind.INDEPENDENT


def day(text: str) -> date:
    return date.fromisoformat(text)


def month(text: str) -> int:
    return months.number(day(f"{text}-01"))


def paid(first: str, last: str, kind: Kind = EMPLOYER, *, on: str = "") -> tuple[Item, ...]:
    """Every month from the first to the last one, each on the 20th of the next month, or all on
    one day."""
    return tuple(
        Item(
            kind,
            number,
            425_000,
            None if kind in (EMPLOYER, EMPLOYEE) else 425_000,
            day(on) if on else months.first(number + 1).replace(day=20),
        )
        for number in range(month(first), month(last) + 1)
    )


def holds(category: str, since: str, until: str = "", *, received: str = "") -> Row:
    """A category, received on its first day."""
    return Row(category, day(since), day(until) if until else None, day(received or since))


def person(*known: tuple[Item, ...] | Row, died: str = "", lives: str = "") -> Person:
    """`lives`: "2024-05-01 temporary, 2025-02-10 citizen"."""
    places = [place.split() for place in (lives or "2020-01-01 citizen").split(", ")]
    return Person(
        items=tuple(item for part in known if not isinstance(part, Row) for item in part),
        rows=tuple(row for row in known if isinstance(row, Row)),
        died=day(died) if died else None,
        residences=tuple((day(since), where) for since, where in places),
    )


def refunded(items: tuple[Item, ...], period: str, *, on: str) -> tuple[Item, ...]:
    """The same items, the whole sum of one month paid back."""
    return tuple(
        item._replace(refunds=(Refund(day(on), item.amount),))
        if item.month == month(period)
        else item
        for item in items
    )


def insured(reason: str, until: str, changes: str) -> Judged:
    return Judged(Status.INSURED, Reason(reason), day(until) if until else None, (), day(changes))


def grace(until: str, missing: str, changes: str) -> Judged:
    return Judged(Status.GRACE, Reason.GRACE, day(until), span(missing), day(changes))


def not_insured(reason: str, missing: str, changes: str) -> Judged:
    return Judged(Status.NOT_INSURED, Reason(reason), None, span(missing), day(changes))


def span(missing: str) -> tuple[int, ...]:
    """Months as "2025-11 2026-01" or "2025-11…2026-02"."""
    found: list[int] = []
    for part in missing.split():
        first, _, last = part.partition("…")
        found += range(month(first), month(last or first) + 1)
    return tuple(found)


def verdict(who: Person, on: str) -> Judged:
    return judged(batch([who], day(on)), day(on))[0]
