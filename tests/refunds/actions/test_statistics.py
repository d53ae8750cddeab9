"""What is counted of refunds, in a small world where every number is known."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from refunds.actions import cases, clocks, lines, statistics
from refunds.actions.lines import Wish
from refunds.models import Application, Line
from registry.models import CalendarDay
from tests.refunds.actions.office import (
    AT,
    answer,
    batch_of_all,
    confirm_all,
    decided,
    head,
    officer,
    seen,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db

SINCE, UNTIL = date(2026, 10, 1), date(2026, 12, 31)
DUE = "2026-12-02"
"""The last day of the review of what came to the Fund on 23.11.2026."""


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def at(day):
    return datetime.fromisoformat(f"{day}T06:00").replace(tzinfo=UTC)


def counted(since=SINCE, until=UNTIL):
    return statistics.statistics(Application.objects.all(), since, until)


def terms(ended, kept):
    return {"ended": ended, "kept": kept, "missed": ended - kept}


@pytest.mark.parametrize(("day", "kept"), [(DUE, 1), ("2026-12-03", 0)])
def test_a_review_is_kept_until_its_last_day(day, kept):
    decided("A1", "R1")
    confirm_all(at=at(day))
    found = counted()
    assert found.clocks["review"] == terms(1, kept)
    assert found.clocks["check"] == found.clocks["overall"] == terms(0, 0)
    assert found.by_region == [{"region": "75"} | terms(1, kept)]
    assert found.by_officer == [{"owner": None} | terms(1, kept)]
    (reason,) = found.by_reason
    assert {name: reason[name] for name in ("reason", "ended", "kept", "missed", "lines")} == {
        "reason": "erroneous",
        "lines": 1,
    } | terms(1, kept)


@pytest.mark.parametrize(
    ("since", "until", "ended"),
    [
        ("2026-11-23", "2026-11-23", 1),
        ("2026-11-24", "2026-12-31", 0),
        ("2026-10-01", "2026-11-22", 0),
    ],
)
def test_the_first_and_the_last_day_are_of_the_span(since, until, ended):
    decided("A1", "R1")
    confirm_all()
    found = counted(date.fromisoformat(since), date.fromisoformat(until))
    assert (found.clocks["review"]["ended"], found.sums["lines"]) == (ended, ended)


@pytest.mark.parametrize(
    ("since", "resumed", "kept"),
    [
        pytest.param("2026-12-01", None, 1, id="it stands still"),
        pytest.param("2026-12-01", "2026-12-10", 1, id="it ran on later"),
        pytest.param(DUE, None, 1, id="it stood on the last day"),
        pytest.param("2026-12-03", None, 0, id="it was late before it stood"),
        pytest.param("2026-12-03", "2026-12-10", 0, id="late, and ran on later"),
    ],
)
def test_a_clock_that_stood_when_the_decision_was_made_is_kept(since, resumed, kept):
    application, _lines = decided("A1", "R1")
    told = clocks.pause(application.pk, "court", by=officer(), at=at(since), note="x")
    assert told == ""
    confirm_all(at=at("2026-12-04"))
    if resumed:
        assert clocks.resume(application.pk, by=officer(), at=at(resumed)) == ""
    assert counted().clocks["review"] == terms(1, kept)


def test_a_pause_that_ended_before_moves_what_is_kept():
    application, _lines = decided("A1", "R1")
    clocks.pause(application.pk, "court", by=officer(), at=at("2026-11-25"), note="x")
    clocks.resume(application.pk, by=officer(), at=at("2026-11-27"))
    confirm_all(at=at("2026-12-04"))
    assert counted().clocks["review"] == terms(1, 1)


def test_a_calendar_that_changes_later_makes_nothing_late():
    decided("A1", "R1")
    CalendarDay.objects.create(
        day=date(2026, 11, 28), kind="worked", entered_on=date(2026, 12, 5), name_en="x"
    )
    confirm_all(at=at(DUE))
    clocks.follow_calendar(at=at("2026-12-05"))
    assert counted().clocks["review"] == terms(1, 1)


def test_what_is_decided_again_counts_once_with_what_is_decided_now():
    _application, (line,) = under_review("A1", "R1")
    refuse(line, "no_grounds")
    confirm_all()
    line.refresh_from_db()
    told = lines.undo("reverse", seen([line]), by=officer(), at=at("2026-12-10"), note="an error")
    assert told == {line.pk: ""}
    assert counted().refusals == []
    line.refresh_from_db()
    refuse(line, "payment_not_found", at=at("2026-12-10"))
    assert counted().refusals == []
    assert counted().sums["undecided"] == 5750
    confirm_all(at=at("2026-12-11"))
    found = counted()
    assert found.clocks["review"] == terms(1, 1)
    assert found.refusals == [{"refusal": "payment_not_found", "whole": 1, "part": 0, "sum": 5750}]
    assert found.sums == sums(1, asked_for=5750, refused=5750)


def refuse(line, reason, at=AT):
    told = lines.decide({line.pk: Wish("refuse", reason=reason)}, by=officer(), at=at, note="x")
    assert told == {line.pk: ""}


def sums(count, **others):
    names = ("asked_for", "paid_out", "to_be_paid", "refused", "undecided", "withdrawn")
    return {"lines": count} | dict.fromkeys(names, 0) | others


def test_each_tenge_that_was_asked_stands_in_one_sum():
    one, (first, second, third) = under_review("A1", "R1", "R2", "R3")
    two, (fourth,) = under_review("A2", "R4")
    wishes = {
        first.pk: Wish("part", Decimal(4000), "no_grounds"),
        second.pk: Wish("approve", Decimal(5750)),
        third.pk: Wish("refuse", reason="no_grounds"),
        fourth.pk: Wish("part", Decimal(5000)),
    }
    assert set(lines.decide(wishes, by=officer(), at=AT, note="x").values()) == {""}
    assert lines.undo("withdraw", seen([fresh(second)]), by=officer(), at=AT, note="asked") == {
        second.pk: ""
    }
    confirm_all()
    assert counted().sums == sums(4, asked_for=23000, to_be_paid=9000, refused=8250, withdrawn=5750)
    (key, other) = batch_of_all().items.values_list("key", flat=True)
    answer((key, "paid", 4000), (other, "partly", 3000))
    found = counted()
    assert found.sums == sums(
        4, asked_for=23000, paid_out=7000, refused=7500, undecided=2750, withdrawn=5750
    )
    assert found.refusals == [{"refusal": "no_grounds", "whole": 1, "part": 1, "sum": 7500}]
    assert found.clocks["review"] == terms(2, 2)
    (reason,) = found.by_reason
    assert (reason["ended"], reason["kept"], reason["lines"], reason["paid_out"]) == (2, 2, 4, 7000)
    assert (fresh(fourth).state, one.number, two.number) == ("bounced", "A1", "A2")


def fresh(line):
    return Line.objects.get(pk=line.pk)


def test_a_part_without_a_reason_is_counted_without_one():
    _application, (line,) = under_review("A1", "R1")
    lines.decide({line.pk: Wish("part", Decimal(5000))}, by=officer(), at=AT)
    confirm_all()
    assert counted().refusals == [{"refusal": None, "whole": 0, "part": 1, "sum": 750}]


def test_the_whole_term_ends_with_the_money():
    decided("A1", "R1")
    confirm_all()
    (key,) = batch_of_all().items.values_list("key", flat=True)
    assert counted().clocks["overall"] == terms(0, 0)
    answer((key, "paid"))
    assert counted().clocks["overall"] == terms(1, 1)


def test_the_check_ends_when_the_fund_gets_the_application():
    under_review("A1", "R1")
    Application.objects.update(checked_on=date(2026, 11, 24))
    assert counted().clocks["check"] == terms(1, 0)
    Application.objects.update(checked_on=date(2026, 11, 23))
    assert counted().clocks["check"] == terms(1, 1)


NOTHING = dict.fromkeys(("overdue", "today", "three", "seven", "more", "standing"), 0)


@pytest.mark.parametrize(
    ("on", "bucket"),
    [
        ("2026-12-03", "overdue"),
        (DUE, "today"),
        ("2026-12-01", "three"),
        ("2026-11-29", "three"),
        ("2026-11-27", "three"),
        ("2026-11-26", "seven"),
        ("2026-11-23", "seven"),
        ("2026-11-20", "more"),
    ],
)
def test_open_cases_by_the_working_days_that_are_left(on, bucket):
    under_review("A1", "R1")
    found = statistics.waiting(Application.objects.all(), date.fromisoformat(on))
    assert found == NOTHING | {bucket: 1}


def test_a_case_counts_once_however_often_it_stood():
    application, _lines = under_review("A1", "R1")
    closed, _lines = under_review("A2", "R2")
    cases.step(closed.pk, "withdraw", by=officer(), at=AT, note="x")
    on = date(2026, 12, 3)
    for day in ("2026-11-24", "2026-11-26"):
        clocks.pause(application.pk, "court", by=officer(), at=at(day), note="x")
        clocks.resume(application.pk, by=officer(), at=at(day))
    assert statistics.waiting(Application.objects.all(), on) == NOTHING | {"overdue": 1}
    clocks.pause(application.pk, "court", by=officer(), at=at("2026-11-30"), note="x")
    assert statistics.waiting(Application.objects.all(), on) == NOTHING | {"standing": 1}
    Application.objects.filter(pk=application.pk).update(owner=head())
    assert statistics.open_by_officer(Application.objects.all(), on) == {
        head().pk: {"owner": head().pk, "open": 1, "overdue": 0}
    }
