"""Entries of one person-month written in a line, and what is noticed on them."""

from dataclasses import replace
from datetime import date

from registry.rules import months
from tests.payments.rules.books import EMPLOYER, SELF, Books, found_in, posted
from tests.payments.rules.oracle_of_items import Span

OCTOBER = months.number(date(2026, 10, 1))
CREDITED = date(2026, 11, 10)
DUE = 425_000  # 5 % of 85 000 tenge, October 2026
LEAST, MOST = 424_788, 425_212  # 1 - 0.0005 and 1 + 0.0005 of it
CAP_121, CAP_122 = 10_200_000, 3_400_000  # 3 % of 40 and 2 % of 20 minimum wages


def item(kind, amount, *, payer=None, message="A", credited=CREDITED, **others):
    """Numbered where it is put together with the others."""
    payer = payer or (SELF if kind in ("independent", "entrepreneur") else EMPLOYER)
    month = others.pop("month", OCTOBER)
    return posted(0, kind, month, credited, payer=payer, message=message, amount=amount, **others)


def refund(number, amount, credited=CREDITED):
    """The opposite entry of the item with that number."""
    return number, amount, credited


def numbered(entries):
    known = {}
    for number, entry in enumerate(entries, 1):
        one = opposite(known, *entry) if isinstance(entry, tuple) else entry
        known[number] = replace(one, id=number, rank=number)
    return tuple(known.values())


def opposite(known, origin, amount, credited):
    item = replace(known[origin], dismissed=False)
    return replace(item, amount=-amount, credited=credited, reverses=origin)


def noticed(*entries, spans=()):
    """Item number -> its findings as (code, amount, days), without empty ones."""
    found = found_in(Books(OCTOBER, numbered(entries), tuple(spans)))
    return {
        number: [tuple(filter(None, (one.code, one.amount, one.days))) for one in of_item]
        for number, of_item in found.items()
        if of_item
    }


def independent(amount, **others):
    return item("independent", amount, **others)


def employer(amount, **others):
    return item("employer", amount, **others)


def employee(amount, **others):
    return item("employee", amount, **others)


def privileged(category="pensioner", since=date(2026, 10, 1), until=date(2026, 10, 31), **believed):
    return Span(category, since, until, **{"received": date(2026, 9, 1)} | believed)
