"""What goes wrong in real registers, put into good ones: each rule has its few victims."""

from collections.abc import Callable
from typing import NamedTuple

from mhifund.demo.files import Line
from mhifund.demo.payroll import CONTRIBUTIONS, DEDUCTIONS
from registry.rules import months
from registry.rules.due import Kind, most
from registry.rules.timeline import NotInForce

AT_LEAST = 3
OTHER_PURPOSE = "911"
LATIN = str.maketrans("АВСЕНКМОРТХ", "ABCEHKMOPTX")
COPIED = 3
BEYOND = 12_000_00


class Slip(NamedTuple):
    """What goes wrong, and how often in a hundred thousand person-months."""

    name: str
    often: int
    change: Callable


class Spoiler:
    """Puts slips into the orders of months; `strangers` are in no registry."""

    def __init__(self, persons, months_, strangers, law):
        self._persons, self._months = persons, months_
        self._strangers, self._law = strangers, law

    def spoil(self, rng, number, payrolls, own):
        """Changes lines and adds orders in the lists of the month of this number."""
        for slip in CONTRIBUTION_LINES:
            for lines, place in self._victims(rng, payrolls, CONTRIBUTIONS, slip, number):
                stranger = self._strangers[rng.integers(len(self._strangers))]
                lines[place] = slip.change(lines[place], stranger)
        for lines, place in self._victims(rng, payrolls, DEDUCTIONS, OVER_CAP, number):
            lines[place] = OVER_CAP.change(lines[place], self._law)
        for orders, slips in ((payrolls, ADDED_PAYROLLS), (own, ADDED_OWN)):
            paid = [order for order in orders if order.knp in (DEDUCTIONS, CONTRIBUTIONS)]
            for slip in slips:
                for _ in range(self._times(slip, number) if paid else 0):
                    orders.append(slip.change(paid[rng.integers(len(paid))]))

    def _victims(self, rng, orders, knp, slip, number):
        """Lines of orders, and the place among them where something goes wrong."""
        among = [order for order in orders if order.knp == knp]
        for _ in range(self._times(slip, number) if among else 0):
            lines = among[rng.integers(len(among))].lines
            yield lines, int(rng.integers(len(lines)))

    def _times(self, slip, number):
        """Spread evenly over the months, a few over all at least."""
        total = max(AT_LEAST, slip.often * self._persons * self._months // 100_000)
        return -(-(number + 1) * total // self._months) - -(-number * total // self._months)


def _changed(line, **fields):
    return line._replace(person=line.person._replace(**fields))


def _bad_iin(line, stranger):
    last = (int(line.person.iin[-1]) + 1) % 10
    return _changed(line, iin=f"{line.person.iin[:-1]}{last}")


def _unknown_iin(line, stranger):
    return line._replace(person=stranger)


def _name_mismatch(line, stranger):
    surname, name = stranger.last_name, stranger.first_name
    return _changed(
        line,
        last_name=surname if surname != line.person.last_name else f"{surname}-{surname}",
        first_name=name if name != line.person.first_name else f"{name}-{name}",
    )


def _bad_period(line, stranger):
    return line._replace(period=f"13{line.period[2:]}")


def _too_early(line, stranger):
    return line._replace(period=f"{line.period[:2]}2019")


def _bad_amount(line, stranger):
    return line._replace(amount=-line.amount)


def _half(line, stranger):
    return line._replace(amount=line.amount // 2)


def _latin(line, stranger):
    return _changed(line, last_name=line.person.last_name.translate(LATIN))


def _swapped(line, stranger):
    return _changed(line, last_name=line.person.first_name, first_name=line.person.last_name)


def _above_cap(line, law):
    try:
        cap = most(Kind.EMPLOYER, months.first(months.from_period(line.period)), law)
    except NotInForce:
        return line
    return line._replace(amount=int(cap * 100) + BEYOND)


def _paid_again(order):
    return order._replace(lines=order.lines[:COPIED])


def _mistyped_payer(order):
    last = (int(order.payer[-1]) + 1) % 10
    return order._replace(payer=f"{order.payer[:-1]}{last}", lines=order.lines[:1])


def _other_purpose(order):
    return order._replace(knp=OTHER_PURPOSE, lines=order.lines[:1])


def _deductions_for_oneself(order):
    line = order.lines[0]
    return order._replace(knp=DEDUCTIONS, payer=line.person.iin, lines=[line])


def _half_as_much_again(order):
    """What was due is paid, and then a half of it more."""
    person, period, amount = order.lines[0]
    return order._replace(lines=[Line(person, period, amount // 2)])


CONTRIBUTION_LINES = (
    Slip("bad_iin", 18, _bad_iin),
    Slip("unknown_iin", 20, _unknown_iin),
    Slip("name_mismatch", 25, _name_mismatch),
    Slip("bad_period", 12, _bad_period),
    Slip("period before the law", 5, _too_early),
    Slip("bad_amount", 8, _bad_amount),
    Slip("base_mismatch", 20, _half),
    Slip("Latin letters in a name", 30, _latin),
    Slip("names in each other's place", 10, _swapped),
)
OVER_CAP = Slip("over_cap", 12, _above_cap)
ADDED_PAYROLLS = (
    Slip("duplicate", 12, _paid_again),
    Slip("bad_payer", 8, _mistyped_payer),
    Slip("unknown_knp", 6, _other_purpose),
)
ADDED_OWN = (
    Slip("wrong_knp", 5, _deductions_for_oneself),
    Slip("over_due", 10, _half_as_much_again),
    Slip("duplicate", 8, _paid_again),
)
