"""The bytes of extracts, lists, registers and statements, as they come from outside."""

from datetime import date
from itertools import groupby
from typing import NamedTuple

from mhifund.demo.people import Person
from payments.rules import mt102_out
from payments.rules.items import Item, Message, Portion
from payments.rules.returns import STATE_CORPORATION
from payments.rules.totals import Entry
from payments.rules.values import digits, money, short_digits
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS


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
    declared: int | None = None  # its own total, where it is another than that of its lines

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


def portions(orders):
    """Orders as they are written; lines are numbered through a reference, which comes together."""
    for _reference, same in groupby(orders, key=lambda order: order.reference):
        line = 0
        for order in same:
            items = [
                tuple.__new__(Item, (0, number, *person[:5], period, None, amount, ""))
                for number, (person, period, amount) in enumerate(order.lines, line + 1)
            ]
            line += len(items)
            yield Portion(_message(order), items)


def _message(order):
    head = (str(order.number), order.day, order.day, order.knp, order.payer, order.payer_name)
    return Message(0, order.reference, *head, len(order.lines), order.total, order.declared)


def returns_mt102(back, original, reasons):
    """A text in which the State Corporation sends items of a payment order back to its payer."""
    day = short_digits(back.day)
    yield (
        f"{{1:F01K059470000000010066410}}\n{{2:I102SGROSS000000U3003}}\n{{4:\n:20:{back.reference}\n"
        ":50:/D/KZ92009MEDS368609103\n/NAME/НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»\n"
        f"/IDN/{STATE_CORPORATION}\n/IRS/1\n/SECO/1\n:52B:GCVPKZ2A\n:57B:HSBKKZKX\n"
        f":59:KZ31601A000000000001\n/NAME/{back.payer_name}\n/IDN/{back.payer}\n/IRS/1\n/SECO/7\n"
        f":70:/NUM/{back.number}\n/DATE/{day}\n/SEND/07\n/VO/01\n/KNP/{back.knp}\n/PSO/01\n/PRT/50\n"
        f"/PERIOD/{back.lines[0].period}\n/ASSIGN/Возврат ошибочных элементов платежа"
        f" № {original.number} от {original.day:%d.%m.%Y}\nреференс {original.reference}"
        f" на сумму {money(back.total)} Ошибка на {len(back.lines)} чел.\n"
    )
    for number, (line, reason) in enumerate(zip(back.lines, reasons, strict=True), 1):
        person = line.person
        yield (
            f":21:{number}\n:32B:KZT{money(line.amount)}\n:70:/FM/{person.last_name}\n"
            f"/NM/{person.first_name}\n/DT/{digits(person.birth_date)}\n/IDN/{person.iin}\n"
            f"/PERIOD/{line.period}\n/ASSIGN/{reason}\n"
        )
    yield f":32A:{day}KZT{money(back.total)}\n-}}\n"


def parts(order):
    """A message has room for 999 items."""
    most = mt102_out.MOST_ITEMS
    if len(order.lines) <= most:
        yield order
        return
    for part, start in enumerate(range(0, len(order.lines), most), 1):
        lines = order.lines[start : start + most]
        yield order._replace(reference=f"{order.reference}{part:02}", lines=lines)


def entries(orders):
    """What the bank says of orders: a credit for each reference."""
    for reference, same in groupby(orders, key=lambda order: order.reference):
        of_one = list(same)
        yield Entry(reference, sum(order.total for order in of_one), of_one[0].day, True)
