"""The rows of a payout order as COPY TO STDOUT writes them; they stay bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from refunds.rules.woven import Column, changed

AT_ONCE = 512
WIDTH, KNP = 15, 12
Block = bytes | memoryview
ESCAPE = re.compile(rb"\\(.)")
ESCAPED = {b"\\": b"\\", b"N": b""}  # all others are control characters
TO_ESCAPE = re.compile(r"[\\\t\n\r]")
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
PRINTED = bytes(sign if sign >= 32 or sign in b"\t\n" else 32 for sign in range(256))


class PayoutItem(NamedTuple):
    """A line that is paid back; `period` is the first of its month."""

    key: str
    amount: Decimal
    applicant_id: str
    applicant_name: str
    iban: str
    bic: str
    iin: str
    last_name: str
    first_name: str
    middle_name: str
    birth_date: date | None
    period: date
    knp: str
    application: str
    line: int


@dataclass(frozen=True)
class Header:
    """An order and what its items come to."""

    number: str
    on: date
    total: Decimal
    count: int


def copied(items: Iterable[PayoutItem]) -> Iterator[bytes]:
    """Items as COPY (SELECT key, amount, …) TO STDOUT would write them, a row each."""
    for item in items:
        cells = list(map(str, item))
        cells[1] = f"{item.amount:.2f}"
        if TO_ESCAPE.search("".join(cells)):
            cells = [TO_ESCAPE.sub(_escaped, cell) for cell in cells]
        if item.birth_date is None:
            cells[10] = "\\N"
        yield ("\t".join(cells) + "\n").encode()


@dataclass
class Count:
    """An order never says another sum than that of its items, in tiyn."""

    header: Header
    messages: int = 0
    items: int = 0
    total: int = 0

    def add(self, amounts: Column) -> int:
        """The sum of some more."""
        total = sum(map(int, changed(amounts, b".", b"")))
        self.items += len(amounts)
        self.total += total
        return total

    def check(self) -> None:
        header, total = self.header, Decimal(self.total).scaleb(-2)
        if (self.items, total) != (header.count, header.total):
            raise ValueError(f"{header.count} items of {header.total} are {self.items} of {total}")


def _escaped(match: re.Match[str]) -> str:
    return ESCAPES[match[0]]


def blocks(rows: Iterable[Block]) -> Iterator[bytes]:
    """Rows that are whole, without the end of the last one, escapes and control characters."""
    remaining = iter(rows)
    while block := b"".join(islice(remaining, AT_ONCE)):
        if b"\\" in block:
            block = ESCAPE.sub(lambda match: ESCAPED.get(match[1], b" "), block)
        yield block.translate(PRINTED).removesuffix(b"\n")


def period(month: bytes) -> bytes:
    return month[5:7] + month[:4]
