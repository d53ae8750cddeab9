"""Bank statements, camt.053 of ISO 20022: what the bank booked under which reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from html import escape
from typing import BinaryIO, NamedTuple

from payments.rules.markup import DEEPEST, LONGEST_TEXT, Markup, local, too_deep
from payments.rules.totals import Entry, Refusal, Refused
from payments.rules.values import amount, money
from registry.rules.cells import day
from registry.rules.encoding import UTF_8, Source, encoded

BLOCK = 1 << 16
MOST_ENTRIES = 500_000
LONGEST_REFERENCE = 60
LONGEST_SPAN = timedelta(days=400)
STATEMENT = "BkToCstmrStmt"
CURRENCY = "KZT"
BOOKED = "BOOK"
# The first of these that an entry has.
REFERENCES = ("Ntry/NtryRef", "Ntry/AcctSvcrRef", "Refs/EndToEndId")
DAYS = ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
STATES = ("Sts/Cd", "Ntry/Sts")
SPANS = ("FrToDt/FrDtTm", "FrToDt/ToDtTm", "FrToDt/FrDt", "FrToDt/ToDt")
MADE = ("Stmt/CreDtTm", "GrpHdr/CreDtTm")
WANTED = {"Ntry/Amt", "Ntry/CdtDbtInd", *MADE, *REFERENCES, *DAYS, *STATES, *SPANS}


class Statement(NamedTuple):
    """The booked entries, and the days on which none is missing."""

    entries: list[Entry]
    days: frozenset[date]


def is_statement(source: Source) -> bool:
    """Whether a file looks like XML at all; only reading it tells what it is."""
    head = source.head
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:400].decode(encoding, "replace").lstrip().startswith("<")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def open_statement(_form: str, source: Source) -> Statement | None:
    """None when it is no XML."""
    return read(source.stream) if is_statement(source) else None


def read(stream: BinaryIO) -> Statement:
    """All of a statement; Refused when it is broken, hostile, or of another kind or currency."""
    document = _Document()
    stream.seek(0)
    while chunk := stream.read(BLOCK):
        document.feed(chunk)
    return document.statement()


class _Document:
    """Follows the tags and keeps the texts of the wanted ones, known by their last two names."""

    def __init__(self) -> None:
        self._markup = Markup()
        parser = self._markup.parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._path = ["", ""]
        self._is_statement = False
        self._currency = ""
        self._text_of: list[str] = []
        self._length = 0
        self._found: dict[str, str] = {}  # of the entry, or of the statement around it
        self._around: dict[str, str] = {}
        self._entries: list[Entry] = []
        self._days: set[date] = set()
        self._first_entry = 0  # of the statement that is being read

    def feed(self, chunk: bytes) -> None:
        self._markup.feed(chunk)

    def statement(self) -> Statement:
        self._markup.feed(b"", final=True)
        if not self._is_statement:
            raise Refused(Refusal.UNREADABLE, "XML that is no bank statement")
        return Statement(self._entries, frozenset(self._days))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(local(name))
        if len(self._path) > DEEPEST:
            too_deep()
        self._text_of.clear()
        self._length = 0
        place = "/".join(self._path[-2:])
        if place == "Ntry/Amt":
            self._currency = attributes.get("Ccy", "")
        elif place == "Stmt/Ntry":
            self._around, self._found = self._found, {}
        elif self._path[-1] == "Stmt":
            self._found = {place: self._found.get(place, "") for place in MADE[1:]}
            self._first_entry = len(self._entries)
        self._is_statement = self._is_statement or self._path[-1] == STATEMENT

    def _text(self, text: str) -> None:
        if "/".join(self._path[-2:]) in WANTED:
            self._text_of.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise Refused(Refusal.UNREADABLE, "XML with an endless text")

    def _end(self, _name: str) -> None:
        place = "/".join(self._path[-2:])
        self._path.pop()
        if place in WANTED:
            self._found.setdefault(place, "".join(self._text_of).strip())
        self._text_of.clear()
        self._length = 0
        if place == "Stmt/Ntry":
            self._keep(self._found)
            self._found = self._around
        elif place == f"{STATEMENT}/Stmt":
            self._days |= covered(self._found, self._entries[self._first_entry :])

    def _keep(self, found: dict[str, str]) -> None:
        if first(found, STATES) not in ("", BOOKED):
            return
        reference, booked_on = first(found, REFERENCES), day(first(found, DAYS)[:10])
        tiyn = amount(found.get("Ntry/Amt", ""))
        if tiyn is None or booked_on is None or self._currency != CURRENCY:
            raise Refused(Refusal.UNREADABLE, f"entry {reference[:60]!r} without a sum or a day")
        if len(reference) > LONGEST_REFERENCE:
            raise Refused(Refusal.UNREADABLE, f"reference of {len(reference)} characters")
        if len(self._entries) == MOST_ENTRIES:
            raise Refused(Refusal.UNREADABLE, f"a statement of more than {MOST_ENTRIES} entries")
        credit = found.get("Ntry/CdtDbtInd") == "CRDT"
        self._entries.append(Entry(reference, tiyn, booked_on, credit))


def covered(found: dict[str, str], entries: list[Entry]) -> set[date]:
    """A statement goes without a gap through its period and the days of its entries.

    When it has neither, it tells that nothing happened on the day it was made.
    """
    days = {entry.booked_on for entry in entries}
    days |= {on for place in SPANS if (on := day(found.get(place, "")[:10]))}
    if not days and (made := day(first(found, MADE)[:10])):
        return {made}
    if not days or max(days) - min(days) > LONGEST_SPAN:
        return days
    return {min(days) + timedelta(at) for at in range((max(days) - min(days)).days + 1)}


def first(found: dict[str, str], places: tuple[str, ...]) -> str:
    return next((found[place] for place in places if found.get(place)), "")


def write(entries: Iterable[Entry], number: str) -> Iterator[bytes]:
    """A statement of this number."""
    return encoded(_texts(entries, escape(number)), UTF_8)


def _texts(entries: Iterable[Entry], number: str) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id>"
        "<Acct><Id><IBAN>KZ33125KZT1001313313</IBAN></Id></Acct>\n"
    )
    for reference, tiyn, booked_on, credit in entries:
        yield (
            f"<Ntry><NtryRef>{escape(reference)}</NtryRef>"
            f'<Amt Ccy="{CURRENCY}">{money(tiyn).replace(",", ".")}</Amt>'
            f"<CdtDbtInd>{'CRDT' if credit else 'DBIT'}</CdtDbtInd><Sts><Cd>{BOOKED}</Cd></Sts>"
            f"<BookgDt><Dt>{booked_on.isoformat()}</Dt></BookgDt></Ntry>\n"
        )
    yield "</Stmt></BkToCstmrStmt></Document>\n"
