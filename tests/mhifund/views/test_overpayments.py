"""Overpayments: the list by cause, two genuine payments, and the files to take away."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from python_calamine import load_workbook

from mhifund.models import ListTaking
from payments.actions.duplicates import confirm
from payments.models import OPEN, Overpayment
from tests.mhifund.office import AIDOS, ARMAN, AT, item, known, register

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
    client = as_role("reconciliation_officer")
    wanted = [*Overpayment.objects.values_list("pk", flat=True)]
    confirm(wanted, by=User.objects.get(), at=AT, note="seen")
    with django_assert_num_queries(8):
        assert len(causes(page(client))) == count


def answer(client, act, *rows, note="looked at both", **facts):
    chosen = {"row": [row.pk for row in rows], "act": act, "note": note}
    told = client.post(
        reverse("answer_duplicates"), chosen | facts, follow=True, headers={"accept-language": "en"}
    )
    return told, [str(message) for message in told.context["messages"]]


@pytest.fixture
def suspected(twins):
    return Overpayment.objects.get(cause="duplicate")


def test_two_genuine_payments_count_both(as_role, suspected):
    client = as_role("reconciliation_officer")
    assert f'name="row" value="{suspected.pk}"' in page(client).content.decode()
    assert answer(client, "dismiss", suspected, note=" ")[1] == ["Say why."]
    assert Overpayment.objects.filter(OPEN).count() == 2
    told, said = answer(client, "dismiss", suspected, back="cause=duplicate")
    assert said == ["Done with 1 item."]
    assert told.redirect_chain == [(f"{reverse('overpayments')}?cause=duplicate", 302)]
    assert not Overpayment.objects.filter(OPEN, cause="duplicate").exists()


def test_a_confirmed_duplicate_tells_by_whom_and_is_found_by_its_answer(as_role, suspected):
    client = as_role("reconciliation_officer")
    assert causes(page(client, answer="waiting")) == [("duplicate", AIDOS)]
    assert causes(page(client, answer="confirmed")) == []
    assert answer(client, "confirm", suspected)[1] == ["Done with 1 item."]
    assert causes(page(client, answer="waiting")) == []
    shown = page(client, answer="confirmed")
    assert causes(shown) == [("duplicate", AIDOS)]
    text = shown.content.decode()
    assert "confirmed duplicate, " in text
    assert "reconciliation_officer-0" in text
    assert "looked at both" in text
    assert 'name="row"' not in text


def test_each_of_many_that_was_not_answered_is_told_with_its_place(as_role, suspected):
    client = as_role("reconciliation_officer")
    over_due = Overpayment.objects.get(cause="over_due")
    answer(client, "confirm", suspected)
    assert answer(client, "dismiss", suspected, over_due)[1] == [
        "ҒАББАСОВ АЙДОС ОЛЖАСҰЛЫ, 09.2026: Somebody has answered it already.",
        "ШМИДТ АРМАН, 09.2026: It is no suspected repeat now.",
    ]
    assert answer(client, "confirm")[1] == ["Choose items first."]
    url = reverse("answer_duplicates")
    assert client.post(url, {"row": "x", "act": "confirm"}).status_code == 404
    assert client.post(url, {"row": "1", "act": "pay", "note": "x"}).status_code == 404


def test_nobody_answers_for_another_region(as_role, suspected):
    client = as_role("reconciliation_officer", "63")
    assert answer(client, "confirm", suspected)[1] == ["Choose items first."]
    assert not Overpayment.objects.exclude(answer="").exists()


def test_who_only_looks_answers_nothing(as_role, suspected):
    client = as_role("refund_head")
    url = reverse("answer_duplicates")
    text = page(client).content.decode()
    assert 'name="act"' not in text
    assert "to be confirmed" in text
    chosen = {"row": suspected.pk, "act": "confirm", "note": "x"}
    assert client.post(url, chosen).status_code == 403


def taken(client, name, form, **query):
    answer = client.get(reverse(name, args=[form]), query, headers={"accept-language": "en"})
    return b"".join(answer.streaming_content)


def test_the_list_is_taken_away_and_that_is_written_down(as_role, twins):
    lines = taken(as_role("refund_head"), "take_overpayments", "csv").decode("utf-8-sig")
    head, first, second = lines.splitlines()
    assert head.startswith("Cause;IIN;Name;Payer")
    assert first == (
        f"above the due sum;{ARMAN};ШМИДТ АРМАН;{ARMAN};122;01.09.2026;06.10.2026;"
        "14250,00;10000,00;10000,00;"
    )
    assert second.startswith(f"duplicate payment;{AIDOS};")
    assert second.endswith(";100,00;to be confirmed")
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows, taking.query) == ("overpayments", 2, {"form": "csv"})


def test_the_list_as_a_workbook(as_role, twins):
    content = taken(as_role("treasurer"), "take_overpayments", "xlsx", cause="duplicate")
    rows = load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][:2] == ["duplicate payment", "660722••••••"]
    assert rows[1][-2:] == [100, "to be confirmed"]
    assert ListTaking.objects.get().rows == 1


def test_exceptions_are_taken_away_with_their_reasons(as_role):
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "132026", "50.00"), item("R2", AIDOS, "092026", "50.00"))
    client = as_role("reconciliation_officer")
    _head, row = taken(client, "take_exceptions", "csv").decode("utf-8-sig").splitlines()
    assert row.split(";")[:6] == ["period is wrong", "open", "r.csv", "R1", "1", AIDOS]
    assert ListTaking.objects.get().name == "exceptions"
    assert client.get(reverse("take_exceptions", args=["pdf"])).status_code == 404
