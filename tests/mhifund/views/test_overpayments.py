"""Overpayments: the list by cause, two genuine payments, and the files to take away."""

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from mhifund.models import ListTaking
from payments.models import OPEN, Overpayment
from tests.mhifund.office import AIDOS, ARMAN, item, known, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins():
    """A repeat of Aidos, and a sum above the due of Arman."""
    persons = known(AIDOS, ARMAN)
    register(
        "r.csv",
        item("R1", AIDOS, "092026", "100.00"),
        item("R2", AIDOS, "092026", "100.00"),
        item("R3", ARMAN, "092026", "14250.00", knp="122", payer=ARMAN),
    )
    return persons


def page(client, **query):
    return client.get(reverse("overpayments"), query, headers={"accept-language": "en"})


def causes(answer):
    return [(row.cause, row.entry.person.iin) for row in answer.context["listing"].rows]


def test_the_list_shows_what_is_left_by_cause(as_role, twins):
    client = as_role("treasurer")
    assert causes(page(client)) == [("over_due", ARMAN), ("duplicate", AIDOS)]
    assert causes(page(client, cause="duplicate")) == [("duplicate", AIDOS)]
    text = page(client).content.decode()
    assert AIDOS not in text
    assert "above the due sum" in text
    Overpayment.objects.filter(cause="over_due").update(reserved=10000)
    assert causes(page(client)) == [("duplicate", AIDOS)]


def test_a_user_of_one_region_sees_theirs(as_role, twins):
    assert causes(page(as_role("refund_officer", "63"))) == [("over_due", ARMAN)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(as_role, count, django_assert_num_queries):
    known(AIDOS)
    register("r.csv", *(item(f"R{n}", AIDOS, "092026", "100.00") for n in range(count + 1)))
    client = as_role("treasurer")
    with django_assert_num_queries(8):
        assert len(causes(page(client))) == count


def test_two_genuine_payments_count_both(as_role, twins):
    client = as_role("reconciliation_officer")
    row = Overpayment.objects.get(cause="duplicate")
    url = reverse("dismiss", args=[row.pk])
    assert url in page(client).content.decode()
    client.post(url, {"note": " "})
    assert Overpayment.objects.filter(OPEN).count() == 2
    answer = client.post(url, {"note": "two employers", "back": "cause=duplicate"})
    assert answer["Location"] == f"{reverse('overpayments')}?cause=duplicate"
    assert not Overpayment.objects.filter(OPEN, cause="duplicate").exists()
    over_due = Overpayment.objects.get(cause="over_due")
    assert client.post(reverse("dismiss", args=[over_due.pk]), {"note": "x"}).status_code == 404


def test_who_only_looks_dismisses_nothing(as_role, twins):
    client = as_role("refund_head")
    row = Overpayment.objects.get(cause="duplicate")
    url = reverse("dismiss", args=[row.pk])
    assert url not in page(client).content.decode()
    assert client.post(url, {"note": "x"}).status_code == 403


def taken(client, name, form, **query):
    answer = client.get(reverse(name, args=[form]), query, headers={"accept-language": "en"})
    return b"".join(answer.streaming_content)


def test_the_list_is_taken_away_and_that_is_written_down(as_role, twins):
    lines = taken(as_role("refund_head"), "take_overpayments", "csv").decode("utf-8-sig")
    head, first, second = lines.splitlines()
    assert head.startswith("Cause;IIN;Name;Payer")
    assert first == (
        f"above the due sum;{ARMAN};ШМИДТ АРМАН;{ARMAN};122;01.09.2026;06.10.2026;"
        "14250,00;10000,00;10000,00"
    )
    assert second.startswith(f"duplicate payment;{AIDOS};")
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows, taking.query) == ("overpayments", 2, {"form": "csv"})


def test_the_list_as_a_workbook(as_role, twins):
    content = taken(as_role("treasurer"), "take_overpayments", "xlsx", cause="duplicate")
    rows = load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][:2] == ["duplicate payment", "660722••••••"]
    assert rows[1][-1] == 100
    assert ListTaking.objects.get().rows == 1


def test_exceptions_are_taken_away_with_their_reasons(as_role):
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "132026", "50.00"), item("R2", AIDOS, "092026", "50.00"))
    client = as_role("reconciliation_officer")
    _head, row = taken(client, "take_exceptions", "csv").decode("utf-8-sig").splitlines()
    assert row.split(";")[:6] == ["period is wrong", "open", "r.csv", "R1", "1", AIDOS]
    assert ListTaking.objects.get().name == "exceptions"
    assert client.get(reverse("take_exceptions", args=["pdf"])).status_code == 404
