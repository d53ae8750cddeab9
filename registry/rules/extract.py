"""Extracts of persons and lists of categories: which rows of a file can be kept, and why not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Sequence
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple
from unicodedata import category as category_of

from registry.rules import cells
from registry.rules.delimited import Rows, heading
from registry.rules.encoding import Refusal, Refused, Source
from registry.rules.iin import are_iins, is_iin
from registry.rules.names import fold

SEPARATOR = ";"
LONGEST = 100  # a name or a source
SEXES = ("M", "F")
RESIDENCES = ("citizen", "permanent", "eaeu", "kandas", "temporary")

PERSON_COLUMNS = (
    *("iin", "last_name", "first_name", "middle_name", "birth_date"),
    *("sex", "residence", "region", "died_on"),
)
FORMER_IIN = "former_iin"
CATEGORY_COLUMNS = ("iin", "category", "valid_from", "valid_to", "received_on", "source")


class Rejection(StrEnum):
    """Why a row is not kept."""

    BAD_ROW = "bad_row"
    BAD_IIN = "bad_iin"
    REPEATED_IIN = "repeated_iin"
    UNKNOWN_IIN = "unknown_iin"
    OUTDATED_IIN = "outdated_iin"
    BAD_FORMER_IIN = "bad_former_iin"
    OTHER_NEW_IIN = "other_new_iin"
    FORMER_IIN_TAKEN = "former_iin_taken"
    BAD_NAME = "bad_name"
    BAD_BIRTH_DATE = "bad_birth_date"
    BAD_SEX = "bad_sex"
    BAD_RESIDENCE = "bad_residence"
    BAD_REGION = "bad_region"
    BAD_DIED_ON = "bad_died_on"
    DIED_LATER = "died_later"
    BAD_CATEGORY = "bad_category"
    BAD_VALID_FROM = "bad_valid_from"
    BAD_VALID_TO = "bad_valid_to"
    BAD_RECEIVED_ON = "bad_received_on"
    RECEIVED_LATER = "received_later"
    BAD_SOURCE = "bad_source"
    OVERLAP = "overlap"


class Fault(NamedTuple):
    """What is wrong with a row, and the value that shows it."""

    code: Rejection
    value: str


BAD_ROW = Fault(Rejection.BAD_ROW, "")

Row = tuple[int, tuple[str, ...] | None]
Kept = tuple[str | None, ...]


def rows(
    source: Source, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[list[Row]]:
    """Physical line and the cells of the columns in their order, stripped, block by block.

    Optional columns come last, those of them that the heading names. None in place of the cells
    when their number is not that of the heading. Refused when the file is no list with these
    columns; the order of them, and other columns, do not matter.
    """
    above = heading(source, (SEPARATOR,), bool)
    names = [cell.strip().lower() for cell in above.cells] if above else []
    missing = [column for column in columns if names.count(column) != 1]
    if above is None or missing:
        raise Refused(Refusal.COLUMNS, ", ".join(missing))
    present = [column for column in optional if names.count(column) == 1]
    pick = itemgetter(*(names.index(column) for column in (*columns, *present)))
    width = len(names)
    for block in Rows(source, above):
        yield [
            (line, tuple(map(str.strip, pick(row))) if len(row) == width else None)
            for line, row, raw in block
            if len(row) == width or not raw.isspace()
        ]


class Check(ABC):
    """What is kept of rows that begin with an IIN, or what is wrong with them."""

    def __call__(self, row: Sequence[str]) -> Kept | Fault:
        return self._rest(row) if is_iin(row[0]) else Fault(Rejection.BAD_IIN, row[0])

    def block(self, block: Sequence[Row]) -> Iterator[tuple[int, Kept | Fault]]:
        """The same of many rows, each with its line: their IINs are checked at once."""
        valid = are_iins([cells[0] if cells else "" for _, cells in block])
        for (line, row), is_valid in zip(block, valid, strict=True):
            if row is None:
                yield line, BAD_ROW
            else:
                yield line, self._rest(row) if is_valid else Fault(Rejection.BAD_IIN, row[0])

    @abstractmethod
    def _rest(self, row: Sequence[str]) -> Kept | Fault:
        """What is kept of a row with a good IIN."""


class PersonCheck(Check):
    """A row of PERSON_COLUMNS, and perhaps FORMER_IIN, as it is stored.

    Days are in ISO form; the folded names and the former IIN come last.
    """

    def __init__(self, received_on: date, regions: Container[str]) -> None:
        self._received_on = received_on.isoformat()
        self._regions = regions
        self._day = cells.Remembered(_day)
        self._key = cells.Remembered(_key)
        self._is_text = cells.Remembered(_is_text)

    def _rest(self, row: Sequence[str]) -> Kept | Fault:
        iin, last, first, middle, birth, sex, residence, region, death, *others = row
        former = others[0] if others else ""
        if former and (former == iin or not is_iin(former)):
            return Fault(Rejection.BAD_FORMER_IIN, former)
        keys = self._key[last], self._key[first]
        if not last or None in keys or not self._is_text[middle]:
            return Fault(Rejection.BAD_NAME, f"{last} {first} {middle}")
        born = self._day[birth]
        if born is None or born > self._received_on:
            return Fault(Rejection.BAD_BIRTH_DATE, birth)
        died = self._day[death] if death else None
        fault = self._place(sex, residence, region) or (death and self._death(death, born, died))
        if fault:
            return fault
        facts = (iin, last, first, middle, born, sex, residence, region, died)
        return (*facts, *keys, former or None)

    def _place(self, sex: str, residence: str, region: str) -> Fault | None:
        if sex not in SEXES:
            return Fault(Rejection.BAD_SEX, sex)
        if residence not in RESIDENCES:
            return Fault(Rejection.BAD_RESIDENCE, residence)
        return None if region in self._regions else Fault(Rejection.BAD_REGION, region)

    def _death(self, death: str, born: str, died: str | None) -> Fault | None:
        if died is None or died < born:
            return Fault(Rejection.BAD_DIED_ON, death)
        return Fault(Rejection.DIED_LATER, death) if died > self._received_on else None


class CategoryCheck(Check):
    """A row of CATEGORY_COLUMNS as it is stored, with days in ISO form.

    With a day of loading no row can have been received after it.
    """

    def __init__(self, categories: Container[str], loaded_on: date | None = None) -> None:
        self._categories = categories
        self._latest = loaded_on.isoformat() if loaded_on else ""
        self._day = cells.Remembered(_day)
        self._is_text = cells.Remembered(_is_text)

    def _rest(self, row: Sequence[str]) -> Kept | Fault:
        iin, category, valid_from, valid_to, received_on, source = row
        if category not in self._categories:
            return Fault(Rejection.BAD_CATEGORY, category)
        first, last = self._day[valid_from], self._day[valid_to] if valid_to else None
        if first is None:
            return Fault(Rejection.BAD_VALID_FROM, valid_from)
        if valid_to and last is None:
            return Fault(Rejection.BAD_VALID_TO, valid_to)
        received = self._day[received_on]
        if received is None:
            return Fault(Rejection.BAD_RECEIVED_ON, received_on)
        if self._latest and received > self._latest:
            return Fault(Rejection.RECEIVED_LATER, received_on)
        if not self._is_text[source]:
            return Fault(Rejection.BAD_SOURCE, source)
        return (iin, category, first, last, received, source)


def _day(text: str) -> str | None:
    found = cells.day(text)
    return found.isoformat() if found else None


def _key(name: str) -> str | None:
    """The folded name; None when one of the two cannot be kept."""
    key = fold(name)
    return key if _is_text(name) and _is_text(key) else None


def _is_text(text: str) -> bool:
    """Not too long, and without the signs that command a terminal or end a line."""
    if len(text) > LONGEST:
        return False
    return text.isprintable() or not any(category_of(letter) == "Cc" for letter in text)
