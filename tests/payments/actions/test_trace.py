"""What became of the items that applications name, as the books tell it."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from payments.actions.exceptions import assign, give_back, undo
from payments.actions.refunding import hold, pay
from payments.actions.trace import Traced, categories_at, last_twelve, trace
from payments.models import ExceptionItem, Overpayment
from registry.actions import identity
from registry.actions.load import load_categories
from registry.models import Contribution, Person
from tests.payments.actions.office import (
    AT,
    EMPLOYER,
    FIRST,
    LATER,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.payments.actions.test_merged import NEW

pytestmark = pytest.mark.django_db

CREDITED, ORDERED, OCTOBER = date(2026, 11, 10), date(2026, 11, 10), date(2026, 10, 1)
STRANGER = "990101300508"
KEY = ("R1", 1)


@pytest.fixture
def officer(db):
    return get_user_model().objects.create(username="officer")


def person(iin=FIRST):
    return Person.objects.get(iin=iin)


def came(state="posted", **facts):
    usual = {
        "iin": FIRST,
        "payer": EMPLOYER,
        "order_no": "1",
        "order_date": ORDERED,
        "credited_on": CREDITED,
        "knp": "122",
        "amount": Decimal(2000),
        "period": OCTOBER,
    }
    return Traced(state, **usual | facts)


def test_an_item_is_told_with_what_was_overpaid_and_paid_back():
    add_people()
    take(register(row(payer_id=FIRST, amount="10000.00"), row(SECOND, line=2)))
    overpayment = Overpayment.objects.get()
    hold({overpayment.pk: Decimal(3000)})
    pay([(overpayment.pk, "case 1 line 1", Decimal(1000), date(2026, 11, 20))], at=LATER)
    first, second = Contribution.objects.filter(reverses=None).order_by("rank")
    assert trace([KEY, ("R1", 2), ("R1", 3), ("R2", 1)]) == {
        KEY: came(
            entry_id=first.pk,
            overpayment_id=overpayment.pk,
            person_id=person().pk,
            payer=FIRST,
            amount=Decimal(10000),
            cause="over_due",
            found=Decimal(5750),
            left=Decimal(2750),
            reserved=Decimal(2000),
            paid=Decimal(1000),
        ),
        ("R1", 2): came(entry_id=second.pk, person_id=person(SECOND).pk, iin=SECOND),
        ("R1", 3): Traced("none"),
        ("R2", 1): Traced("none"),
    }


def test_of_a_file_that_is_not_posted_there_is_nothing():
    add_people()
    assert take(register(row(), total=Decimal(1))).state == "held"
    assert trace([KEY]) == {KEY: Traced("none")}


def test_an_exception_says_why_until_it_is_posted_or_given_back(officer):
    add_people()
    take(register(row(STRANGER, last_name="Х", first_name="Х")))
    item = ExceptionItem.objects.get()
    left_out = came("exception", iin=STRANGER, codes=("bad_iin",))
    assert trace([KEY]) == {KEY: left_out}
    assign({item.pk: 0}, by=officer, at=AT, person=person())
    entry = Contribution.objects.get()
    posted = came(entry_id=entry.pk, person_id=person().pk, iin=STRANGER)
    assert trace([KEY]) == {KEY: posted}
    undo({item.pk: 1}, by=officer, at=AT)
    assert trace([KEY]) == {KEY: left_out}
    assign({item.pk: 2}, by=officer, at=AT, person=person(SECOND))
    again = Contribution.objects.latest("pk")
    assert trace([KEY]) == {KEY: posted._replace(entry_id=again.pk, person_id=person(SECOND).pk)}
    undo({item.pk: 3}, by=officer, at=AT)
    give_back({item.pk: 4}, by=officer, at=AT, note="no such person")
    assert trace([KEY]) == {KEY: left_out._replace(state="returned")}


def test_what_the_state_corporation_sent_back_was_returned():
    add_people()
    take(register(row(knp="021")))
    assert trace([KEY]) == {KEY: came("returned", knp="021")}


def test_a_payment_is_told_of_whom_it_is_now_under_the_number_it_came_with():
    add_people()
    take(register(row(SECOND), row(THIRD, line=2)))
    entry, other = Contribution.objects.order_by("rank").values_list("pk", flat=True)
    identity.merge(person(), person(SECOND), at=LATER)
    identity.change_iin(person(THIRD), NEW, at=LATER)
    take(register(row(THIRD, reference="R2")), "later.csv")
    assert trace([KEY, ("R1", 2), ("R2", 1)]) == {
        KEY: came(entry_id=entry, person_id=person().pk, iin=SECOND),
        ("R1", 2): came(entry_id=other, person_id=person(NEW).pk, iin=THIRD),
        ("R2", 1): came(
            entry_id=Contribution.objects.get(addressed__iin=THIRD).pk,
            overpayment_id=Overpayment.objects.get().pk,
            person_id=person(NEW).pk,
            iin=THIRD,
            cause="duplicate",
            found=Decimal(2000),
            left=Decimal(2000),
        ),
    }


def test_payments_of_the_last_twelve_months_are_counted_by_their_crediting():
    add_people()
    take(
        register(
            row(period="092025", payment_date="2025-11-20"),
            row(period="102025", payment_date="2025-11-21", reference="R2"),
            row(period="092026", payment_date="2026-11-20", reference="R3"),
            row(period="092026", payment_date="2026-11-20", reference="R4", knp="124"),
            row(period="102026", payment_date="2026-11-21", reference="R5"),
            row(SECOND, period="092025", payment_date="2025-11-20", reference="R6"),
        )
    )
    wanted = [person(iin).pk for iin in (FIRST, SECOND, THIRD)]
    counts = last_twelve(wanted, date(2026, 11, 20))
    assert [counts[one] for one in wanted] == [
        (2, date(2026, 11, 20)),
        (0, date(2025, 11, 20)),
        (0, None),
    ]


def test_categories_are_told_that_were_held_on_any_day_of_a_month():
    add_people()
    lines = [
        "iin;category;valid_from;valid_to;received_on;source",
        f"{FIRST};student;2026-02-28;2026-03-01;2026-02-28;list",
        f"{FIRST};pensioner;2026-03-31;;2026-03-31;list",
        f"{FIRST};military;2026-02-01;2026-03-01;2026-02-01;list",
        f"{FIRST};military;2026-02-01;2026-01-31;2026-02-02;withdrawn",
        "",
    ]
    assert not load_categories(io.BytesIO("\n".join(lines).encode()), at=AT).rejected
    months = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    held = categories_at({person().pk: months, person(SECOND).pk: [OCTOBER]})
    assert held == {
        person().pk: dict(
            zip(months, ([], ["student"], ["pensioner", "student"], ["pensioner"]), strict=True)
        ),
        person(SECOND).pk: {OCTOBER: []},
    }
