"""Who is warned of, on both sides of each day, and nobody twice or never."""

from datetime import UTC, date, datetime, timedelta

import pytest

from registry.actions import warnings
from registry.actions.explain import explain
from registry.actions.warnings import Kind, Warned, warned
from registry.models import Person, Verdict
from tests.registry.actions.world import judged_all, keep, keep_rows, some
from tests.registry.rules.builders import holds, paid, person
from tests.registry.rules.oracle import Row

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ON = date(2026, 1, 10)
NOBODY = person()


def told(kind, days, **narrowed):
    return [(row.last, row.category) for row in warned(kind, on=ON, days=days, **narrowed)]


@pytest.mark.parametrize(("days", "expected"), [(21, []), (22, [(date(2026, 1, 31), "")])])
def test_the_end_of_the_grace_is_warned_of_from_its_day_on(days, expected):
    keep([person(paid("2024-09", "2025-10")), NOBODY])
    judged_all(on=ON, at=NIGHT)
    assert told(Kind.RIGHT, days) == expected


def test_whose_right_goes_on_otherwise_is_not_warned_of():
    both = person(holds("student", "2025-09-01", "2026-01-20"), paid("2024-12", "2025-12"))
    keep([both])
    judged_all(on=ON, at=NIGHT)
    assert Verdict.objects.get().until == date(2026, 1, 20)
    assert told(Kind.RIGHT, 30) == []


@pytest.mark.parametrize("on", [date(2021, 3, 26), date(2022, 9, 5), date(2026, 1, 26)])
@pytest.mark.parametrize("days", [30, 100])
def test_those_who_lose_the_right_are_those_whose_cards_say_so(monkeypatch, on, days):
    monkeypatch.setattr(warnings, "AT_ONCE", 7)
    rows, _ = keep(some(on, 60))
    judged_all(on=on, at=NIGHT)
    ends = {row.pk: explain(row, on=on, known_at=NIGHT).entitled_until for row in rows}
    expected = [
        Warned(pk, end, "")
        for pk, end in sorted(ends.items())
        if end is not None and end < on + timedelta(days=days)
    ]
    assert [*warned(Kind.RIGHT, on=on, days=days)] == expected


@pytest.mark.parametrize(
    ("born", "days", "expected"),
    [
        ("2008-01-10", 30, []),
        ("2008-01-11", 1, [(date(2026, 1, 10), "child")]),
        ("2008-01-12", 1, []),
        ("2008-01-12", 2, [(date(2026, 1, 11), "child")]),
        ("2008-02-29", 60, [(date(2026, 2, 27), "child")]),
    ],
)
def test_a_child_comes_of_age(born, days, expected):
    keep([NOBODY])
    Person.objects.update(birth_date=born)
    assert told(Kind.ADULT, days) == expected


def test_who_died_is_not_warned_of():
    keep([NOBODY])
    Person.objects.update(birth_date="2008-01-15", died_on="2026-01-01")
    assert told(Kind.ADULT, 30) == []


@pytest.mark.parametrize(
    ("until", "days", "expected"),
    [
        (date(2026, 1, 9), 30, []),
        (date(2026, 1, 10), 1, [(date(2026, 1, 10), "student")]),
        (date(2026, 2, 8), 30, [(date(2026, 2, 8), "student")]),
        (date(2026, 2, 9), 30, []),
        (None, 30, []),
    ],
)
def test_studies_end(until, days, expected):
    keep([NOBODY])
    keep_rows([(0, Row("student", date(2025, 9, 1), until, date(2025, 9, 2)))])
    assert told(Kind.STUDIES, days) == expected
    assert told(Kind.CATEGORY, days) == []


def test_a_category_that_goes_on_the_next_day_does_not_end():
    keep([NOBODY])
    rows = [("2025-09-01", "2026-01-20"), ("2026-01-21", "2026-06-30")]
    keep_rows(
        [
            (0, Row("disabled_carer", date.fromisoformat(a), date.fromisoformat(b), ON))
            for a, b in rows
        ]
    )
    assert told(Kind.CATEGORY, 30) == []
    assert told(Kind.CATEGORY, 300) == [(date(2026, 6, 30), "disabled_carer")]


def test_a_person_with_several_ends_is_told_of_each_across_batches(monkeypatch):
    monkeypatch.setattr(warnings, "AT_ONCE", 1)
    keep([NOBODY, NOBODY])
    until, received = date(2026, 1, 20), date(2025, 9, 2)
    keep_rows(
        [
            (serial, Row(category, date(2025, 9, 1), until, received))
            for serial in (0, 1)
            for category in ("disabled_carer", "unemployed")
        ]
    )
    assert sorted(told(Kind.CATEGORY, 30)) == 2 * [(until, "disabled_carer")] + 2 * [
        (until, "unemployed")
    ]


def test_a_list_is_narrowed_to_regions_and_goes_on_after_a_person():
    keep([NOBODY, NOBODY])
    first, second = Person.objects.order_by("id")
    Person.objects.update(birth_date="2008-01-15")
    Person.objects.filter(pk=first.pk).update(region="62")
    found = [row.person for row in warned(Kind.ADULT, on=ON, days=30, regions=["62"])]
    assert found == [first.pk]
    after = [row.person for row in warned(Kind.ADULT, on=ON, days=30, after=first.pk)]
    assert after == [second.pk]
