"""Payout orders on their way out: all money goes to the State Corporation, which hands it on.

Rows go column by column between the words of the format: nobody looks into a single one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import compress
from operator import add

from payments.rules.mt102_out import MOST_ITEMS, value
from payments.rules.returns import STATE_CORPORATION
from payments.rules.values import money, short_digits
from refunds.rules.payout_rows import KNP, WIDTH, Block, Count, blocks, period
from refunds.rules.payout_rows import Header as Header
from refunds.rules.payout_rows import PayoutItem as PayoutItem
from refunds.rules.payout_rows import copied as copied
from refunds.rules.woven import Column, Columns, changed, each, unwoven, woven

FUND = "160940025485"
FUND_NAME = "НАО «ФОНД СОЦИАЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ»"
FUND_ACCOUNT, FUND_BIC = "KZ33125KZT1001313313", "NBRKKZKX"
CORPORATION_NAME = "НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»"
CORPORATION_ACCOUNT, CORPORATION_BIC = "KZ92009MEDS368609103", "GCVPKZ2A"
WHAT = {"121": "отчислений", "122": "взносов", "123": "пени", "124": "пени"}
EVERYTHING = "отчислений/взносов/пени"

BUSINESS, ORGANISATION, PERSON = b"456", b"OrgId", b"PrvtId"
LONGEST_NAME = 140  # of a party in ISO 20022
LONGEST_PART = 36  # of a person's name: with the rest it fits a line of remittance
NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

NO_ROWS: Columns = [[] for _ in range(WIDTH)]


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
    waiting: dict[bytes, Columns] = {}
    for block in blocks(rows):
        for knp, columns in _by_knp(_without_tags(unwoven(block, WIDTH), block)).items():
            same = [*map(add, waiting.pop(knp, NO_ROWS), columns)]
            while len(same[0]) >= MOST_ITEMS:
                yield _message(count, [column[:MOST_ITEMS] for column in same])
                same = [column[MOST_ITEMS:] for column in same]
            if same[0]:
                waiting[knp] = same
    for same in waiting.values():
        yield _message(count, same)
    count.check()


def pain001_of(header: Header, rows: Iterable[Block]) -> Iterator[bytes]:
    """ISO 20022 pain.001.001.09; ValueError when the rows do not come to the total.

    A key comes back as EndToEndId, in which banks keep 35 characters.
    """
    count = Count(header)
    yield _beginning(header).encode()
    for block in blocks(rows):
        yield _transfers(count, unwoven(_as_xml(block), WIDTH))
    count.check()
    yield b"</PmtInf></CstmrCdtTrfInitn></Document>\n"


def purpose(knp: str) -> str:
    return f"Возврат излишне (ошибочно) перечисленных {WHAT.get(knp, EVERYTHING)} ОСМС"


def _without_tags(columns: Columns, block: bytes) -> Columns:
    if b"/" not in block and b":" not in block:
        return columns
    return [each(column, lambda cell: value(cell.decode()).encode()) for column in columns]


def _by_knp(columns: Columns) -> dict[bytes, Columns]:
    knps = columns[KNP]
    different = dict.fromkeys(knps)
    if len(different) == 1:
        return {knps[0]: columns}
    chosen = {knp: [one == knp for one in knps] for knp in different}
    return {
        knp: [list(compress(column, rows)) for column in columns] for knp, rows in chosen.items()
    }


def _message(count: Count, columns: Columns) -> bytes:
    key, amount, owner, name, iban, bic, iin, last, first, middle, born, month, knp, *of = columns
    total, count.messages = count.add(amount), count.messages + 1
    periods = each(month, period)
    head = _head(count.header, count.messages, periods[0].decode(), knp[0].decode())
    middles = each(middle, lambda text: b"/FT/%b\n" % text if text else b"")
    births = [b"/DT/%b\n" % on if on else b"" for on in changed(born, b"-", b"")]
    items = woven(
        ITEM,
        [
            *(NUMBERS[: len(key)], changed(amount, b".", b","), last, first, middles, births),
            *(iin, periods, key, owner, name, iban, bic, *of),
        ],
    )
    ending = f":32A:{short_digits(count.header.on)}KZT{money(total)}\n-}}\n"
    return b"".join((head.encode(), items, ending.encode()))


NUMBERS = [b"%d" % number for number in range(1, MOST_ITEMS + 1)]
ITEM = (
    (
        ":21:%\n:32B:KZT%\n:70:/FM/%\n/NM/%\n%%/IDN/%\n/PERIOD/%\n/ROC/%\n/PAYER/%\n"
        "/PNAME/%\n/IIK/%\n/BIK/%\n/ASSIGN/ЗАЯВЛЕНИЕ % СТРОКА %\n"
    )
    .encode()
    .split(b"%")
)


def _head(header: Header, number: int, month: str, knp: str) -> str:
    return (
        "{1:F01K059470000000010066410}\n{2:I102SGROSS000000U3003}\n{4:\n"
        f":20:{value(header.number)}-{number}\n:50:/D/{FUND_ACCOUNT}\n"
        f"/NAME/{FUND_NAME}\n/IDN/{FUND}\n/IRS/1\n/SECO/1\n"
        f":52B:{FUND_BIC}\n:57B:{CORPORATION_BIC}\n:59:{CORPORATION_ACCOUNT}\n"
        f"/NAME/{CORPORATION_NAME}\n/IDN/{STATE_CORPORATION}\n/IRS/1\n/SECO/1\n"
        f":70:/NUM/{value(header.number)}\n/DATE/{short_digits(header.on)}\n"
        f"/SEND/07\n/VO/01\n/KNP/{knp}\n/PSO/01\n/PRT/50\n"
        f"/PERIOD/{month}\n/ASSIGN/{purpose(knp)}\n"
    )


def _as_xml(block: bytes) -> bytes:
    if b"\xef\xbf" in block:
        block = NO_CHARACTER.sub(b" ", block)
    return block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _cut(column: Column, longest: int) -> Column:
    """The beginnings of texts of XML."""
    if max(map(len, column)) <= longest:
        return column
    return each(
        column, lambda cell: escape(unescape(cell.decode())[:longest], quote=False).encode()
    )


def _transfers(count: Count, columns: Columns) -> bytes:
    key, amount, owner, name, iban, bic, iin, last, first, middle, _, month, knp, *of = columns
    count.add(amount)
    kinds = each(owner, lambda number: ORGANISATION if number[4:5] in BUSINESS else PERSON)
    purposes = each(knp, lambda code: purpose(code.decode()).encode())
    return woven(
        TRANSFER,
        [
            *(key, amount, _cut(name, LONGEST_NAME), kinds, owner, kinds, knp, purposes),
            *(iban, bic, *of, iin, *(_cut(part, LONGEST_PART) for part in (last, first, middle))),
            each(month, period),
        ],
    )


def bank(bic: str) -> str:
    return f"<FinInstnId><BICFI>{bic}</BICFI></FinInstnId>"


def account(iban: str) -> str:
    return f"<Id><IBAN>{iban}</IBAN></Id>"


def party(name: str, number: str) -> str:
    return f"<Nm>{name}</Nm><Id><OrgId><Othr><Id>{number}</Id></Othr></OrgId></Id>"


TRANSFER = (
    (
        "<CdtTrfTxInf><PmtId><EndToEndId>%</EndToEndId></PmtId>"
        '<Amt><InstdAmt Ccy="KZT">%</InstdAmt></Amt>'
        f"<CdtrAgt>{bank(CORPORATION_BIC)}</CdtrAgt>"
        f"<Cdtr>{party(CORPORATION_NAME, STATE_CORPORATION)}</Cdtr>"
        f"<CdtrAcct>{account(CORPORATION_ACCOUNT)}</CdtrAcct>"
        "<UltmtCdtr><Nm>%</Nm><Id><%><Othr><Id>%</Id></Othr></%></Id></UltmtCdtr>"
        "<Purp><Prtry>%</Prtry></Purp><RmtInf><Ustrd>%</Ustrd>"
        "<Ustrd>ИИК % БИК % ЗАЯВЛЕНИЕ % СТРОКА %</Ustrd>"
        "<Ustrd>% % % % %</Ustrd></RmtInf></CdtTrfTxInf>\n"
    )
    .encode()
    .split(b"%")
)


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
