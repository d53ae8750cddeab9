"""A value that changes on known days, written by its first days only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")


class NotInForce(LookupError):
    """Nothing is in force on the day asked about."""

    def __init__(self, what: str, day: date) -> None:
        super().__init__(what, day)
        self.what = what
        self.day = day

    def __str__(self) -> str:
        return f"{self.what} is not in force on {self.day.isoformat()}"


class Timeline(Generic[T]):
    """First day -> value. The next value ends the one before; None means "not in force"."""

    __slots__ = ("days", "name", "values")

    def __init__(self, days: tuple[date, ...], values: tuple[T | None, ...], name: str) -> None:
        self.days = days
        self.values = values
        self.name = name

    @classmethod
    def of(cls, rows: Iterable[tuple[date, T | None]], name: str = "value") -> Timeline[T]:
        """Rows in any order; two rows with one first day are a ValueError."""
        ordered = sorted(rows, key=lambda row: row[0])
        days = tuple(day for day, _ in ordered)
        for earlier, later in pairwise(days):
            if earlier == later:
                raise ValueError(f"{name} has two values from {earlier.isoformat()}")
        return cls(days, tuple(value for _, value in ordered), name)

    def get(self, day: date) -> T | None:
        """The value on a day; None when nothing is in force."""
        at = bisect_right(self.days, day)
        return self.values[at - 1] if at else None

    def on(self, day: date) -> T:
        """The value on a day, or NotInForce."""
        value = self.get(day)
        if value is None:
            raise NotInForce(self.name, day)
        return value

    def changes_within(self, first: date, last: date) -> tuple[date, ...]:
        """First days of rows after first and not after last."""
        return self.days[bisect_right(self.days, first) : bisect_right(self.days, last)]

    def changes_after(self, day: date) -> date | None:
        """The next day on which a row begins."""
        at = bisect_right(self.days, day)
        return self.days[at] if at < len(self.days) else None

    def __iter__(self) -> Iterator[tuple[date, T | None]]:
        return iter(zip(self.days, self.values, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash((self.days, self.values))

    def __repr__(self) -> str:
        return f"Timeline({self.name}: {list(self)!r})"
