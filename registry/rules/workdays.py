"""Working days of Kazakhstan: weekends, holidays, moved days, worked Saturdays and Sundays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(days=1)
SATURDAY = 5


class Why(StrEnum):
    """Why a day is not counted."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MOVED = "moved"


class Skipped(NamedTuple):
    day: date
    why: Why


class Term(NamedTuple):
    """The last day of a term and the days on the way that were not counted, oldest first."""

    due: date
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that differ from Monday to Friday; `moved` names those of `off` that are no holiday of their own."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    moved: frozenset[date] = frozenset()

    def why_off(self, day: date) -> Why | None:
        """None for a working day; a worked weekend day is one."""
        if day in self.worked:
            return None
        if day in self.off:
            return Why.MOVED if day in self.moved else Why.HOLIDAY
        return Why.WEEKEND if day.weekday() >= SATURDAY else None

    def is_working(self, day: date) -> bool:
        return self.why_off(day) is None

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day."""
        while not self.is_working(day):
            day += DAY
        return day

    def add(self, day: date, count: int) -> Term:
        """The count-th working day after a day, which itself is not counted; for 0 the day or the next working one."""
        if count < 0:
            raise ValueError(f"a term of {count} working days")
        if count == 0:
            due = self.next_working(day)
            return Term(due, self._skipped(day, due))
        due = day
        left = count
        while left:
            due += DAY
            left -= self.is_working(due)
        return Term(due, self._skipped(day + DAY, due))

    def between(self, first: date, last: date) -> int:
        """Working days from first to last, both included."""
        span = (last - first).days + 1
        return sum(self.is_working(first + DAY * ahead) for ahead in range(span))

    def _skipped(self, first: date, last: date) -> tuple[Skipped, ...]:
        days = (first + DAY * ahead for ahead in range((last - first).days + 1))
        return tuple(Skipped(day, why) for day in days if (why := self.why_off(day)) is not None)
