"""From when a status is worse, day by day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.coverage import judge
from registry.rules.days import day_number, day_of
from registry.rules.outlook import worse_from
from registry.rules.verdicts import REASONS, STATUS_OF, Status
from tests.law import CALENDAR, LAW
from tests.registry.rules.builders import INDEPENDENT, day, holds, paid, person, refunded
from tests.registry.rules.oracle import Refund
from tests.registry.rules.persons import batch
from tests.registry.rules.strategies import asked

ON = day("2026-11-20")
YEAR = paid("2025-01", "2026-10", INDEPENDENT)


def first_worse(known, other, on):
    """From when the second of two persons is worse off."""
    one, two = (batch([each], on) for each in (known, other))
    return day_of(int(worse_from(one, two, on, LAW, CALENDAR)[0]))


@pytest.mark.parametrize(
    ("items", "period", "expected"),
    [
        pytest.param(YEAR, "2025-01", None, id="long ago"),
        pytest.param(YEAR, "2025-09", None, id="before the window, and the run is no longer told"),
        pytest.param(YEAR, "2026-03", "2026-11-20", id="in the middle of the window"),
        pytest.param(YEAR, "2026-10", "2026-11-26", id="the last month, missed after its due day"),
        pytest.param(
            YEAR + paid("2026-11", "2027-03", INDEPENDENT, on="2026-11-01"),
            "2027-02",
            "2027-03-26",
            id="a month ahead",
        ),
    ],
)
def test_from_when_a_refund_takes_the_status_away(items, period, expected):
    known = person(items)
    other = person(refunded(items, period, on="2026-11-20"))
    assert first_worse(known, other, ON) == (expected and day(expected))


def test_who_has_a_category_loses_only_after_it():
    span = holds("pensioner", "2026-05-01", "2026-12-31")
    known = person(YEAR, span)
    other = person(refunded(YEAR, "2026-04", on="2026-11-20"), span)
    assert first_worse(known, other, ON) == day("2027-01-01")


@settings(max_examples=20, deadline=None)
@given(asked(), st.data())
def test_the_first_worse_day_is_that_of_going_through_all_days(someone, data):
    known, on = someone
    arrived = [place for place, item in enumerate(known.items) if item.credited <= on]
    if not arrived:
        return
    place = data.draw(st.sampled_from(arrived))
    item = known.items[place]._replace(refunds=(Refund(on, known.items[place].amount),))
    other = replace(known, items=(*known.items[:place], item, *known.items[place + 1 :]))
    one, two = (batch([each], on).as_of(day_number(on)) for each in (known, other))
    days = (on + timedelta(ahead) for ahead in range(450))
    worse = (each for each in days if worth(two, each) > worth(one, each))
    found = first_worse(known, other, on)
    if found is None or found < on + timedelta(450):
        assert found == next(worse, None)


def worth(batch, on):
    reason = REASONS[int(judge(batch, on, LAW, CALENDAR).reason[0])]
    return [*Status].index(STATUS_OF[reason])
