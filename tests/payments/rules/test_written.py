"""What is written in each format: letter by letter once, and read again as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules import camt053, columns, mt102_out, sheet, workbook
from payments.rules.items import Item, Message, Portion
from payments.rules.totals import Entry
from registry.rules import months
from tests.payments.rules.files import Read, read
from tests.payments.rules.test_camt053 import read as read_statement

DAY = date(2026, 11, 6)
ORDER = Message(
    0, "GCVP26110600001", "1001", DAY, DAY, "121", "950741796185", "ТОО «ҮЛГІ»", 2, 840005, None
)
AIGUL = Item(
    *(0, 1, "880809499769", "ҒАББАСОВА", "АЙГҮЛ", "ЕРЛАНҚЫЗЫ", date(1988, 8, 9)),
    *("102026", months.from_period("102026"), 840000, ""),
)
ARMAN = Item(
    *(0, 2, "910722389919", "ШМИДТ", "АРМАН", "", date(1991, 7, 22)),
    *("102026", months.from_period("102026"), 5, ""),
)
NEXT = ORDER._replace(number=1, order_no="1002", items=1, total=-12000)
BACK = ARMAN._replace(message=1, line=3, amount=-12000)
BOTH = [Portion(ORDER, [AIGUL, ARMAN]), Portion(NEXT, [BACK])]


def lines(pieces) -> list[str]:
    return b"".join(pieces).decode().splitlines()


def test_a_list():
    assert lines(sheet.write(BOTH, "utf-8"))[1:] == [
        "GCVP26110600001;1;1001;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "880809499769;ҒАББАСОВА;АЙГҮЛ;ЕРЛАНҚЫЗЫ;09.08.1988;102026;8400,00",
        "GCVP26110600001;2;1001;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "910722389919;ШМИДТ;АРМАН;;22.07.1991;102026;0,05",
        "GCVP26110600001;3;1002;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "910722389919;ШМИДТ;АРМАН;;22.07.1991;102026;-120,00",
        "ИТОГО;3;;;;;;;;;;;;;8280,05",
    ]


def test_no_cell_of_a_list_is_a_formula():
    hostile = AIGUL._replace(last_name='=A1;"B"', first_name="@x", middle_name="'-1")
    row = lines(sheet.write([Portion(ORDER, [hostile])], "utf-8"))[1]
    assert row.split(";880809499769;")[1] == ('"\'=A1;""B""";\'@x;\'\'-1;09.08.1988;102026;8400,00')


def test_a_message():
    found = lines(mt102_out.write(BOTH[:1]))
    assert found[3] == ":20:GCVP26110600001"
    assert found[found.index(":21:1") :] == [
        ":21:1",
        ":32B:KZT8400,00",
        ":70:/FM/ҒАББАСОВА",
        "/NM/АЙГҮЛ",
        "/FT/ЕРЛАНҚЫЗЫ",
        "/DT/19880809",
        "/IDN/880809499769",
        "/PERIOD/102026",
        ":21:2",
        ":32B:KZT0,05",
        ":70:/FM/ШМИДТ",
        "/NM/АРМАН",
        "/DT/19910722",
        "/IDN/910722389919",
        "/PERIOD/102026",
        ":32A:261106KZT8400,05",
        "-}",
    ]


def totals_of(portions) -> list[str]:
    return [line for line in lines(mt102_out.write(portions)) if line.startswith((":20:", ":32A:"))]


def test_a_message_has_no_more_than_999_items():
    long = Portion(ORDER, [AIGUL._replace(amount=100)] * 1000)
    assert totals_of([long]) == [
        ":20:GCVP2611060000101",
        ":32A:261106KZT999,00",
        ":20:GCVP2611060000102",
        ":32A:261106KZT1,00",
    ]


def test_orders_of_one_reference_are_messages_of_their_own():
    assert totals_of(BOTH) == [
        ":20:GCVP2611060000101",
        ":32A:261106KZT8400,05",
        ":20:GCVP2611060000102",
        ":32A:261106KZT-120,00",
    ]


def test_a_message_can_say_another_total_than_that_of_its_items():
    wrong = Portion(ORDER._replace(declared=840105), [AIGUL, ARMAN])
    assert totals_of([wrong]) == [":20:GCVP26110600001", ":32A:261106KZT8401,05"]


@pytest.mark.parametrize(
    ("hostile", "written"),
    [
        ("A/IDN/010101000000", "A IDN 010101000000"),
        ("A\n/IDN/010101000000", "A  IDN 010101000000"),
        ("A:21:9", "A 21 9"),
        ("A\n-}", "A -}"),
        ("ТОО А/В", "ТОО А/В"),
    ],
)
def test_no_value_of_a_message_is_another_tag(hostile, written):
    message = ORDER._replace(payer_name=hostile)
    item = AIGUL._replace(last_name=hostile, first_name=hostile, middle_name=hostile)
    found = read(b"".join(mt102_out.write([Portion(message, [item, ARMAN])])))
    assert found.messages == [message._replace(payer_name=written, declared=840005)]
    names = {"last_name": written, "first_name": written, "middle_name": written}
    assert [one._replace(raw="") for one in found.items] == [item._replace(**names), ARMAN]


def test_a_workbook_says_the_same_and_is_the_same_every_time():
    written = b"".join(workbook.write(BOTH))
    assert written == b"".join(workbook.write(BOTH))
    assert said(read(written)) == ([ORDER, NEXT], [AIGUL, ARMAN, BACK])


def test_a_workbook_ends_where_its_sheet_is_full(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ITEMS", 2)
    with pytest.raises(ValueError, match="room for 2 items"):
        list(workbook.write(BOTH))


def test_a_statement():
    entries = [Entry("R<1>&", 828005, DAY, True), Entry("R2", 1, DAY, False)]
    text = b"".join(camt053.write(entries, "102026")).decode()
    assert "<NtryRef>R&lt;1&gt;&amp;</NtryRef>" in text
    assert '<Amt Ccy="KZT">8280.05</Amt>' in text
    assert read_statement(text) == camt053.Statement(entries, frozenset({DAY}))


LETTERS = st.sampled_from("ӘҒҚҢӨҰҮҺІәіЖя «»;,\"'=+-@#$<>&*_x41|№\\AZ09./")
TEXTS = st.text(LETTERS, max_size=12).map(str.strip)
WORDS = TEXTS.filter(lambda text: text and not columns.is_total(text))
DAYS = st.dates(date(2020, 1, 1), date(2098, 12, 31))
SUMS = st.integers(-(10**12), 10**13)
PERSONS = st.tuples(
    *(st.from_regex(r"[0-9]{12}|RNN [0-9]{3}|[=+@-]{2}", fullmatch=True), TEXTS, TEXTS, TEXTS),
    *(st.none() | st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.integers(360, 1000), SUMS),
)
ORDERS = st.tuples(WORDS, TEXTS, st.none() | DAYS, DAYS, TEXTS, WORDS, TEXTS)
REGISTERS = st.lists(
    st.tuples(ORDERS, st.lists(PERSONS, min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
    unique_by=lambda order: order[0][0],
)


def portions_of(register) -> list[Portion]:
    found = []
    for number, (order, persons) in enumerate(register):
        items = [
            Item(number, line, *who, months.period(month), month, amount, "")
            for line, (*who, month, amount) in enumerate(persons, 1)
        ]
        total = sum(item.amount for item in items)
        found.append(Portion(Message(number, *order, len(items), total, None), items))
    return found


def said(found: Read) -> tuple[list[Message], list[Item]]:
    """What was read, but for the lines as they came."""
    assert found.differences == []
    return found.messages, [item._replace(raw="") for item in found.items]


@pytest.mark.parametrize("heading", [columns.CODES, columns.RUSSIAN, columns.KAZAKH])
@pytest.mark.parametrize("write", [sheet.write, workbook.write])
@given(REGISTERS.map(portions_of))
def test_what_a_list_says_is_read_from_it(write, heading, portions):
    found = read(b"".join(write(portions, heading=heading)))
    assert said(found) == (
        [message for message, _items in portions],
        [item for _message, items in portions for item in items],
    )


@given(REGISTERS.map(portions_of))
def test_a_list_goes_on_where_its_portions_do(portions):
    halves = [
        Portion(message, half)
        for message, items in portions
        for half in (items[:2], items[2:])
        if half
    ]
    assert b"".join(sheet.write(halves)) == b"".join(sheet.write(portions))


def tagged(row, *names):
    """A row as the values of tags can say it."""
    return row._replace(**{name: mt102_out.value(getattr(row, name)).strip() for name in names})


@given(REGISTERS.map(portions_of))
def test_what_a_message_says_is_read_from_it(portions):
    found = read(b"".join(mt102_out.write(portions)))
    heads = ("reference", "order_no", "knp", "payer_id", "payer_name")
    names = ("last_name", "first_name", "middle_name")
    assert said(found) == (
        [tagged(one._replace(declared=one.total), *heads) for one, _items in portions],
        [tagged(item, *names) for _message, items in portions for item in items],
    )


ENTRIES = st.lists(
    st.builds(Entry, WORDS, st.integers(0, 10**13), st.just(DAY), st.booleans()), max_size=5
)


@given(ENTRIES)
def test_what_a_statement_says_is_read_from_it(entries):
    days = frozenset({DAY} if entries else ())
    found = read_statement(b"".join(camt053.write(entries, "<1>")))
    assert found == camt053.Statement(entries, days)
