"""Payout orders on their way out: all money goes to the State Corporation, which hands it on.

The rows come as COPY TO STDOUT writes them and stay bytes: nobody has to look into each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape, unescape
from itertools import islice
from typing import NamedTuple

from payments.rules.mt102_out import MOST_ITEMS, value
from payments.rules.returns import STATE_CORPORATION
from payments.rules.values import money, short_digits

FUND = "160940025485"
FUND_NAME = "НАО «ФОНД СОЦИАЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ»"
FUND_ACCOUNT, FUND_BIC = "KZ33125KZT1001313313", "NBRKKZKX"
CORPORATION_NAME = "НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»"
CORPORATION_ACCOUNT, CORPORATION_BIC = "KZ92009MEDS368609103", "GCVPKZ2A"
WHAT = {"121": "отчислений", "122": "взносов", "123": "пени", "124": "пени"}
EVERYTHING = "отчислений/взносов/пени"

AT_ONCE = 512  # rows
BUSINESS, ORGANISATION, PERSON = b"456", b"OrgId", b"PrvtId"
LONGEST_NAME = 140  # of a party in ISO 20022
LONGEST_PART = 36  # of a person's name: with the rest it fits a line of remittance
ESCAPE = re.compile(rb"\\(.)")
ESCAPED = {b"\\": b"\\", b"N": b""}  # all others are control characters
TO_ESCAPE = re.compile(r"[\\\t\n\r]")
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
PRINTED = bytes(sign if sign >= 32 or sign in b"\t\n" else 32 for sign in range(256))
NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

Block = bytes | memoryview


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


def mt102(header: Header, items: Iterable[PayoutItem]) -> Iterator[bytes]:
    """`mt102_of` what is at hand as items."""
    return mt102_of(header, copied(items))


def pain001(header: Header, items: Iterable[PayoutItem]) -> Iterator[bytes]:
    """`pain001_of` what is at hand as items."""
    return pain001_of(header, copied(items))


def mt102_of(header: Header, rows: Iterable[Block]) -> Iterator[bytes]:
    """A message for 999 rows of a purpose code; ValueError when they do not come to the total.

    What the format has no tags for stands in tags that readers of payments pass over: /ROC/ the
    payout key, /PAYER/ /PNAME/ /IIK/ /BIK/ whose the money is, /ASSIGN/ the line of which
    application.
    """
    count = Count(header)
    waiting: dict[bytes, Waiting] = {}
    for block in _blocks(rows):
        for row in block.split(b"\n"):
            cells = row.split(b"\t")
            if b"/" in row or b":" in row:
                cells = [value(cell.decode()).encode() for cell in cells]
            same = waiting.get(cells[12]) or waiting.setdefault(cells[12], Waiting(cells))
            same.add(cells)
            if len(same.items) == MOST_ITEMS:
                yield same.message(count)
                del waiting[cells[12]]
    for same in waiting.values():
        yield same.message(count)
    count.check()


def pain001_of(header: Header, rows: Iterable[Block]) -> Iterator[bytes]:
    """ISO 20022 pain.001.001.09; ValueError when the rows do not come to the total.

    As much of the key as there is comes back as EndToEndId: the schema allows 35 characters.
    """
    count = Count(header)
    yield _beginning(header).encode()
    for block in _blocks(rows):
        yield b"".join([_transfer(row.split(b"\t"), count) for row in _as_xml(block).split(b"\n")])
    count.check()
    yield b"</PmtInf></CstmrCdtTrfInitn></Document>\n"


def purpose(knp: str) -> str:
    return f"Возврат излишне (ошибочно) перечисленных {WHAT.get(knp, EVERYTHING)} ОСМС"


@dataclass
class Count:
    """An order never says another sum than that of its items, in tiyn."""

    header: Header
    messages: int = 0
    items: int = 0
    total: int = 0

    def check(self) -> None:
        found = self.items, Decimal(self.total).scaleb(-2)
        if found != (self.header.count, self.header.total):
            raise ValueError(
                f"{self.header.count} items of {self.header.total} are {found[0]} of {found[1]}"
            )


def _escaped(match: re.Match[str]) -> str:
    return ESCAPES[match[0]]


def _blocks(rows: Iterable[Block]) -> Iterator[bytes]:
    """Rows that are whole, without the end of the last one, escapes and control characters."""
    remaining = iter(rows)
    while block := b"".join(islice(remaining, AT_ONCE)):
        if b"\\" in block:
            block = ESCAPE.sub(lambda match: ESCAPED.get(match[1], b" "), block)
        yield block.translate(PRINTED).removesuffix(b"\n")


@dataclass
class Waiting:
    """Items of a purpose code until they are a message."""

    first: list[bytes]
    items: list[bytes] = field(default_factory=list)
    total: int = 0

    def add(self, cells: list[bytes]) -> None:
        key, amount, owner, name, iban, bic, iin, last, first, middle, born, month, *rest = cells
        self.total += int(amount.replace(b".", b""))
        self.items.append(
            ITEM
            % (
                *(len(self.items) + 1, amount.replace(b".", b","), last, first),
                *(b"/FT/%b\n" % middle if middle else b"",),
                *(b"/DT/%b\n" % born.replace(b"-", b"") if born else b"",),
                *(iin, month[5:7], month[:4], key, owner, name, iban, bic, rest[1], rest[2]),
            )
        )

    def message(self, count: Count) -> bytes:
        count.messages += 1
        count.items += len(self.items)
        count.total += self.total
        head = _head(count.header, count.messages, self.first[11], self.first[12].decode())
        ending = f":32A:{short_digits(count.header.on)}KZT{money(self.total)}\n-}}\n"
        return b"".join((head.encode(), *self.items, ending.encode()))


ITEM = (
    ":21:%d\n:32B:KZT%b\n:70:/FM/%b\n/NM/%b\n%b%b/IDN/%b\n/PERIOD/%b%b\n/ROC/%b\n/PAYER/%b\n"
    "/PNAME/%b\n/IIK/%b\n/BIK/%b\n/ASSIGN/ЗАЯВЛЕНИЕ %b СТРОКА %b\n"
).encode()


def _head(header: Header, number: int, month: bytes, knp: str) -> str:
    return (
        "{1:F01K059470000000010066410}\n{2:I102SGROSS000000U3003}\n{4:\n"
        f":20:{value(header.number)}-{number}\n:50:/D/{FUND_ACCOUNT}\n"
        f"/NAME/{FUND_NAME}\n/IDN/{FUND}\n/IRS/1\n/SECO/1\n"
        f":52B:{FUND_BIC}\n:57B:{CORPORATION_BIC}\n:59:{CORPORATION_ACCOUNT}\n"
        f"/NAME/{CORPORATION_NAME}\n/IDN/{STATE_CORPORATION}\n/IRS/1\n/SECO/1\n"
        f":70:/NUM/{value(header.number)}\n/DATE/{short_digits(header.on)}\n"
        f"/SEND/07\n/VO/01\n/KNP/{knp}\n/PSO/01\n/PRT/50\n"
        f"/PERIOD/{month[5:7].decode()}{month[:4].decode()}\n/ASSIGN/{purpose(knp)}\n"
    )


def _as_xml(block: bytes) -> bytes:
    if b"\xef\xbf" in block:
        block = NO_CHARACTER.sub(b" ", block)
    return block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _cut(cell: bytes, longest: int) -> bytes:
    """The beginning of a text of XML."""
    return escape(unescape(cell.decode())[:longest], quote=False).encode()


def _transfer(cells: list[bytes], count: Count) -> bytes:
    key, amount, owner, name, iban, bic, iin, last, first, middle, _, month, *rest = cells
    knp, application, line = rest
    count.items += 1
    count.total += int(amount.replace(b".", b""))
    if len(name) > LONGEST_NAME:
        name = _cut(name, LONGEST_NAME)
    if len(last) > LONGEST_PART or len(first) > LONGEST_PART or len(middle) > LONGEST_PART:
        last, first, middle = (_cut(part, LONGEST_PART) for part in (last, first, middle))
    kind = ORGANISATION if owner[4:5] in BUSINESS else PERSON
    return TRANSFER % (
        *(key, amount, name, kind, owner, kind, knp, PURPOSES.get(knp, PURPOSE)),
        *(iban, bic, application, line, iin, last, first, middle, month[5:7], month[:4]),
    )


PURPOSES = {knp.encode(): purpose(knp).encode() for knp in WHAT}
PURPOSE = purpose("").encode()


def bank(bic: str) -> str:
    return f"<FinInstnId><BICFI>{bic}</BICFI></FinInstnId>"


def account(iban: str) -> str:
    return f"<Id><IBAN>{iban}</IBAN></Id>"


def party(name: str, number: str) -> str:
    return f"<Nm>{name}</Nm><Id><OrgId><Othr><Id>{number}</Id></Othr></OrgId></Id>"


TRANSFER = (
    "<CdtTrfTxInf><PmtId><EndToEndId>%b</EndToEndId></PmtId>"
    '<Amt><InstdAmt Ccy="KZT">%b</InstdAmt></Amt>'
    f"<CdtrAgt>{bank(CORPORATION_BIC)}</CdtrAgt>"
    f"<Cdtr>{party(CORPORATION_NAME, STATE_CORPORATION)}</Cdtr>"
    f"<CdtrAcct>{account(CORPORATION_ACCOUNT)}</CdtrAcct>"
    "<UltmtCdtr><Nm>%b</Nm><Id><%b><Othr><Id>%b</Id></Othr></%b></Id></UltmtCdtr>"
    "<Purp><Prtry>%b</Prtry></Purp><RmtInf><Ustrd>%b</Ustrd>"
    "<Ustrd>ИИК %b БИК %b ЗАЯВЛЕНИЕ %b СТРОКА %b</Ustrd>"
    "<Ustrd>%b %b %b %b %b%b</Ustrd></RmtInf></CdtTrfTxInf>\n"
).encode()


def _beginning(header: Header) -> str:
    number, on, fund = escape(header.number), header.on.isoformat(), party(FUND_NAME, FUND)
    sums = f"<NbOfTxs>{header.count}</NbOfTxs><CtrlSum>{header.total:.2f}</CtrlSum>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{PAIN_001}"><CstmrCdtTrfInitn><GrpHdr><MsgId>{number}</MsgId>'
        f"<CreDtTm>{on}T00:00:00</CreDtTm>{sums}<InitgPty>{fund}</InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>{number}</PmtInfId><PmtMtd>TRF</PmtMtd>{sums}"
        f"<ReqdExctnDt><Dt>{on}</Dt></ReqdExctnDt><Dbtr>{fund}</Dbtr>"
        f"<DbtrAcct>{account(FUND_ACCOUNT)}</DbtrAcct><DbtrAgt>{bank(FUND_BIC)}</DbtrAgt>\n"
    )
