"""Whom a night finds in need, the brake that holds it, and hands that work on it together."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.actions import judge, law, news, runs
from registry.actions.tally import counts
from registry.models import (
    Awaiting,
    CategoryShift,
    Part,
    Person,
    Run,
    Shift,
    Tally,
    Verdict,
    VerdictChange,
)
from registry.rules.law import Code
from tests.registry.actions.world import (
    RECEIVED,
    judged_all,
    keep,
    keep_items,
    keep_persons,
    keep_rows,
)
from tests.registry.proposals import changed
from tests.registry.rules.builders import holds, paid, person
from tests.registry.rules.oracle import Row
from tests.registry.rules.strategies import DAY, DAYS, persons

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ON = date(2025, 12, 20)
STOPPED = person(paid("2024-10", "2025-10"))
STUDENT = person(holds("student", "2025-09-01", "2026-06-30"))
NOBODY = person()


@pytest.fixture
def strict():
    """A brake that one person of three moves."""
    changed(Code.NIGHT_BRAKE_LEAST, 0)


@pytest.fixture
def users():
    """Two of each of two roles."""
    made = {}
    for role in ("operator", "officer"):
        group = Group.objects.create(name=role)
        for number in (1, 2):
            made[f"{role}{number}"] = get_user_model().objects.create(username=f"{role}{number}")
            made[f"{role}{number}"].groups.add(group)
    return made


def verdicts():
    return list(
        Verdict.objects.order_by("person__iin").values_list(
            "reason", "on", "judged_on", "changes_on"
        )
    )


def test_a_night_judges_nobody_whose_verdict_is_good():
    keep([STOPPED, STUDENT, NOBODY])
    assert judged_all(on=ON, at=NIGHT).judged == 3
    before = verdicts()
    assert judged_all(on=ON + 5 * DAY, at=NIGHT).judged == 0
    assert verdicts() == before


def test_a_night_judges_whose_day_has_come_and_who_has_news():
    _, student, nobody = keep([STOPPED, STUDENT, NOBODY])[0]
    judged_all(on=ON, at=NIGHT)
    keep_rows([(2, Row("pensioner", date(2025, 1, 1), None, date(2025, 12, 1)))])
    assert [row.person for row in Awaiting.objects.all()] == [nobody]
    run = judged_all(on=date(2025, 12, 26), at=NIGHT)
    assert (run.judged, run.changed, run.moved) == (2, 2, 2)
    assert not Awaiting.objects.exists()
    assert Verdict.objects.get(person=student).judged_on == ON


def test_a_night_for_an_earlier_day_judges_whom_later_days_were_asked_for():
    keep([STOPPED, STUDENT, NOBODY])
    judged_all(on=date(2026, 2, 1), at=NIGHT)
    assert judged_all(on=ON, at=NIGHT).judged == 3
    assert [row[0] for row in verdicts()] == ["twelve_months", "state_paid", "never_paid"]


def test_what_is_on_record_and_arrives_later_is_judged_on_its_day():
    (nobody,), _ = keep([NOBODY])
    keep_rows([(0, Row("pensioner", date(2025, 1, 1), None, date(2025, 12, 23)))])
    judged_all(on=ON, at=NIGHT)
    assert Verdict.objects.get(person=nobody).changes_on == date(2025, 12, 23)
    assert judged_all(on=date(2025, 12, 23), at=NIGHT).changed == 1


FACTS = st.lists(st.integers(0, 3), min_size=1, max_size=4)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    DAYS.flatmap(lambda on: st.tuples(st.just(on), st.lists(persons(on), min_size=2, max_size=3))),
    FACTS,
    st.lists(st.integers(0, 40), min_size=8, max_size=8),
)
def test_night_after_night_by_need_is_what_judging_everybody_gives(world, sizes, steps):
    """Items, refunds, categories, extracts come piece by piece, and days go by, also back."""
    on, people = world
    people = [
        replace(one, died=None) if one.died and one.died > RECEIVED else one for one in people
    ]
    with transaction.atomic():
        rows = keep_persons(people)
        items = [(at, item) for at, one in enumerate(people) for item in one.items]
        spans = [(at, row) for at, one in enumerate(people) for row in one.rows]
        on -= timedelta(days=60)
        for size, step in zip(sizes, steps, strict=False):
            keep_items(items[: size * 7], rows)
            keep_rows(spans[:size])
            items, spans = items[size * 7 :], spans[size:]
            on += timedelta(days=step - 5)
            judged_all(on=on, at=NIGHT)
        keep_items(items, rows)
        keep_rows(spans)
        judged_all(on=on, at=NIGHT)
        before = verdicts()
        full = judged_all(on=on, at=NIGHT, scope="full")
        assert (full.judged, full.changed, full.faults) == (len(people), 0, 0)
        assert verdicts() == before
        transaction.set_rollback(True)


def test_a_full_run_tells_a_verdict_that_nothing_explains():
    (stopped, *_), _ = keep([STOPPED, STUDENT, NOBODY])
    judged_all(on=ON, at=NIGHT)
    Verdict.objects.filter(person=stopped).update(status="not_insured", reason="gap")
    run = judged_all(on=ON, at=NIGHT, scope="full")
    # the verdict, and the two tallies that its change falsifies
    assert (run.judged, run.changed, run.faults) == (3, 1, 3)
    assert Verdict.objects.get(person=stopped).reason == "twelve_months"


def test_a_full_run_tells_a_tally_that_is_no_count():
    keep([STOPPED, STUDENT, NOBODY])
    run = judged_all(on=ON, at=NIGHT)
    Tally.objects.filter(run=run, reason="never_paid").update(persons=7)
    run = judged_all(on=ON, at=NIGHT, scope="full")
    assert (run.changed, run.faults) == (0, 1)
    assert counts(run) == {"insured": 2, "grace": 0, "not_insured": 1, "not_in_force": 0}


def test_tallies_follow_what_is_judged_one_by_one():
    _, _, nobody = keep([STOPPED, STUDENT, NOBODY])[0]
    judged_all(on=ON, at=NIGHT)
    keep_rows([(2, Row("pensioner", date(2025, 1, 1), None, date(2025, 12, 1)))])
    assert judge.judge_person(nobody.pk, on=ON, at=NIGHT)
    assert not judge.judge_person(nobody.pk, on=ON, at=NIGHT)
    run = judged_all(on=ON, at=NIGHT)
    assert run.judged == 0
    assert counts(run) == {"insured": 3, "grace": 0, "not_insured": 0, "not_in_force": 0}


def test_a_night_keeps_gains_and_losses_by_region_and_by_category():
    keep([STOPPED, STUDENT, NOBODY])
    judged_all(on=date(2026, 6, 30), at=NIGHT)
    run = judged_all(on=date(2026, 7, 1), at=NIGHT)
    columns = ("old_reason", "reason", "persons")
    moved = [("state_paid", "gap", 1)]
    shifts = (
        Shift.objects.filter(run=run).exclude(old_reason="gap").exclude(old_reason="never_paid")
    )
    assert [*shifts.values_list("region", *columns)] == [("75", *moved[0])]
    lost = CategoryShift.objects.filter(run=run, old_reason="state_paid")
    assert [*lost.values_list("category", *columns)] == [("student", *moved[0])]


def test_a_run_that_would_move_too_many_is_held_and_shows_what_it_would_do(strict):
    keep([STOPPED, STUDENT, NOBODY])
    judged_all(on=ON, at=NIGHT)
    before = verdicts()
    run = judged_all(on=date(2025, 12, 26), at=NIGHT)
    assert (run.state, run.moved, run.limit) == ("held", 1, 0)
    assert verdicts() == before
    foreseen = Shift.objects.filter(run=run).values_list(
        "old_reason", "reason", "foreseen", "persons"
    )
    assert [*foreseen] == [("twelve_months", "grace", 1, 0)]
    assert judged_all(on=date(2025, 12, 26), at=NIGHT).pk == run.pk


def test_where_nobody_moves_the_brake_holds_nothing(strict):
    keep([STUDENT, NOBODY])
    judged_all(on=ON, at=NIGHT)
    run = judged_all(on=date(2026, 1, 1), at=NIGHT)
    assert (run.state, run.judged, run.changed, run.moved) == ("done", 2, 1, 0)


@pytest.fixture
def held(strict, users):
    """A night that an operator began, and that one person moves."""
    keep([STOPPED, STUDENT, NOBODY])
    judged_all(on=ON, at=NIGHT)
    run = runs.begin(date(2025, 12, 26), "night", at=NIGHT, by=users["operator1"])
    return runs.work(run, at=NIGHT)


def test_somebody_in_another_role_lets_it_write(held, users):
    run = runs.answer(held, let=True, by=users["officer1"], at=NIGHT, note="seen")
    run = runs.work(run, at=NIGHT)
    assert (run.state, run.changed, run.answered_by, run.note) == (
        "done",
        1,
        users["officer1"],
        "seen",
    )
    assert [row[0] for row in verdicts()] == ["grace", "state_paid", "never_paid"]
    shift = Shift.objects.get(run=run)
    assert (shift.foreseen, shift.persons) == (1, 1)


def test_what_is_dropped_is_counted_anew_by_the_next(held, users):
    runs.answer(held, let=False, by=users["officer2"], at=NIGHT)
    assert Run.objects.get(pk=held.pk).state == "dropped"
    again = judged_all(on=date(2025, 12, 26), at=NIGHT)
    assert (again.pk != held.pk, again.state, again.moved) == (True, "held", 1)


@pytest.mark.parametrize("who", ["operator1", "operator2", "root", "nobody"])
def test_who_caused_it_the_same_role_and_no_role_do_not_answer(held, users, who):
    users["root"] = get_user_model().objects.create_superuser("root")
    users["nobody"] = get_user_model().objects.create(username="nobody")
    with pytest.raises(runs.NotAnother):
        runs.answer(held, let=True, by=users[who], at=NIGHT)
    assert Run.objects.get(pk=held.pk).state == "held"


def test_a_second_answer_comes_too_late(held, users):
    runs.answer(held, let=True, by=users["officer1"], at=NIGHT)
    with pytest.raises(runs.NotHeld):
        runs.answer(held, let=False, by=users["officer2"], at=NIGHT)


@pytest.mark.parametrize(
    ("by", "role"), [("operator1", "officer"), ("operator2", "operator"), ("officer1", "")]
)
def test_the_database_itself_refuses_an_answer_of_the_same_person_or_role(held, users, by, role):
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=held.pk).update(answered_by=users[by], answered_role=role)


def test_the_next_night_closes_one_that_is_held(held):
    run = judged_all(on=date(2025, 12, 27), at=NIGHT)
    assert Run.objects.get(pk=held.pk).state == "dropped"
    assert (run.state, run.moved) == ("held", 1)


def test_a_part_is_taken_once_and_a_run_is_finished_by_whoever_is_last(monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 1)
    keep([STOPPED, STUDENT, NOBODY])
    run = runs.begin(ON, "night", at=NIGHT)
    rules = law.law(), law.calendar()
    parts = [runs.work_on_one(run.pk, rules, NIGHT) for _ in range(4)]
    assert [part and part.judged for part in parts] == [1, 1, 1, None]
    run.refresh_from_db()
    assert (run.state, run.judged, run.changed) == ("done", 3, 3)
    assert not Part.objects.exists()
    assert VerdictChange.objects.count() == 3


def test_few_persons_of_several_buckets_are_one_part(monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 2)
    keep([STOPPED, STUDENT, NOBODY])
    run = runs.begin(ON, "night", at=NIGHT)
    assert [len(part.persons) // 8 for part in run.parts.order_by("bucket")] == [2, 1]
    assert runs.work(run, at=NIGHT).judged == 3


def test_a_run_that_was_cut_off_is_continued(monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 1)
    keep([STOPPED, STUDENT, NOBODY])
    begun = runs.begin(ON, "night", at=NIGHT)
    runs.work_on_one(begun.pk, (law.law(), law.calendar()), NIGHT)
    assert runs.share_done(begun) == pytest.approx(1 / 3)
    ended = judged_all(on=ON, at=NIGHT)
    assert (ended.pk, ended.state, ended.judged, ended.changed) == (begun.pk, "done", 3, 3)


def test_a_night_that_was_cut_off_while_writing_leaves_the_rest_to_the_next(monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 1)
    keep([STOPPED, STUDENT, NOBODY])
    begun = runs.begin(ON, "night", at=NIGHT)
    runs.work_on_one(begun.pk, (law.law(), law.calendar()), NIGHT)
    next_night = judged_all(on=ON + DAY, at=NIGHT)
    begun.refresh_from_db()
    assert (begun.state, begun.judged) == ("done", 1)
    assert (next_night.judged, sum(counts(next_night).values())) == (2, 3)


def test_few_news_are_judged_at_once_and_many_in_parts(monkeypatch):
    keep([STOPPED, STUDENT, NOBODY])
    monkeypatch.setattr(runs, "NEWS_AT_ONCE", 2)
    runs.judge_news(on=ON, at=NIGHT)
    assert Run.objects.get().scope == "news"
    assert (Verdict.objects.count(), Awaiting.objects.count()) == (3, 0)
    news.mark("SELECT min(id) FROM registry_person")
    runs.judge_news(on=ON, at=NIGHT)
    assert [*Run.objects.order_by("id").values_list("scope", "state")] == [
        ("news", "done"),
        ("day", "done"),
    ]


def test_many_news_wait_for_a_night_that_is_under_way(monkeypatch):
    monkeypatch.setattr(runs, "NEWS_AT_ONCE", 0)
    keep([STOPPED, STUDENT, NOBODY])
    runs.begin(ON, "night", at=NIGHT)
    assert runs.take_news(on=ON, at=NIGHT) is None
    assert Awaiting.objects.exists()


def test_news_that_come_while_a_person_is_judged_are_not_taken_for_known(transactional_db):
    (nobody, *_) = keep([NOBODY])[0]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO registry_awaiting (person_id) VALUES (%s)", (nobody.pk,))
            judged_all(on=ON, at=NIGHT)
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert Awaiting.objects.count() == 1
    assert Person.objects.count() == 1


@pytest.mark.parametrize("table", ["verdictchange", "run"])
def test_history_and_runs_are_never_deleted(table):
    keep([NOBODY])
    judged_all(on=ON, at=NIGHT)
    with pytest.raises(Exception, match="delete rows"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM registry_{table}")
