"""The calculator: a debt as typed in, and the arrears that the books know."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.mhifund.office import AIDOS, AIGUL, ARMAN, EMPLOYER, held_category, item, known, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 11, 27))


def page(client, **query):
    return client.get(reverse("penalty"), query, headers={"accept-language": "en"})


def test_a_debt_is_computed_by_the_rates_of_its_days(as_role):
    asked = {"debt": "5950", "due": "25.05.2026", "paid": "03.08.2026"}
    found = page(as_role("registry_operator"), **asked).context["penalty"]
    assert (found.days, found.amount) == (70, Decimal("244.72"))
    assert [part.days for part in found.segments] == [13, 49, 8]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"debt": "-1", "due": "25.05.2026", "paid": "03.08.2026"}, "Debt, tenge"),
        ({"debt": "5950", "due": "25.05.2026", "paid": "25.05.2026"}, "there is no delay"),
        ({"debt": "1e400", "due": "x", "paid": ""}, "Due day"),
        ({"debt": "5950", "due": "25.05.2010", "paid": "01.06.2010"}, "is not known for"),
    ],
)
def test_what_cannot_be_computed_is_told(as_role, asked, said):
    answer = page(as_role("registry_operator"), **asked)
    assert answer.context.get("penalty") is None
    assert said in answer.content.decode()


def test_a_payers_late_months_are_told_with_their_penalty(as_role):
    known(ARMAN, AIGUL)
    register(
        "r.csv",
        item("R1", ARMAN, "072026", "8500.00"),
        item("R2", AIGUL, "072026", "1500.00"),
        item("R3", ARMAN, "092026", "8500.00"),
    )
    seen = page(as_role("reconciliation_officer"), number=EMPLOYER).context
    [(month, row)] = seen["arrears"]
    assert (month, row.debt, row.due, row.paid) == (
        date(2026, 7, 1),
        Decimal(10000),
        date(2026, 8, 25),
        date(2026, 10, 6),
    )
    assert (row.penalty.days, seen["debts"]) == (42, Decimal(10000))


def test_a_user_of_a_region_sees_what_was_paid_late_for_its_persons(as_role):
    known(AIDOS, ARMAN)
    register(
        "r.csv",
        item("R1", AIDOS, "072026", "1000.00"),
        item("R2", ARMAN, "072026", "8500.00"),
    )
    seen = page(as_role("reconciliation_officer", "62"), number=EMPLOYER).context
    assert seen["debts"] == Decimal(1000)


def test_who_may_not_see_payments_sees_a_persons_own_arrears_alone(as_role):
    known(AIGUL)
    held_category(AIGUL, "entrepreneur", "2026-08-01", "2026-09-30")
    register("r.csv", item("R1", AIGUL, "082026", "5950.00", knp="122", payer=AIGUL))
    client = as_role("registry_operator")
    seen = page(client, number=AIGUL).context
    told = [(month, row.debt, row.paid) for month, row in seen["arrears"]]
    assert told == [
        (date(2026, 8, 1), Decimal(5950), date(2026, 10, 6)),
        (date(2026, 9, 1), Decimal(5950), None),
    ]
    assert page(client, number=EMPLOYER).context["arrears"] == []


def test_a_number_that_is_none_is_told(as_role):
    answer = page(as_role("registry_operator"), number="123")
    assert "Neither a valid IIN nor a valid BIN." in answer.content.decode()


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_arrears_are_taken_away(as_role, form, begins):
    known(ARMAN)
    register("r.csv", item("R1", ARMAN, "072026", "8500.00"))
    answer = page(as_role("reconciliation_officer"), number=EMPLOYER, form=form)
    assert answer.content.startswith(begins)
    assert f"arrears.{form}" in answer["Content-Disposition"]


def command(*arguments):
    told = StringIO()
    call_command("penalty", *arguments, "--json", stdout=told)
    return json.loads(told.getvalue())


def test_the_command_computes_the_example_of_the_dossier():
    found = command("102000", "2025-09-25", "2025-11-10")
    assert (found["days"], found["amount"]) == (46, "2803.25")
    assert [part["rate"] for part in found["segments"]] == ["16.500000", "18.000000"]


@pytest.mark.parametrize("debt", ["x", "0", "nan", "inf"])
def test_the_command_refuses_what_is_no_sum(debt):
    with pytest.raises(CommandError, match="no sum"):
        command(debt, "2025-09-25", "2025-11-10")


def test_the_command_tells_what_is_not_known():
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("penalty", "1", "2010-01-01", "2010-02-01", "--json", stdout=told)
    assert json.loads(told.getvalue())["code"] == "no_parameter"
