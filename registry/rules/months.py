"""A month as one number: months since January 1970, the integer of numpy's datetime64[M]."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def number(day: date) -> int:
    return day.year * 12 + day.month - 23641


def first(month: int) -> date:
    return date(month // 12 + 1970, month % 12 + 1, 1)


def last(month: int) -> date:
    year, at = month // 12 + 1970, month % 12 + 1
    return date(year, at, monthrange(year, at)[1])


def text(month: int) -> str:
    """As people read it: "2026-08"."""
    return f"{month // 12 + 1970:04}-{month % 12 + 1:02}"


def period(month: int) -> str:
    """As payment files write it: "082026"."""
    return f"{month % 12 + 1:02}{month // 12 + 1970:04}"


def from_period(written: str) -> int | None:
    """The month of an MMYYYY; None for anything else."""
    if len(written) != 6 or not (written.isascii() and written.isdigit()):
        return None
    month, year = int(written[:2]), int(written[2:])
    if not 1 <= month <= 12 or year == 0:
        return None
    return (year - 1970) * 12 + month - 1
