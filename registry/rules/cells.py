"""What the cells of a file say. Whatever cannot be read is None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

Value = TypeVar("Value")

FIRST_YEAR, LAST_YEAR = 1850, 2199
# Letters after which a spreadsheet counts; quotes before them are those of `neutral`.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
YEAR_FIRST = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
YEAR_LAST = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


def day(text: str) -> date | None:
    """YYYY-MM-DD, DD.MM.YYYY or YYYYMMDD, in a year somebody alive can have to do with."""
    if match := YEAR_FIRST.fullmatch(text.strip()):
        year, _dash, month, of_month = match.groups()
    elif match := YEAR_LAST.fullmatch(text.strip()):
        of_month, month, year = match.groups()
    else:
        return None
    try:
        found = date(int(year), int(month), int(of_month))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def as_typed(text: str) -> str:
    """The text that was made neutral."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


class Remembered(dict[str, Value]):
    """Answers to short texts that come again and again; bounded: no file can fill the memory."""

    SHORT = 32
    MANY = 1 << 16

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Value:
        value = self._read(text)
        if len(text) <= self.SHORT:
            if len(self) >= self.MANY:
                self.clear()
            self[text] = value
        return value
