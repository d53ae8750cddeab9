"""The made-up country of a day: who lives in it, and every payment order that was written."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import numpy as np

from mhifund.demo import faults, own, payroll, stories
from mhifund.demo.files import Line, Order
from mhifund.demo.people import adults
from registry.rules import months
from registry.rules.due import Kind, due_day

FIRST_MONTH = months.from_period("012020")
YEARS_BACK = 7
STRANGERS = 500
PERSONS_OF_EMPLOYER = 65
EVE_OF_THE_LAW = FIRST_MONTH - 1
EARLY_PAYERS = 3


class Size(NamedTuple):
    """What a world is made from: the same values make the same world."""

    persons: int
    months: int
    seed: int
    on: date


class World:
    def __init__(self, size, law, calendar):
        self.size, self.law, self.calendar = size, law, calendar
        self.month = months.number(size.on)
        self.first = max(self.month - size.months, FIRST_MONTH)
        self.earliest = min(self.first, max(FIRST_MONTH, self.month - 12 * YEARS_BACK))
        rng = np.random.default_rng(size.seed)
        self.lives = stories.lives(size.persons, rng, size.on)
        self.spans = stories.spans(self.lives, rng, size.on)
        known = {life.person.iin for life in self.lives}
        crowd = adults(STRANGERS, size.seed + 1, size.on)
        self.strangers = [person for person in crowd if person.iin not in known]
        self.sums = own.Sums(law)
        self._spoiler = faults.Spoiler(size.persons, size.months, self.strangers, law)
        self._employ(rng)
        self._let_pay(rng)

    @property
    def persons(self):
        return [life.person for life in self.lives]

    @property
    def credited(self):
        """The months in which something was credited, in order."""
        return sorted(self._payrolls.keys() | self._own.keys())

    def orders(self, month):
        """What was credited in a month: the orders of employers, and those of the others."""
        payrolls = [
            order
            for day, number, of_month in self._payrolls[month]
            for order in self._payroll(number, of_month, day)
        ]
        alone = [
            own.order(self._payers[place], payment, self.month - 1, self.sums)
            for place, payment in self._own[month]
        ]
        number = month - self.first - 1
        if number >= 0:
            rng = np.random.default_rng([self.size.seed, month])
            self._spoiler.spoil(rng, number, payrolls, alone)
        return payrolls, alone

    def early_orders(self):
        """What a few paid for the first month before the law knew what was due."""
        payers = [payer for payer in self._payers if payer.story == "entrepreneur"]
        day = months.last(EVE_OF_THE_LAW).replace(day=20)
        amount = self.sums[Kind.ENTREPRENEUR, months.first(FIRST_MONTH)]
        return [
            Order(
                "",
                0,
                day,
                payroll.CONTRIBUTIONS,
                payer.person.iin,
                f"{payer.person.last_name} {payer.person.first_name}",
                [Line(payer.person, months.period(FIRST_MONTH), amount)],
            )
            for payer in payers[:EARLY_PAYERS]
        ]

    def _employ(self, rng):
        """Employers, their staff, and the months for which each of them is paid."""
        count = max(6, self.size.persons // PERSONS_OF_EMPLOYER)
        agents = [life.person for life in self.lives if life.story == "entrepreneur"]
        self.employers = payroll.employers(rng, count, agents[: count // 15])
        staff = [life for life in self.lives if life.story in stories.EMPLOYED]
        plain = np.array([life.story == stories.EMPLOYEE for life in staff])
        everywhere = np.arange(count)
        punctual = np.flatnonzero([employer.punctual for employer in self.employers])
        where = np.where(
            plain,
            payroll.placed(rng, len(staff), everywhere),
            payroll.placed(rng, len(staff), punctual),
        )
        paid = np.zeros((self.month - self.earliest, len(staff)), bool)
        leaves = {span.iin: months.number(span.valid_from) for span in self.spans}
        for place, (life, back) in enumerate(
            zip(staff, rng.integers(0, 7, len(staff)).tolist(), strict=True)
        ):
            leave = leaves.get(life.person.iin, 0)
            for start, stop in self._months_of_pay(life, back, leave):
                begin, end = (max(month - self.earliest, 0) for month in (start, stop + 1))
                paid[begin:end, place] = True
        people = [life.person for life in staff]
        income = payroll.incomes(rng, len(staff))
        self.staff = payroll.Staff(people, where, income, self.earliest, paid)

    def _months_of_pay(self, life, back, leave):
        died_on = life.person.died_on
        return payroll.employment(
            life.story,
            self.first,
            self.earliest,
            self.month,
            back=back,
            leave=leave,
            death=months.number(died_on) if died_on else 0,
        )

    def _let_pay(self, rng):
        """Who is credited when: places of employers and payers by month of crediting."""
        today, last = self.size.on, self.month - 1
        days = payroll.pay_days(rng, self.employers, self.earliest, last, self.calendar)
        self._payrolls, self._own = defaultdict(list), defaultdict(list)
        for number, row in enumerate(days):
            for month, day in enumerate(row, self.earliest):
                if day <= today:
                    self._payrolls[months.number(day)].append((day, number, month))
        alone = [life for life in self.lives if life.story in stories.SELF_PAYING + stories.ALONE]
        helpers = [life.person for life in self.lives if life.story == stories.EMPLOYEE]
        habits = rng.random(len(alone)).tolist()
        self._payers = [
            own.Payer(person, story, helpers[place] if story == "helped" else person, habit)
            for place, ((person, story), habit) in enumerate(zip(alone, habits, strict=True))
        ]
        for place, payer in enumerate(self._payers):
            for payment in own.payments(payer, self.first, last, today, self.calendar):
                self._own[months.number(payment.day)].append((place, payment))

    def _payroll(self, number, month, day):
        found = payroll.orders(self.employers[number], number, self.staff, month, day, self.law)
        if found and day > due_day(month, self.law, self.calendar):
            found += payroll.penalties(found)
        return found
