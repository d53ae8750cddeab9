"""Refund applications from the State Corporation: JSON, one object an application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from refunds.rules import iban
from refunds.rules.fields import Code as Code
from refunds.rules.fields import Fault as Fault
from refunds.rules.fields import Place, parsed
from refunds.rules.fields import Unreadable as Unreadable
from registry.rules.iin import LENGTH, payer_kind

LONGEST_CODE = 30


class Applicant(NamedTuple):
    id: str
    name: str
    phone: str
    email: str


class AskedLine(NamedTuple):
    """A payment to be given back, in part or as a whole; `period` is the first of its month."""

    reference: str
    line: int
    iin: str
    period: date
    knp: str
    paid: Decimal
    asked: Decimal
    reason: str


class AskedDocument(NamedTuple):
    kind: str
    name: str
    sha256: str


class Asked(NamedTuple):
    """An application as it was read; `raw` is its text as it came."""

    number: str
    accepted_on: date
    channel: str
    applicant: Applicant
    iban: str
    bic: str
    lines: tuple[AskedLine, ...]
    documents: tuple[AskedDocument, ...]
    raw: str


class Faulty(NamedTuple):
    """An application that cannot be taken in: its text as it came, and what is wrong with it."""

    number: str
    raw: str
    faults: tuple[Fault, ...]


def read(content: bytes) -> list[Asked | Faulty]:
    """The applications in their order; Unreadable when the file is no JSON.

    Whether a reason is known and the account is right is not decided here.
    """
    found: list[Asked | Faulty] = []
    numbers: set[str] = set()
    for value, raw in parsed(content):
        faults: list[Fault] = []
        place = Place(value, "", faults)
        asked = _asked(place, raw)
        if asked.number in numbers:
            place.note(Code.REPEATED_NUMBER, "number", asked.number)
        elif asked.number:
            numbers.add(asked.number)
        found.append(Faulty(asked.number, raw, tuple(faults)) if faults else asked)
    return found


def _asked(place: Place, raw: str) -> Asked:
    account = place.one("account")
    return Asked(
        number=place.text("number", 40),
        accepted_on=place.day("accepted_on"),
        channel=place.text("channel", LONGEST_CODE),
        applicant=_applicant(place.one("applicant")),
        iban=iban.compact(account.optional("iban", 34)),
        bic=account.optional("bic", 11),
        lines=tuple(_lines(place)),
        documents=tuple(map(_document, place.each("documents"))),
        raw=raw,
    )


def _applicant(place: Place) -> Applicant:
    number = place.text("id")
    if number and payer_kind(number) is None:
        place.note(Code.BAD_ID, "id", number)
    return Applicant(
        number, place.text("name", 255), place.optional("phone", 40), place.optional("email", 254)
    )


def _lines(place: Place) -> Iterator[AskedLine]:
    known: set[tuple[str, int]] = set()
    empty = True
    for at in place.each("lines"):
        empty = False
        line = _line(at)
        payment = line.reference, line.line
        if payment in known:
            at.note(Code.REPEATED_LINE, "line", f"{line.reference} {line.line}")
        elif all(payment):
            known.add(payment)
        yield line
    if empty:
        place.note(Code.NO_LINES, "lines", "")


def _line(place: Place) -> AskedLine:
    line = AskedLine(
        reference=place.text("reference", 60),
        line=place.ordinal("line"),
        iin=place.text("iin", LENGTH),
        period=place.month("period"),
        knp=place.text("knp", 3),
        paid=place.sum("paid"),
        asked=place.sum("asked"),
        reason=place.text("reason", LONGEST_CODE),
    )
    if line.asked > line.paid > 0:
        place.note(Code.ASKED_OVER_PAID, "asked", str(line.asked))
    return line


def _document(place: Place) -> AskedDocument:
    return AskedDocument(
        place.text("kind", LONGEST_CODE), place.text("name", 255), place.sha256("sha256")
    )
