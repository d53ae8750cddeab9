"""What is known of persons, and which months it covers.

The arrays are of persons x months; one person is a batch of one. Days are numbers of days and
months numbers of months since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules.days import NEVER, month_of
from registry.rules.paid import RECORD

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Group(StrEnum):
    EXEMPT = "exempt"
    STATE_PAID = "state_paid"
    LOCAL_PAID = "local_paid"


GROUPS = tuple(Group)
"""The groups of categories that cover a month, in the order in which they are asked."""

SPAN = np.dtype(
    [
        ("person", "<i4"),
        ("group", "<i4"),
        ("first", "<i4"),
        ("last", "<i4"),
        ("whole", "<i4"),
        ("since", "<i4"),
        ("until", "<i4"),
    ]
)
"""Days `first` … `last` in a group, believed from day `since` until the day before `until`.

`person` is a place in the batch; `whole` is the last day of the category's span, which may go on
in another group; open ends are FOREVER.
"""


@dataclass(frozen=True)
class Batch:
    """Persons with what is known of them.

    `paid` and `paid_by`: RECORDs and, side by side, places of their persons, in the order of
    person and month. `died` is NEVER for the living; `moves`: the next later day from which
    another residence is known.
    """

    died: Ints
    temporary: Bools
    moves: Ints
    paid: NDArray[np.void] = field(default_factory=lambda: np.empty(0, RECORD))
    paid_by: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    spans: NDArray[np.void] = field(default_factory=lambda: np.empty(0, SPAN))

    def __len__(self) -> int:
        return len(self.died)

    def only(self, places: Ints) -> Batch:
        """The persons at these places (ascending), alone."""
        where = np.full(len(self), -1)
        where[places] = np.arange(len(places))
        paid_here, span_here = where[self.paid_by] >= 0, where[self.spans["person"]] >= 0
        spans = self.spans[span_here]
        spans["person"] = where[spans["person"]]
        return Batch(
            self.died[places],
            self.temporary[places],
            self.moves[places],
            self.paid[paid_here],
            where[self.paid_by[paid_here]],
            spans,
        )

    def as_of(self, day: int) -> Batch:
        """The same persons, without what arrived or happened after a day."""
        arrived = self.paid["since"] <= day
        return Batch(
            np.where(self.died <= day, self.died, NEVER),
            self.temporary,
            np.full(len(self), NEVER),
            _not_yet_ended(self.paid[arrived], day),
            self.paid_by[arrived],
            _not_yet_ended(self.spans[self.spans["since"] <= day], day),
        )

    def next_arrival(self, day: int) -> Ints:
        """The earliest later day on which what is on record already begins or ceases to count."""
        soonest = np.minimum(np.where(self.died > day, self.died, NEVER), self.moves)
        for rows, by in ((self.paid, self.paid_by), (self.spans, self.spans["person"])):
            for edge in (rows["since"], rows["until"]):
                later = np.flatnonzero((edge > day) & (edge < NEVER))
                np.minimum.at(soonest, by[later], edge[later])
        return soonest

    def believed_spans(self, day: int) -> NDArray[np.void]:
        """Without those that were withdrawn."""
        spans = self.spans
        return spans[
            (spans["since"] <= day) & (day < spans["until"]) & (spans["first"] <= spans["last"])
        ]


def _not_yet_ended(rows: NDArray[np.void], day: int) -> NDArray[np.void]:
    """A copy of rows that are still believed on a day, and so for ever as far as is known."""
    rows = rows.copy()
    rows["until"][rows["until"] > day] = NEVER
    return rows


class Grid(NamedTuple):
    """Months of a batch as believed on one day; column k is month `start + k`.

    `alone`: paid by an independent payer; `others`: paid by anybody else.
    """

    start: int
    covered: Bools
    alone: Bools
    others: Bools

    @property
    def paid(self) -> Bools:
        return self.alone | self.others

    @property
    def last(self) -> int:
        return self.start + int(self.covered.shape[1]) - 1

    def at(self, month: int) -> Bools:
        return self.covered[:, month - self.start]

    def between(self, first: int, last: int) -> Bools:
        """Columns of the months first … last."""
        return self.covered[:, first - self.start : last + 1 - self.start]


def grid(batch: Batch, day: int, first: int, last: int) -> Grid:
    """Months first … last as they were covered by what had arrived by a day."""
    width = last - first + 1
    paid = batch.paid
    here = (paid["since"] <= day) & (day < paid["until"])
    here &= (paid["month"] >= first) & (paid["month"] <= last)
    place = batch.paid_by[here] * width + (paid["month"][here].astype(np.int64) - first)
    planes = np.zeros((2, len(batch) * width), np.bool_)
    planes[paid["plane"][here], place] = True
    others, alone = planes.reshape(2, len(batch), width)
    covered = others | alone
    _cover(covered, batch.believed_spans(day), first, last)
    return Grid(first, covered, alone, others)


def _cover(covered: Bools, spans: NDArray[np.void], first: int, last: int) -> None:
    """Marks the months that a span touches."""
    begin = np.maximum(month_of(spans["first"]), first)
    end = np.minimum(month_of(spans["last"]), last)
    inside = begin <= end
    who, begin, end = spans["person"][inside], begin[inside] - first, end[inside] - first
    persons, place = np.unique(who, return_inverse=True)
    edges = np.zeros((len(persons), covered.shape[1] + 1), np.int16)
    np.add.at(edges, (place, begin), 1)
    np.add.at(edges, (place, end + 1), -1)
    covered[persons] |= np.cumsum(edges, axis=1)[:, :-1] > 0


class PaidCounts:
    """How many months each person has paid, as believed on a day."""

    def __init__(self, batch: Batch, day: int) -> None:
        here = (batch.paid["since"] <= day) & (day < batch.paid["until"])
        self._by, self._month = batch.paid_by[here], batch.paid["month"][here]
        again = np.zeros(len(self._by), np.bool_)
        again[1:] = (self._by[1:] == self._by[:-1]) & (self._month[1:] == self._month[:-1])
        self._by, self._month = self._by[~again], self._month[~again]
        self.ever = np.zeros(len(batch), np.bool_)
        self.ever[self._by] = True

    def up_to(self, last: Ints, who: Ints) -> Ints:
        """How many months up to `last` each of the persons at `who` has paid."""
        bound = np.full(len(self.ever), -1, np.int64)
        bound[who] = last
        counted = self._by[self._month <= bound[self._by]]
        return np.bincount(counted, minlength=len(self.ever))[who]
