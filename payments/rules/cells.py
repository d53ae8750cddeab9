"""The cells of a sheet as the texts that a list with separators would have."""

from __future__ import annotations

import re
from array import array
from collections.abc import Container, Iterable, Iterator
from datetime import date, timedelta
from enum import Enum

from payments.rules import values
from payments.rules.markup import DEEPEST, LONGEST_TEXT, Markup, local, too_deep
from payments.rules.totals import Refusal, Refused
from registry.rules.cells import Remembered

NumberedCells = tuple[int, list[str]]  # number of the row, its cells

MOST_COLUMNS, MOST_ROWS = 256, 1 << 20
MOST_BYTES_OF_TEXTS = 100 << 20
MOST_SHARED = 1 << 22  # characters that one block of a sheet may take from the shared texts
FIRST_OF_1900, FIRST_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
LAST_SERIAL = 2958465  # 31 December 9999
LEAP_BUG = 60  # Excel believes in 29 February 1900
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.Z]*")


class Number(str):
    """A text that was a number in the sheet, so it has lost its leading zeros."""

    __slots__ = ()


class Part(Enum):
    OTHER = 0
    TEXT = 1
    CELL = 2
    ROW = 3
    ROWS = 4
    STRING = 5
    SPOKEN = 6


PARTS = {
    "v": Part.TEXT,
    "t": Part.TEXT,
    "c": Part.CELL,
    "row": Part.ROW,
    "sheetData": Part.ROWS,
    "si": Part.STRING,
    "rPh": Part.SPOKEN,  # how a text is pronounced, not a part of it
}
OTHER, TEXT, CELL, ROW, ROWS, STRING, SPOKEN = Part


class Texts:
    """What the sheet and the shared texts have in common: texts in parts, and a depth."""

    def __init__(self) -> None:
        self._markup = Markup()
        parser = self._markup.parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parts = Remembered(lambda name: PARTS.get(local(name), OTHER))
        self._depth = 0
        self._spoken = 0
        self._taking = False
        self._texts: list[str] = []
        self._length = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, name: str) -> None:
        raise NotImplementedError

    def _text(self, text: str) -> None:
        if self._taking:
            self._texts.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise Refused(Refusal.UNREADABLE, f"a cell of more than {LONGEST_TEXT} characters")


class Strings(Texts):
    """The texts that cells share, kept as bytes: there may be millions."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("I", [0])
        for chunk in chunks:
            self._markup.feed(chunk)

    def __getitem__(self, place: int) -> str:
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            too_deep()
        part = self._parts[name]
        if part is TEXT:
            self._taking = not self._spoken
        elif part is SPOKEN:
            self._spoken += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._taking = False
        part = self._parts[name]
        if part is STRING:
            self._bytes += unescaped("".join(self._texts)).encode()
            self._ends.append(len(self._bytes))
            self._texts, self._length = [], 0
            if len(self._bytes) + 4 * len(self._ends) > MOST_BYTES_OF_TEXTS:
                raise Refused(Refusal.UNREADABLE, "a workbook with too many texts")
        elif part is SPOKEN:
            self._spoken -= 1


class Grid(Texts):
    """The rows of a sheet; `days` are the styles whose numbers are shown as days."""

    def __init__(self, strings: Strings, days: Container[str], epoch: date) -> None:
        super().__init__()
        self._strings = strings
        self._days = days
        self._epoch = epoch
        self._ended = False
        self._found: list[NumberedCells] = []
        self._row: list[str] = []
        self._number = 0
        self._cell: dict[str, str] = {}
        self._places = Remembered(place)
        self._room = 0

    def blocks(self, chunks: Iterable[bytes]) -> Iterator[list[NumberedCells]]:
        """The rows that each chunk of the sheet completes."""
        for chunk in chunks:
            self._room = MOST_SHARED
            self._markup.feed(chunk)
            yield self._found
            self._found = []
            if self._ended:
                return
        self._markup.feed(b"", final=True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            too_deep()
        part = self._parts[name]
        if part is TEXT:
            self._taking = not self._spoken
        elif part is CELL:
            self._cell = attributes
        elif part is ROW:
            self._row = []
            self._number = values.number(attributes.get("r", "")) or self._number + 1
            if self._number > MOST_ROWS:
                raise Refused(Refusal.UNREADABLE, f"a sheet of more than {MOST_ROWS} rows")
        elif part is SPOKEN:
            self._spoken += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._taking = False
        part = self._parts[name]
        if part is CELL:
            texts, self._texts, self._length = self._texts, [], 0
            self._put(texts[0] if len(texts) == 1 else "".join(texts))
        elif part is ROW:
            self._found.append((self._number, self._row))
        elif part is SPOKEN:
            self._spoken -= 1
        elif part is ROWS:
            self._ended = True

    def _put(self, text: str) -> None:
        cell, row = self._cell, self._row
        where = cell.get("r")
        at = self._places[where.rstrip(DIGITS)] if where else len(row)
        if not text and where:
            return
        kind = cell.get("t", "n")
        if kind == "s":
            text = self._shared(text)
        elif kind == "n":
            text = self._number_or_day(text)
        elif kind != "inlineStr" or "_x" in text:
            text = converted(kind, text)
        if at == len(row) < MOST_COLUMNS:
            row.append(text)
        else:
            self._put_far(at, text)

    def _put_far(self, at: int, text: str) -> None:
        if at >= MOST_COLUMNS:
            raise Refused(Refusal.UNREADABLE, f"a sheet of more than {MOST_COLUMNS} columns")
        self._row.extend([""] * (at - len(self._row) + 1))
        self._row[at] = text

    def _shared(self, text: str) -> str:
        if not text.isdecimal() or len(text) > 9 or int(text) >= len(self._strings):
            raise Refused(Refusal.UNREADABLE, "a cell with a text that is not there")
        shared = self._strings[int(text)]
        self._room -= len(shared)
        if self._room < 0:
            raise Refused(Refusal.UNREADABLE, "a sheet that repeats long texts")
        return shared

    def _number_or_day(self, text: str) -> str:
        if self._cell.get("s", "0") in self._days and (day := self._day(text)):
            return day.isoformat()
        return Number(text if text.isdecimal() else decimal(text))

    def _day(self, text: str) -> date | None:
        serial = parsed(text)
        if serial is None or not 1 <= serial <= LAST_SERIAL:
            return None
        early = self._epoch == FIRST_OF_1900 and serial < LEAP_BUG
        return self._epoch + timedelta(int(serial) + early)


def place(letters: str) -> int:
    """A is 0, Z is 25, AA is 26; what is no column lies outside of all."""
    number = 0
    for letter in letters[:4]:
        if letter not in LETTERS:
            return MOST_COLUMNS
        number = number * 26 + LETTERS.index(letter) + 1
    return number - 1 if letters else MOST_COLUMNS


def converted(kind: str, text: str) -> str:
    if kind == "b":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "d" and (match := MOMENT.fullmatch(text)):
        return match[1]
    return unescaped(text)


def parsed(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def decimal(text: str) -> str:
    """A number as it is seen: 15 digits, without the noise that binary fractions leave."""
    value = parsed(text)
    return text if value is None else format(value, ".15g")


def unescaped(text: str) -> str:
    """_x000D_ is a character that XML cannot have; those that a text cannot have stay written."""
    return ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)
