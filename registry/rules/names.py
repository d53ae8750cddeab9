"""Names as they are compared, never as they are shown."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

# Old fonts kept Kazakh letters in the places of other Cyrillic ones.
_LEGACY = dict(zip("ЈЅЄЇЎЌҐЋ", "ӘҢҒҮҰҚӨҺ", strict=True))
_LATIN = dict(zip("ABCEHIKMOPTXY", "АВСЕНІКМОРТХУ", strict=True))
_PLAIN = dict(zip("ӘҒҚҢӨҰҮҺІЁЙ", "АГКНОУУХИЕИ", strict=True))


def _folded(letter: str) -> str:
    letter = _LEGACY.get(letter, letter)
    letter = _LATIN.get(letter, letter)
    return _PLAIN.get(letter, letter)


_TABLE = str.maketrans({letter: _folded(letter) for letter in {**_LEGACY, **_LATIN, **_PLAIN}})


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Upper case, one letter for all look-alikes, Kazakh, Russian or Latin; letters only."""
    key = text.upper().translate(_TABLE)
    return key if key.isalpha() else "".join(filter(str.isalpha, key))


class Names(NamedTuple):
    """Folded surname and first name, day of birth; None for an empty or unreadable day."""

    last: str
    first: str
    born: date | None


def differ(item: Names, person: Names) -> bool:
    """Whether a payment item names somebody else than the person of its IIN."""
    if item.last == person.first and item.first == person.last:
        return False
    last = item.last != person.last
    first = item.first != person.first
    born = item.born is not None and person.born is not None and item.born != person.born
    return (last and first) or (born and (last or first))
