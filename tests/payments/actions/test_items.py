"""What came in a register, given out again as it came."""

from datetime import date

import pytest

from payments.actions import exceptions, items
from payments.models import ExceptionItem
from payments.rules import mt102_out, sheet, workbook
from payments.rules.items import Item, Message
from registry.actions import identity
from registry.models import Person
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, EMPLOYER, item, known, register
from tests.payments.actions.office import LATER
from tests.payments.rules.files import read

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 6)
NEW = "660722369168"


@pytest.fixture
def file():
    known(AIDOS, ARMAN)
    return register(
        "r.csv",
        item("R1", AIDOS, "092026", "100.00"),
        item("R2", AIGUL, "092026", "7.50"),
        item("R1", ARMAN, "132026", "50.00").replace("R1;1", "R1;5"),
        item("R2", ARMAN, "092026", "20.00").replace("R2;1", "R2;2"),
    )


def message(number, reference, items=0, total=0):
    facts = (reference, "77", DAY, DAY, "121", EMPLOYER, "ТОО «ҮЛГІ»")
    return Message(number, *facts, items, total, None)


WHO = {
    AIDOS: (AIDOS, "ҒАББАСОВ", "АЙДОС", "ОЛЖАСҰЛЫ", date(1966, 7, 22)),
    ARMAN: (ARMAN, "ШМИДТ", "АРМАН", "", date(1991, 7, 22)),
    AIGUL: (AIGUL, "ҒАББАСОВА", "АЙГҮЛ", "ЕРЛАНҚЫЗЫ", date(1988, 8, 9)),
}
FIRST = [
    Item(0, 1, *WHO[AIDOS], "092026", None, 10000, ""),
    Item(0, 5, *WHO[ARMAN], "132026", None, 5000, ""),
]
SECOND = [
    Item(1, 1, *WHO[AIGUL], "092026", None, 750, ""),
    Item(1, 2, *WHO[ARMAN], "092026", None, 2000, ""),
]


def test_booked_and_left_out_come_in_the_order_of_their_lines(file):
    assert ExceptionItem.objects.count() == 2
    assert [*items.portions(file)] == [
        (message(0, "R1"), FIRST),
        (message(1, "R2"), SECOND),
    ]


def test_a_portion_has_as_many_items_as_a_message(file, monkeypatch):
    monkeypatch.setattr(items, "MOST_ITEMS", 1)
    assert [(one.message.reference, *one.items) for one in items.portions(file)] == [
        *(("R1", one) for one in FIRST),
        *(("R2", one) for one in SECOND),
    ]


@pytest.mark.parametrize(
    ("write", "lines"), [(sheet.write, [1, 5, 1, 2]), (mt102_out.write, [1, 2, 1, 2])]
)
def test_what_is_given_out_is_read_as_it_came(file, write, lines):
    found = read(b"".join(write(items.portions(file))))
    assert found.differences == []
    assert [one._replace(declared=None) for one in found.messages] == [
        message(0, "R1", 2, 15000),
        message(1, "R2", 2, 2750),
    ]
    assert [one._replace(raw="", month=None) for one in found.items] == [
        one._replace(line=line) for one, line in zip(FIRST + SECOND, lines, strict=True)
    ]


def test_what_is_posted_from_the_queue_stays_where_it_was(file):
    left = ExceptionItem.objects.get(iin=AIGUL)
    known(AIGUL)
    assert exceptions.retry(at=LATER) == 1
    left.refresh_from_db()
    assert left.state == "posted"
    assert [one for _message, some in items.portions(file) for one in some] == FIRST + SECOND


def test_an_item_has_the_number_under_which_it_came(file):
    identity.change_iin(Person.objects.get(iin=AIDOS), NEW, at=LATER)
    again = register("s.csv", item("R3", AIDOS, "082026", "1.00"))
    assert again.state == "posted"
    assert [one.items[0].iin for one in items.portions(file)] == [AIDOS, AIGUL]
    assert [one.items[0].iin for one in items.portions(again)] == [AIDOS]


def test_a_merged_person_keeps_the_number_that_came(file):
    identity.merge(*Person.objects.filter(iin__in=[AIDOS, ARMAN]).order_by("iin"), at=LATER)
    assert [one for _message, some in items.portions(file) for one in some] == FIRST + SECOND


BACK = [Item(0, 6, *WHO[AIGUL], "092026", None, 300, ""), Item(0, 2, *WHO[AIDOS], "1", None, 5, "")]


def sent_back(*first):
    """Returns under the reference of payments, with another reference in between."""
    lines = [
        *first,
        item("R1", AIGUL, "092026", "3.00", knp="021").replace("R1;1", "R1;6"),
        item("R2", AIDOS, "092026", "1.00"),
        item("R1", AIDOS, "1", "0.05", knp="021").replace("R1;1", "R1;2"),
    ]
    return register("back.csv", *lines)


def returned(number):
    return message(number, "R1")._replace(knp="021")


@pytest.mark.parametrize("write", [sheet.write, workbook.write, mt102_out.write])
def test_what_was_sent_back_is_given_out_behind_the_payments_of_its_reference(write):
    known(AIDOS)
    again = sent_back(item("R1", AIDOS, "092026", "100.00"))
    assert (again.state, again.posted, again.returned) == ("posted", 2, 2)
    assert [*items.portions(again)] == [
        (message(0, "R1"), FIRST[:1]),
        (returned(0), BACK),
        (message(2, "R2"), [FIRST[0]._replace(message=2, amount=100)]),
    ]
    found = read(b"".join(write(items.portions(again))))
    assert found.differences == []
    assert [(one.knp, one.items, one.total) for one in found.messages] == [
        ("121", 1, 10000),
        ("021", 2, 305),
        ("121", 1, 100),
    ]
    assert [(one.iin, one.birth_date, one.amount) for one in found.items] == [
        (AIDOS, date(1966, 7, 22), 10000),
        (AIGUL, date(1988, 8, 9), 300),
        (AIDOS, date(1966, 7, 22), 5),
        (AIDOS, date(1966, 7, 22), 100),
    ]


def test_what_was_sent_back_before_its_payments_stays_with_them():
    known(AIDOS)
    again = sent_back(
        item("R1", AIDOS, "092026", "2.00", knp="021").replace("R1;1", "R1;7"),
        item("R2", AIDOS, "082026", "1.00").replace("R2;1", "R2;2"),
        item("R1", AIDOS, "092026", "100.00"),
    )
    found = [(one.message.reference, one.message.knp) for one in items.portions(again)]
    assert found == [("R2", "121"), ("R1", "121"), ("R1", "021")]
    assert read(b"".join(mt102_out.write(items.portions(again)))).differences == []


def test_a_file_of_nothing_but_returns_is_given_out():
    again = register("back.csv", item("B1", AIGUL, "092026", "3.00", knp="021"))
    ((order, some),) = items.portions(again)
    assert (order, some) == (
        message(0, "B1")._replace(knp="021"),
        [BACK[0]._replace(line=1)],
    )


def test_another_region_sees_its_own(file):
    nobody = ExceptionItem.objects.none()
    found = [*items.portions(file, exceptions=nobody, regions=["63"])]
    assert found == [(message(1, "R2"), SECOND[1:])]
