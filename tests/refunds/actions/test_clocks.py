"""The clocks of applications: stored with their derivation, stopped with a reason."""

import json
from datetime import UTC, date, datetime

import pytest

from payments.models import Overpayment
from refunds.actions import cases, clocks, lines
from refunds.models import Application, Event
from registry.models import CalendarDay
from tests.refunds.actions.office import (
    AT,
    asks,
    confirm_all,
    confirmed,
    decided,
    head,
    load,
    officer,
    refuse_at_commit,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def at(day):
    return datetime.fromisoformat(f"{day}T06:00").replace(tzinfo=UTC)


def dues(application):
    application.refresh_from_db()
    found = application.check_due, application.review_due, application.overall_due, application.due
    return [str(day) for day in found]


def accepted(day, received):
    """An application accepted on a day that came to the Fund on another."""
    content = json.dumps([asks("A1", "R1", accepted_on=day)]).encode()
    (application,) = load(content, at=at(received)).new
    return application


def test_the_review_runs_from_the_day_the_fund_received_the_application():
    application = accepted("2026-10-20", "2026-10-23")
    assert dues(application) == ["2026-10-28", "2026-11-04", "2026-11-11", "2026-11-04"]
    derivation = Application.objects.get().derivation["review"]
    assert derivation == {
        "code": "REFUND_FUND_REVIEW",
        "edition_of": "2026-10-20",
        "start": "2026-10-23",
        "start_is_planned": False,
        "term": 7,
        "unit": "working_days",
        "counted": [
            *("2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30"),
            *("2026-11-02", "2026-11-03", "2026-11-04"),
        ],
        "skipped": [
            {"day": "2026-10-24", "why": "weekend"},
            {"day": "2026-10-25", "why": "weekend"},
            {"day": "2026-10-26", "why": "moved"},
            {"day": "2026-10-31", "why": "weekend"},
            {"day": "2026-11-01", "why": "weekend"},
        ],
        "reasons_of_pauses": [],
        "due": "2026-11-04",
    }


def test_a_pause_across_holidays_moves_the_deadline_by_its_working_days():
    application = accepted("2026-12-10", "2026-12-11")
    assert dues(application)[1] == "2026-12-23"
    pk, by = application.pk, officer()
    assert clocks.pause(pk, "documents", by=by, at=at("2026-12-15"), note="the consent") == ""
    assert clocks.pause(pk, "court", by=by, at=at("2026-12-15"), note="x") == "standing"
    assert dues(application)[1] == "2026-12-23"
    assert clocks.resume(pk, by=by, at=at("2026-12-18")) == ""
    assert dues(application)[1] == "2026-12-25"
    assert clocks.resume(pk, by=by, at=at("2026-12-18")) == "running"
    derivation = application.derivation["review"]
    assert derivation["reasons_of_pauses"] == ["documents"]
    assert [skip for skip in derivation["skipped"] if skip["day"] < "2026-12-19"] == [
        {"day": "2026-12-12", "why": "weekend"},
        {"day": "2026-12-13", "why": "weekend"},
        {"day": "2026-12-15", "why": "paused"},
        {"day": "2026-12-16", "why": "holiday"},
        {"day": "2026-12-17", "why": "paused"},
    ]
    moved = Event.objects.get(step="deadlines")
    assert moved.facts == {
        "overall_due": ["2027-01-05", "2027-01-08"],
        "review_due": ["2026-12-23", "2026-12-25"],
    }


def test_a_pause_needs_a_reason():
    application = accepted("2026-11-16", "2026-11-18")
    told = clocks.pause(application.pk, "documents", by=officer(), at=AT, note=" ")
    assert told == "said_why"
    assert clocks.pause(404, "documents", by=officer(), at=AT, note="x") == "gone"


def test_a_moved_holiday_moves_open_deadlines_and_leaves_an_event():
    application = accepted("2026-11-16", "2026-11-18")
    assert dues(application)[:3] == ["2026-11-23", "2026-11-27", "2026-12-07"]
    CalendarDay.objects.create(
        day=date(2026, 11, 25), kind="off", entered_on=date(2026, 11, 20), name_en="a new holiday"
    )
    assert clocks.follow_calendar(at=AT) == 1
    assert dues(application)[:3] == ["2026-11-23", "2026-11-30", "2026-12-08"]
    event = Event.objects.get(step="deadlines")
    assert (event.by, event.facts) == (
        None,
        {
            "overall_due": ["2026-12-07", "2026-12-08"],
            "review_due": ["2026-11-27", "2026-11-30"],
        },
    )
    assert clocks.follow_calendar(at=AT) == 0
    assert Event.objects.filter(step="deadlines").count() == 1


def test_a_closed_application_keeps_its_deadlines():
    application, _lines = under_review("A1", "R1")
    cases.step(application.pk, "withdraw", by=officer(), at=AT, note="a letter")
    before = dues(application)
    CalendarDay.objects.create(
        day=date(2026, 11, 25), kind="off", entered_on=date(2026, 11, 20), name_en="a new holiday"
    )
    assert clocks.follow_calendar(at=AT) == 0
    assert dues(application) == before


def test_an_application_that_is_opened_again_follows_the_calendar_of_today():
    application, (line,) = under_review("A1", "R1", at=at("2026-11-18"))
    lines.decide({line.pk: lines.Wish("refuse", reason="no_grounds")}, by=officer(), at=AT)
    lines.confirm({line.pk: None}, by=head(), at=AT)
    CalendarDay.objects.create(
        day=date(2026, 11, 25), kind="off", entered_on=date(2026, 11, 20), name_en="a new holiday"
    )
    assert clocks.follow_calendar(at=AT) == 0
    lines.undo("reverse", {line.pk: None}, by=officer(), at=AT, note="an appeal")
    assert dues(application)[:3] == ["2026-11-23", "2026-11-27", "2026-12-08"]
    assert application.events.filter(step="deadlines").count() == 1


def test_the_clock_that_runs_is_that_of_the_state():
    application, _lines = under_review("A1", "R1", at=at("2026-11-18"))
    assert (dues(application)[1], dues(application)[3]) == ("2026-11-27", "2026-11-27")
    cases.step(application.pk, "withdraw", by=officer(), at=AT, note="a letter")
    assert dues(application)[3] == "None"


def test_after_the_decision_the_overall_term_runs():
    application, _lines = confirmed("A1", "R1")
    assert application.confirmed_on is None
    assert dues(application)[3] == dues(application)[2]
    assert str(application.confirmed_on) == "2026-11-23"


def test_what_is_returned_for_completion_stands_until_it_is_complete():
    (application,), _told = cases.open_from_overpayments(overpayments(), by=officer(), at=AT)
    assert dues(application)[0] == "2026-11-30"
    step = {"by": officer()}
    assert cases.step(application.pk, "begin_check", at=AT, **step) == ""
    assert cases.step(application.pk, "return", at=at("2026-11-24"), **step) == "said_why"
    told = cases.step(application.pk, "return", at=at("2026-11-24"), note="no account", **step)
    assert told == ""
    assert cases.step(application.pk, "complete", at=at("2026-11-26"), **step) == ""
    assert dues(application)[0] == "2026-12-02"
    pause = application.pauses.get()
    assert (pause.reason, str(pause.since), str(pause.until)) == (
        *("returned", "2026-11-24"),
        "2026-11-26",
    )
    refuse_at_commit()


def overpayments():
    return list(Overpayment.objects.values_list("pk", flat=True)[:1])


def day_off(day):
    CalendarDay.objects.create(
        day=date.fromisoformat(day), kind="off", entered_on=date(2026, 11, 20), name_en="new"
    )


def test_a_clock_that_came_to_its_end_follows_the_calendar_no_more():
    application, _lines = confirmed("A1", "R1")
    check, review, overall, _due = dues(application)
    assert (check, review, overall) == ("2026-11-23", "2026-12-02", "2026-12-07")
    for day in ("2026-11-20", "2026-11-30"):
        day_off(day)
    assert clocks.follow_calendar(at=AT) == 1
    assert dues(application) == [check, review, "2026-12-09", "2026-12-09"]
    assert application.derivation["review"]["due"] == review
    assert Event.objects.get(step="deadlines").facts == {
        "overall_due": ["2026-12-07", "2026-12-09"]
    }
    assert clocks.follow_calendar(at=AT) == 0


def test_a_pause_in_which_the_decision_was_made_moves_its_deadline_all_the_same():
    application, _lines = decided("A1", "R1")
    assert clocks.pause(application.pk, "court", by=officer(), at=at("2026-12-01"), note="x") == ""
    confirm_all(at=at("2026-12-04"))
    assert dues(application)[1] == "2026-12-02"
    assert clocks.resume(application.pk, by=officer(), at=at("2026-12-07")) == ""
    assert dues(application)[1:3] == ["2026-12-08", "2026-12-11"]
    assert clocks.pause(application.pk, "court", by=officer(), at=at("2026-12-08"), note="x") == ""
    assert clocks.resume(application.pk, by=officer(), at=at("2026-12-09")) == ""
    assert dues(application)[1:3] == ["2026-12-08", "2026-12-14"]


def test_deadlines_follow_the_calendar_in_as_many_queries_for_one_as_for_many(
    django_assert_num_queries,
):
    for number, reference in enumerate(("R1", "R2", "R3")):
        under_review(f"A{number}", reference)
    day_off("2026-11-25")
    with django_assert_num_queries(9):
        assert clocks.follow_calendar(at=AT) == 3
