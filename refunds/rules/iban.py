"""Bank accounts of Kazakhstan (IBAN of ISO 13616)."""

from __future__ import annotations

import re

FORM = re.compile(r"KZ[0-9]{5}[0-9A-Z]{13}")
SPACES = re.compile(r"[ \u00a0\u2009\u202f]+")
BIC = re.compile(r"[A-Z]{4}KZ[0-9A-Z]{2}(?:[0-9A-Z]{3})?")
# From payroll dictionaries: a bank that is missing here is no fault of an application.
BICS = {
    "009": "GCVPKZ2A",
    "070": "KKMFKZ2A",
    "125": "NBRKKZKX",
    "563": "KPSTKZKA",
    "601": "HSBKKZKX",
    "722": "CASPKZKA",
    "832": "CITIKZKA",
    "856": "KCJBKZKX",
    "948": "EURIKZKA",
    "949": "ATYNKZKA",
    "965": "IRTYKZKA",
    "972": "HCSKKZKA",
    "998": "TSESKZKA",
}


def compact(iban: str) -> str:
    """As it is kept: without the spaces between its groups, in capital letters."""
    found = SPACES.sub("", iban)
    return found.upper() if found.isascii() else found


def is_valid(iban: str) -> bool:
    """KZ, 20 characters, and the right check digits; spaces do not matter."""
    found = compact(iban)
    if not FORM.fullmatch(found):
        return False
    return int("".join(str(int(sign, 36)) for sign in found[4:] + found[:4])) % 97 == 1


def bank(iban: str) -> str:
    """The code of the bank, three digits."""
    return compact(iban)[4:7]


def is_of(bic: str, iban: str) -> bool:
    """Whether a BIC can be that of the bank of an account."""
    if not BIC.fullmatch(bic):
        return False
    return bic[:8] == BICS.get(bank(iban), bic[:8])
