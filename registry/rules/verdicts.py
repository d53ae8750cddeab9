"""What is said of a person on a day: a status, its reason, and the months that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Status(StrEnum):
    INSURED = "insured"
    GRACE = "grace"
    NOT_INSURED = "not_insured"
    NOT_IN_FORCE = "not_in_force"


class Reason(StrEnum):
    """In the order in which the rules are asked."""

    DECEASED = "deceased"
    NO_RIGHT = "no_right"
    NOT_IN_FORCE = "not_in_force"
    TRANSITION_OPEN = "transition_open"
    EXEMPT = "exempt"
    STATE_PAID = "state_paid"
    LOCAL_PAID = "local_paid"
    TWELVE_MONTHS = "twelve_months"
    PREPAID = "prepaid"
    GRACE = "grace"
    NEVER_PAID = "never_paid"
    GAP = "gap"


REASONS = tuple(Reason)
"""In arrays a reason is its place here."""

STATUS_OF = {
    Reason.DECEASED: Status.NOT_INSURED,
    Reason.NO_RIGHT: Status.NOT_INSURED,
    Reason.NOT_IN_FORCE: Status.NOT_IN_FORCE,
    Reason.TRANSITION_OPEN: Status.INSURED,
    Reason.EXEMPT: Status.INSURED,
    Reason.STATE_PAID: Status.INSURED,
    Reason.LOCAL_PAID: Status.INSURED,
    Reason.TWELVE_MONTHS: Status.INSURED,
    Reason.PREPAID: Status.INSURED,
    Reason.GRACE: Status.GRACE,
    Reason.NEVER_PAID: Status.NOT_INSURED,
    Reason.GAP: Status.NOT_INSURED,
}
WITH_MISSING = (Reason.GRACE, Reason.NEVER_PAID, Reason.GAP)


@dataclass(frozen=True)
class Verdicts:
    """Side by side, of the persons of a batch.

    `until`: NEVER without a last day; `missing`: bit 0 is the month before the month of the day,
    bit 1 the one before that.
    """

    reason: NDArray[np.int8]
    until: NDArray[np.int64]
    changes_on: NDArray[np.int64]
    missing: NDArray[np.int64]


def missing_months(mask: int, month: int) -> list[int]:
    """The months of a mask for a day in `month`, oldest first."""
    return [month - 1 - bit for bit in reversed(range(mask.bit_length())) if mask >> bit & 1]
