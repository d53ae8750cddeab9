"""The payment orders of a list: known by their values, complete only when the list has ended."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from payments.rules import values
from payments.rules.items import Message
from payments.rules.ordinals import Ordinals
from payments.rules.totals import LARGEST, MESSAGES_OF_A_FILE, beyond_count, within_bounds
from payments.rules.values import DAYS

IN_MEMORY = 1 << 23
SEPARATOR = "\0"  # no text of a file has one
MOST_MESSAGES, MOST_CHARACTERS = 1024, 1 << 20  # handed over at once


class Header(NamedTuple):
    """What the rows of one payment order share; the order is that of columns.HEADER."""

    reference: str
    order_no: str
    order_date: str
    payment_date: str
    knp: str
    payer_id: str
    payer_name: str


class Orders:
    """Values wait on disk when there are many; in memory a payment order takes about 50 bytes."""

    def __init__(self) -> None:
        self.items = array("q")
        self.totals = array("q")
        self._ordinals = Ordinals()
        self._sizes = array("I")
        self._headers = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    def __len__(self) -> int:
        return len(self.items)

    def number(self, header: Header) -> int:
        """The ordinal of the order; of a new one the number of orders before."""
        written = SEPARATOR.join(header).encode()
        number = self._ordinals.of(written)
        if number == len(self.items):
            if number == MESSAGES_OF_A_FILE:
                beyond_count("messages")
            self._sizes.append(self._headers.write(written))
            self.items.append(0)
            self.totals.append(0)
        return number

    def add(self, numbers: Sequence[int], sums: Sequence[int]) -> None:
        """One item each."""
        items, totals = self.items, self.totals
        for number, tiyn in zip(numbers, sums, strict=True):
            items[number] += 1
            try:
                totals[number] += tiyn
            except OverflowError:
                within_bounds(LARGEST + 1)

    def messages(self) -> Iterator[list[Message]]:
        """All of them, in portions; the headers are gone afterwards."""
        found: list[Message] = []
        size = 0
        self._headers.seek(0)
        with self._headers as headers:
            for number, length in enumerate(self._sizes):
                header = headers.read(length).decode().split(SEPARATOR)
                found.append(_message(number, header, self.items[number], self.totals[number]))
                size += length
                if len(found) == MOST_MESSAGES or size > MOST_CHARACTERS:
                    yield found
                    found, size = [], 0
        yield found


def _message(number: int, header: list[str], items: int, total: int) -> Message:
    reference, order_no, order_date, payment_date, knp, payer_id, payer_name = header
    return Message(
        number,
        reference,
        order_no,
        DAYS[order_date],
        values.credited(DAYS[payment_date]),
        knp,
        payer_id,
        payer_name,
        items,
        within_bounds(total),
        declared=None,
    )
