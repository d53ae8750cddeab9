"""Whose payment is this, and may it be posted? One check, one positive question, one code.

Items are arrays; days are numbers of days since 1970, months numbers of months, sums in tiyn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from registry.rules import months
from registry.rules.days import EPOCH
from registry.rules.due import Settled, kinds, settle
from registry.rules.law import Code, Law
from registry.rules.timeline import NotInForce

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Fault(StrEnum):
    """Why an item cannot be posted, in the order in which the codes are listed."""

    BAD_IIN = "bad_iin"
    UNKNOWN_IIN = "unknown_iin"
    NAME_MISMATCH = "name_mismatch"
    BAD_PAYER = "bad_payer"
    DECEASED = "deceased"
    NO_RIGHT = "no_right"
    BAD_PERIOD = "bad_period"
    UNKNOWN_KNP = "unknown_knp"
    BAD_AMOUNT = "bad_amount"
    NO_PARAMETER = "no_parameter"


FAULTS = tuple(Fault)
NO_MONTH = -1
NO_PAYER, BIN_PAYER, IIN_PAYER = 0, 1, 2

FLAGS = ("iin_ok", "last_same", "first_same", "crossed", "born_differs", "temporary")
INCOMING = np.dtype(
    [
        ("row", "<i8"),
        ("person", "<i8"),
        ("payer_person", "<i8"),
        ("amount", "<i8"),
        ("month", "<i4"),
        ("credited", "<i4"),
        ("died", "<i4"),
        ("knp", "<i4"),
        ("payer_kind", "<i4"),
        *((flag, "<i4") for flag in FLAGS),
    ]
)
"""An item beside the person of its IIN (0: not in the registry); FLAGS are 0 or 1.

`last_same`, `first_same`: the folded names are equal; `crossed`: each is the other's; `knp` 0 is
unknown; `payer_person` is the person whose IIN the payer is, or 0.
"""

HELD_BY = np.dtype([("person", "<i8"), ("first", "<i4"), ("last", "<i4")])
"""Days on which a person holds a payer category that pays for itself."""


def decide(
    items: NDArray[np.void], self_paying: NDArray[np.void], law: Law
) -> tuple[Ints, NDArray[np.int8], Settled]:
    """For each item a mask of its faults (bit: place in FAULTS), its kind, and what settles it."""
    known = (items["iin_ok"] == 1) & (items["person"] > 0)
    has_month = items["month"] != NO_MONTH
    knp_known = items["knp"] > 0
    bad_period = _bad_period(items, has_month, knp_known, law)
    kind = _kind(items, self_paying)
    settled = settle(kind, items["month"], items["credited"], items["amount"], law)
    bad_payer = items["payer_kind"] == NO_PAYER
    lacks = known & ~bad_payer & ~bad_period & knp_known & settled.no_parameter
    faults = {
        Fault.BAD_IIN: items["iin_ok"] == 0,
        Fault.UNKNOWN_IIN: (items["iin_ok"] == 1) & (items["person"] == 0),
        Fault.NAME_MISMATCH: known & _names_differ(items),
        Fault.BAD_PAYER: bad_payer,
        Fault.DECEASED: known & has_month & (items["month"] > _month_of(items["died"])),
        Fault.NO_RIGHT: known & (items["temporary"] == 1),
        Fault.BAD_PERIOD: bad_period,
        Fault.UNKNOWN_KNP: ~knp_known,
        Fault.BAD_AMOUNT: items["amount"] <= 0,
        Fault.NO_PARAMETER: lacks,
    }
    mask = np.zeros(len(items), np.int64)
    for place, fault in enumerate(FAULTS):
        mask |= faults[fault].astype(np.int64) << place
    return mask, kind, settled


def named(mask: int) -> list[Fault]:
    return [fault for place, fault in enumerate(FAULTS) if mask >> place & 1]


def _names_differ(items: NDArray[np.void]) -> Bools:
    """Both names differ, or the birth date and one of them; swapped names are equal."""
    last, first = items["last_same"] == 0, items["first_same"] == 0
    differs: Bools = (last & first) | ((items["born_differs"] == 1) & (last | first))
    differs &= items["crossed"] == 0
    return differs


def _bad_period(items: NDArray[np.void], has_month: Bools, knp_known: Bools, law: Law) -> Bools:
    """No month, before the first one of its purpose code, or too far ahead of the crediting."""
    month, credited = items["month"], items["credited"]
    too_late = month > _by_day(credited, lambda on: _last_open(on, law))
    deductions = np.isin(items["knp"], (121, 123))
    too_early = month < np.where(
        deductions,
        _by_day(credited, lambda on: _first_open(Code.FIRST_PERIOD_DEDUCTION, on, law)),
        _by_day(credited, lambda on: _first_open(Code.FIRST_PERIOD_CONTRIBUTION, on, law)),
    )
    return ~has_month | too_late | (too_early & knp_known)


NO_MONTH_IS_OPEN = 1 << 20


def _first_open(code: Code, on: date, law: Law) -> int:
    """The first month to be paid for; before the insurance was in force there is none."""
    try:
        return months.number(law.day(code, on))
    except NotInForce:
        return NO_MONTH_IS_OPEN


def _last_open(on: date, law: Law) -> int:
    try:
        return months.number(on) + law.count(Code.PERIOD_AHEAD_MONTHS, on)
    except NotInForce:
        return -NO_MONTH_IS_OPEN


def _kind(items: NDArray[np.void], self_paying: NDArray[np.void]) -> NDArray[np.int8]:
    first = items["month"].astype("M8[M]").astype("M8[D]").astype(np.int64)
    last = (items["month"] + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - 1
    ahead = first > items["credited"]
    first = np.where(ahead, items["credited"], first)
    last = np.where(ahead, items["credited"], last)
    return kinds(
        items["knp"],
        payer_is_bin=items["payer_kind"] == BIN_PAYER,
        payer_is_person=(items["payer_person"] == items["person"]) & (items["person"] > 0),
        payer_pays_self=_holds(items["payer_person"], first, last, self_paying),
        person_pays_self=_holds(items["person"], first, last, self_paying),
    )


def _holds(person: Ints, first: Ints, last: Ints, spans: NDArray[np.void]) -> Bools:
    """Whether a person has a span that touches the days first … last."""
    spans = spans[np.argsort(spans["person"], kind="stable")]
    low = np.searchsorted(spans["person"], person, "left")
    high = np.searchsorted(spans["person"], person, "right")
    holds = np.zeros(len(person), np.bool_)
    for step in range(int((high - low).max(initial=0))):
        at = np.minimum(low + step, len(spans) - 1)
        touches = (spans["first"][at] <= last) & (spans["last"][at] >= first)
        holds |= (low + step < high) & touches
    return holds


def _by_day(days: NDArray[np.int32], value: Callable[[date], int]) -> Ints:
    distinct, place = np.unique(days, return_inverse=True)
    found = [value(EPOCH + timedelta(days=int(day))) for day in distinct]
    return np.array(found, np.int64)[place]


def _month_of(days: NDArray[np.int32]) -> Ints:
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)
