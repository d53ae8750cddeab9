"""The files of the demo, letter by letter."""

from datetime import date

from mhifund.demo import files
from mhifund.demo.files import Line, Order, Span
from mhifund.demo.people import Person
from payments.rules.items import Item, Message
from payments.rules.totals import Entry

AIGUL = Person(
    "880809499769", "ҒАББАСОВА", "АЙГҮЛ", "ЕРЛАНҚЫЗЫ", date(1988, 8, 9), "F", "citizen", "63"
)
ARMAN = Person(
    "910722389919",
    "ШМИДТ",
    "АРМАН",
    "",
    date(1991, 7, 22),
    "M",
    "citizen",
    "10",
    date(2026, 9, 1),
)
DAY = date(2026, 11, 6)
BOTH = Order(
    "GCVP26110600001",
    1001,
    DAY,
    "121",
    "950741796185",
    "ТОО «ҮЛГІ»",
    [Line(AIGUL, "102026", 840000), Line(ARMAN, "102026", 5)],
)
ONE_MORE = BOTH._replace(number=1002, lines=[Line(ARMAN, "092026", -12000)])


def test_the_extract():
    assert "".join(files.persons_csv([AIGUL, ARMAN])) == (
        "iin;last_name;first_name;middle_name;birth_date;sex;residence;region;died_on\n"
        "880809499769;ҒАББАСОВА;АЙГҮЛ;ЕРЛАНҚЫЗЫ;1988-08-09;F;citizen;63;\n"
        "910722389919;ШМИДТ;АРМАН;;1991-07-22;M;citizen;10;2026-09-01\n"
    )


def test_the_list_of_categories():
    span = Span("880809499769", "student", date(2025, 9, 1), None, date(2025, 9, 4), "demo")
    assert "".join(files.categories_csv([span])) == (
        "iin;category;valid_from;valid_to;received_on;source\n"
        "880809499769;student;2025-09-01;;2025-09-04;demo\n"
    )


def test_the_lines_of_orders_are_numbered_through_a_reference():
    head = (DAY, DAY, "121", "950741796185", "ТОО «ҮЛГІ»")
    first, second = files.portions([BOTH, ONE_MORE])
    assert first.message == Message(0, "GCVP26110600001", "1001", *head, 2, 840005, None)
    assert first.items == [
        Item(0, 1, *AIGUL[:5], "102026", None, 840000, ""),
        Item(0, 2, *ARMAN[:5], "102026", None, 5, ""),
    ]
    assert second.message == Message(0, "GCVP26110600001", "1002", *head, 1, -12000, None)
    assert second.items == [Item(0, 3, *ARMAN[:5], "092026", None, -12000, "")]


def test_an_order_is_cut_where_a_message_is_full():
    long = BOTH._replace(lines=[Line(AIGUL, "102026", 100)] * 1000)
    assert [(part.reference, part.total) for part in files.parts(long)] == [
        ("GCVP2611060000101", 99900),
        ("GCVP2611060000102", 100),
    ]


def test_the_bank_has_one_entry_a_reference():
    other = BOTH._replace(reference="R2")
    assert list(files.entries([BOTH, ONE_MORE, other])) == [
        Entry("GCVP26110600001", 828005, DAY, True),
        Entry("R2", 840005, DAY, True),
    ]
