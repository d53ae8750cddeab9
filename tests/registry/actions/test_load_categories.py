"""Lists of categories become spans, the later row before the earlier, never two at once."""

import io
from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from registry.actions.load import load_categories, load_persons
from registry.models import CategorySpan, Recheck
from registry.rules.encoding import Refused
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
IIN, OTHER, STRANGER = "660722369158", "910722389919", "880809499769"
HEADING = (";".join(CATEGORY_COLUMNS) + "\n").encode()


@pytest.fixture(autouse=True)
def _persons():
    rows = (
        ";".join(PERSON_COLUMNS),
        f"{IIN};ҒАББАСОВ;АЙДОС;;1966-07-22;M;citizen;62;",
        f"{OTHER};ШМИДТ;АРМАН;;1991-07-22;M;citizen;63;",
    )
    data = io.BytesIO("\n".join(rows).encode())
    load_persons(data, received_on=date(2026, 1, 1), at=AT)


def row(since, until, received, *, iin=IIN, category="student", source="test"):
    """Days of March 2026; None for no end."""
    days = ("" if day is None else f"2026-03-{day:02}" for day in (since, until, received))
    return ";".join((iin, category, *days, source))


def listing(*rows):
    return io.BytesIO(HEADING + "\n".join(rows).encode())


def load(*rows, **options):
    return told(load_categories(listing(*rows), at=AT, **options))


def told(loaded):
    return (
        f"{loaded.new} new, {loaded.changed} changed, {loaded.unchanged} unchanged",
        [(line.line, line.code) for line in loaded.rejected],
    )


def spans(**which):
    """(first, last, received, superseded) days of March, in the order of arrival."""
    return [
        tuple(value and value.day for value in days)
        for days in CategorySpan.objects.filter(**which)
        .order_by("id")
        .values_list("valid_from", "valid_to", "received_on", "superseded_on")
    ]


def test_a_first_span_is_new_and_its_person_is_looked_at_again():
    assert load(row(1, 9, 1)) == ("1 new, 0 changed, 0 unchanged", [])
    found = CategorySpan.objects.get()
    assert (found.person.iin, found.category_id, found.source, found.recorded_at) == (
        IIN,
        "student",
        "test",
        AT,
    )
    assert spans() == [(1, 9, 1, None)]
    assert [mark.person.iin for mark in Recheck.objects.all()] == [IIN]


def test_the_same_list_again_changes_nothing():
    rows = (
        *(row(1, 9, 1), row(10, None, 1), row(1, 5, 2)),
        *(row(1, 5, 1, category="disabled"), row(1, 5, 1, iin=OTHER)),
    )
    assert load(*rows) == ("4 new, 1 changed, 0 unchanged", [])
    Recheck.objects.all().delete()
    assert load(*rows) == ("0 new, 0 changed, 5 unchanged", [])
    assert not Recheck.objects.exists()


def test_a_later_row_supersedes_from_the_day_it_was_received():
    load(row(1, 9, 1))
    assert load(row(1, 5, 4)) == ("0 new, 1 changed, 0 unchanged", [])
    assert spans() == [(1, 9, 1, 4), (1, 5, 4, None)]


def test_rows_received_out_of_order_end_as_in_order():
    rows = [row(1, 9, 1), row(1, 5, 3), row(1, None, 7)]
    for order in permutations(rows):
        with transaction.atomic():
            for one in order:
                assert load(one)[1] == []
            assert sorted(spans(), key=lambda span: span[2]) == [
                (1, 9, 1, 3),
                (1, 5, 3, 7),
                (1, None, 7, None),
            ]
            transaction.set_rollback(True)


def test_of_two_rows_of_one_day_the_later_is_believed_and_the_earlier_on_no_day():
    load(row(1, 9, 1), row(1, 5, 1))
    assert spans() == [(1, 9, 1, 1), (1, 5, 1, None)]
    assert load(row(1, 9, 1)) == ("0 new, 1 changed, 0 unchanged", [])
    assert spans() == [(1, 9, 1, 1), (1, 5, 1, 1), (1, 9, 1, None)]


def test_a_span_is_withdrawn_by_an_end_before_its_start():
    load(row(5, 9, 1))
    assert load(row(5, 4, 2), row(1, 9, 2)) == ("1 new, 1 changed, 0 unchanged", [])
    assert spans() == [(5, 9, 1, 2), (5, 4, 2, None), (1, 9, 2, None)]


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        pytest.param(
            [row(1, 9, 1), row(9, 12, 1)],
            ("1 new, 0 changed, 0 unchanged", [(3, "overlap")]),
            id="one day in common",
        ),
        pytest.param(
            [row(1, 9, 1), row(1, 5, 2), row(6, 9, 2)],
            ("2 new, 1 changed, 0 unchanged", []),
            id="a shortened span frees its days",
        ),
        pytest.param(
            [row(1, 9, 1), row(6, 9, 2), row(1, 5, 2)],
            ("1 new, 1 changed, 0 unchanged", [(3, "overlap")]),
            id="… for later rows only",
        ),
        pytest.param(
            [row(1, 5, 1), row(6, 9, 1), row(1, 7, 2)],
            ("2 new, 0 changed, 0 unchanged", [(4, "overlap")]),
            id="lengthened into another",
        ),
        pytest.param(
            [row(1, 9, 1), row(1, 9, 1, category="disabled"), row(1, 9, 1, iin=OTHER)],
            ("3 new, 0 changed, 0 unchanged", []),
            id="other categories and persons do not matter",
        ),
    ],
)
@pytest.mark.parametrize("one_by_one", [False, True])
def test_two_current_spans_of_a_category_share_no_day(rows, outcome, one_by_one):
    if not one_by_one:
        assert load(*rows) == outcome
        return
    codes = [code for one in rows for _line, code in load(one)[1]]
    assert codes == [code for _line, code in outcome[1]]


def test_an_overlap_names_the_span_in_the_way():
    loaded = load_categories(listing(row(1, None, 1), row(5, 9, 1)), at=AT)
    assert loaded.rejected[0].text.endswith(": 2026-03-01 – …")


def test_rows_that_cannot_be_kept_are_rejected_with_their_line():
    rows = (row(1, 9, 1, iin=STRANGER), "x", row(1, 9, 1, category="king"), row(1, 9, 1))
    assert load(*rows) == (
        "1 new, 0 changed, 0 unchanged",
        [(2, "unknown_iin"), (3, "bad_row"), (4, "bad_category")],
    )


def test_nothing_was_received_after_the_day_of_loading_when_it_is_told():
    rows = (row(1, 2, 20), row(3, 4, 21))
    assert load(*rows, loaded_on=date(2026, 3, 20)) == (
        "1 new, 0 changed, 0 unchanged",
        [(3, "received_later")],
    )


def test_a_person_with_many_rows_is_no_burden():
    days = [
        date.fromordinal(date(1900, 1, 1).toordinal() + 2 * n).isoformat() for n in range(20_000)
    ]
    rows = [f"{IIN};student;{day};{day};2026-03-01;" for day in days]
    assert load(*rows) == ("20000 new, 0 changed, 0 unchanged", [])


@given(st.binary() | st.binary().map(HEADING.__add__))
def test_any_bytes_are_loaded_or_refused(data):
    with transaction.atomic():
        try:
            loaded = load_categories(io.BytesIO(data), at=AT)
        except Refused:
            return
    assert loaded.rows == loaded.rejected_count


numbers = st.integers(1, 8)
rows = st.builds(row, numbers, st.none() | numbers, numbers)


@given(st.lists(st.lists(rows, max_size=6), max_size=3))
def test_any_rows_are_kept_or_rejected_and_never_an_error_of_the_database(files):
    with transaction.atomic():
        for one in files:
            loaded = load_categories(listing(*one), at=AT)
            assert loaded.rows == len(one)
            assert loaded.unchanged >= 0
            accepted = [
                text
                for line, text in enumerate(one, 2)
                if line not in {rejected.line for rejected in loaded.rejected}
            ]
        chains = {}
        for first, _last, received, superseded in sorted(spans(), key=lambda span: span[2]):
            chains.setdefault(first, []).append((received, superseded))
        for chain in chains.values():
            assert [until for _since, until in chain] == [
                *(since for since, _until in chain[1:]),
                None,
            ]
        if files:
            assert load(*accepted) == (f"0 new, 0 changed, {len(accepted)} unchanged", [])
        transaction.set_rollback(True)
