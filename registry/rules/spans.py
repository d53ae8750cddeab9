"""Rows about one category of one person, one after the other: what each changes, or overlaps."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

ENDLESS = date.max


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Span(NamedTuple):
    """From a day until a day, or endless; until before since: withdrawn."""

    since: date
    until: date | None
    received_on: date
    source: str = ""

    @property
    def last(self) -> date:
        return self.until or ENDLESS

    @property
    def act(self) -> tuple[date, date]:
        """What a later row must have in common with this one to take its place on every day."""
        return self.since, self.received_on


def judge(known: Sequence[Span], news: Sequence[Span]) -> list[Outcome | Span]:
    """For each new row, in their order, what it does, or the current span that it overlaps.

    `known` are the rows kept so far, in the order in which they arrived.
    """
    book = _Book()
    for span in known:
        book.keep(span)
    coming = Counter(news)
    outcomes: list[Outcome | Span] = []
    for span in news:
        coming[span] -= 1
        outcomes.append(book.take(span, coming))
    return outcomes


class _Book:
    """The rows of one person and category, and the days their current spans hold."""

    def __init__(self) -> None:
        self._current: dict[date, Span] = {}
        self._latest: dict[tuple[date, date], Span] = {}
        self._seen: set[Span] = set()
        self._starts: list[date] = []  # of the current spans that are not withdrawn

    def take(self, span: Span, coming: Mapping[Span, int]) -> Outcome | Span:
        if self._says_nothing_new(span, coming):
            return Outcome.UNCHANGED
        before = self._current.get(span.since)
        is_late = before is not None and span.received_on < before.received_on
        other = None if is_late else self._overlapped(span)
        if other is not None:
            return other
        self.keep(span)
        return Outcome.NEW if before is None else Outcome.CHANGED

    def keep(self, span: Span) -> None:
        """The later day of receipt is current, and on one day the later row."""
        self._latest[span.act] = span
        self._seen.add(span)
        before = self._current.get(span.since)
        if before is not None and span.received_on < before.received_on:
            return
        if before is not None and _holds(before):
            del self._starts[bisect_left(self._starts, span.since)]
        if _holds(span):
            insort(self._starts, span.since)
        self._current[span.since] = span

    def _says_nothing_new(self, span: Span, coming: Mapping[Span, int]) -> bool:
        """The row is the last of its day of receipt, or came before that one and does so again."""
        latest = self._latest.get(span.act)
        if latest is None or latest == span:
            return latest == span
        return span in self._seen and coming.get(latest, 0) > 0

    def _overlapped(self, span: Span) -> Span | None:
        if not _holds(span):
            return None
        at = bisect_left(self._starts, span.since)
        if at and self._current[self._starts[at - 1]].last >= span.since:
            return self._current[self._starts[at - 1]]
        after = [start for start in self._starts[at : at + 2] if start != span.since]
        if after and after[0] <= span.last:
            return self._current[after[0]]
        return None


def _holds(span: Span) -> bool:
    return span.last >= span.since
