"""The files of a made-up country, in the order in which they come in."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from mhifund.demo import files
from mhifund.demo.files import Line, Order
from mhifund.demo.payroll import CONTRIBUTIONS
from payments.rules import camt053, columns, mt102_out, returns, sheet, workbook
from registry.rules import months
from registry.rules.encoding import UTF_8, encoded

PERSONS, CATEGORIES, PAYMENTS = "persons", "categories", "payments"
FIRST_LIST = months.from_period("042025")
"""From then on registers come as lists; until then as MT102."""
BUNDLE = 40
FIRST_NUMBER = 1000
OWN, HELD = "7", "9"
"""Begin the numbers in the references of registers that stand beside the one of their month."""
TEXTS = ("utf-8", "cp1251", "utf-16", "utf-8-sig")
LISTS = (
    ("utf-8-sig", columns.CODES),
    ("cp1251", columns.RUSSIAN),
    ("utf-8", columns.CODES),
    ("utf-16", columns.KAZAKH),
)
LEGAL_ENTITY = "4"
"""The fifth digit of a payer; that of a person is smaller."""
NOBODY = "010101000000"
SENT_BACK = "8"
SENT_BACK_AFTER = timedelta(days=2)
REASONS = ("[{}] не соответствует указанным Ф.И.О.", "ИИН {} не найден")


class Incoming(NamedTuple):
    """A file and its bytes in pieces; `month` is that of crediting, of registers only."""

    kind: str
    name: str
    content: Iterable[bytes]
    month: int | None = None


def all_files(world):
    """Extract, categories, registers from the oldest on, the statement, and a register to hold."""
    yield Incoming(PERSONS, "persons.csv", encoded(_persons(world), "utf-8-sig"))
    yield Incoming(CATEGORIES, "categories.csv", encoded(_categories(world), "utf-8"))
    yield from _archives(world)
    recent = [month for month in world.credited if month > world.first]
    for month in recent[:-1]:
        yield from _registers(world, month, own_apart=month == recent[-2])
    for month in recent[-1:]:
        yield from _latest(world, month)


def corrected(world):
    """The register that was held, as it should have been; None in a world without one."""
    recent = [month for month in world.credited if month > world.first]
    if not recent:
        return None
    _, held = _apart(world, world.orders(recent[-1])[0], recent[-1])
    return next(_text(f"{_name(recent[-1])}_corrected", held, recent[-1]), None)


def _persons(world):
    """The extract, with a row that nobody can be."""
    yield from files.persons_csv(world.persons)
    yield from [*files.persons_csv([world.persons[0]._replace(iin=NOBODY)])][1:]


def _categories(world):
    """The list, with a row of somebody the registry does not know."""
    yield from files.categories_csv(world.spans)
    strange = [span._replace(iin=world.strangers[0].iin) for span in world.spans[:1]]
    yield from [*files.categories_csv(strange)][1:]


def _archives(world):
    """A text a year with what was credited before the months of the world."""
    early = _numbered(world.early_orders(), bundled=False)
    yield from _text("archive_2019", early, months.from_period("122019"))
    old = [month for month in world.credited if month <= world.first]
    for year, of_year in groupby(old, key=lambda month: month // 12 + 1970):
        orders = []
        for month in of_year:
            payrolls, own = world.orders(month)
            orders += _numbered(payrolls + own, bundled=False)
        yield from _text(f"archive_{year}", orders, month)


def _registers(world, month, own_apart):
    """A month in one register; in one month those who pay for themselves have a workbook.

    In that month some items were sent back.
    """
    payrolls, own = world.orders(month)
    if month < FIRST_LIST:
        yield from _text(_name(month), _numbered(payrolls + own, bundled=False), month)
        return
    if own_apart and own:
        apart = files.portions(_numbered(own, bundled=True, series=OWN))
        yield Incoming(PAYMENTS, f"{_name(month)}_own.xlsx", workbook.write(apart), month)
        own = []
    orders = _numbered(payrolls + own, bundled=True)
    yield from _list(_name(month), orders, month)
    if own_apart:
        yield from _sent_back(world, orders, month)


def _sent_back(world, orders, month):
    """Of an employer's payment order the items of people whom nobody knows under such an IIN."""
    whole = [order for order in orders if order.knp == CONTRIBUTIONS and len(order.lines) > 1]
    for number, order in enumerate(whole[:1], 1):
        people = world.strangers[: len(REASONS)]
        back = Order(
            f"GCVP{order.day + SENT_BACK_AFTER:%y%m%d}{SENT_BACK}{number:05}",
            FIRST_NUMBER + number,
            order.day + SENT_BACK_AFTER,
            returns.KNP,
            order.payer,
            order.payer_name,
            [Line(person, *order.lines[0][1:]) for person in people],
        )
        reasons = [
            reason.format(person.iin) for reason, person in zip(REASONS, people, strict=True)
        ]
        lines = files.returns_mt102(back, order, reasons)
        name = f"{_name(month)}_returns.mt102.txt"
        yield Incoming(PAYMENTS, name, encoded(lines, UTF_8), month)


def _latest(world, month):
    """The last register, one that does not add up, and what the bank says of both."""
    payrolls, own = world.orders(month)
    payrolls, held = _apart(world, payrolls, month)
    orders = _numbered(payrolls + own, bundled=month >= FIRST_LIST)
    form = _list if month >= FIRST_LIST else _text
    yield from form(_name(month), orders, month)
    if orders or held:
        statement = camt053.write(files.entries(orders + held), months.period(month))
        yield Incoming(PAYMENTS, f"statement_{_name(month)}.camt053.xml", statement, month)
    yield from _text(f"{_name(month)}_differs", _wrong(held), month)


def _apart(world, payrolls, month):
    """The orders without those of one small employer, and his."""
    own_bins = {e.id for e in world.employers if not e.punctual}
    sizes = {order.payer: len(order.lines) for order in payrolls if order.payer in own_bins}
    if not sizes:
        return payrolls, []
    payer = min(sizes, key=lambda payer: (sizes[payer], payer))
    held = [order for order in payrolls if order.payer == payer]
    rest = [order for order in payrolls if order.payer != payer]
    return rest, _numbered(held, bundled=False, series=HELD)


def _wrong(orders):
    """The total of the last one is wrong by as much as its last line."""
    last = [order._replace(declared=order.total + order.lines[-1].amount) for order in orders[-1:]]
    return orders[:-1] + last


def _numbered(orders, *, bundled, series=""):
    """In the order of days, with numbers and references.

    In lists banks bundle the orders of persons; otherwise an order is one message, or several.
    """
    result, together = [], set()
    for number, order in enumerate(sorted(orders, key=attrgetter("day")), 1):
        reference = f"GCVP{order.day:%y%m%d}{series}{number:05}"
        if bundled and result and _goes_with(order, result[-1], together):
            reference = result[-1].reference
        else:
            together.clear()
        together.add(order.payer)
        result.append(order._replace(reference=reference, number=FIRST_NUMBER + number))
    return result if bundled else [part for order in result for part in files.parts(order)]


def _goes_with(order, previous, together):
    alike = (order.day, order.knp) == (previous.day, previous.knp)
    people = order.payer[4] < LEGAL_ENTITY > previous.payer[4]
    return alike and people and len(together) < BUNDLE and order.payer not in together


def _name(month):
    return months.text(month)


def _text(name, orders, month):
    if orders:
        content = mt102_out.write(files.portions(orders), TEXTS[month % len(TEXTS)])
        yield Incoming(PAYMENTS, f"{name}.mt102.txt", content, month)


def _list(name, orders, month):
    if orders:
        encoding, heading = LISTS[month % len(LISTS)]
        content = sheet.write(files.portions(orders), encoding, heading)
        yield Incoming(PAYMENTS, f"{name}.csv", content, month)
