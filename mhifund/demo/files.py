"""The bytes of extracts, lists, registers and statements, as they come from outside."""

import codecs
import io
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import xlsxwriter

from mhifund.demo.people import Person
from payments.rules.columns import COLUMNS
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS

AT_ONCE = 1 << 20
CODES, RUSSIAN, KAZAKH = range(3)
HEADINGS = (
    [column.name for column in COLUMNS],
    [column.headings[0] for column in COLUMNS],
    [column.headings[-1] for column in COLUMNS],
)
TOTALS = "ИТОГО"
MT102_LINES = 999
AS_CP1251 = str.maketrans("ӘҢҒҮҰҚӨҺәңғүұқөһ", "ЈЅЄЇЎЌҐЋјѕєїўќґћ")


class Line(NamedTuple):
    """A person of a payment order; `period` is MMYYYY, `amount` in tiyn."""

    person: Person
    period: str
    amount: int


class Order(NamedTuple):
    """A payment order, credited on the day it was written."""

    reference: str
    number: int
    day: date
    knp: str
    payer: str
    payer_name: str
    lines: list[Line]

    @property
    def total(self):
        return sum(line.amount for line in self.lines)


class Span(NamedTuple):
    iin: str
    category: str
    valid_from: date
    valid_to: date | None
    received_on: date
    source: str


def encoded(texts, encoding="utf-8"):
    """Bytes of texts, about a megabyte at once; what cp1251 lacks comes as old fonts had it."""
    encoder = codecs.getincrementalencoder(encoding)()
    gathered, size = [], 0
    for text in texts:
        gathered.append(text)
        size += len(text)
        if size >= AT_ONCE:
            yield encoder.encode(_fit("".join(gathered), encoding))
            gathered, size = [], 0
    yield encoder.encode(_fit("".join(gathered), encoding))


def _fit(text, encoding):
    return text.translate(AS_CP1251) if encoding == "cp1251" else text


def persons_csv(persons):
    yield ";".join(PERSON_COLUMNS) + "\n"
    for person in persons:
        yield ";".join(map(_plain, person)) + "\n"


def categories_csv(spans):
    yield ";".join(CATEGORY_COLUMNS) + "\n"
    for span in spans:
        yield ";".join(map(_plain, span)) + "\n"


def _plain(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else value.isoformat()


def register_csv(orders, heading=CODES, wrong_by=0):
    """A list; its last row is `wrong_by` tiyn off."""
    yield ";".join(HEADINGS[heading]) + "\n"
    items = total = 0
    numbers = _Numbers()
    for order in orders:
        day = _dotted(order.day)
        head = f";{order.number};{day};{day};{order.knp};{order.payer};{order.payer_name};"
        rows = []
        for number, (person, period, amount) in zip(numbers.next(order), order.lines, strict=True):
            rows.append(
                f"{order.reference};{number}{head}{person.iin};{person.last_name};"
                f"{person.first_name};{person.middle_name};{_dotted(person.birth_date)};"
                f"{period};{_sum(amount)}\n"
            )
        items += len(rows)
        total += order.total
        yield "".join(rows)
    blank = ";" * (len(COLUMNS) - 2)
    yield f"{TOTALS};{items}{blank}{_sum(total + wrong_by)}\n"


class _Numbers:
    """Lines are numbered through a reference, whose orders stand together."""

    def __init__(self):
        self._reference, self._last = "", 0

    def next(self, order):
        first = self._last + 1 if order.reference == self._reference else 1
        self._reference, self._last = order.reference, first + len(order.lines) - 1
        return range(first, self._last + 1)


def register_xlsx(orders, heading=RUSSIAN):
    """The bytes of the same list as a workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - the same bytes again
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS[heading])
        row = total = 0
        numbers = _Numbers()
        for order in orders:
            day = _dotted(order.day)
            head = (str(order.number), day, day, order.knp, order.payer, order.payer_name)
            for number, line in zip(numbers.next(order), order.lines, strict=True):
                row += 1
                who = (*line.person[:4], _dotted(line.person.birth_date), line.period)
                sheet.write_row(row, 0, (order.reference, number, *head, *who, line.amount / 100))
                total += line.amount
        sheet.write_row(row + 1, 0, (TOTALS, row))
        sheet.write_number(row + 1, len(COLUMNS) - 1, total / 100)
    return stream.getvalue()


def register_mt102(orders, wrong_by=0):
    """A text; the total of its last message is `wrong_by` tiyn off."""
    orders = [part for order in orders for part in parts(order)]
    for order in orders:
        rows = [
            f":21:{number}\n:32B:KZT{_sum(amount)}\n:70:/FM/{person.last_name}\n"
            f"/NM/{person.first_name}\n"
            f"{f'/FT/{person.middle_name}{chr(10)}' if person.middle_name else ''}"
            f"/DT/{_digits(person.birth_date)}\n/IDN/{person.iin}\n/PERIOD/{period}\n"
            for number, (person, period, amount) in enumerate(order.lines, 1)
        ]
        declared = order.total + (wrong_by if order is orders[-1] else 0)
        yield (
            f"{_header(order)}{''.join(rows)}:32A:{_digits(order.day)[2:]}KZT{_sum(declared)}\n-}}\n"
        )


def parts(order):
    """A message has room for 999 items."""
    if len(order.lines) <= MT102_LINES:
        yield order
        return
    for part, start in enumerate(range(0, len(order.lines), MT102_LINES), 1):
        lines = order.lines[start : start + MT102_LINES]
        yield order._replace(reference=f"{order.reference}{part:02}", lines=lines)


def _header(order):
    day = _digits(order.day)[2:]
    return (
        "{1:F01K059470000000010066410}\n{2:I102SGROSS000000U3003}\n{4:\n"
        f":20:{order.reference}\n:50:/D/KZ31601A000000000001\n/NAME/{order.payer_name}\n"
        f"/IDN/{order.payer}\n/IRS/1\n/SECO/7\n:52B:HSBKKZKX\n:57B:GCVPKZ2A\n"
        ":59:KZ92009MEDS368609103\n/NAME/НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»\n"
        "/IDN/160440007161\n/IRS/1\n/SECO/1\n"
        f":70:/NUM/{order.number}\n/DATE/{day}\n/SEND/07\n/VO/01\n/KNP/{order.knp}\n/PSO/01\n"
        f"/PRT/50\n/PERIOD/{order.lines[0].period}\n/ASSIGN/ВЗНОСЫ НА ОСМС\n"
    )


def statement(orders, number):
    """A camt.053 with an entry for each reference."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id>"
        "<Acct><Id><IBAN>KZ33125KZT1001313313</IBAN></Id></Acct>\n"
    )
    for reference, same in groupby(orders, key=lambda order: order.reference):
        of_one = list(same)
        total = sum(order.total for order in of_one)
        yield (
            f"<Ntry><NtryRef>{reference}</NtryRef>"
            f'<Amt Ccy="KZT">{_sum(total).replace(",", ".")}</Amt>'
            "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{of_one[0].day.isoformat()}</Dt></BookgDt></Ntry>\n"
        )
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def _sum(tiyn):
    sign, tiyn = ("-", -tiyn) if tiyn < 0 else ("", tiyn)
    return f"{sign}{tiyn // 100},{tiyn % 100:02}"


@lru_cache(maxsize=1 << 16)
def _dotted(day):
    return f"{day.day:02}.{day.month:02}.{day.year}"


@lru_cache(maxsize=1 << 16)
def _digits(day):
    return f"{day.year}{day.month:02}{day.day:02}"
