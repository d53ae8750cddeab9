"""Everybody is judged, what changed is written once, and the past stays as it was."""

from datetime import UTC, date, datetime

import pytest

from registry.actions.tally import counts
from registry.models import Shift, Tally, Verdict, VerdictChange
from registry.rules import months
from registry.rules.verdicts import missing_months
from tests.registry.actions.world import judged_all, keep, some
from tests.registry.rules import oracle
from tests.registry.rules.builders import holds, paid, person

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
STOPPED = person(paid("2024-10", "2025-10"))
STUDENT = person(holds("student", "2025-09-01", "2026-06-30"))
NOBODY = person()


def judged(on):
    """Verdicts as rows of the database tell them, by person."""
    return {
        row.person_id: (
            row.status,
            row.reason,
            row.until,
            tuple(missing_months(row.missing, months.number(on))),
            row.changes_on,
        )
        for row in Verdict.objects.all()
    }


def history(person):
    """Days and reasons, with the months that were missing."""
    return [
        (f"{row.on}", row.reason, len(missing_months(row.missing, months.number(row.on))))
        for row in VerdictChange.objects.filter(person=person).order_by("id")
    ]


def night(on):
    run = judged_all(on=date.fromisoformat(on), at=NIGHT)
    return run.judged, run.changed


@pytest.mark.parametrize(
    "on", [date(2020, 10, 26), date(2021, 6, 30), date(2022, 9, 5), date(2026, 1, 26)]
)
def test_everybody_is_judged_as_the_law_says(on):
    people = some(on, 80)
    rows, kept = keep(people)
    run = judged_all(on=on, at=NIGHT)

    assert (run.state, run.judged, run.changed) == ("done", len(people), len(people))
    for row, one in zip(rows, kept, strict=True):
        *verdict, changes_on = judged(on)[row.pk]
        assert verdict == [*oracle.status(one, on)]
        # what is on record and arrives later may change it sooner
        assert on < changes_on <= oracle.changes_on(one, on)


def test_a_second_run_changes_nothing():
    keep([STOPPED, STUDENT, NOBODY])
    assert night("2026-01-20") == (3, 3)
    before = list(Verdict.objects.order_by("pk").values())
    assert night("2026-01-20") == (0, 0)
    assert list(Verdict.objects.order_by("pk").values()) == before
    assert VerdictChange.objects.count() == 3


def test_every_change_is_appended_to_the_history():
    (stopped, student, nobody), _ = keep([STOPPED, STUDENT, NOBODY])
    assert night("2025-12-25") == (3, 3)
    assert night("2025-12-26") == (1, 1)
    assert night("2025-12-27") == (0, 0)
    assert night("2026-01-01") == (3, 2)
    assert night("2026-02-01") == (3, 2)
    assert history(stopped) == [
        ("2025-12-25", "twelve_months", 0),
        ("2025-12-26", "grace", 1),
        ("2026-01-01", "grace", 2),
        ("2026-02-01", "gap", 3),
    ]
    assert history(student) == [("2025-12-25", "state_paid", 0)]
    assert history(nobody) == [
        ("2025-12-25", "never_paid", 12),
        ("2026-01-01", "never_paid", 12),
        ("2026-02-01", "never_paid", 12),
    ]


def test_an_unchanged_verdict_gets_the_next_day_on_which_it_can_change():
    (student,), _ = keep([STUDENT])
    assert night("2025-12-25") == (1, 1)
    assert night("2026-01-01") == (1, 0)
    found = Verdict.objects.get(person=student)
    assert (found.on, found.changes_on) == (date(2025, 12, 25), date(2026, 2, 1))


def test_missed_nights_need_no_catching_up():
    (stopped,), _ = keep([STOPPED])
    night("2025-12-25")
    night("2026-02-01")
    late = judged(date(2026, 2, 1))[stopped.pk]
    assert late == (*oracle.status(STOPPED, date(2026, 2, 1)), date(2026, 3, 1))


def test_a_run_counts_what_it_moved_and_what_there_is():
    keep([STOPPED, STUDENT, NOBODY])
    night("2025-12-25")
    run = judged_all(on=date(2025, 12, 26), at=NIGHT)
    assert counts(run) == {"insured": 1, "grace": 1, "not_insured": 1, "not_in_force": 0}
    assert list(
        Shift.objects.filter(run=run).values_list(
            "region", "old_reason", "reason", "old_status", "status", "persons"
        )
    ) == [("75", "twelve_months", "grace", "insured", "grace", 1)]
    assert sorted(Tally.objects.filter(run=run).values_list("region", "reason", "persons")) == [
        ("75", "grace", 1),
        ("75", "never_paid", 1),
        ("75", "state_paid", 1),
    ]


def test_nobody_is_there_to_judge():
    assert night("2026-01-20") == (0, 0)
