"""Where a person lives, as believed on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

TEMPORARY = "temporary"


def residence_on(on: date, known: Sequence[tuple[date, str]]) -> str:
    """`known`: (day of receipt, residence) in their order; the first holds before it too."""
    believed = known[0][1]
    for received_on, residence in known:
        if received_on <= on:
            believed = residence
    return believed
