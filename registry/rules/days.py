"""A day as one number: days since January 1970, the integer of numpy's datetime64[D]."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

EPOCH = date(1970, 1, 1)

FOREVER = np.iinfo(np.int32).max
"""Stands for "no last day"."""

NEVER = FOREVER
"""Stands for a day that does not come."""

LAST = (date.max - EPOCH).days
"""The last day that a date can name."""


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date | None:
    """None for NEVER."""
    return None if number == NEVER else EPOCH + timedelta(days=int(number))


def month_of(days: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The numbers of the months in which days lie."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def last_day(months: NDArray[np.int64]) -> NDArray[np.int64]:
    return (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - 1
