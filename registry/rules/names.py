"""Names as they are compared, never as they are shown."""

from __future__ import annotations

from functools import lru_cache

# Old fonts kept Kazakh letters in the places of other Cyrillic ones.
_LEGACY = dict(zip("ЈЅЄЇЎЌҐЋ", "ӘҢҒҮҰҚӨҺ", strict=True))
_LATIN = dict(zip("ABCEHIKMOPTXY", "АВСЕНІКМОРТХУ", strict=True))
_PLAIN = dict(zip("ӘҒҚҢӨҰҮҺІЁЙ", "АГКНОУУХИЕИ", strict=True))


def _folded(letter: str) -> str:
    letter = _LEGACY.get(letter, letter)
    letter = _LATIN.get(letter, letter)
    return _PLAIN.get(letter, letter)


_TABLE = str.maketrans({letter: _folded(letter) for letter in {**_LEGACY, **_LATIN, **_PLAIN}})


LONGEST_KEPT = 100


def fold(text: str) -> str:
    """Upper case, one letter for all look-alikes, Kazakh, Russian or Latin; letters only."""
    return _kept(text) if len(text) <= LONGEST_KEPT else _fold(text)


def _fold(text: str) -> str:
    key = text.upper().translate(_TABLE)
    return key if key.isalpha() else "".join(filter(str.isalpha, key))


_kept = lru_cache(maxsize=1 << 16)(_fold)
