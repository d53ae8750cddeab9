"""Who works on what: taken on, handed on, left by who is absent."""

from datetime import date, timedelta

import pytest

from refunds.actions import queue
from refunds.models import Absence, Application
from tests.refunds.actions.office import (
    AT,
    asks_of,
    head,
    load,
    officer,
    refuse_at_commit,
    seen,
    small_world,
    treasurer,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


@pytest.fixture
def two(db):
    small_world()
    return load(asks_of(("A1", "R1"), ("A2", "R2"))).new


def hand_on(rows, to, by=None):
    return queue.hand_on(seen(rows), to, by=by or officer(), at=AT)


def owners():
    return dict(Application.objects.order_by("pk").values_list("number", "owner__username"))


def test_an_application_is_taken_on_handed_on_and_left(two):
    one, other = two
    assert hand_on(two, officer()) == {one.pk: "", other.pk: ""}
    assert hand_on([other], head()) == {other.pk: ""}
    assert owners() == {"A1": "officer", "A2": "head"}
    assert hand_on([one], None) == {one.pk: ""}
    events = one.events.filter(step="owner").order_by("pk").values_list("facts", flat=True)
    assert list(events) == [
        {"from": None, "to": officer().pk},
        {"from": officer().pk, "to": None},
    ]
    refuse_at_commit()


def test_nobody_gets_work_who_is_absent_or_handles_no_cases(two):
    one, _other = two
    assert queue.leave(head(), ON, ON, by=head()) == ""
    assert hand_on([one], head()) == {one.pk: "absent"}
    assert hand_on([one], treasurer()) == {one.pk: "not_your_role"}
    assert hand_on([one], officer(), by=treasurer()) == {one.pk: "not_your_role"}
    assert queue.hand_on({one.pk: 9, 404: 0}, officer(), by=officer(), at=AT) == {
        one.pk: "changed",
        404: "gone",
    }


def test_the_work_of_who_is_absent_waits_for_somebody(two):
    hand_on(two[:1], officer())
    rows = Application.objects.all()
    assert [row.number for row in queue.free(rows, ON)] == ["A2"]
    queue.leave(officer(), ON, ON, by=officer())
    assert [row.number for row in queue.free(rows, ON).order_by("pk")] == ["A1", "A2"]
    (load,) = queue.load(rows, ON)
    assert (load.username, load.open, load.overdue, load.away) == ("officer", 1, 0, True)
    (load,) = queue.load(rows, ON + timedelta(days=30))
    assert (load.overdue, load.away) == (1, False)


def test_officers_are_who_decides_and_who_confirms(two):
    for user in (officer(), head(), treasurer()):
        user.save()
    gone = officer("gone")
    gone.is_active = False
    gone.save()
    assert [user.username for user in queue.officers()] == ["head", "officer"]


def test_a_head_writes_down_and_ends_the_absence_of_anybody(two):
    assert queue.leave(officer(), ON, ON, by=officer("other")) == "not_your_role"
    assert queue.leave(officer(), ON, ON - timedelta(days=1), by=head()) == "ends_before"
    assert queue.leave(officer(), ON - timedelta(days=3), ON + timedelta(days=3), by=head()) == ""
    row = Absence.objects.get()
    assert queue.come_back(row.pk, by=officer("other"), at=AT) == "not_your_role"
    assert queue.come_back(row.pk, by=officer(), at=AT) == ""
    row.refresh_from_db()
    assert (row.since, row.until) == (ON - timedelta(days=3), ON - timedelta(days=1))
    assert queue.come_back(404, by=head(), at=AT) == "gone"


def test_an_absence_that_has_not_begun_is_taken_off_the_list(two):
    queue.leave(officer(), ON, ON + timedelta(days=3), by=officer())
    row = Absence.objects.get()
    assert queue.come_back(row.pk, by=head(), at=AT) == ""
    assert not Absence.objects.exists()
