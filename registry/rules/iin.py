"""Personal (IIN) and business (BIN) identification numbers: form, check digit, date of birth."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from operator import mul

import numpy as np
import numpy.typing as npt

LENGTH = 12
FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
LAST_SEVENTH = 6
BUSINESS_FIFTH = "456"
DAYS_OF_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NOUGHT = ord("0")
# The codes of the digits are summed as they stand; the share of "0" is taken away at once.
NOUGHTS = NOUGHT * sum(FIRST_WEIGHTS)

Digits = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


class Fault(StrEnum):
    """What is wrong with an IIN."""

    FORM = "not_12_digits"
    CHECK_DIGIT = "check_digit"
    SEVENTH_DIGIT = "seventh_digit"
    DATE = "impossible_date"


class PayerKind(StrEnum):
    BIN = "bin"
    IIN = "iin"


def iin_fault(text: str) -> Fault | None:
    """The first fault of an IIN; a 7th digit of 0, seen on foreigners' numbers, is none."""
    if not is_form(text):
        return Fault.FORM
    if not is_checked(text):
        return Fault.CHECK_DIGIT
    if int(text[6]) > LAST_SEVENTH:
        return Fault.SEVENTH_DIGIT
    return None if is_date(text) else Fault.DATE


def is_iin(text: str) -> bool:
    return iin_fault(text) is None


def is_bin(text: str) -> bool:
    """Twelve digits, the fifth 4, 5 or 6, with the right check digit."""
    return is_form(text) and text[4] in BUSINESS_FIFTH and is_checked(text)


def payer_kind(text: str) -> PayerKind | None:
    """The fifth digit tells them apart: tens of a day of birth, or the kind of a business."""
    if is_bin(text):
        return PayerKind.BIN
    return PayerKind.IIN if is_iin(text) else None


def masked(text: str) -> str:
    """The date of birth, which lists show anyway, and nothing of the rest."""
    return text[:6] + "•" * (len(text) - 6)


def masked_payer(text: str) -> str:
    """A business as it is; a person masked."""
    return text if is_bin(text) else masked(text)


def is_form(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isdigit()


def is_checked(digits: str) -> bool:
    """Whether the 12th of twelve digits is the check digit of the others (Decree 565 of 2003)."""
    codes = digits.encode()
    check: int = (sum(map(mul, codes, FIRST_WEIGHTS)) - NOUGHTS) % 11
    if check == 10:
        check = (sum(map(mul, codes, SECOND_WEIGHTS)) - NOUGHTS) % 11
    return check == codes[11] - NOUGHT


def is_date(digits: str) -> bool:
    """Whether YYMMDD is a day of the 7th digit's century; of any century when that is 0."""
    month, day = int(digits[2:4]), int(digits[4:6])
    if not 1 <= month <= 12 or not 1 <= day <= DAYS_OF_MONTH[month]:
        return False
    if month != 2 or day != 29:
        return True
    year, seventh = int(digits[:2]), int(digits[6])
    if year == 0:
        return seventh in (0, 5, 6)
    return year % 4 == 0


def are_iins(texts: Iterable[str]) -> list[bool]:
    """`is_iin` of each of many texts without NUL characters."""
    cells = [text[: LENGTH + 1].encode("ascii", "replace") for text in texts]
    found: list[bool] = valid_iins(np.array(cells, "S")).tolist()
    return found


def valid_iins(texts: npt.NDArray[np.bytes_]) -> Flags:
    """`is_iin` of every text of an array of bytes ('S12' or another width)."""
    width = max(texts.dtype.itemsize, LENGTH)
    codes = np.ascontiguousarray(texts, dtype=f"S{width}").view(np.uint8).reshape(-1, width)
    digits = codes[:, :LENGTH] - np.uint8(NOUGHT)
    form: Flags = (digits <= 9).all(axis=1) & (codes[:, LENGTH:] == 0).all(axis=1)
    return form & _checked(digits) & (digits[:, 6] <= LAST_SEVENTH) & _dates(digits)


def _checked(digits: Digits) -> Flags:
    first = _weighed(digits, FIRST_WEIGHTS)
    check = np.where(first == 10, _weighed(digits, SECOND_WEIGHTS), first)
    right: Flags = check == digits[:, 11]
    return right


def _weighed(digits: Digits, weights: tuple[int, ...]) -> npt.NDArray[np.uint16]:
    total = np.zeros(len(digits), np.uint16)
    for at, weight in enumerate(weights):
        total += digits[:, at].astype(np.uint16) * np.uint16(weight)
    return total % np.uint16(11)


def _dates(digits: Digits) -> Flags:
    tens, ones = digits[:, 0:6:2].astype(np.uint16), digits[:, 1:6:2].astype(np.uint16)
    year, month, day = (tens * np.uint16(10) + ones).T
    lengths = np.array(DAYS_OF_MONTH, np.uint16)
    known = (month >= 1) & (month <= 12)
    possible = known & (day >= 1) & (day <= lengths[np.where(known, month, 0)])
    leap = np.where(year == 0, np.isin(digits[:, 6], (0, 5, 6)), year % 4 == 0)
    right: Flags = possible & ((month != 2) | (day != 29) | leap)
    return right
