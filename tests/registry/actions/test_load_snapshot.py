"""A list that is all its source says on a day ends whoever is missing from it, and nobody else."""

import io
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from registry.actions import identity
from registry.actions.explain import explain
from registry.actions.load import load_categories, load_persons
from registry.models import Awaiting, CategorySpan, Person, Recheck
from registry.rules.encoding import Refusal, Refused
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS
from registry.rules.verdicts import Reason

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
IIN, OTHER, STRANGER = "660722369158", "910722389919", "880809499769"
DAY = 10
"""Of the snapshot, in March 2026."""


@pytest.fixture(autouse=True)
def _persons():
    rows = (
        ";".join(PERSON_COLUMNS),
        f"{IIN};ҒАББАСОВ;АЙДОС;;1966-07-22;M;citizen;62;",
        f"{OTHER};ШМИДТ;АРМАН;;1991-07-22;M;citizen;63;",
    )
    data = io.BytesIO("\n".join(rows).encode())
    load_persons(data, received_on=date(2026, 1, 1), at=AT)
    Awaiting.objects.all().delete()


def row(since, until, received=1, *, iin=IIN, category="student", source="school"):
    """Days of March 2026; None for no end."""
    days = ("" if day is None else f"2026-03-{day:02}" for day in (since, until, received))
    return ";".join((iin, category, *days, source))


def listed(since, until, **which):
    return row(since, until, DAY, **which)


def load(*rows, **options):
    heading = ";".join(CATEGORY_COLUMNS)
    return load_categories(io.BytesIO("\n".join([heading, *rows]).encode()), **options)


def changes(*rows, at=AT):
    loaded = load(*rows, at=at)
    assert not loaded.rejected


def snapshot(*rows, at=LATER, **options):
    """How many are new, changed, unchanged and ended; the lines and codes of what is rejected."""
    loaded = load(*rows, at=at, is_snapshot=True, **options)
    assert loaded.rows == len(rows)
    counts = loaded.new, loaded.changed, loaded.unchanged, loaded.ended
    return *counts, [(line.line, line.code) for line in loaded.rejected]


def current(**which):
    """(first, last, received) days of March."""
    return [
        tuple(value and value.day for value in days)
        for days in CategorySpan.objects.filter(superseded_on=None, **which)
        .order_by("person", "category", "valid_from")
        .values_list("valid_from", "valid_to", "received_on")
    ]


def everything():
    return set(
        CategorySpan.objects.values_list(
            *("person__iin", "category", "valid_from", "valid_to"),
            *("received_on", "source", "superseded_on"),
        )
    )


def test_who_is_missing_ends_on_the_day_and_is_looked_at_again():
    changes(row(1, None), row(1, None, iin=OTHER))
    Awaiting.objects.all().delete()
    Recheck.objects.all().delete()
    assert snapshot(listed(1, None, iin=OTHER, category="disabled")) == (1, 0, 0, 2, [])
    assert current(category="student") == [(1, DAY, DAY)] * 2
    ended = CategorySpan.objects.filter(person__iin=IIN, superseded_on=None).get()
    assert (ended.source, ended.recorded_at) == ("school", LATER)
    for mark in Awaiting, Recheck:
        assert {*mark.objects.values_list("person__iin", flat=True)} == {IIN, OTHER}


def test_who_stands_in_the_list_goes_on():
    changes(row(1, None), row(1, None, iin=OTHER))
    assert snapshot(listed(1, None), listed(1, 20, iin=OTHER)) == (0, 2, 0, 0, [])
    assert current() == [(1, None, DAY), (1, 20, DAY)]


def test_without_the_word_a_list_ends_nobody():
    changes(row(1, None))
    assert load(listed(1, None, iin=OTHER), at=LATER).ended == 0
    assert current(person__iin=IIN) == [(1, None, 1)]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        pytest.param(1, None, (1, DAY, DAY), id="endless"),
        pytest.param(1, 11, (1, DAY, DAY), id="until the day after"),
        pytest.param(1, 10, (1, 10, 1), id="ends on that day by itself"),
        pytest.param(1, 9, (1, 9, 1), id="ended before"),
        pytest.param(10, None, (10, DAY, DAY), id="begins on that day"),
        pytest.param(11, None, (11, 10, DAY), id="begins on the day after: withdrawn"),
        pytest.param(15, 20, (15, 14, DAY), id="begins later: withdrawn"),
        pytest.param(15, 14, (15, 14, 1), id="withdrawn before"),
    ],
)
def test_what_of_a_missing_span_would_hold_after_the_day_does_not(since, until, found):
    changes(row(since, until))
    *_, ended, rejected = snapshot(listed(1, None, iin=OTHER))
    assert (ended, rejected) == (int(found[2] == DAY), [])
    assert current(person__iin=IIN) == [found]


def test_spans_of_other_sources_are_untouched():
    changes(row(1, None, source="clinic"), row(1, 5, 1, iin=OTHER), row(1, None, 2, iin=OTHER))
    changes(row(1, 20, 3, iin=OTHER, source="clinic"))
    assert snapshot(listed(1, None, category="disabled")) == (1, 0, 0, 0, [])
    assert current(category="student") == [(1, None, 1), (1, 20, 3)]


def test_another_span_of_a_listed_person_is_missing_when_it_begins_on_another_day():
    changes(row(1, 5), row(7, 12), row(15, 20), row(25, None))
    assert snapshot(listed(7, 12), listed(25, None)) == (0, 2, 0, 1, [])
    assert current() == [(1, 5, 1), (7, 12, DAY), (15, 14, DAY), (25, None, DAY)]


@pytest.mark.parametrize(
    ("known", "coming", "found"),
    [
        pytest.param(
            (15, None), (20, None), [(15, 14, DAY), (20, None, DAY)], id="to begin on another day"
        ),
        pytest.param((1, None), (11, None), [(1, 10, DAY), (11, None, DAY)], id="begins anew"),
    ],
)
def test_a_missing_span_leaves_its_days_to_the_rows_of_the_list(known, coming, found):
    changes(row(*known))
    assert snapshot(listed(*coming)) == (1, 0, 0, 1, [])
    assert current() == found
    assert snapshot(listed(*coming)) == (0, 0, 1, 0, [])


def test_a_row_that_overlaps_still_tells_that_the_person_is_not_missing():
    changes(row(1, 12), row(15, None), row(1, None, category="disabled"))
    assert snapshot(listed(3, 12)) == (0, 0, 0, 1, [(2, "overlap")])
    assert current(category="student") == [(1, 12, 1), (15, None, 1)]
    assert current(category="disabled") == [(1, DAY, DAY)]


def test_a_row_that_overlaps_another_source_tells_it_too():
    changes(row(1, 12), row(20, None, source="clinic"))
    assert snapshot(listed(15, None)) == (0, 0, 0, 0, [(2, "overlap")])
    assert current() == [(1, 12, 1), (20, None, 1)]


def test_an_unknown_person_does_not_stand_in_the_way():
    changes(row(1, None))
    assert snapshot(listed(1, None, iin=STRANGER)) == (0, 0, 0, 1, [(2, "unknown_iin")])
    assert current() == [(1, DAY, DAY)]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("x", "bad_row"),
        (listed(1, None, iin="1"), "bad_iin"),
        (listed(1, None, category="king"), "bad_category"),
        (row(1, None, 21), "received_later"),
    ],
)
def test_a_list_with_rows_that_cannot_be_read_ends_nobody(bad, code):
    changes(row(1, None))
    rows = (bad, listed(1, None, iin=OTHER))
    assert snapshot(*rows, loaded_on=date(2026, 3, 20)) == (1, 0, 0, 0, [(2, code)])
    assert current() == [(1, None, 1), (1, None, DAY)]
    assert load(*rows, at=AT, is_snapshot=True, loaded_on=date(2026, 3, 20)).ends_nobody
    assert not load(*rows[1:], at=AT, is_snapshot=True).ends_nobody
    assert not load(*rows, at=AT, loaded_on=date(2026, 3, 20)).ends_nobody


@pytest.mark.parametrize("iin", [OTHER, STRANGER])
@pytest.mark.parametrize("change", [{"source": "clinic"}, {"received": 11}])
def test_a_mixed_list_is_refused_as_a_whole(iin, change):
    changes(row(1, None))
    before = everything()
    rows = (listed(1, 5), listed(7, 8), row(1, None, **{"received": DAY, "iin": iin} | change))
    with pytest.raises(Refused) as refused:
        snapshot(*rows)
    assert (refused.value.code, refused.value.text) == (Refusal.MIXED_SNAPSHOT, "line 4")
    assert everything() == before
    assert load(*rows[:2], at=AT).new == 1


def test_a_list_without_rows_names_no_source_and_ends_nobody():
    changes(row(1, None), row(1, None, iin=OTHER, source=""))
    assert snapshot() == (0, 0, 0, 0, [])
    assert current() == [(1, None, 1)] * 2


def test_a_former_iin_counts_for_its_person():
    changes(row(1, None), row(1, None, iin=OTHER))
    identity.change_iin(Person.objects.get(iin=IIN), STRANGER, at=AT)
    assert snapshot(listed(1, None)) == (0, 1, 0, 1, [])
    assert current(person__iin=STRANGER) == [(1, None, DAY)]
    assert current(person__iin=OTHER) == [(1, DAY, DAY)]


def test_what_was_known_before_stays_known():
    changes(row(1, None))
    person = Person.objects.get(iin=IIN)
    on = date(2026, 5, 20)
    snapshot(listed(1, None, iin=OTHER))
    assert explain(person, on=on, known_at=AT).reason == Reason.STATE_PAID
    assert explain(person, on=on, known_at=LATER).reason != Reason.STATE_PAID
    assert explain(person, on=date(2026, 3, 9), known_at=LATER).reason == Reason.STATE_PAID
    assert (date(2026, 3, 1), None, date(2026, 3, 10)) in CategorySpan.objects.filter(
        person=person
    ).values_list("valid_from", "valid_to", "superseded_on")


def test_the_same_snapshot_again_changes_nothing():
    changes(row(1, None), row(15, None, category="disabled"), row(1, None, iin=OTHER))
    rows = (listed(1, 20, iin=OTHER), listed(25, None, iin=OTHER))
    assert snapshot(*rows) == (1, 1, 0, 2, [])
    before = everything()
    Awaiting.objects.all().delete()
    Recheck.objects.all().delete()
    assert snapshot(*rows) == (0, 0, 2, 0, [])
    assert everything() == before
    assert not Awaiting.objects.exists()
    assert not Recheck.objects.exists()


def test_who_was_missing_by_mistake_comes_back_on_the_same_day_and_goes_again():
    changes(row(1, None))
    assert snapshot(listed(1, None, iin=OTHER)) == (1, 0, 0, 1, [])
    assert snapshot(listed(1, None, iin=OTHER), listed(1, None)) == (0, 1, 1, 0, [])
    assert current(person__iin=IIN) == [(1, None, DAY)]
    assert snapshot(listed(1, None, iin=OTHER)) == (0, 0, 1, 1, [])
    assert current(person__iin=IIN) == [(1, DAY, DAY)]


@pytest.mark.parametrize("later", [row(1, None, 12), row(1, 5, 12), row(1, 30, 12, source="")])
def test_a_snapshot_that_comes_late_says_nothing_about_what_was_received_after_it(later):
    found = []
    for is_late in (False, True):
        with transaction.atomic():
            changes(row(1, 20))
            if is_late:
                changes(later, row(1, None, 12, category="disabled"))
            assert snapshot(listed(1, None, iin=OTHER)) == (1, 0, 0, 1, [])
            if not is_late:
                changes(later, row(1, None, 12, category="disabled"))
            found.append(everything())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_the_order_of_its_rows_does_not_matter():
    rows = (listed(1, 20), listed(22, None), listed(1, None, iin=OTHER, category="disabled"))
    found = []
    for order in permutations(rows):
        with transaction.atomic():
            changes(row(1, 20), row(24, None), row(1, None, iin=OTHER))
            assert snapshot(*order) == (2, 1, 0, 2, [])
            found.append(everything())
            transaction.set_rollback(True)
    assert all(one == found[0] for one in found)


days = st.sampled_from([1, 5, 9, 10, 11, 14])
kinds = st.fixed_dictionaries(
    {
        "iin": st.sampled_from([IIN, OTHER]),
        "category": st.sampled_from(["student", "disabled"]),
        "source": st.sampled_from(["school", "clinic"]),
    }
)
known_rows = st.lists(
    st.tuples(days, st.none() | days, st.sampled_from([1, 5, 12, 14]), kinds), max_size=10
)
of_school = kinds.map(lambda kind: kind | {"source": "school"})
listed_rows = st.lists(
    st.tuples(days, st.none() | days, st.just(DAY), of_school),
    min_size=1,
    max_size=5,
    unique_by=lambda one: (one[0], one[3]["iin"], one[3]["category"]),
)


@given(known_rows, listed_rows)
def test_any_snapshot_does_what_a_plain_reading_of_the_rule_does(known, coming):
    with transaction.atomic():
        load(*(row(*one[:3], **one[3]) for one in known), at=AT)
        before = kept_rows()
        expected, rejected = by_the_rule(before, [as_row(*one) for one in coming])
        text = [row(*one[:3], **one[3]) for one in coming]
        *_, ended, found = snapshot(*text)
        assert [line for line, _code in found] == [2 + place for place in rejected]
        after = kept_rows()
        assert sorted(after[len(before) :], key=str) == sorted(expected[len(before) :], key=str)
        assert ended == len(expected) - len(before) - len(coming) + len(rejected)
        if not rejected:
            assert snapshot(*text) == (0, 0, len(text), 0, [])
        transaction.set_rollback(True)


def as_row(since, until, received, which):
    day = [one and date(2026, 3, one) for one in (since, until, received)]
    return which["iin"], which["category"], *day, which["source"]


def kept_rows():
    """In the order in which they arrived."""
    return [
        *CategorySpan.objects.order_by("id").values_list(
            "person__iin", "category", "valid_from", "valid_to", "received_on", "source"
        )
    ]


def by_the_rule(known, coming):
    """All rows afterwards, in the order of arrival, and the places of those that are rejected."""
    on = date(2026, 3, DAY)
    endings = [
        (*one[:3], max(on, one[2] - timedelta(1)), on, "school")
        for key, one in believed([one for one in known if one[4] <= on]).items()
        if one[5] == "school" and days_of(one, after=on) and key not in {one[:3] for one in coming}
    ]
    rows, rejected = [*known], []
    for pair in sorted({one[:2] for one in (*endings, *coming)}):
        mine = [(place, one) for place, one in enumerate(coming) if one[:2] == pair]
        ends = [one for one in endings if one[:2] == pair]
        kept, refused = one_by_one([*rows, *ends], mine)
        if refused:
            kept, refused = one_by_one(rows, mine)
        rows = kept
        rejected += refused
    return rows, sorted(rejected)


def one_by_one(rows, coming):
    rows, rejected = [*rows], []
    for place, one in coming:
        now = believed(rows)
        is_late = one[:3] in now and now[one[:3]][4] > one[4]
        others = [other for key, other in now.items() if key != one[:3] and key[:2] == one[:2]]
        if not is_late and any(days_of(one) & days_of(other) for other in others):
            rejected.append(place)
        else:
            rows.append(one)
    return rows, rejected


def believed(rows):
    """Person, category and first day -> the row that was received last."""
    found = {}
    for one in rows:
        if one[:3] not in found or found[one[:3]][4] <= one[4]:
            found[one[:3]] = one
    return found


def days_of(one, after=date(2026, 2, 28)):
    """The days of a span that lie after another one, in March."""
    last = one[3] or date(2026, 3, 31)
    span = {one[2] + timedelta(ahead) for ahead in range((last - one[2]).days + 1)}
    return {day for day in span if day > after}
