"""Which rows of an extract can be kept."""

import io
from datetime import date

import pytest

from registry import labels
from registry.rules import extract
from registry.rules.encoding import Refusal, Refused, Source
from registry.rules.extract import CategoryCheck, Fault, PersonCheck, Rejection

COLUMNS = ("iin", "name")
PERSON = {
    "iin": "660722369158",
    "last_name": "ҒАББАСОВ",
    "first_name": "Айдос",
    "middle_name": "",
    "birth_date": "1966-07-22",
    "sex": "M",
    "residence": "citizen",
    "region": "62",
    "died_on": "",
}
KEPT = (
    *("660722369158", "ҒАББАСОВ", "Айдос", "", "1966-07-22", "M", "citizen", "62", None),
    *("ГАББАСОВ", "АИДОС", None),
)
SPAN = {
    "iin": "660722369158",
    "category": "student",
    "valid_from": "2025-09-01",
    "valid_to": "30.06.2029",
    "received_on": "20250910",
    "source": "test",
}


def read(text, columns=COLUMNS):
    blocks = extract.rows(Source(io.BytesIO(text.encode())), columns, ("y", "z"))
    return [row for block in blocks for row in block]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("iin;name\n1;A\n", [(2, ("1", "A"))], id="as it should be"),
        pytest.param("NAME;x; Iin \nA;?;1\n", [(2, ("1", "A"))], id="another order and column"),
        pytest.param("iin;name\n 1 ;\u00a0A\t\n", [(2, ("1", "A"))], id="white space around"),
        pytest.param("iin;name\n1\n1;A;B\n", [(2, None), (3, None)], id="too few or many fields"),
        pytest.param("iin;name\n\n  \n1;A\n", [(4, ("1", "A"))], id="blank lines are no rows"),
        pytest.param("iin;name;y\n1;A;C\n", [(2, ("1", "A", "C"))], id="optional column"),
        pytest.param('iin;name\n"1";"A;B"\n', [(2, ("1", "A;B"))], id="quoted"),
        pytest.param("iin;name\n", [], id="a heading without rows"),
    ],
)
def test_rows_have_their_line_and_the_wanted_cells(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("iin;x\n1;A\n", "name"),
        ("x\n", "iin, name"),
        ("iin,name\n1,A\n", "iin, name"),
        ("iin;name;name\n1;A;B\n", "name"),
    ],
)
def test_a_list_without_its_columns_is_refused(text, missing):
    with pytest.raises(Refused) as refused:
        read(text)
    assert (refused.value.code, refused.value.text) == (Refusal.COLUMNS, missing)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, KEPT, id="a good row"),
        pytest.param({"iin": "660722369159"}, Rejection.BAD_IIN, id="check digit"),
        pytest.param({"iin": ""}, Rejection.BAD_IIN, id="no IIN"),
        pytest.param(
            {"former_iin": "910722389919"}, (*KEPT[:-1], "910722389919"), id="a former IIN"
        ),
        pytest.param({"former_iin": ""}, KEPT, id="no former IIN"),
        pytest.param({"former_iin": "1"}, Rejection.BAD_FORMER_IIN, id="no number"),
        pytest.param({"former_iin": PERSON["iin"]}, Rejection.BAD_FORMER_IIN, id="the same number"),
        pytest.param({"last_name": ""}, Rejection.BAD_NAME, id="no surname"),
        pytest.param({"last_name": "Я" * 101}, Rejection.BAD_NAME, id="a long surname"),
        pytest.param({"first_name": "А\nБ"}, Rejection.BAD_NAME, id="a line end in a name"),
        pytest.param({"middle_name": "А\x1bБ"}, Rejection.BAD_NAME, id="an escape in a name"),
        pytest.param({"last_name": "ß" * 60}, Rejection.BAD_NAME, id="longer when folded"),
        pytest.param({"birth_date": ""}, Rejection.BAD_BIRTH_DATE, id="no birth date"),
        pytest.param({"birth_date": "1966-02-30"}, Rejection.BAD_BIRTH_DATE, id="no such day"),
        pytest.param({"birth_date": "2026-11-21"}, Rejection.BAD_BIRTH_DATE, id="not born yet"),
        pytest.param({"sex": "Ж"}, Rejection.BAD_SEX, id="sex"),
        pytest.param({"residence": "Citizen"}, Rejection.BAD_RESIDENCE, id="residence"),
        pytest.param({"region": "99"}, Rejection.BAD_REGION, id="region"),
        pytest.param({"died_on": "long ago"}, Rejection.BAD_DIED_ON, id="unreadable death"),
        pytest.param({"died_on": "1966-07-21"}, Rejection.BAD_DIED_ON, id="dead before birth"),
        pytest.param({"died_on": "2026-11-21"}, Rejection.DIED_LATER, id="dead after receipt"),
        pytest.param(
            {"died_on": "20.11.2026"}, (*KEPT[:8], "2026-11-20", *KEPT[9:]), id="dead on the day"
        ),
        pytest.param(
            {"birth_date": "23.07.1966"}, (*KEPT[:4], "1966-07-23", *KEPT[5:]), id="not of the IIN"
        ),
        pytest.param(
            {"last_name": "А\u00adБ"},
            (KEPT[0], "А\u00adБ", *KEPT[2:9], "АБ", *KEPT[10:]),
            id="hyphen",
        ),
    ],
)
def test_a_person_is_kept_or_the_fault_named(changes, expected):
    found = PersonCheck(date(2026, 11, 20), {"62"})(tuple((PERSON | changes).values()))
    assert (found.code if isinstance(found, Fault) else found) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {},
            ("660722369158", "student", "2025-09-01", "2029-06-30", "2025-09-10", "test"),
            id="a good row",
        ),
        pytest.param(
            {"valid_to": "", "source": ""},
            ("660722369158", "student", "2025-09-01", None, "2025-09-10", ""),
            id="without an end",
        ),
        pytest.param(
            {"valid_to": "2025-08-31"},
            ("660722369158", "student", "2025-09-01", "2025-08-31", "2025-09-10", "test"),
            id="withdrawn",
        ),
        pytest.param({"iin": "1"}, Rejection.BAD_IIN, id="IIN"),
        pytest.param({"category": "Student"}, Rejection.BAD_CATEGORY, id="category"),
        pytest.param({"valid_from": ""}, Rejection.BAD_VALID_FROM, id="no first day"),
        pytest.param({"valid_to": "never"}, Rejection.BAD_VALID_TO, id="unreadable last day"),
        pytest.param({"valid_to": "9999-12-31"}, Rejection.BAD_VALID_TO, id="too far a day"),
        pytest.param({"received_on": ""}, Rejection.BAD_RECEIVED_ON, id="no day of receipt"),
        pytest.param({"received_on": "20250911"}, Rejection.RECEIVED_LATER, id="from tomorrow"),
        pytest.param({"source": "x" * 101}, Rejection.BAD_SOURCE, id="a long source"),
        pytest.param({"source": "x\ty"}, Rejection.BAD_SOURCE, id="a tab in the source"),
    ],
)
def test_a_span_is_kept_or_the_fault_named(changes, expected):
    found = CategoryCheck({"student"}, date(2025, 9, 10))(tuple((SPAN | changes).values()))
    assert (found.code if isinstance(found, Fault) else found) == expected


def test_without_a_day_of_loading_any_day_of_receipt_will_do():
    row = tuple((SPAN | {"received_on": "2099-01-01"}).values())
    assert CategoryCheck({"student"})(row)[4] == "2099-01-01"


def test_every_code_has_its_words():
    assert {*labels.REJECTIONS} == {*Rejection}
    assert {*labels.REFUSALS} == {*Refusal}
    assert {*labels.RESIDENCES} == {*extract.RESIDENCES}
    assert {*labels.SEXES} == {*extract.SEXES}
