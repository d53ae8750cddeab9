from datetime import date

import pytest

from payments.rules.items import Item, Message
from payments.rules.totals import Difference, Held, Refused
from tests.payments.rules.files import HEADING, ROW, listed, read, row, sample

RUSSIAN = (
    "Референс платежа;№ п/п;№ платёжного поручения;Дата платёжного поручения;Дата платежа;КНП;"
    "БИН/ИИН плательщика;Плательщик;ИИН;Фамилия;Имя;Отчество;Дата рождения;Период платежа;Сумма"
)
KAZAKH = (
    "Төлем референсі;Р/с №;Төлем тапсырмасының №;Төлем тапсырмасының күні;Төлем күні;ТБК;"
    "Төлеушінің БСН/ЖСН;Төлеуші;ЖСН;Тегі;Аты;Әкесінің аты;Туған күні;Төлем кезеңі;Сомасы"
)
ITEM = Item(
    message=0,
    line=1,
    iin="990101300003",
    last_name="ИВАНОВ",
    first_name="ИВАН",
    middle_name="ИВАНОВИЧ",
    birth_date=date(1999, 1, 1),
    period="072026",
    month=678,
    amount=425000,
    raw=ROW,
)
MESSAGE = Message(
    number=0,
    reference="R1",
    order_no="77",
    order_date=date(2026, 8, 5),
    credited_on=date(2026, 8, 6),
    knp="122",
    payer_id="990140000007",
    payer_name="ТОО ҮЛГІ",
    items=1,
    total=425000,
    declared=None,
)


def test_a_list_is_read_as_it_stands_there():
    found = read(sample("list.csv"))
    assert (found.format, found.encoding, found.differences) == ("csv", "utf-8-sig", [])
    assert (found.totals.messages, found.totals.items, found.totals.total) == (5, 5, 2545000)
    assert (found.totals.declared_items, found.totals.declared_total) == (5, 2545000)
    assert found.items[4] == Item(
        message=4,
        line=1,
        iin="820412428106",
        last_name="НҰРЛАНОВА",
        first_name="ЕЛЕНА",
        middle_name="ҒАНИҚЫЗЫ",
        birth_date=date(1982, 4, 12),
        period="102026",
        month=681,
        amount=360000,
        raw="GCVP26110600005;1;3208;06.11.2026;06.11.2026;121;740923427347;ӘЛІМЖАНОВА ӘСЕЛ;"
        "820412428106;НҰРЛАНОВА;ЕЛЕНА;ҒАНИҚЫЗЫ;12.04.1982;102026;3600,00",
    )
    assert found.messages[4] == Message(
        number=4,
        reference="GCVP26110600005",
        order_no="3208",
        order_date=date(2026, 11, 6),
        credited_on=date(2026, 11, 6),
        knp="121",
        payer_id="740923427347",
        payer_name="ӘЛІМЖАНОВА ӘСЕЛ",
        items=1,
        total=360000,
        declared=None,
    )


@pytest.mark.parametrize("heading", [";".join(HEADING), RUSSIAN, KAZAKH, RUSSIAN.upper()])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_headings_are_read_in_three_languages_and_with_three_separators(heading, separator):
    data = listed([row()], total="4250,00", heading=heading.split(";"), separator=separator)
    found = read(data)
    assert [item._replace(raw=ROW) for item in found.items] == [ITEM]
    assert (found.messages, found.differences) == ([MESSAGE], [])


@pytest.mark.parametrize(
    "order", [range(14, -1, -1), [8, *range(8), *range(9, 15)], [1, 0, *range(2, 15)]]
)
def test_columns_stand_in_any_order(order):
    heading = [HEADING[place] for place in order]
    found = read(listed([[row()[place] for place in order]], total="4250,00", heading=heading))
    assert [item._replace(raw=ROW) for item in found.items] == [ITEM]
    assert (found.messages, found.differences) == ([MESSAGE], [])


def test_columns_of_others_are_ignored_and_stay_in_the_line():
    data = listed([[*row(), "прочее"]], total="4250,00", heading=[*HEADING, "примечание"])
    found = read(data)
    assert found.items == [ITEM._replace(raw=f"{ROW};прочее")]
    assert found.differences == []


def test_columns_that_may_be_missing_are_empty():
    dropped = {"order_no", "order_date", "payer_name", "middle_name", "birth_date"}
    kept = [place for place, name in enumerate(HEADING) if name not in dropped]
    data = listed(
        [[row()[place] for place in kept]],
        total="4250,00",
        heading=[HEADING[place] for place in kept],
    )
    found = read(data)
    without = ITEM._replace(middle_name="", birth_date=None)
    assert [item._replace(raw=ROW) for item in found.items] == [without]
    assert found.messages == [MESSAGE._replace(order_no="", order_date=None, payer_name="")]


def test_rows_with_the_same_header_are_one_message_wherever_they_stand():
    rows = [
        row(),
        row(reference="R2"),
        row(line="2"),
        row(line="3", knp="121"),
        row(line="4", reference=" R1 "),
    ]
    found = read(listed(rows, total="21250,00"))
    assert [item.message for item in found.items] == [0, 1, 0, 2, 0]
    assert found.messages == [
        MESSAGE._replace(items=3, total=1275000),
        MESSAGE._replace(number=1, reference="R2"),
        MESSAGE._replace(number=2, knp="121"),
    ]
    assert found.differences == []


def test_two_equal_payments_under_different_lines_both_live():
    found = read(listed([row(), row(line="2")], total="8500,00"))
    assert [(item.line, item.amount) for item in found.items] == [(1, 425000), (2, 425000)]
    assert found.differences == []


@pytest.mark.parametrize(
    ("cell", "text", "field", "value"),
    [
        ("birth_date", "1999-01-01", "birth_date", date(1999, 1, 1)),
        ("birth_date", "19990101", "birth_date", date(1999, 1, 1)),
        ("birth_date", "31.02.1999", "birth_date", None),
        ("birth_date", "", "birth_date", None),
        ("period", "132026", "month", None),
        ("iin", "", "iin", ""),
        ("iin", " 990101300003 ", "iin", "990101300003"),
        ("last_name", " Ивaнов ", "last_name", "Ивaнов"),
        ("last_name", "ДЈУРЕН", "last_name", "ДЈУРЕН"),
        ("amount", "-4250,00", "amount", -425000),
        ("amount", "0", "amount", 0),
    ],
)
def test_what_is_wrong_with_a_person_does_not_hold_the_file(cell, text, field, value):
    amount = text if cell == "amount" else "4250,00"
    found = read(listed([row(**{cell: text})], total=amount))
    assert getattr(found.items[0], field) == value
    assert found.differences == []


HOLDS = {
    "no totals": (listed([row()]), [Difference(Held.NO_TRAILER, line=2)]),
    "no rows": (listed([]), [Difference(Held.NO_TRAILER)]),
    "another number": (
        listed([row()], total="4250,00").replace(b";1;;", b";2;;"),
        [Difference(Held.TRAILER_COUNT, "", 2, 1, 3)],
    ),
    "an unreadable number": (
        listed([row()], total="4250,00").replace(b";1;;", b";x;;"),
        [Difference(Held.TRAILER_COUNT, "", None, 1, 3)],
    ),
    "another total": (
        listed([row()], total="4250,01"),
        [Difference(Held.TRAILER_TOTAL, "", 425001, 425000, 3)],
    ),
    "a lost row": (
        listed([row(), row(line="2")], total="8500,00").replace(ROW.encode() + b"\r\n", b""),
        [
            Difference(Held.TRAILER_TOTAL, "", 850000, 425000, 3),
            Difference(Held.TRAILER_COUNT, "", 2, 1, 3),
        ],
    ),
    "an unreadable total": (listed([row()], total="x"), [Difference(Held.BAD_SUM, line=3)]),
    "an unreadable sum": (
        listed([row(), row(line="2", amount="1,2,3")], total="8500,00"),
        [Difference(Held.BAD_SUM, "R1", line=3)],
    ),
    "an empty sum": (listed([row(amount="")], total="0"), [Difference(Held.BAD_SUM, "R1", line=2)]),
    "more cells than the heading": (
        listed([[*row(payer_name="ТОО"), "ҮЛГІ"]], total="4250,00"),
        [Difference(Held.BAD_SUM, "R1", line=2)],
    ),
    "an unreadable line": (
        listed([row(line="первая")], total="4250,00"),
        [Difference(Held.MESSAGE_COUNT, "R1", line=2)],
    ),
    "the same line twice": (
        listed([row(), row(reference="R2"), row(knp="121")], total="12750,00"),
        [Difference(Held.MESSAGE_COUNT, "R1", line=4)],
    ),
    "no reference": (
        listed([row(reference="")], total="4250,00"),
        [Difference(Held.MESSAGE_COUNT, line=2)],
    ),
    "an unreadable day": (
        listed(
            [row(payment_date="06/08/2026"), row(payment_date="06/08/2026", line="2")],
            total="8500,00",
        ),
        [Difference(Held.BAD_DATE, "R1", line=2)],
    ),
    "an absurd day": (
        listed([row(payment_date="31.12.2016")], total="4250,00"),
        [Difference(Held.BAD_DATE, "R1", line=2)],
    ),
    "rows after the totals": (
        listed([row()], total="4250,00") + ROW.replace("R1", "R2").encode() + b"\r\n",
        [Difference(Held.NO_TRAILER, line=4)],
    ),
    "several": (
        listed([row(amount="x", line="y", payment_date="z")]),
        [
            Difference(Held.BAD_DATE, "R1", line=2),
            Difference(Held.BAD_SUM, "R1", line=2),
            Difference(Held.MESSAGE_COUNT, "R1", line=2),
            Difference(Held.NO_TRAILER, line=2),
        ],
    ),
}


@pytest.mark.parametrize(("data", "expected"), HOLDS.values(), ids=HOLDS)
def test_a_list_is_held_with_what_is_wrong_and_where(data, expected):
    assert read(data).differences == expected


WHOLE = listed([row(), row(line="2")], total="8500,00")
FIRST_ROWS = WHOLE.index("ИТОГО".encode())


@pytest.mark.parametrize("length", range(FIRST_ROWS + 1, len(WHOLE)))
def test_a_list_cut_off_in_its_last_row_is_held(length):
    found = read(WHOLE[:length])
    all_is_said = length >= len(WHOLE) - len(",00\r\n")
    assert found.differences == ([] if all_is_said else [Difference(Held.TRUNCATED, line=4)])


@pytest.mark.parametrize("length", range(len(WHOLE) - 150, FIRST_ROWS - 4))
def test_a_list_cut_off_in_a_row_of_a_person_is_held(length):
    assert read(WHOLE[:length]).differences == [Difference(Held.TRUNCATED, line=3)]


@pytest.mark.parametrize("length", range(FIRST_ROWS - 2, FIRST_ROWS + 1))
def test_a_list_cut_off_between_two_rows_has_no_totals(length):
    assert read(WHOLE[:length]).differences == [Difference(Held.NO_TRAILER, line=3)]


@pytest.mark.parametrize("end", ["", ";" * 14, "  ;  " + ";" * 13, "\r\n\r\n"])
def test_empty_rows_are_no_rows(end):
    data = WHOLE.replace(b"\r\n", f"\r\n{end}\r\n".encode())
    found = read(data)
    assert len(found.items) == 2
    assert found.differences == []


def test_the_row_of_totals_may_be_short():
    data = listed([row()]) + "Итого:;1;4 250,00\r\n".encode()
    assert read(data).differences == []


def test_lines_of_a_quoted_cell_stay_together_and_in_the_line_as_it_came():
    data = listed([row(payer_name='ТОО "ҮЛГІ";\nАлматы'), row(line="2")], total="8500,00")
    found = read(data)
    assert found.messages[0].payer_name == 'ТОО "ҮЛГІ";\nАлматы'
    assert found.items[0].raw == ROW.replace("ТОО ҮЛГІ", '"ТОО ""ҮЛГІ"";\nАлматы"')
    assert [item.line for item in found.items] == [1, 2]
    assert found.differences == []


@pytest.mark.parametrize("total", ["0", "x"])
def test_more_differences_than_a_thousand_are_not_kept(total):
    rows = [row(line=str(line), amount="x") for line in range(1, 2001)]
    assert len(read(listed(rows, total=total)).differences) == 1000


def test_sums_that_no_book_holds_are_refused():
    rows = [row(line=str(line), amount="999999999999,99") for line in range(1, 10_003)]
    with pytest.raises(Refused):
        read(listed(rows, total="0"))


def test_the_longest_sums_of_one_message_are_refused_before_they_overflow():
    heading, line, _ = listed([row(amount="999999999999,99")], total="0").split(b"\r\n")[:3]
    with pytest.raises(Refused):
        read(b"\r\n".join([heading, *[line] * 92_300]))
