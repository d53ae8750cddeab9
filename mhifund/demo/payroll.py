"""What employers pay for their staff, month by month."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from mhifund.demo.files import Line, Order
from mhifund.demo.people import Person, unique_bins
from registry.rules import months
from registry.rules.due import RATES, Kind
from registry.rules.law import Code
from registry.rules.timeline import NotInForce

AGENTS = 0.06
FORMS = ("ТОО «ҮЛГІ-{}»", "ЖШС «МЫСАЛ-{}»", "АО «ОБРАЗЕЦ {}»", "КГУ «ШКОЛА-ОБРАЗЕЦ № {}»")
MEDIAN_INCOME, SPREAD, RAISE = 260_000, 0.6, 1.08
LATE = 0.04
PPM = 1_000_000
DEDUCTIONS, CONTRIBUTIONS = "121", "122"
PENALTIES = {DEDUCTIONS: "123", CONTRIBUTIONS: "124"}
KINDS = {DEDUCTIONS: Kind.EMPLOYER, CONTRIBUTIONS: Kind.EMPLOYEE}


class Employer(NamedTuple):
    """Pays on about a day of the month; the punctual ones are never late."""

    id: str
    name: str
    pay_day: int
    punctual: bool


class Staff(NamedTuple):
    """Who works where for what, and for which months there is pay: months × people."""

    people: list[Person]
    employer: np.ndarray
    income: np.ndarray
    first_month: int
    paid: np.ndarray


def employers(rng, count, agents):
    """Businesses, and among them a few entrepreneurs (Persons) who have staff."""
    found = [
        Employer(bin_, FORMS[number % len(FORMS)].format(number), day, number % 2 == 0)
        for number, (bin_, day) in enumerate(
            zip(unique_bins(rng, count), rng.integers(3, 25, count).tolist(), strict=True), 1
        )
    ]
    for place, agent in zip(range(1, count, int(1 / AGENTS)), agents, strict=False):
        name = f"ИП {agent.last_name} {agent.first_name}"
        found[place] = found[place]._replace(id=agent.iin, name=name)
    return found


def incomes(rng, count):
    """Monthly, in whole tenge of 2026."""
    return (MEDIAN_INCOME * np.exp(rng.normal(0, SPREAD, count))).astype(np.int64)


def placed(rng, count, where):
    """One of the employers at the places `where` for each of `count`; the first are the largest."""
    weight = 1 / (np.arange(len(where)) + 3) ** 0.8
    return where[rng.choice(len(where), count, p=weight / weight.sum())]


def orders(employer, number, staff, month, day, law):
    """The two orders of an employer (its place) for a month, paid on a day; none without staff."""
    here = np.flatnonzero((staff.employer == number) & staff.paid[month - staff.first_month])
    if not len(here):
        return []
    who = [staff.people[place] for place in here.tolist()]
    income = np.maximum(staff.income[here] * RAISE ** (month // 12 - 56), wage(month, law))
    period = months.period(month)
    return [
        Order("", 0, day, knp, employer.id, employer.name, lines(who, period, sums))
        for knp in (DEDUCTIONS, CONTRIBUTIONS)
        for sums in [amounts(income.astype(np.int64), KINDS[knp], month, law)]
    ]


def lines(who, period, sums):
    return [Line(person, period, amount) for person, amount in zip(who, sums, strict=True)]


def amounts(income, kind, month, law):
    """Tiyn for incomes in whole tenge: rate × income up to the cap."""
    rate_code, cap_code = RATES[kind]
    first = months.first(month)
    try:
        cap = int(law.number(cap_code, first) * law.number(Code.MW, first))
    except NotInForce:
        cap = np.iinfo(np.int64).max
    rate = int(law.rate(rate_code, first) * PPM)
    return ((np.minimum(income, cap) * 100 * rate + PPM // 2) // PPM).tolist()


def wage(month, law):
    try:
        return int(law.number(Code.MW, months.first(month)))
    except NotInForce:
        return 0


def pay_days(rng, employers_, first, last, calendar):
    """For each employer (row) and month, the day of payment; some of the late, long after."""
    late = rng.random((len(employers_), last - first + 1)) < LATE
    delay = rng.integers(5, 70, late.shape)
    return [
        [
            _pay_day(employer, month, int(by) if is_late else 0, calendar)
            for month, is_late, by in zip(range(first, last + 1), *row, strict=True)
        ]
        for employer, *row in zip(employers_, late.tolist(), delay.tolist(), strict=True)
    ]


def _pay_day(employer, month, delay, calendar):
    day = months.first(month + 1).replace(day=employer.pay_day)
    if delay and not employer.punctual:
        day = months.first(month + 1).replace(day=25) + timedelta(days=delay)
    return calendar.next_working(day)


def employment(story, first, earliest, now, *, back=0, leave=0, death=0):
    """First and last months of pay; `back` sets apart those to whom the same happened."""
    return {
        "paused": [(first, now - 6 - back), (now - 4 - back, now - 1)],
        "regular": [(earliest, now - 1)],
        "regular_stopped": [(earliest, now - 4 - back % 3)],
        "stopped": [(first, now - 3)],
        "long_stopped": [(first, now - 5 - back)],
        "newcomer": [(now - 3 - back, now - 1)],
        "temporary": [(now - 1 - back // 3, now - 1)],
        "working_pensioner": [(now - 3 - back, now - 1)],
        "childcare_leave": [(first, leave - 1)],
        "died_at_work": [(first, death + 1)],
    }.get(story, [(first, now - 1)])


def penalties(late_orders):
    """What a late employer adds: a per cent of each sum."""
    return [
        order._replace(
            knp=PENALTIES[order.knp],
            lines=[line._replace(amount=line.amount // 100 or 1) for line in order.lines],
        )
        for order in late_orders
    ]
