"""The control totals of a register on its levels, and the codes for what holds or refuses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, NoReturn

from payments.rules.items import Message
from registry.rules.encoding import Refused as Refused

LARGEST = 10**18 - 1  # tiyn: no sum of sums of this country goes beyond
ITEMS_OF_A_FILE = 20_000_000  # one for each person of this country
MESSAGES_OF_A_FILE = 1 << 20  # memory knows each


class Held(StrEnum):
    """Why nothing of a file is posted until a corrected one comes."""

    MESSAGE_TOTAL = "message_total"
    MESSAGE_COUNT = "message_count"
    TRUNCATED = "truncated"
    TRAILER_TOTAL = "trailer_total"
    TRAILER_COUNT = "trailer_count"
    NO_TRAILER = "no_trailer"
    BAD_SUM = "bad_sum"
    BAD_DATE = "bad_date"
    REPEATED_REFERENCE = "repeated_reference"
    STATEMENT_AMOUNT = "statement_amount"
    STATEMENT_MISSING = "statement_missing"


RELEASABLE = frozenset(Held) - {Held.MESSAGE_COUNT, Held.TRUNCATED, Held.BAD_SUM, Held.BAD_DATE}
"""Differences of totals; with the others some item is not known, or not from another one."""


class Refusal(StrEnum):
    """Why a file is not taken in at all."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    ALREADY_RECEIVED = "already_received"
    TOO_LARGE = "too_large"


class Difference(NamedTuple):
    """Where two levels disagree, or what cannot be compared; sums in tiyn."""

    code: Held
    reference: str = ""
    expected: int | None = None
    found: int | None = None
    line: int | None = None  # physical line of the text or row of the sheet


class Differences(list[Difference]):
    """The first thousand differences in the order they were met, and one of each later code."""

    MANY = 1000

    def __init__(self) -> None:
        super().__init__()
        self._codes: set[Held] = set()

    def note(self, *differences: Difference) -> None:
        room = max(self.MANY - len(self), 0)
        self.extend(differences[:room])
        self._codes.update(difference.code for difference in differences[:room])
        for difference in differences[room:]:
            if difference.code not in self._codes:
                self._codes.add(difference.code)
                self.append(difference)

    def forget(self, line: int) -> None:
        """A row turned out to be cut off: what was found wrong in it says nothing more."""
        self[:] = [difference for difference in self if difference.line != line]


def within_bounds(total: int) -> int:
    """A total that the books can hold; Refused beyond."""
    if abs(total) > LARGEST:
        raise Refused(Refusal.UNREADABLE, "sums beyond all the money there is")
    return total


def beyond_count(what: str) -> NoReturn:
    raise Refused(Refusal.UNREADABLE, f"more {what} than a register has")


@dataclass
class Totals:
    """What was counted in a file, and what its last row says."""

    messages: int = 0
    items: int = 0
    total: int = 0
    declared_items: int | None = None
    declared_total: int | None = None


class Credit(NamedTuple):
    """What a register says came in; one for each message, also of one reference."""

    reference: str
    credited_on: date | None
    total: int


class Entry(NamedTuple):
    """What the bank says it booked under a reference."""

    reference: str
    amount: int
    booked_on: date
    credit: bool


def against_declared(message: Message, line: int) -> Iterator[Difference]:
    """Items of a message = its own total."""
    if message.declared is not None and message.declared != message.total:
        yield Difference(
            Held.MESSAGE_TOTAL, message.reference, message.declared, message.total, line
        )


def against_trailer(totals: Totals, line: int | None) -> Iterator[Difference]:
    """Messages of a file = its last row."""
    if totals.declared_total is not None and totals.declared_total != totals.total:
        yield Difference(Held.TRAILER_TOTAL, "", totals.declared_total, totals.total, line)
    if totals.declared_items != totals.items:
        yield Difference(Held.TRAILER_COUNT, "", totals.declared_items, totals.items, line)


def against_statement(
    credits: Iterable[Credit], entries: Iterable[Entry], days: Container[date]
) -> list[Difference]:
    """File = statement: the entry of each reference, on the days the statement covers."""
    booked: Counter[str] = Counter()
    for entry in entries:
        if entry.credit:
            booked[entry.reference] += entry.amount
    received: Counter[str] = Counter()
    covered: set[str] = set()
    for credit in credits:
        received[credit.reference] += credit.total
        if credit.credited_on is not None and credit.credited_on in days:
            covered.add(credit.reference)
    return [
        difference
        for reference, total in received.items()
        if (
            difference := _against_entry(
                reference, booked.get(reference), total, reference in covered
            )
        )
    ]


def _against_entry(
    reference: str, booked: int | None, total: int, covered: bool
) -> Difference | None:
    if booked is None:
        return Difference(Held.STATEMENT_MISSING, reference, None, total) if covered else None
    if booked != total:
        return Difference(Held.STATEMENT_AMOUNT, reference, booked, total)
    return None
