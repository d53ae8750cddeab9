"""Objects of JSON and what their fields say; whatever is wrong there has a code and a place."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Generator, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from unicodedata import category as category_of

from payments.rules import values
from registry.rules import cells, months
from registry.rules.encoding import CYRILLIC, UTF_8_BOM, UTF_16, Refusal, Refused, is_damaged

GAP = re.compile(r"[ \t\r\n]*")
SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
UNPRINTED = ("Cc", "Cs")  # what commands a terminal, and half letters that nothing can keep
MOST_FAULTS = 100  # of one object with all in it
LONGEST_FOUND = 60
NEVER, NOTHING = date.min, Decimal()  # in the place of what is at fault


class Unreadable(Refused):
    """The file holds no objects at all."""

    def __init__(self, text: str) -> None:
        super().__init__(Refusal.UNREADABLE, text)


class Code(StrEnum):
    """What is wrong with a field."""

    NO_OBJECT = "no_object"
    NO_LIST = "no_list"
    NO_TEXT = "no_text"
    MISSING = "missing"
    REPEATED_KEY = "repeated_key"
    BAD_TEXT = "bad_text"
    TOO_LONG = "too_long"
    BAD_DATE = "bad_date"
    BAD_PERIOD = "bad_period"
    BAD_SUM = "bad_sum"
    NOT_POSITIVE = "not_positive"
    BAD_LINE = "bad_line"
    BAD_SHA256 = "bad_sha256"
    BAD_ID = "bad_id"
    NO_LINES = "no_lines"
    ASKED_OVER_PAID = "asked_over_paid"
    REPEATED_LINE = "repeated_line"
    REPEATED_NUMBER = "repeated_number"


class Fault(NamedTuple):
    code: Code
    where: str  # "lines[2].asked"
    found: str


class Number(str):
    """A number as it was written: how large it is, nobody needs to compute."""

    __slots__ = ()


class Fields(dict[str, object]):
    """The fields of an object; `repeated` are the keys that came again."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = [] if len(self) == len(keys) else again(keys)


def again(keys: list[str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for key in keys:
        if key in seen:
            found.append(key)
        seen.add(key)
    return found


DECODER = json.JSONDecoder(
    object_pairs_hook=Fields, parse_int=Number, parse_float=Number, parse_constant=Number
)
Parsed = tuple[object, str]  # a value and its text as it came


def parsed(content: bytes) -> Iterator[Parsed]:
    """Each value of a list, or the only object; Unreadable as soon as it is no JSON."""
    text = _text(content)
    at = _after_gap(text, 0)
    if text.startswith("{", at):
        value, at, raw = _value(text, at)
        yield value, raw
    elif text.startswith("[", at):
        at = yield from _elements(text, _after_gap(text, at + 1))
    else:
        raise Unreadable("neither a list nor an object of JSON")
    if _after_gap(text, at) < len(text):
        raise Unreadable(f"more than JSON from character {at}")


def _text(content: bytes) -> str:
    if not content.strip():
        raise Unreadable("nothing in the file")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode(UTF_16 if wide else UTF_8_BOM)
    except UnicodeDecodeError as error:
        if wide or is_damaged(io.BytesIO(content)):
            raise Unreadable(f"not {error.encoding}: {error.reason}") from error
    try:
        return content.decode(CYRILLIC)
    except UnicodeDecodeError as error:
        raise Unreadable("not a text") from error


def _elements(text: str, at: int) -> Generator[Parsed, None, int]:
    """The values of a list that begins there; returns where it ends."""
    more = not text.startswith("]", at)
    while more:
        value, at, raw = _value(text, at)
        yield value, raw
        at = _after_gap(text, at)
        more = text.startswith(",", at)
        at = _after_gap(text, at + 1) if more else at
    if not text.startswith("]", at):
        raise Unreadable(f"a list that breaks off at character {at}")
    return at + 1


def _after_gap(text: str, at: int) -> int:
    match = GAP.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[object, int, str]:
    try:
        value, end = DECODER.raw_decode(text, at)
    except ValueError as error:
        raise Unreadable(f"broken JSON: {error}") from error
    except RecursionError as error:
        raise Unreadable("JSON with endless nesting") from error
    return value, end, text[at:end]


class Place:
    """An object; what is at fault in it is noted, and something empty stands for it."""

    def __init__(self, value: object, where: str, faults: list[Fault]) -> None:
        self._prefix = f"{where}." if where else ""
        if isinstance(value, Fields):
            self._faults, self._fields = faults, value
        else:  # nothing more is said of it
            faults.append(Fault(Code.NO_OBJECT, where, shown(value)))
            self._faults, self._fields = [], Fields([])
        for key in self._fields.repeated:
            self.note(Code.REPEATED_KEY, shown(key), key)

    def note(self, code: Code, name: str, value: object) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(code, self._prefix + name, shown(value)))

    def text(self, name: str, longest: int = LONGEST_FOUND) -> str:
        """A text that has to be there."""
        found = self._text(name, longest)
        if found == "":
            self.note(Code.MISSING, name, "")
        return found or ""

    def optional(self, name: str, longest: int) -> str:
        return self._text(name, longest) or ""

    def day(self, name: str) -> date:
        text = self.text(name)
        found = cells.day(text)
        if text and found is None:
            self.note(Code.BAD_DATE, name, text)
        return found or NEVER

    def month(self, name: str) -> date:
        """The first day of an MMYYYY."""
        text = self.text(name)
        found = months.from_period(text)
        if text and found is None:
            self.note(Code.BAD_PERIOD, name, text)
        return NEVER if found is None else months.first(found)

    def sum(self, name: str) -> Decimal:
        """Tenge, more than none."""
        text = self._number(name)
        tiyn = values.amount(text)
        if text and tiyn is None:
            self.note(Code.BAD_SUM, name, text)
        elif tiyn is not None and tiyn <= 0:
            self.note(Code.NOT_POSITIVE, name, text)
        return NOTHING if tiyn is None else Decimal(tiyn).scaleb(-2)

    def ordinal(self, name: str) -> int:
        """A number from 1 on."""
        text = self._number(name)
        found = values.ordinal(text)
        if text and found is None:
            self.note(Code.BAD_LINE, name, text)
        return found or 0

    def sha256(self, name: str) -> str:
        text = self.text(name, 64)
        if text and not SHA256.fullmatch(text):
            self.note(Code.BAD_SHA256, name, text)
        return text.lower()

    def one(self, name: str) -> Place:
        """The object in a field."""
        return Place(self._fields.get(name), self._prefix + name, self._faults)

    def each(self, name: str) -> Iterator[Place]:
        """The objects in a list, which may be missing, until too much is wrong with them."""
        found = self._fields.get(name)
        if not isinstance(found, list | None):
            self.note(Code.NO_LIST, name, found)
        for number, value in enumerate(found if isinstance(found, list) else ()):
            if len(self._faults) >= MOST_FAULTS:
                return
            yield Place(value, f"{self._prefix}{name}[{number}]", self._faults)

    def _text(self, name: str, longest: int) -> str | None:
        """None when it is at fault."""
        value = self._fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or isinstance(value, Number):
            self.note(Code.NO_TEXT, name, value)
            return None
        text = value.strip()
        if unprinted(text):
            self.note(Code.BAD_TEXT, name, text)
            return None
        if len(text) > longest:
            self.note(Code.TOO_LONG, name, text)
            return None
        return text

    def _number(self, name: str) -> str:
        """As a number or as a text."""
        value = self._fields.get(name)
        return str(value) if isinstance(value, Number) else self.text(name)


def unprinted(text: str) -> bool:
    return not text.isprintable() and any(category_of(sign) in UNPRINTED for sign in text)


def shown(value: object) -> str:
    """A value as short as it can be shown and kept."""
    if isinstance(value, str):
        text = value[:LONGEST_FOUND]
        return "".join("\ufffd" if category_of(sign) in UNPRINTED else sign for sign in text)
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return json.dumps(value)
