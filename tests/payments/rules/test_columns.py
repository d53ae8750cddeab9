import pytest

from payments.rules.columns import COLUMNS, HEADER, PERSON, are_enough, find, is_total, places
from payments.rules.totals import Refused
from tests.payments.rules.files import HEADING

EVERY_HEADING = [
    pytest.param(column.name, heading, id=heading)
    for column in COLUMNS
    for heading in (column.name, *column.headings)
]


@pytest.mark.parametrize(("name", "heading"), EVERY_HEADING)
def test_every_heading_is_of_one_column(name, heading):
    assert find([heading]) == {name: [0]}


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Дата платежа", "payment_date"),
        ("ДАТА  ПЛАТЕЖА:", "payment_date"),
        ("дата_платежа", "payment_date"),
        ("Payment Date", "payment_date"),
        ("дaтa плaтeжa", "payment_date"),
        ("Тґлем референсі", "reference"),
        ("төлем кезеңi", "period"),
        ("тґлем кезеѕі", "period"),
        ("№ п/п", "line"),
        ("Номер платежного поручения", "order_no"),
    ],
)
def test_case_spaces_and_fonts_of_a_heading_make_no_difference(heading, name):
    assert find([heading]) == {name: [0]}


@pytest.mark.parametrize("heading", ["", "№", "123", "дата", "название", "x" * 10_000])
def test_other_words_are_no_column(heading):
    assert find([heading]) == {}


def test_the_columns_of_the_format_are_a_heading_in_any_order():
    assert places(HEADING[::-1])["reference"] == 14
    assert places(["прочее", "", *HEADING])["amount"] == 16


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "line",
        "payment_date",
        "knp",
        "payer_id",
        "iin",
        "last_name",
        "first_name",
        "period",
        "amount",
    ],
)
def test_a_needed_column_that_is_missing_is_named(name):
    with pytest.raises(Refused, match=f"without the columns {name}$"):
        places([column for column in HEADING if column != name])


@pytest.mark.parametrize(
    "name", ["order_no", "order_date", "payer_name", "middle_name", "birth_date"]
)
def test_a_list_may_go_without_some_columns(name):
    assert name not in places([column for column in HEADING if column != name])


def test_a_column_that_stands_there_twice_is_named():
    with pytest.raises(Refused, match="columns iin twice"):
        places([*HEADING, "ИИН"])


@pytest.mark.parametrize(
    ("cells", "enough"),
    [(HEADING, True), (HEADING[:5], True), (HEADING[:4], False), ([], False)],
)
def test_five_columns_make_the_heading_of_a_list(cells, enough):
    assert are_enough(cells) is enough


@pytest.mark.parametrize(
    ("cell", "total"),
    [
        ("ИТОГО", True),
        ("Итого:", True),
        (" итого ", True),
        ("ИТОГO", True),
        ("Барлығы", True),
        ("БАРЛЫЄЫ", True),
        ("Жиыны", True),
        ("ВСЕГО", True),
        ("Total", True),
        ("ИТОГ", False),
        ("ИТОГО1", False),
        ("", False),
        ("R1", False),
    ],
)
def test_the_row_of_totals_begins_with_a_word_for_it(cell, total):
    assert is_total(cell) is total


def test_rows_are_taken_apart_into_known_columns():
    assert {*HEADER, *PERSON} == {column.name for column in COLUMNS}
