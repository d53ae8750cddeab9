"""By night the deadlines of open refund cases follow a calendar that was changed without a page."""

from datetime import date

import pytest

from mhifund import night
from refunds.models import Application, Event
from registry.models import CalendarDay
from tests.refunds.actions.office import AT, small_world, under_review


@pytest.mark.django_db
def test_deadlines_follow_a_calendar_that_no_editor_changed():
    small_world()
    under_review("A1", "R1")
    before = Application.objects.get().review_due
    CalendarDay.objects.create(
        day=date(2026, 11, 25), kind="off", entered_on=date(2026, 11, 20), name_en="a new holiday"
    )
    night.derive(at=AT)
    assert Application.objects.get().review_due > before
    assert Event.objects.get(step="deadlines").by is None
    night.derive(at=AT)
    assert Event.objects.filter(step="deadlines").count() == 1
