"""What the cells and tags of a register say; what cannot be read is None, never a guess."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from registry.rules import months
from registry.rules.cells import Remembered, day

FIRST_DAY, LAST_DAY = date(2017, 1, 1), date(2099, 12, 31)
LAST_NUMBER = 2**31 - 1

AMOUNT = re.compile(
    r"([+\-\u2212]?)"
    r"([0-9]{1,12}|[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3}){1,3})"
    r"(?:[.,]([0-9]{0,2}))?"
)
USUAL = 15  # characters of twelve digits, a comma and two digits
SHORT_DAY = re.compile(r"[0-9]{6}")
NUMBER = re.compile(r"[0-9]{1,10}|[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3}){1,3}")


def amount(text: str) -> int | None:
    """Tiyn: up to 12 digits, thousands set apart by spaces or not at all, at most two decimals."""
    if (
        text[-3:-2] in (",", ".")
        and len(text) <= USUAL
        and text[:-3].isdecimal()
        and text.isascii()
    ):
        return int(text[:-3] + text[-2:]) if text[-2:].isdecimal() else None
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, part = match.groups()
    tiyn = int("".join(whole.split())) * 100 + int((part or "").ljust(2, "0"))
    return tiyn if sign in ("", "+") else -tiyn


def short_day(text: str) -> date | None:
    """The YYMMDD of MT messages, all of this century; the long forms too."""
    text = text.strip()
    return day(f"20{text}" if SHORT_DAY.fullmatch(text) else text)


def credited(found: date | None) -> date | None:
    """A day on which the Fund can have been credited."""
    return found if found is not None and FIRST_DAY <= found <= LAST_DAY else None


def number(text: str) -> int | None:
    """A count: digits, thousands set apart by spaces or not at all."""
    text = text.strip()
    value = int("".join(text.split())) if NUMBER.fullmatch(text) else None
    return value if value is not None and value <= LAST_NUMBER else None


def ordinal(text: str) -> int | None:
    """A number from 1 on."""
    return number(text) or None


def period(text: str) -> tuple[str, int | None]:
    """A period as it came and its month."""
    text = text.strip()
    return text, months.from_period(text)


AMOUNTS = Remembered(amount)
DAYS = Remembered(day)
SHORT_DAYS = Remembered(short_day)
ORDINALS = Remembered(ordinal)
PERIODS = Remembered(period)

CENTS = tuple(f",{cents:02}" for cents in range(100))


def money(tiyn: int) -> str:
    """A sum as `amount` reads it, with a comma."""
    if tiyn < 0:
        return f"-{money(-tiyn)}"
    return f"{tiyn // 100}{CENTS[tiyn % 100]}"


@lru_cache(maxsize=1 << 16)
def dotted(on: date | None) -> str:
    return f"{on.day:02}.{on.month:02}.{on.year}" if on else ""


@lru_cache(maxsize=1 << 16)
def digits(on: date | None) -> str:
    return f"{on.year}{on.month:02}{on.day:02}" if on else ""


def short_digits(on: date | None) -> str:
    """YYMMDD where `short_day` reads the same day from it."""
    return digits(on)[2:] if on and on.year // 100 == 20 else digits(on)
