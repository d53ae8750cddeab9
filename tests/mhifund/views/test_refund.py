"""The page of a refund application: its way, its steps, its clocks, its details."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from payments.models import Message, Overpayment
from refunds.actions import cases, clocks, queue
from registry.actions import law
from tests.refunds.actions.office import (
    AT,
    asks,
    asks_of,
    confirmed,
    decided,
    load,
    officer,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def world(db):
    small_world()


@pytest.fixture
def sent():
    (application,) = load(asks_of(("A1", "R1", "R2"))).new
    return application


def page(client, application, **query):
    return client.get(reverse("refund", args=[application.pk]), query, headers=ENGLISH)


def post(client, name, application, *args, **facts):
    url = reverse(name, args=[application.pk, *args])
    told = client.post(url, facts, follow=True, headers=ENGLISH)
    return [str(message) for message in told.context["messages"]]


def step(client, application, act, **facts):
    return post(client, "step_refund", application, act=act, version=application.version, **facts)


def stages(answer):
    return [(stage.state, stage.place) for stage in answer.context["stages"]]


def offers(answer):
    return [tuple(offer) for offer in answer.context["offers"]]


def test_the_head_of_the_page_says_who_asks_and_where_it_is(as_role, sent):
    answer = page(as_role("refund_officer"), sent)
    text = answer.content.decode()
    assert "A1, АХМЕТОВ АСАН" in text
    assert "990101••••••" in text
    assert "990101300003" not in text
    assert stages(answer) == [
        ("received", "done"),
        ("check", "done"),
        ("sent", "now"),
        *((state, "ahead") for state in ("review", "decided", "confirmed", "closed")),
    ]
    assert 'aria-current="step"' in text


def test_what_is_returned_or_withdrawn_is_shown_on_the_way(as_role, sent):
    client = as_role("auditor")
    cases.step(sent.pk, "register", by=officer(), at=AT)
    cases.step(sent.pk, "withdraw", by=officer(), at=AT, note="a letter")
    assert stages(page(client, sent)) == [
        ("sent", "done"),
        ("review", "done"),
        ("withdrawn", "now"),
    ]
    (opened,), _told = cases.open_from_overpayments(_overpaid("R3"), by=officer(), at=AT)
    cases.step(opened.pk, "begin_check", by=officer(), at=AT)
    cases.step(opened.pk, "return", by=officer(), at=AT, note="no account")
    assert stages(page(client, opened))[:3] == [
        ("received", "done"),
        ("returned", "now"),
        ("sent", "ahead"),
    ]


def _overpaid(reference):
    message = Message.objects.get(reference=reference)
    return [Overpayment.objects.get(entry__key__startswith=f"{message.pk}:").pk]


def test_an_officer_is_offered_the_steps_of_the_state_and_takes_them(as_role, sent):
    client = as_role("refund_officer")
    assert offers(page(client, sent)) == [("register", "", False), ("withdraw", "", True)]
    assert step(client, sent, "register") == ["It is done."]
    sent.refresh_from_db()
    assert sent.state == "review"
    assert offers(page(client, sent)) == [("withdraw", "", True)]
    assert step(client, sent, "withdraw") == ["Say why."]
    assert step(client, sent, "withdraw", note="a letter") == ["It is done."]
    sent.refresh_from_db()
    assert sent.state == "withdrawn"
    assert offers(page(client, sent)) == []


def test_an_open_point_of_the_check_list_asks_for_a_note(as_role):
    (row,) = load(_json(asks("A1", "R1", account={"iban": "", "bic": ""}))).new
    client = as_role("refund_officer")
    answer = page(client, row)
    assert offers(answer)[0] == ("register", "", True)
    assert "Account (IBAN) is right" in answer.content.decode()
    assert "wrong bank details in the application" in answer.content.decode()
    assert step(client, row, "register") == [
        "Points of the check-list are open: say why it is registered."
    ]


def _json(*asked):
    return json.dumps(asked).encode()


def test_what_stands_against_a_step_is_said_beside_its_button(as_role):
    (opened,), _told = cases.open_from_overpayments(_overpaid("R1"), by=officer(), at=AT)
    cases.step(opened.pk, "begin_check", by=officer(), at=AT)
    answer = page(as_role("refund_officer"), opened)
    assert offers(answer)[1] == ("send", "formally_complete", False)
    text = answer.content.decode()
    assert 'value="send" formnovalidate disabled aria-describedby="against_send"' in text
    assert 'value="as_found"' not in text
    assert "Points of the check-list are open." in text


def test_a_step_from_an_old_page_changes_nothing(as_role, sent):
    client = as_role("refund_officer")
    cases.step(sent.pk, "register", by=officer(), at=AT)
    assert step(client, sent, "withdraw", note="a letter") == [
        "Somebody changed it meanwhile; it is left as it is now."
    ]
    assert (
        client.post(reverse("step_refund", args=[sent.pk]), {"act": "register"}).status_code == 404
    )


def test_what_a_role_may_not_do_is_not_offered_and_refused(as_role, sent):
    client = as_role("analyst")
    answer = page(client, sent)
    assert offers(answer) == []
    text = answer.content.decode()
    assert 'method="post" action="/refunds/' not in text
    for name in ("step_refund", "take_on_refund", "refund_clock", "correct_refund"):
        url = reverse(name, args=[sent.pk])
        assert client.post(url, {"act": "register", "version": 0}).status_code == 403, name
    head = as_role("refund_head")
    assert offers(page(head, sent)) == []
    assert step(head, sent, "register") == ["Your role does not take this step."]


@pytest.mark.parametrize("role", ["reconciliation_officer", "treasurer", "registry_operator"])
def test_roles_without_cases_are_refused_the_page(as_role, sent, role):
    assert page(as_role(role), sent).status_code == 403


def test_an_application_of_another_region_is_not_found(as_role, sent):
    client = as_role("refund_officer", "62")
    assert page(client, sent).status_code == 404
    for name in ("step_refund", "take_on_refund", "refund_clock", "correct_refund"):
        url = reverse(name, args=[sent.pk])
        assert client.post(url, {"act": "register", "version": 0}).status_code == 404, name
    assert page(as_role("refund_head", "75"), sent).status_code == 200


def test_somebody_takes_the_application_on(as_role, sent):
    client = as_role("refund_officer")
    assert post(client, "take_on_refund", sent, version=sent.version) == ["You work on it now."]
    sent.refresh_from_db()
    me = get_user_model().objects.get(pk=client.session["_auth_user_id"])
    assert sent.owner == me
    assert reverse("take_on_refund", args=[sent.pk]) not in page(client, sent).content.decode()
    queue.leave(me, AT.date().replace(year=2020), AT.date().replace(year=2100), by=me)
    assert post(client, "take_on_refund", sent, version=0) == ["Who should get it is absent."]


def test_the_clocks_stand_with_their_derivation(as_role, sent):
    answer = page(as_role("refund_officer"), sent)
    found = {clock.name: clock for clock in answer.context["clocks"]}
    assert [*found] == ["check", "review", "overall"]
    assert found["review"].runs
    assert not found["check"].runs
    assert str(found["review"].start) == "2026-11-23"
    assert [(why, [str(day) for day in days]) for why, days in found["review"].skipped] == [
        ("weekend", ["2026-11-28", "2026-11-29"])
    ]
    text = answer.content.decode()
    assert "7 working days after 23.11.2026" in text
    assert "Weekend: 28.11, 29.11" in text


def test_the_clocks_are_stopped_with_a_reason_and_run_again(as_role, sent):
    client = as_role("refund_officer")
    stop = {"act": "pause", "reason": "documents"}
    assert post(client, "refund_clock", sent, **stop) == ["Say why."]
    assert post(client, "refund_clock", sent, **stop | {"reason": "lunch"}, note="x") == [
        "Say why."
    ]
    assert post(client, "refund_clock", sent, **stop, note="the consent") == ["The clocks stand."]
    text = page(client, sent).content.decode()
    assert "documents asked for" in text
    assert "the consent" in text
    assert post(client, "refund_clock", sent, **stop, note="x") == ["The clocks stand already."]
    assert post(client, "refund_clock", sent, act="resume") == ["The clocks run again."]
    assert post(client, "refund_clock", sent, act="resume") == ["The clocks run."]
    assert sent.pauses.get().until is not None


DETAILS = {
    "applicant_name": "АХМЕТОВ АСАН",
    "phone": "+7 700 000 00 00",
    "email": "",
    "language": "ru",
    "iban": "kz31 601a 0000 0000 0001",
    "bic": "hsbkkzkx",
}


def test_the_details_are_corrected_before_the_review(as_role, sent):
    client = as_role("refund_officer")
    assert post(client, "correct_refund", sent, version=0, **DETAILS) == [
        "The details are corrected."
    ]
    sent.refresh_from_db()
    assert (sent.phone, sent.language, sent.iban, sent.bic) == (
        *("+7 700 000 00 00", "ru"),
        *("KZ31601A000000000001", "HSBKKZKX"),
    )
    text = page(client, sent, tab="events").content.decode()
    assert "language: Kazakh → Russian" in text
    cases.step(sent.pk, "register", by=officer(), at=AT)
    assert post(client, "correct_refund", sent, version=1, **DETAILS) == [
        "It is in another state: this step is not open to it."
    ]
    assert reverse("correct_refund", args=[sent.pk]) not in page(client, sent).content.decode()


def test_a_wrong_account_is_told_in_the_form_and_nothing_is_lost(as_role, sent):
    client = as_role("refund_officer")
    url = reverse("correct_refund", args=[sent.pk])
    wrong = DETAILS | {"iban": "KZ32601A000000000001", "version": 0}
    text = client.post(url, wrong, headers=ENGLISH).content.decode()
    assert "It is no account of Kazakhstan: a sign of it is wrong." in text
    assert "+7 700 000 00 00" in text
    sent.refresh_from_db()
    assert (sent.iban, sent.phone) == ("KZ31601A000000000001", "")


def test_the_events_tell_what_happened_newest_first(as_role):
    application, _lines = confirmed("A1", "R1")
    clocks.pause(application.pk, "court", by=officer(), at=AT, note="a suit")
    at = AT.replace(day=25)
    clocks.resume(application.pk, by=officer(), at=at)
    queue.hand_on({application.pk: None}, officer(), by=officer(), at=AT)
    client = as_role("auditor")
    answer = page(client, application, tab="events")
    told = [(row.event.step, row.line, row.after, row.facts) for row in answer.context["events"]]
    assert told[:4] == [
        ("owner", "", "", ["– → officer"]),
        ("deadlines", "", "", ["overall until: 07.12.2026 → 09.12.2026"]),
        ("resumed", "", "", []),
        ("paused", "", "", ["a court has the matter"]),
    ]
    assert "Decision confirmed" in answer.content.decode()
    assert ("approve", "line 1", "approved, to be confirmed", ["5\u202f750.00\u202f₸"]) in told


def test_a_long_story_is_told_page_by_page(as_role, monkeypatch):
    application, _lines = confirmed("A1", "R1", "R2", "R3")
    monkeypatch.setattr("mhifund.listing.ROWS", 5)
    client = as_role("auditor")
    first = page(client, application, tab="events")
    assert len(first.context["events"]) == 5
    older = page(client, application, tab="events", before=first.context["listing"].older)
    assert older.context["events"][0].event.pk < first.context["events"][-1].event.pk


def test_nothing_is_left_to_do_where_others_decide(as_role):
    application, _lines = decided("A1", "R1")
    text = page(as_role("refund_head"), application).content.decode()
    assert "The decisions below are confirmed by somebody else than who made them." in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_line_and_for_three(
    as_role, count, django_assert_max_num_queries
):
    application, _lines = under_review("A1", *(f"R{n + 1}" for n in range(count)))
    client = as_role("refund_officer")
    law.rules()
    with django_assert_max_num_queries(34):
        page(client, application)
