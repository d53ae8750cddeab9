"""Whose payment may an item be that cannot be posted: persons who nearly fit, best first.

Typing faults: one digit of the IIN is wrong, or two neighbours are swapped; names compare folded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from registry.rules.iin import LENGTH, is_iin

DIGITS = "0123456789"


class Match(StrEnum):
    """Why a person is a candidate."""

    IIN = "iin"
    IIN_SWAPPED = "iin_swapped"
    IIN_ONE_DIGIT = "iin_one_digit"
    NAME = "name"
    NAME_CROSSED = "name_crossed"
    LAST_NAME = "last_name"
    BIRTH_DATE = "birth_date"


WEIGHTS = {
    Match.IIN: 6,
    Match.IIN_SWAPPED: 4,
    Match.IIN_ONE_DIGIT: 4,
    Match.NAME: 3,
    Match.NAME_CROSSED: 3,
    Match.LAST_NAME: 1,
    Match.BIRTH_DATE: 2,
}
"""An IIN that nearly fits outweighs a name alone, which many share."""

ENOUGH = 4


class Facts(NamedTuple):
    """What an item says of its person, or the registry of one; names folded."""

    iin: str
    last: str
    first: str
    born: date | None


def variants(number: str) -> dict[str, Match]:
    """Every valid IIN that is one digit or one swap of neighbours away, the number itself too."""
    found: dict[str, Match] = {}
    if len(number) != LENGTH or not number.isascii() or not number.isdigit():
        return found
    for place in range(LENGTH):
        for digit in DIGITS:
            found[number[:place] + digit + number[place + 1 :]] = Match.IIN_ONE_DIGIT
    for place in range(LENGTH - 1):
        pair = number[place : place + 2]
        found[number[:place] + pair[::-1] + number[place + 2 :]] = Match.IIN_SWAPPED
    found[number] = Match.IIN
    return {iin: match for iin, match in found.items() if is_iin(iin)}


def matches(item: Facts, person: Facts) -> list[Match]:
    """What of an item fits a person, the weightiest first."""
    near = variants(item.iin).get(person.iin)
    found = [near] if near else []
    if item.last and item.first:
        if (item.last, item.first) == (person.last, person.first):
            found.append(Match.NAME)
        elif (item.last, item.first) == (person.first, person.last):
            found.append(Match.NAME_CROSSED)
        elif item.last == person.last:
            found.append(Match.LAST_NAME)
    if item.born is not None and item.born == person.born:
        found.append(Match.BIRTH_DATE)
    return found


def weight(found: Iterable[Match]) -> int:
    return sum(WEIGHTS[match] for match in found)
