"""Does what an application says of a payment agree with the item of the register?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Differs(StrEnum):
    IIN = "other_iin"
    PAYER = "other_payer"
    PERIOD = "other_period"
    KNP = "other_knp"
    SUM = "other_sum"


class Paid(NamedTuple):
    """A payment, as an application or a register tells of it; the sum in tenge."""

    iin: str
    payer: str
    period: date
    knp: str
    amount: Decimal


def differences(said: Paid, posted: Paid) -> tuple[Differs, ...]:
    """What an application says otherwise than the posted item, in the order of its facts."""
    pairs = zip(Differs, said, posted, strict=True)
    return tuple(differs for differs, one, other in pairs if one != other)
