"""What care a status gives, and by which decree the care is listed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from registry.rules.timeline import Timeline
from registry.rules.verdicts import Reason, Status


class Care(StrEnum):
    PACKAGE = "mhi_package"
    GUARANTEED = "guaranteed_volume"
    EMERGENCY = "emergency"


class Entitled(NamedTuple):
    """A kind of care with the government's decree that lists it; None where none is known."""

    care: Care
    decree: str | None


DECREES = {
    Care.PACKAGE: Timeline.of([(date(2020, 1, 1), "Decree 421 of 20.06.2019")]),
    Care.GUARANTEED: Timeline.of(
        [
            (date(2009, 12, 15), "Decree 2136 of 15.12.2009"),
            (date(2020, 10, 16), "Decree 672 of 16.10.2020"),
        ]
    ),
}
"""From the day of signing where no leaflet tells the first day."""

WITH_PACKAGE = (Status.INSURED, Status.GRACE)


def entitled(status: Status, reason: Reason, on: date) -> tuple[Entitled, ...]:
    """Nothing for the dead; in a temporary stay emergency care; else the guaranteed volume.

    With the status the package comes beside it. No leaflet names the decree of emergency care.
    """
    if reason is Reason.DECEASED:
        return ()
    if reason is Reason.NO_RIGHT:
        return (Entitled(Care.EMERGENCY, None),)
    cares = (Care.PACKAGE, Care.GUARANTEED) if status in WITH_PACKAGE else (Care.GUARANTEED,)
    return tuple(Entitled(care, DECREES[care].get(on)) for care in cares)
