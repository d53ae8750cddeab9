"""Every item of a message is posted or in the queue, and a day balances to zero."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from payments.actions import exceptions
from payments.actions.balance import Line, Reference, Unmatched, by_reference, of_day
from payments.models import ExceptionItem, File, Message
from payments.rules import camt053
from payments.rules.totals import Entry
from registry.models import Person
from tests.payments.actions.office import (
    LATER,
    SAMPLES,
    SECOND,
    add_people,
    load_people,
    register,
    row,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)


def test_each_message_of_a_posted_file_is_counted_from_the_books_and_the_queue():
    load_people()
    for path in sorted((SAMPLES / "registers").iterdir()):
        assert take_file(path).state == "posted"
    for message in Message.objects.all():
        assert message.posted + message.excepted == message.items
        assert message.posted_total + message.excepted_total == message.total
    assert sum(Message.objects.values_list("excepted", flat=True)) == ExceptionItem.objects.count()


def test_a_message_that_does_not_balance_is_refused_by_the_database():
    add_people()
    take(register(row(), row(SECOND, line=2, period="132026")))
    (message,) = Message.objects.all()
    assert (message.posted, message.excepted) == (1, 1)
    for facts in ({"posted": 2}, {"excepted_total": 1}, {"posted": None}):
        with pytest.raises(IntegrityError, match="message_balances"), transaction.atomic():
            Message.objects.update(**facts)


def commit():
    """What the database compares at the commit, while the test is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def changed(file, facts):
    File.objects.filter(pk=file.pk).update(**facts)
    commit()


@pytest.mark.parametrize(
    "facts", [{"items": 2}, {"total": 1}, {"posted": 2}, {"posted_total": Decimal("4000.01")}]
)
def test_a_posted_file_that_is_not_its_messages_is_refused_by_the_database(facts):
    add_people()
    file = take(
        register(row(), row(SECOND, line=2, period="132026"), row(reference="R2", knp="021"))
    )
    assert (file.items, file.posted, file.returned) == (3, 1, 1)
    commit()
    with pytest.raises(IntegrityError, match="do not add up"):
        changed(file, facts)


def test_a_file_none_of_whose_messages_is_counted_is_not_posted():
    add_people()
    file = take(register(row(), total="1"))
    commit()
    with pytest.raises(IntegrityError, match="do not add up"):
        changed(file, {"state": "posted"})


def test_a_file_without_items_is_posted():
    assert take(register()).state == "posted"
    commit()


def test_a_held_file_has_nothing_counted():
    add_people()
    take(register(row(), total="1"))
    assert Message.objects.get().posted is None


def test_a_day_balances_whatever_becomes_of_its_exceptions():
    add_people()
    take(register(row(), row("990101300404", line=2), row(SECOND, line=3, period="132026")))
    take(register(row(reference="R2"), total="1"), "held.csv")
    found = of_day(DAY)
    assert (found.registers, found.waiting, found.posted) == (
        *(Line(3, Decimal(6000)), Line(1, Decimal(2000))),
        Line(1, Decimal(2000)),
    )
    assert found.queue == {"open": Line(2, Decimal(4000))}
    assert (found.unexplained, found.difference) == (0, None)
    officer = get_user_model().objects.create(username="officer")
    first, second = ExceptionItem.objects.order_by("pk")
    person = Person.objects.get(iin=SECOND)
    exceptions.assign({first.pk: 0}, person=person, by=officer, at=LATER)
    exceptions.give_back({second.pk: 0}, by=officer, at=LATER, note="x")
    found = of_day(DAY)
    assert found.queue == {"posted": Line(1, Decimal(2000)), "returned": Line(1, Decimal(2000))}
    assert found.unexplained == 0
    assert of_day(date(2026, 11, 11)).registers == Line(0, Decimal(0))


def test_references_of_which_bank_and_registers_tell_otherwise_are_named():
    load_people()
    register_ = take_file(SAMPLES / "registers" / "2026-11.csv")
    take_file(SAMPLES / "statement_2026-11.camt053.xml")
    days = {*register_.messages.values_list("credited_on", flat=True)}
    assert all(of_day(day).unmatched == [] for day in days)
    assert all(of_day(day).difference == 0 for day in days)


def test_a_statement_that_differs_is_told_by_reference():
    load_people()
    take_file(SAMPLES / "registers" / "2026-11.csv")
    take_file(SAMPLES / "held" / "statement_2026-11_differs.camt053.xml")
    days = {*Message.objects.values_list("credited_on", flat=True)}
    told = [row for day in sorted(days) for row in of_day(day).unmatched]
    assert len(told) == 1
    assert isinstance(told[0], Unmatched)
    assert told[0].bank != told[0].registers
    assert sum(of_day(day).difference for day in days) == told[0].bank - told[0].registers


def test_a_statement_that_credits_nothing_differs_from_a_register_too():
    add_people()
    take(register(row()))
    assert (of_day(DAY).difference, of_day(DAY).unmatched) == (None, [])
    take(b"".join(camt053.write([Entry("OUT", 100, DAY, False)], "1")), "bank.xml")
    found = of_day(DAY)
    assert (found.bank, found.difference) == (Line(0, Decimal(0)), Decimal(-2000))
    assert found.unmatched == [Unmatched("R1", None, Decimal(2000))]


def test_a_reference_that_the_bank_booked_on_another_day_is_told_on_both():
    add_people()
    take(register(row(), row(reference="R2")))
    next_day = date(2026, 11, 11)
    take(b"".join(camt053.write([Entry("R1", 200_000, next_day, True)], "1")), "bank.xml")
    found, later = of_day(DAY), of_day(next_day)
    assert (found.told, later.told, later.difference) == (False, True, Decimal(2000))
    assert found.unmatched == [Unmatched("R1", None, Decimal(2000), next_day)]
    assert later.unmatched == [Unmatched("R1", Decimal(2000), None, DAY)]


def test_each_reference_of_a_day_is_told_first_where_the_bank_differs():
    add_people()
    take(register(row(), row(SECOND, line=2, period="132026"), row(reference="R2")))
    take(register(row(reference="R3"), total="1"), "held.csv")
    take(register(row(reference="BACK", knp="021")), "back.csv")
    entry = (
        '<Ntry><NtryRef>R2</NtryRef><Amt Ccy="KZT">2000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<BookgDt><Dt>2026-11-10</Dt></BookgDt></Ntry>"
    )
    statement = f"<Document><BkToCstmrStmt><Stmt>{entry}</Stmt></BkToCstmrStmt></Document>"
    take(statement.encode(), "bank.xml")
    left_out = once = back = Decimal(2000)
    zero = Decimal(0)
    rows = [
        Reference("R1", None, Decimal(4000), once, left_out, None),
        Reference("R3", None, Decimal(2000), None, None, None),
        Reference("BACK", None, back, zero, zero, back),
        Reference("R2", Decimal(2000), Decimal(2000), once, zero, None),
    ]
    assert by_reference(DAY, most=5) == rows
    assert by_reference(DAY, most=2) == rows[:2]
    assert [reference.difference for reference in rows] == [-4000, -2000, 0, 0]
