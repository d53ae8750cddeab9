"""What care a status gives, on both sides of the days of the decrees."""

from datetime import date

import pytest

from registry.rules.entitlement import Care, Entitled, entitled
from registry.rules.verdicts import Reason, Status

PACKAGE = Entitled(Care.PACKAGE, "Decree 421 of 20.06.2019")
OLD = Entitled(Care.GUARANTEED, "Decree 2136 of 15.12.2009")
EMERGENCY = Entitled(Care.EMERGENCY, None)
NEW = Entitled(Care.GUARANTEED, "Decree 672 of 16.10.2020")


@pytest.mark.parametrize(
    ("status", "reason", "on", "expected"),
    [
        (Status.INSURED, Reason.TWELVE_MONTHS, date(2026, 11, 20), (PACKAGE, NEW)),
        (Status.GRACE, Reason.GRACE, date(2026, 11, 20), (PACKAGE, NEW)),
        (Status.NOT_INSURED, Reason.GAP, date(2026, 11, 20), (NEW,)),
        (Status.INSURED, Reason.TRANSITION_OPEN, date(2020, 1, 1), (PACKAGE, OLD)),
        (Status.NOT_IN_FORCE, Reason.NOT_IN_FORCE, date(2019, 12, 31), (OLD,)),
        (Status.NOT_INSURED, Reason.GAP, date(2020, 10, 15), (OLD,)),
        (Status.NOT_INSURED, Reason.GAP, date(2020, 10, 16), (NEW,)),
        (Status.NOT_INSURED, Reason.NO_RIGHT, date(2026, 11, 20), (EMERGENCY,)),
        (Status.NOT_INSURED, Reason.DECEASED, date(2026, 11, 20), ()),
    ],
)
def test_what_a_status_gives(status, reason, on, expected):
    assert entitled(status, reason, on) == expected
