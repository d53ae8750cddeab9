"""Bank statements (camt.053) once more: what became of each single transfer of the Fund."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import BinaryIO, NamedTuple, NoReturn

from payments.rules.camt053 import (
    BLOCK,
    BOOKED,
    CURRENCY,
    DAYS,
    LONGEST_REFERENCE,
    STATEMENT,
    STATES,
    first,
)
from payments.rules.markup import DEEPEST, LONGEST_TEXT, Markup, local, too_deep
from payments.rules.totals import Refusal, Refused
from payments.rules.values import amount, credited
from registry.rules.cells import day

MOST_TRANSFERS = 100_000
LONGEST, LONGEST_FOUND = 255, 60  # of a text, and of what shows that it is wrong
KEY = "Refs/EndToEndId"
NO_KEY = ("", "NOTPROVIDED")
RETURNS = ("RRTN", "RPCR")  # reversal due to a return, or to a cancellation
RETURNED = "TxDtls/RtrInf"
SUMS = ("TxDtls/Amt", "TxAmt/Amt")
DIRECTIONS = ("TxDtls/CdtDbtInd", "Ntry/CdtDbtInd")
CREDIT, DEBIT = "CRDT", "DBIT"
FAMILY = "Fmly/SubFmlyCd"
WORDS = (
    *("RtrInf/AddtlInf", "Rsn/Cd", "Rsn/Prtry", "TxDtls/AddtlTxInf", "Ntry/AddtlNtryInf"),
    "RmtInf/Ustrd",
)
KEPT = {
    *("Ntry/Amt", "Ntry/RvslInd", KEY, FAMILY),
    *(*SUMS, *DIRECTIONS, *WORDS, *DAYS, *STATES),
}


class Code(StrEnum):
    """What is wrong with a transfer, or with a row of a list."""

    BAD_ROW = "bad_row"
    BAD_KEY = "bad_key"
    BAD_OUTCOME = "bad_outcome"
    BAD_DATE = "bad_date"
    BAD_SUM = "bad_sum"
    NO_SUM = "no_sum"
    CONTRADICTION = "contradiction"


class Fault(NamedTuple):
    code: Code
    where: int  # line of a list, or number of the entry in a statement
    found: str


class Transfer(NamedTuple):
    """A booked movement under the key of a payout; a bank may call a debit a return."""

    key: str
    debit: bool
    returned: bool
    on: date
    amount: Decimal
    text: str
    where: int


class Broken(NamedTuple):
    """One that cannot be read."""

    key: str
    fault: Fault


class Debits(NamedTuple):
    transfers: list[Transfer | Broken]
    total: Decimal | None  # of all booked debits; None when the sum of one cannot be read


def read(stream: BinaryIO) -> Debits:
    """All of a statement; Refused when it is broken, hostile, or of another kind."""
    document = _Document()
    stream.seek(0)
    while chunk := stream.read(BLOCK):
        document.markup.feed(chunk)
    document.markup.feed(b"", final=True)
    if not document.is_statement:
        raise Refused(Refusal.UNREADABLE, "XML that is no bank statement")
    return Debits(document.transfers, document.total)


class _Document:
    """Follows the tags and keeps the texts of some, known by their last two names."""

    def __init__(self) -> None:
        self.markup = Markup()
        self.markup.parser.StartElementHandler = self._start
        self.markup.parser.EndElementHandler = self._end
        self.markup.parser.CharacterDataHandler = self._text
        self.is_statement = False
        self.transfers: list[Transfer | Broken] = []
        self.total: Decimal | None = Decimal()
        self._entries = 0
        self._path = ["", ""]
        self._texts: list[str] = []
        self._length = 0
        self._entry: dict[str, str] = {}
        self._parts: list[dict[str, str]] = []
        self._found = self._entry

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(local(name))
        if len(self._path) > DEEPEST:
            too_deep()
        self._texts.clear()
        self._length = 0
        self.is_statement = self.is_statement or self._path[-1] == STATEMENT
        place = "/".join(self._path[-2:])
        if place == "Stmt/Ntry":
            self._entry, self._parts = {}, []
            self._found = self._entry
        elif place == "NtryDtls/TxDtls":
            self._found = {}
            self._parts.append(self._found)
            if len(self._parts) > MOST_TRANSFERS:
                too_many()
        elif place == RETURNED:
            self._found[RETURNED] = "true"
        elif self._path[-1] == "Amt" and attributes.get("Ccy") != CURRENCY:
            self._found[place] = ""  # a sum in another currency is none

    def _text(self, text: str) -> None:
        if "/".join(self._path[-2:]) in KEPT:
            self._texts.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise Refused(Refusal.UNREADABLE, "XML with an endless text")

    def _end(self, _name: str) -> None:
        place = "/".join(self._path[-2:])
        self._path.pop()
        if place in KEPT:
            self._found.setdefault(place, "".join(self._texts).strip()[:LONGEST])
        self._texts.clear()
        self._length = 0
        if place == "NtryDtls/TxDtls":
            self._found = self._entry
        elif place == "Stmt/Ntry":
            self._entries += 1
            if first(self._entry, STATES) in ("", BOOKED):
                self._book()

    def _book(self) -> None:
        if self._entry.get("Ntry/CdtDbtInd") == DEBIT and self.total is not None:
            found = tenge(self._entry.get("Ntry/Amt", ""))
            self.total = None if found is None else self.total + found
        self.transfers += self._transfers()
        if len(self.transfers) > MOST_TRANSFERS:
            too_many()

    def _transfers(self) -> Iterator[Transfer | Broken]:
        # What was booked is what a lone transfer came to.
        places = SUMS if len(self._parts) > 1 else ("Ntry/Amt",)
        for part in self._parts or [{}]:
            found = {**self._entry, **part}
            if found.get(KEY, "") not in NO_KEY:
                yield transfer(found, places, self._entries)


def transfer(found: dict[str, str], places: tuple[str, ...], where: int) -> Transfer | Broken:
    key, direction = found[KEY], first(found, DIRECTIONS)
    written, on = first(found, places), first(found, DAYS)
    paid, booked_on = tenge(written), credited(day(on[:10]))
    if len(key) > LONGEST_REFERENCE:
        return Broken(key, fault(Code.BAD_KEY, where, key))
    if not paid:
        return Broken(key, fault(Code.BAD_SUM, where, written))
    if booked_on is None:
        return Broken(key, fault(Code.BAD_DATE, where, on))
    if direction not in (CREDIT, DEBIT):
        return Broken(key, fault(Code.BAD_ROW, where, direction))
    debit, words = direction == DEBIT, first(found, WORDS)
    return Transfer(key, debit, is_return(found), booked_on, paid, words, where)


def fault(code: Code, where: int, found: str) -> Fault:
    return Fault(code, where, found[:LONGEST_FOUND])


def too_many() -> NoReturn:
    raise Refused(Refusal.UNREADABLE, f"more than {MOST_TRANSFERS} transfers")


def tenge(text: str) -> Decimal | None:
    tiyn = amount(text)
    return None if tiyn is None or tiyn < 0 else Decimal(tiyn).scaleb(-2)


def is_return(found: dict[str, str]) -> bool:
    """Money that came back, or a debit that the bank calls a return."""
    return (
        first(found, DIRECTIONS) == CREDIT
        or found.get("Ntry/RvslInd") in ("true", "1")
        or RETURNED in found
        or found.get(FAMILY) in RETURNS
    )
