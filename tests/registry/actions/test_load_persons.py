"""Extracts of persons become persons and their records."""

import io
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from registry.actions.load import load_persons
from registry.models import Person, PersonRecord
from registry.rules.encoding import Refused
from registry.rules.extract import PERSON_COLUMNS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
IIN, OTHER = "660722369158", "910722389919"
ROW = f"{IIN};ҒАББАСОВ;АЙДОС;ОЛЖАСҰЛЫ;1966-07-22;M;citizen;62;"
SECOND = f"{OTHER};ШМИДТ;АРМАН;;1991-07-22;M;citizen;63;"
MOVED = ROW.replace(";62;", ";75;")
BROUGHT_BACK = ROW.replace("citizen", "temporary")


def extract(*rows):
    return io.BytesIO("\r\n".join([";".join(PERSON_COLUMNS), *rows, ""]).encode())


def load(*rows, on=20):
    return told(load_persons(extract(*rows), received_on=date(2026, 11, on), at=AT))


def told(loaded):
    return (
        f"{loaded.new} new, {loaded.changed} changed, {loaded.unchanged} unchanged",
        [(row.line, row.code) for row in loaded.rejected],
    )


def records(iin=IIN):
    rows = PersonRecord.objects.filter(person__iin=iin).order_by("received_on", "id")
    return [(row.received_on.day, row.region_id, row.residence) for row in rows]


def person(iin=IIN):
    found = Person.objects.get(iin=iin)
    return found.region_id, found.residence


def test_new_persons_come_with_their_first_record():
    assert load(ROW, SECOND) == ("2 new, 0 changed, 0 unchanged", [])
    found = Person.objects.get(iin=IIN)
    assert (found.full_name, found.last_key, found.first_key, found.birth_date, found.died_on) == (
        "ҒАББАСОВ АЙДОС ОЛЖАСҰЛЫ",
        "ГАББАСОВ",
        "АИДОС",
        date(1966, 7, 22),
        None,
    )
    assert records() == [(20, "62", "citizen")]
    assert found.records.get().recorded_at == AT


def test_the_same_extract_again_changes_nothing():
    load(ROW, SECOND)
    assert load(ROW, SECOND) == ("0 new, 0 changed, 2 unchanged", [])
    assert load(ROW, SECOND, on=25) == ("0 new, 0 changed, 2 unchanged", [])
    assert records() == [(20, "62", "citizen")]


def test_a_change_is_kept_beside_what_was_known():
    load(ROW, SECOND)
    assert load(MOVED, SECOND, on=21) == ("0 new, 1 changed, 1 unchanged", [])
    assert records() == [(20, "62", "citizen"), (21, "75", "citizen")]
    assert person() == ("75", "citizen")


def test_an_older_extract_changes_only_the_past():
    load(ROW, on=10)
    load(MOVED, on=20)
    assert load(BROUGHT_BACK, SECOND, on=15) == ("1 new, 1 changed, 0 unchanged", [])
    assert records() == [(10, "62", "citizen"), (15, "62", "temporary"), (20, "75", "citizen")]
    assert person() == ("75", "citizen")


@pytest.mark.parametrize("rows", [(ROW,), (MOVED,)])
def test_an_older_extract_that_says_what_was_believed_then_changes_nothing(rows):
    load(ROW, on=10)
    load(MOVED, on=20)
    on = {ROW: 15, MOVED: 20}[rows[0]]
    assert load(*rows, on=on) == ("0 new, 0 changed, 1 unchanged", [])


def test_an_extract_older_than_all_others_is_kept():
    load(ROW, on=10)
    assert load(MOVED, on=5) == ("0 new, 1 changed, 0 unchanged", [])
    assert load(MOVED, on=5) == ("0 new, 0 changed, 1 unchanged", [])
    assert records() == [(5, "75", "citizen"), (10, "62", "citizen")]
    assert person() == ("62", "citizen")


def test_of_two_extracts_of_one_day_the_later_one_is_believed():
    load(ROW)
    load(MOVED)
    assert person() == ("75", "citizen")
    assert load(ROW) == ("0 new, 1 changed, 0 unchanged", [])
    assert person() == ("62", "citizen")


def test_a_second_row_of_a_person_is_rejected():
    assert load(ROW, SECOND, MOVED, ROW) == (
        "2 new, 0 changed, 0 unchanged",
        [(4, "repeated_iin"), (5, "repeated_iin")],
    )
    assert person() == ("62", "citizen")


def test_a_row_that_cannot_be_kept_does_not_stand_in_the_way_of_a_good_one():
    assert load(ROW.replace(";M;", ";?;"), ROW) == (
        "1 new, 0 changed, 0 unchanged",
        [(2, "bad_sex")],
    )


def test_rejected_rows_are_listed_by_line_with_the_reason():
    rows = (ROW, ROW, "1;2;3", SECOND.replace(";63;", ";99;"))
    loaded = load_persons(extract(*rows), received_on=date(2026, 11, 20), at=AT)
    assert loaded.rows == 4
    assert [(row.line, row.code, row.text.partition(": ")[2]) for row in loaded.rejected] == [
        (3, "repeated_iin", IIN),
        (4, "bad_row", ""),
        (5, "bad_region", "99"),
    ]


def test_only_so_many_rejected_rows_are_listed_and_all_are_counted():
    rows = [ROW] * 6_000 + ["x"] * 6_000
    loaded = load_persons(extract(*rows), received_on=date(2026, 11, 20), at=AT)
    assert (loaded.rows, loaded.new, loaded.rejected_count) == (12_000, 1, 11_999)
    assert len(loaded.rejected) == 10_000


def test_a_region_of_the_past_is_a_region():
    assert load(ROW.replace(";62;", ";51;")) == ("1 new, 0 changed, 0 unchanged", [])


def test_backslashes_and_quotes_in_names_are_kept():
    load(ROW.replace("АЙДОС", r"А\N\"ЙДОС"))
    assert Person.objects.get().first_name == r"А\N\"ЙДОС"


def test_a_file_that_is_no_extract_leaves_nothing():
    load(ROW)
    broken = extract(MOVED).getvalue() + b"\xff" * 3
    with pytest.raises(Refused, match="damaged"):
        load_persons(io.BytesIO(broken), received_on=date(2026, 11, 21), at=AT)
    assert person() == ("62", "citizen")


HEADING = (";".join(PERSON_COLUMNS) + "\n").encode()


@given(st.binary() | st.binary().map(HEADING.__add__))
def test_any_bytes_are_loaded_or_refused(data):
    with transaction.atomic():
        try:
            loaded = load_persons(io.BytesIO(data), received_on=date(2026, 11, 20), at=AT)
        except Refused:
            return
    assert loaded.rows == loaded.rejected_count


@given(
    st.lists(
        st.tuples(
            st.integers(0, 8),
            st.text(st.characters(exclude_characters='"\r\n\0', exclude_categories=("Cs",))),
        ),
        max_size=5,
    )
)
def test_any_text_in_any_column_is_kept_or_rejected(changes):
    rows = []
    for place, text in changes:
        cells = ROW.split(";")
        cells[place] = text
        rows.append(";".join(cells))
    with transaction.atomic():
        loaded = load_persons(extract(*rows), received_on=date(2026, 11, 20), at=AT)
        transaction.set_rollback(True)
    assert loaded.rows == len(rows)
    assert loaded.rows == loaded.new + loaded.changed + loaded.unchanged + loaded.rejected_count
