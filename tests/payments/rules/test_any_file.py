from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from payments.rules.columns import is_total
from payments.rules.totals import Refusal
from registry.rules import months
from tests.payments.rules.files import (
    BREAKS,
    HEADING,
    Read,
    item,
    listed,
    message,
    plain_workbook,
    read,
    row,
    sample,
    texts,
    tried,
)

LIST = listed([row(), row(line="2")], total="8500,00")
MESSAGES = message(item())


def kept(found: Read) -> bool:
    """Nothing is lost between batches, and all of it can be stored."""
    together = "".join(text for one in found.items for text in one if isinstance(text, str))
    assert "\0" not in together.encode().decode()
    return len(found.items) == found.totals.items == sum(one.items for one in found.messages)


BYTES = st.binary(max_size=300)
PARTS = st.sampled_from(
    [LIST, MESSAGES, LIST.decode().encode("utf-16"), LIST[:300], MESSAGES[:200]]
)


@settings(max_examples=300)
@given(BYTES | st.tuples(PARTS, BYTES).map(b"".join) | st.tuples(BYTES, PARTS).map(b"".join))
def test_any_bytes_are_a_register_or_refused(data):
    found = tried(read, data)
    assert found in (Refusal.EMPTY, Refusal.UNREADABLE) or kept(found)


@settings(max_examples=300)
@given(
    st.sampled_from([LIST, MESSAGES, sample("legacy.mt102.txt"), sample("wide.mt102.txt")]),
    st.integers(0, 2000),
    st.integers(0, 3),
    st.binary(max_size=3) | st.sampled_from([b"\r\n", b'"', b";", b"-}", b":21:", b"{4:", b"/FM/"]),
)
def test_a_damaged_register_is_never_taken_for_another_whole_one(data, at, taken, damage):
    at %= len(data)
    found = tried(read, data[:at] + damage + data[at + taken :])
    if not isinstance(found, Refusal) and not found.differences and found.items:
        assert found.totals.total == read(data).totals.total


def written(tiyn: int) -> str:
    return f"{'-' if tiyn < 0 else ''}{abs(tiyn) // 100},{abs(tiyn) % 100:02}"


# Line breaks in both the first and the last cell of a row look like three rows.
ANY_ROW = st.tuples(texts(without="\r\n"), *[texts()] * (len(HEADING) - 1))


def is_person(cells: tuple[str, ...]) -> bool:
    return bool(cells[0].strip()) and not is_total(cells[0])


@settings(max_examples=200)
@given(st.lists(ANY_ROW.filter(is_person), max_size=4))
def test_any_text_in_any_column_of_a_list_drops_no_row(rows):
    found = read(listed(rows, total="0"))
    assert len(found.items) == len(rows)


@given(st.lists(ANY_ROW.filter(is_person), max_size=4))
def test_any_text_in_any_cell_of_a_workbook_drops_no_row(rows):
    found = read(plain_workbook([HEADING, *rows]))
    at = HEADING.index("last_name")
    assert [one.last_name for one in found.items] == [cells[at].strip() for cells in rows]


ANY_TAGS = st.fixed_dictionaries(
    {name: texts(without="\r\n") for name in ("sum", "last", "first", "middle", "born", "iin")}
)


@settings(max_examples=200)
@given(st.lists(ANY_TAGS, min_size=1, max_size=4))
def test_any_text_in_any_tag_of_an_item_drops_no_item(rows):
    items = [
        item(
            number=f":21:{number}",
            sum=f":32B:{tags['sum']}",
            last=f":70:/FM/{tags['last']}",
            first=f"/NM/{tags['first']}",
            middle=f"/FT/{tags['middle']}",
            born=f"/DT/{tags['born']}",
            iin=f"/IDN/{tags['iin']}",
        )
        for number, tags in enumerate(rows, 1)
    ]
    found = read(message(*items))
    assert [one.line for one in found.items] == list(range(1, len(rows) + 1))


NAMES = st.text(st.sampled_from("АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ -abXYZ"), max_size=12)
PERSONS = st.fixed_dictionaries(
    {
        "iin": st.text("0123456789", min_size=12, max_size=12),
        "last": NAMES.map(str.strip),
        "first": NAMES.map(str.strip),
        "middle": NAMES.map(str.strip),
        "born": st.dates(date(1900, 1, 1), date(2030, 12, 31)),
        "month": st.integers(360, 1000),
        "amount": st.integers(-(10**10), 10**13),
    }
)
PERSONS_OF_A_FILE = st.lists(PERSONS, min_size=1, max_size=6)


def said(found: object) -> list[tuple[object, ...]]:
    return [(*one[1:8], one.month, one.amount) for one in found.items]


def expected(persons: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [
        (
            number,
            person["iin"],
            person["last"],
            person["first"],
            person["middle"],
            person["born"],
            months.period(person["month"]),
            person["month"],
            person["amount"],
        )
        for number, person in enumerate(persons, 1)
    ]


def rows_of(persons: list[dict[str, object]]) -> list[list[str]]:
    return [
        row(
            line=str(number),
            iin=person["iin"],
            last_name=person["last"],
            first_name=person["first"],
            middle_name=person["middle"],
            birth_date=person["born"].strftime("%d.%m.%Y"),
            period=months.period(person["month"]),
            amount=written(person["amount"]),
        )
        for number, person in enumerate(persons, 1)
    ]


@given(PERSONS_OF_A_FILE)
def test_what_is_written_into_a_list_is_read_from_it(persons):
    total = sum(person["amount"] for person in persons)
    found = read(listed(rows_of(persons), total=written(total)))
    assert said(found) == expected(persons)
    assert (found.totals.total, found.differences) == (total, [])


@given(PERSONS_OF_A_FILE)
def test_what_is_written_into_a_workbook_is_read_from_it(persons):
    total = sum(person["amount"] for person in persons)
    totals = ["ИТОГО", str(len(persons)), *[""] * 12, written(total)]
    found = read(plain_workbook([HEADING, *rows_of(persons), totals]))
    assert said(found) == expected(persons)
    assert (found.totals.total, found.differences) == (total, [])


@given(PERSONS_OF_A_FILE, st.booleans())
def test_what_is_written_into_a_message_is_read_from_it(persons, on_one_line):
    total = sum(person["amount"] for person in persons)
    items = [
        item(
            number=f":21:{number}",
            sum=f":32B:KZT{written(person['amount'])}",
            last=f":70:/FM/{person['last']}",
            first=f"/NM/{person['first']}",
            middle=f"/FT/{person['middle']}" if person["middle"] else None,
            born=f"/DT/{person['born']:%Y%m%d}",
            iin=f"/IDN/{person['iin']}",
            period=f"/PERIOD/{months.period(person['month'])}",
        )
        for number, person in enumerate(persons, 1)
    ]
    if on_one_line:
        items = [one.replace(BREAKS, "") for one in items]
    found = read(message(*items, tail=(f":32A:241121KZT{written(total)}", "-}")))
    assert said(found) == expected(persons)
    assert (found.totals.total, found.differences) == (total, [])
