"""One person on any day, as known at any moment: the same answer as the night's, and the past."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from registry.actions.explain import NotKnown, explain
from registry.models import Contribution, Exclusion, Verdict
from registry.rules import months
from registry.rules.due import Kind
from registry.rules.explain import Why
from registry.rules.verdicts import Reason, Status, missing_months
from tests.registry.actions.world import (
    EARLY,
    LATE,
    entry_of,
    judged_all,
    keep,
    keep_items,
    keep_persons,
    keep_rows,
    some,
)
from tests.registry.rules import oracle
from tests.registry.rules.builders import (
    INDEPENDENT,
    day,
    holds,
    insured,
    month,
    not_insured,
    paid,
    person,
    refunded,
)
from tests.registry.rules.oracle import Excluded, Person
from tests.registry.rules.persons import Judged

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 20, 0, 59, tzinfo=UTC)


def told(person, on, known_at=NOW):
    found = explain(person, on=on, known_at=known_at)
    return Judged(found.status, found.reason, found.until, tuple(found.missing), found.changes_on)


def expected(person: Person, on: date) -> Judged:
    return Judged(*oracle.status(person, on), oracle.changes_on(person, on))


@pytest.mark.parametrize("on", [date(2021, 6, 30), date(2022, 9, 5), date(2026, 1, 26)])
def test_the_explanation_says_what_the_night_says(on):
    rows, kept = keep(some(on, 40))
    judged_all(on=on, at=NOW)
    for row, one in zip(rows, kept, strict=True):
        verdict = Verdict.objects.get(person=row)
        missing = missing_months(verdict.missing, months.number(on))
        night = (verdict.status, verdict.reason, verdict.until, tuple(missing))
        found = explain(row, on=on, known_at=NOW)
        assert told(row, on) == expected(one, on)
        assert told(row, on)[:4] == night
        assert on < verdict.changes_on <= found.changes_on
        assert found.entitled_until == oracle.entitled_until(one, on)
        window = range(months.number(on) - 12, months.number(on))
        assert [(line.month, line.covered) for line in found.months] == [
            (number, oracle.covered(one, number, on)) for number in window
        ]


@pytest.mark.parametrize("on", [date(2021, 6, 30), date(2022, 9, 5), date(2026, 1, 26)])
def test_what_was_recorded_later_is_not_known_earlier(on):
    """Every second item and row is recorded a day later, and then answers for the past as well."""
    people = some(on, 40)
    rows = keep_persons(people)
    pairs = [(serial, row) for serial, one in enumerate(people) for row in one.rows]
    items = [(serial, item) for serial, one in enumerate(people) for item in one.items]
    refused = keep_rows(pairs[::2]) + keep_rows(pairs[1::2], at=LATE)
    keep_items(items[::2], rows)
    keep_items(items[1::2], rows, at=LATE)

    for serial, (row, one) in enumerate(zip(rows, people, strict=True)):
        for known_at, known_rows, known_items in (
            (EARLY, pairs[::2], items[::2]),
            (LATE, pairs[::2] + pairs[1::2], items),
        ):
            known = replace(
                one,
                rows=tuple(
                    what
                    for whose, what in known_rows
                    if whose == serial and (whose, what) not in refused
                ),
                items=tuple(what for whose, what in known_items if whose == serial),
            )
            assert told(row, on, known_at) == expected(known, on)


def test_a_person_is_not_known_before_the_first_extract():
    (row,) = keep_persons([person()], at=EARLY)
    with pytest.raises(NotKnown):
        explain(row, on=day("2026-11-10"), known_at=BEFORE)
    assert told(row, day("2026-11-10"), EARLY).reason is Reason.NEVER_PAID


def test_a_dismissed_finding_acts_from_the_first_day_and_is_known_from_its_entry():
    twin = paid("2025-05", "2025-05", on="2025-12-05")[0]
    twin = twin._replace(excluded=(Excluded(twin.credited),))
    others = paid("2024-12", "2025-04", on="2025-12-05") + paid(
        "2025-06", "2025-11", on="2025-12-05"
    )
    (row,), _ = keep([person(others, (twin,))])
    Exclusion.objects.update(dropped_at=LATE)
    on = day("2025-12-10")
    assert told(row, on, EARLY) == not_insured("gap", "2025-05", "2026-01-01")
    assert told(row, on, LATE) == insured("twelve_months", "2026-02-28", "2026-01-01")


def test_a_refund_recorded_late_changes_the_past_only_for_who_knows_of_it():
    (row,) = keep_persons([person()])
    keep_items([(0, item) for item in paid("2024-12", "2025-11", on="2025-12-05")], [row])
    entry = Contribution.objects.get(period=day("2025-05-01"))
    back = refunded(paid("2025-05", "2025-05"), "2025-05", on="2025-12-08")[0]
    entry_of(row, back, day("2025-12-08"), -back.amount, LATE, 99, entry).save()
    assert told(row, day("2025-12-10"), EARLY).reason is Reason.TWELVE_MONTHS
    assert told(row, day("2025-12-10"), LATE) == not_insured("gap", "2025-05", "2026-01-01")
    assert told(row, day("2025-12-07"), LATE).reason is Reason.TWELVE_MONTHS


def test_a_category_row_recorded_late_supersedes_from_its_day_of_receipt():
    (row,) = keep_persons([person()])
    keep_rows([(0, holds("student", "2025-09-01", "2029-06-30"))])
    keep_rows([(0, holds("student", "2025-09-01", "2026-01-10", received="2026-01-15"))], at=LATE)
    for known_at, before, after in (
        (EARLY, "2029-06-30", "2029-06-30"),
        (LATE, "2029-06-30", None),
    ):
        assert told(row, day("2026-01-14"), known_at).until == day(before)
        assert told(row, day("2026-01-15"), known_at).until == (after and day(after))


def test_a_death_is_known_from_the_extract_and_acts_from_its_day():
    (row,) = keep_persons([person()], at=EARLY)
    keep_persons([person(died="2025-12-20")], at=LATE)
    assert told(row, day("2025-12-20"), EARLY).reason is Reason.NEVER_PAID
    assert told(row, day("2025-12-20"), LATE).reason is Reason.DECEASED
    assert told(row, day("2025-12-19"), LATE).reason is Reason.NEVER_PAID


def test_the_months_are_told_one_by_one():
    who = person(
        paid("2025-08", "2025-09", INDEPENDENT),
        refunded(paid("2025-10", "2025-10", INDEPENDENT), "2025-10", on="2025-12-01"),
        holds("student", "2025-06-20", "2025-07-02"),
    )
    (row,), _ = keep([who])
    found = explain(row, on=day("2025-12-20"), known_at=NOW)
    assert [(months.text(line.month), line.by, line.paid, line.why) for line in found.months][
        -6:
    ] == [
        ("2025-06", ("student",), Decimal("0.00"), Why.CATEGORY),
        ("2025-07", ("student",), Decimal("0.00"), Why.CATEGORY),
        ("2025-08", ("independent",), Decimal("4250.00"), Why.PAID),
        ("2025-09", ("independent",), Decimal("4250.00"), Why.PAID),
        ("2025-10", (), Decimal("0.00"), Why.REFUNDED),
        ("2025-11", (), Decimal("0.00"), Why.NOT_DUE),
    ]
    assert [debt.sum for debt in found.ways_back.missing] == 8 * [Decimal("4250.00")]


def test_a_penalty_is_no_payment_for_the_month():
    (row,), _ = keep([person(paid("2025-11", "2025-11", Kind.PENALTY_DEDUCTION))])
    (line,) = explain(row, on=day("2025-12-29"), known_at=NOW, since=month("2025-11")).months
    assert (line.covered, line.paid, line.why) == (False, Decimal("0.00"), Why.NOTHING_PAID)


def test_who_runs_a_business_pays_its_months_as_an_entrepreneur():
    (row,), _ = keep([person(holds("entrepreneur", "2025-10-20", "2025-11-05"))])
    found = explain(row, on=day("2025-12-29"), known_at=NOW)
    assert [debt.sum for debt in found.ways_back.missing[-3:]] == [
        Decimal("4250.00"),
        Decimal("5950.00"),
        Decimal("5950.00"),
    ]
    assert found.ways_back.ahead_month == Decimal("4250.00")


def test_all_months_since_a_month():
    (row,), _ = keep([person(paid("2020-01", "2020-03"))])
    found = explain(row, on=day("2026-11-20"), known_at=NOW, since=month("2020-01"))
    assert [line.covered for line in found.months] == [True] * 3 + [False] * 79


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("1850-01-01", Status.NOT_IN_FORCE),
        ("1969-12-31", Status.NOT_IN_FORCE),
        ("2017-06-30", Status.NOT_IN_FORCE),
        ("2027-01-01", Status.INSURED),
        ("2199-12-31", Status.INSURED),
    ],
)
def test_any_day_can_be_asked_about(on, status):
    (row,), _ = keep([person(holds("student", "1950-01-01", received="2020-01-01"))])
    found = explain(row, on=day(on), known_at=NOW)
    assert found.status is status
