"""Working days of Kazakhstan: weekends, holidays, moved days, worked Saturdays and Sundays."""

from __future__ import annotations

from collections.abc import Set
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
    PAUSED = "paused"


class Skipped(NamedTuple):
    day: date
    why: Why


class Term(NamedTuple):
    """The last day of a term and the days on the way that were not counted, oldest first."""

    due: date
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What differs from Monday to Friday; `moved` are the days of `off` moved from another day."""

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

    def add(self, day: date, count: int, paused: Set[date] = frozenset()) -> Term:
        """The count-th working day after a day, which itself is not counted, nor are paused days.

        For 0 the day itself, or the next working one.
        """
        if count < 0:
            raise ValueError(f"a term of {count} working days")
        due = day if count else self.next_working(day)
        skipped: list[Skipped] = []
        while count:
            due += DAY
            why = self.why_off(due) or (Why.PAUSED if due in paused else None)
            if why is None:
                count -= 1
            else:
                skipped.append(Skipped(due, why))
        return Term(due, tuple(skipped))
