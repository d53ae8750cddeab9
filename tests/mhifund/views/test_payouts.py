"""Payout batches on their pages: who prepares, confirms and releases them, and what goes out."""

from decimal import Decimal

import pytest
from django.urls import reverse

from mhifund.models import ListTaking
from mhifund.views import payouts as views
from refunds.actions import payouts
from refunds.models import Application, Batch
from tests.payments.actions.office import FIRST
from tests.refunds.actions.office import (
    AT,
    answer,
    batch_of_all,
    confirmed,
    head,
    officer,
    seen,
    small_world,
    states,
    treasurer,
)

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "75", "63"
BOUNDED = (
    "Payout batches are of the whole country: who sees some regions alone does not act on them."
)


@pytest.fixture(autouse=True)
def world(db):
    small_world()


@pytest.fixture
def prepared():
    _application, lines = confirmed("A1", "R1", "R2")
    batch, _told = payouts.prepare(seen(lines), by=officer(), at=AT)
    return batch


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query, headers={"accept-language": "en"})


def post(client, name, *args, **facts):
    told = client.post(
        reverse(name, args=args), facts, follow=True, headers={"accept-language": "en"}
    )
    return told, [str(message) for message in told.context["messages"]]


def step(client, batch, name, **facts):
    return post(client, "step_payout", batch.pk, step=name, version=batch.version, **facts)[1]


def text(answer):
    return " ".join(answer.content.decode().split())


def test_an_officer_makes_a_batch_of_all_that_wait(as_role):
    confirmed("A1", "R1", "R2")
    client = as_role("refund_officer")
    shown = page(client, "payouts")
    assert shown.context["to_pay"] == {"lines": 2, "total": Decimal("11500.00")}
    assert [line.number for line in shown.context["lines"]] == [1, 2]
    assert FIRST not in text(shown)
    told, said = post(client, "prepare_payout", lines="all")
    assert said == ["Done with 2 items."]
    batch = Batch.objects.get()
    assert told.redirect_chain == [(reverse("payout", args=[batch.pk]), 302)]
    assert (batch.state, batch.items.count()) == ("prepared", 2)
    assert page(client, "payouts").context["to_pay"] == {"lines": 0, "total": 0}


def test_each_chosen_line_that_does_not_fit_is_told_with_its_place(as_role):
    _application, (one, two) = confirmed("A1", "R1", "R2")
    client = as_role("refund_officer")
    rows = [f"{one.pk}:{one.version}", f"{two.pk}:{two.version - 1}"]
    assert post(client, "prepare_payout", lines="chosen", row=rows)[1] == [
        "Done with 1 item.",
        "A1, line 2: Somebody changed it meanwhile; it is left as it is now.",
    ]
    again = post(client, "prepare_payout", lines="chosen", row=rows[:1])
    assert again[1] == ["A1, line 1: Somebody changed it meanwhile; it is left as it is now."]
    assert again[0].redirect_chain == [(reverse("payouts"), 302)]
    assert post(client, "prepare_payout", lines="chosen")[1] == ["Choose items first."]
    assert client.post(reverse("prepare_payout"), {"row": "x"}).status_code == 404
    assert Batch.objects.count() == 1


def test_the_lines_that_wait_come_page_by_page(as_role, monkeypatch):
    monkeypatch.setattr(views, "WAITING", 1)
    monkeypatch.setattr(views, "MOST", 1)
    _application, (one, two) = confirmed("A1", "R1", "R2")
    client = as_role("refund_officer")
    first = page(client, "payouts")
    assert (first.context["lines"], first.context["more"]) == ([one], one.pk)
    assert "more than 1 lines" in text(first)
    second = page(client, "payouts", after=one.pk)
    assert (second.context["lines"], second.context["more"]) == ([two], None)
    assert post(client, "prepare_payout", lines="all")[1] == ["Done with 1 item."]


def test_a_batch_goes_through_three_persons(as_role, client, prepared):
    officer_ = as_role("refund_officer")
    assert [one["name"] for one in page(officer_, "payout", prepared.pk).context["steps"]] == [
        "cancel"
    ]
    head_ = as_role("refund_head")
    shown = page(head_, "payout", prepared.pk).context
    assert [(one["name"], one["against"]) for one in shown["steps"]] == [
        ("confirm", ""),
        ("cancel", ""),
    ]
    assert step(head_, prepared, "confirm") == ["It is done."]
    assert step(head_, prepared, "confirm") == [
        "Somebody changed it meanwhile; it is left as it is now."
    ]
    prepared.refresh_from_db()
    assert page(head_, "payout", prepared.pk).context["next"] == "A treasurer releases it next."
    treasurer_ = as_role("treasurer")
    assert page(treasurer_, "payout", prepared.pk).context["orders"] == {}
    assert step(treasurer_, prepared, "release") == ["It is done."]
    prepared.refresh_from_db()
    assert prepared.state == "sent"
    stages = page(treasurer_, "payout", prepared.pk).context["stages"]
    assert [(str(words), str(who)) for words, who, _at in stages] == [
        ("prepared", "officer"),
        ("confirmed", "refund_head-0"),
        ("released", "treasurer-0"),
        ("answered in full", "None"),
    ]


def test_what_stands_against_a_step_is_said_beside_its_button(as_role, prepared):
    client = as_role("refund_head")
    payouts.leave_out(prepared.pk, prepared.items.values_list("pk", flat=True), by=officer(), at=AT)
    shown = page(client, "payout", prepared.pk)
    assert shown.context["steps"][0]["against"] == "The batch has no lines."
    assert "Confirm: The batch has no lines." in text(shown)
    assert step(client, prepared, "confirm") == ["The batch has no lines."]


def test_who_prepared_a_batch_does_not_confirm_it(as_role):
    confirmed("A1", "R1")
    client = as_role("refund_officer")
    own = type(head()).objects.get(username="refund_officer-0")
    own.groups.add(*head().groups.all())
    post(client, "prepare_payout", lines="all")
    batch = Batch.objects.get()
    steps = page(client, "payout", batch.pk).context["steps"]
    assert [(one["name"], one["against"]) for one in steps] == [
        ("confirm", "Who prepared a batch does not confirm it: another person does."),
        ("cancel", ""),
    ]


def test_a_batch_is_cancelled_with_a_note_that_its_page_tells(as_role, prepared):
    client = as_role("refund_head")
    assert step(client, prepared, "cancel", note=" ") == ["Say why."]
    assert step(client, prepared, "cancel", note="the wrong day") == ["It is done."]
    shown = page(client, "payout", prepared.pk)
    assert "the wrong day" in text(shown)
    assert (shown.context["steps"], shown.context["next"]) == ([], None)
    assert shown.context["sums"]["lines"] == 2
    assert set(states().values()) == {"confirmed"}


def test_what_is_left_out_is_to_be_paid_again(as_role, prepared):
    client = as_role("refund_officer")
    one = prepared.items.first()
    assert f'name="row" value="{one.pk}"' in text(page(client, "payout", prepared.pk))
    assert post(client, "leave_out", prepared.pk)[1] == ["Choose items first."]
    assert post(client, "leave_out", prepared.pk, row=one.pk)[1] == [
        "1 line is left out and is to be paid again."
    ]
    assert page(client, "payout", prepared.pk).context["sums"] == {
        "lines": 1,
        "total": Decimal("5750.00"),
        "done": 0,
        "waits": Decimal("5750.00"),
        "bounced": 0,
    }
    payouts.step(prepared.pk, "confirm", by=head(), at=AT)
    other = prepared.items.last()
    assert post(client, "leave_out", prepared.pk, row=other.pk)[1] == [
        "The batch is not open any more."
    ]
    assert 'name="row"' not in text(page(client, "payout", prepared.pk))


def test_who_only_looks_does_nothing(as_role, prepared):
    client = as_role("analyst")
    shown = page(client, "payout", prepared.pk)
    assert (shown.context["steps"], shown.context["may_leave_out"]) == ([], frozenset())
    assert "lines" not in page(client, "payouts").context
    for name, args in [("prepare_payout", []), ("step_payout", [prepared.pk])]:
        assert client.post(reverse(name, args=args)).status_code == 403
    assert client.post(reverse("leave_out", args=[prepared.pk])).status_code == 403
    assert page(client, "payout_order", prepared.pk, "mt102").status_code == 403


@pytest.mark.parametrize("role", ["registry_operator", "reconciliation_officer"])
def test_others_do_not_see_payouts(as_role, role, prepared):
    client = as_role(role)
    assert page(client, "payouts").status_code == 403
    assert page(client, "payout", prepared.pk).status_code == 403


def test_a_treasurer_sees_no_card_and_no_application(as_role, prepared):
    shown = text(page(as_role("treasurer"), "payout", prepared.pk))
    assert "АХМЕТОВ АСАН" in shown
    assert "990101••••••" in shown
    assert "/persons/" not in shown
    assert "/refunds/" not in shown.split("<main")[1]


def test_a_user_of_some_regions_sees_their_lines_and_acts_on_none(as_role, prepared):
    elsewhere = as_role("refund_head", ELSEWHERE)
    assert page(elsewhere, "payouts").context["batches"] == []
    assert page(elsewhere, "payout", prepared.pk).status_code == 404
    client = as_role("refund_head", HERE, "71")
    ((batch, sums),) = page(client, "payouts").context["batches"]
    assert (batch, sums["lines"]) == (prepared, 2)
    shown = page(client, "payout", prepared.pk)
    assert {str(one["against"]) for one in shown.context["steps"]} == {BOUNDED}
    assert step(client, prepared, "confirm") == [BOUNDED]
    assert post(client, "leave_out", prepared.pk, row=prepared.items.first().pk)[1] == [BOUNDED]
    prepared.refresh_from_db()
    assert (prepared.state, prepared.items.filter(outcome="").count()) == ("prepared", 2)


def test_an_officer_of_some_regions_prepares_nothing(as_role):
    confirmed("A1", "R1")
    client = as_role("refund_officer", HERE)
    assert "to_pay" not in page(client, "payouts").context
    assert post(client, "prepare_payout", lines="all")[1] == [BOUNDED]
    assert not Batch.objects.exists()


def test_a_batch_of_two_regions_shows_each_its_own(as_role):
    confirmed("A1", "R1", "R2")
    confirmed("A2", "R3")
    Application.objects.filter(number="A2").update(region=ELSEWHERE)
    batch = batch_of_all()
    client = as_role("analyst", ELSEWHERE)
    shown = page(client, "payout", batch.pk).context
    assert [item.line.application.number for item in shown["items"]] == ["A2"]
    assert (shown["sums"]["lines"], shown["sums"]["total"]) == (1, Decimal("5750.00"))
    assert len(stream(page(client, "take_payouts", batch.pk, "csv")).splitlines()) == 2


def stream(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [("mt102", "mt102.txt", "{1:F01"), ("pain001", "pain001.xml", "<?xml")],
)
def test_the_order_of_a_released_batch_goes_out_and_that_is_written_down(
    as_role, form, name, begins
):
    confirmed("A1", "R1", "R2")
    batch = batch_of_all()
    client = as_role("treasurer")
    got = page(client, "payout_order", batch.pk, form)
    assert got["Content-Disposition"] == f'attachment; filename="payout-{batch}.{name}"'
    written = stream(got)
    assert written.startswith(begins)
    assert all(item.key in written for item in batch.items.all())
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows, taking.query) == (
        *("payout_order", 2),
        {"batch": batch.pk, "form": form},
    )
    assert page(client, "payout_order", batch.pk, "pdf").status_code == 404


def test_an_order_does_not_go_out_before_its_release_or_to_others(as_role, prepared):
    payouts.step(prepared.pk, "confirm", by=head(), at=AT)
    assert page(as_role("treasurer"), "payout_order", prepared.pk, "mt102").status_code == 404
    payouts.step(prepared.pk, "release", by=treasurer(), at=AT)
    assert page(as_role("treasurer", HERE), "payout_order", prepared.pk, "mt102").status_code == 404
    assert page(as_role("refund_head"), "payout_order", prepared.pk, "mt102").status_code == 403
    assert not ListTaking.objects.exists()


def test_the_balance_of_a_batch_is_that_of_its_answers(as_role):
    confirmed("A1", "R1", "R2", "R3")
    batch = batch_of_all()
    one, two, _three = batch.items.values_list("key", flat=True)
    answer((one, "paid", "5750.00"), (two, "partly", "2000.00"))
    shown = page(as_role("treasurer"), "payout", batch.pk).context
    assert shown["sums"] == {
        "lines": 3,
        "total": Decimal("17250.00"),
        "done": Decimal("7750.00"),
        "waits": Decimal("5750.00"),
        "bounced": Decimal("3750.00"),
    }
    ((file, of_batch),) = shown["answers"]
    assert (file.name, of_batch["lines"], of_batch["paid"]) == ("answer.csv", 2, 7750)


def test_the_payouts_of_a_batch_are_taken_away(as_role):
    confirmed("A1", "R1")
    batch = batch_of_all()
    (key,) = batch.items.values_list("key", flat=True)
    answer((key, "bounced"))
    head_, row = stream(page(as_role("treasurer"), "take_payouts", batch.pk, "csv")).splitlines()
    assert head_ == (
        "№;Key;Application;Line;IIN;Name;Period;Purpose code;Amount, tenge;Outcome;"
        "Paid out, tenge;Answered on;Text of the bank"
    )
    assert row == (
        f"1;{key};A1;1;990101••••••;АХМЕТОВ АСАН;01.07.2026;122;5750,00;bounced;0,00;24.11.2026;"
    )
    assert stream(page(as_role("refund_head"), "take_payouts", batch.pk, "csv")).count(FIRST) == 1
    assert {(taking.name, taking.rows) for taking in ListTaking.objects.all()} == {("payouts", 1)}


def test_the_payouts_come_page_by_page(as_role, prepared, monkeypatch):
    monkeypatch.setattr(views, "ITEMS", 1)
    client = as_role("treasurer")
    first = page(client, "payout", prepared.pk).context
    assert ([item.number for item in first["items"]], first["following"]) == ([1], 2)
    second = page(client, "payout", prepared.pk, **{"from": 2}).context
    assert ([item.number for item in second["items"]], second["following"]) == ([2], None)


@pytest.mark.parametrize("references", [("R1",), ("R1", "R2", "R3")])
def test_the_pages_cost_the_same_for_one_and_for_three(
    as_role, references, django_assert_num_queries
):
    confirmed("A1", *references)
    batch = batch_of_all()
    client = as_role("treasurer")
    with django_assert_num_queries(12):
        page(client, "payout", batch.pk)
    with django_assert_num_queries(10):
        page(client, "payouts")
