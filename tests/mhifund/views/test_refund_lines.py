"""The lines of an application on its page: their evidence, and what is decided of one or many."""

import json
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from mhifund.celery import app
from payments.models import Overpayment
from refunds.actions import cases, lines
from refunds.models import Application, Decision, Document, Event
from tests.mhifund.office import ARMAN, item, known, register
from tests.refunds.actions.office import (
    AT,
    asks,
    confirmed,
    decide_as_found,
    decided,
    head,
    lines_of,
    load,
    officer,
    small_world,
    states,
    sums,
    under_review,
)

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def world(db, monkeypatch):
    small_world()
    monkeypatch.setitem(app.conf, "task_always_eager", True)


def page(client, application, **query):
    return client.get(reverse("refund", args=[application.pk]), query, headers=ENGLISH)


def evidence(client, line):
    url = reverse("line_evidence", args=[line.application_id, line.pk])
    return client.get(url, headers=ENGLISH | {"hx-request": "true"})


def act(client, name, *rows, application=None, **facts):
    pk = application.pk if application else rows[0].application_id
    posted = {"act": name, "row": [f"{row.pk}:{row.version}" for row in rows]} | facts
    told = client.post(reverse("act_on_lines", args=[pk]), posted, follow=True, headers=ENGLISH)
    return [str(message) for message in told.context["messages"]]


def post(client, name, line, **facts):
    url = reverse(name, args=[line.application_id, line.pk])
    told = client.post(url, {"version": line.version} | facts, follow=True, headers=ENGLISH)
    return [str(message) for message in told.context["messages"]]


def offers(answer):
    return {name: offer.against for name, offer in answer.context["offers"].items()}


def test_the_lines_stand_with_what_is_refundable_and_what_was_decided(as_role):
    application, _lines = under_review("A1", "R1", "R2", asked="6000.00")
    client = as_role("refund_officer")
    rows = page(client, application).context["lines"].rows
    assert [(row.line.number, row.refundable, row.person.full_name) for row in rows] == [
        (1, Decimal("5750.00"), "АХМЕТОВ АСАН"),
        (2, Decimal("5750.00"), "АХМЕТОВ АСАН"),
    ]
    text = page(client, application).content.decode()
    assert reverse("month", args=[rows[0].person.pk, "072026"]) in text
    assert "990101••••••" in text
    act(client, "refuse", rows[1].line, reason="no_grounds", note="nothing")
    text = page(client, application).content.decode()
    assert "refused, to be confirmed" in text
    assert "no grounds for a refund" in text


def test_the_lines_are_shown_page_by_page(as_role, monkeypatch):
    application, _lines = under_review("A1", "R1", "R2", "R3")
    monkeypatch.setattr("mhifund.refund_page.ROWS", 2)
    client = as_role("analyst")
    first = page(client, application)
    assert [row.line.number for row in first.context["lines"].rows] == [1, 2]
    assert "from=2" in first.content.decode()
    second = page(client, application, **{"from": "2"})
    assert [row.line.number for row in second.context["lines"].rows] == [3]
    assert second.context["lines"].after is None


def test_the_evidence_of_a_line_that_is_found(as_role):
    _application, (line,) = under_review("A1", "R1")
    under_review("A2", "R1")
    told = evidence(as_role("refund_officer"), line)
    text = told.content.decode()
    assert "<html" not in text
    for words in ("found", "above the due sum", "R1, 1", "5\u202f750.00\u202f₸", "A2 / 1"):
        assert words in text, words
    assert "990101300003" not in text
    foreseen = told.context["told"].foreseen
    assert f"Status now</dt><dd>{'<span'}" in text
    assert (foreseen.now.status, foreseen.lost_on) == (foreseen.after.status, None)
    assert offers(told) == {
        "approve": "",
        "part": "",
        "refuse": "",
        "withdraw": "",
    }


def test_what_differs_is_named_and_what_is_not_found_stands_against_approval(as_role):
    wrong = [asks("A1", "R1")["lines"][0] | {"reference": "R9"}]
    wrong.append(asks("A1", "R2")["lines"][0] | {"knp": "121", "paid": "9000.00"})
    (application,) = load(_json(asks("A1", "R1", lines=wrong))).new
    cases.step(application.pk, "register", by=officer(), at=AT)
    missing, other = lines_of(application)
    client = as_role("refund_officer")
    told = evidence(client, missing)
    assert offers(told)["approve"] == "payment_found"
    text = told.content.decode()
    assert "not found" in text
    assert "The payment is not found among the posted items." in text
    assert 'value="approve" formnovalidate disabled' in text
    text = evidence(client, other).content.decode()
    assert "another purpose code" in text
    assert "another sum" in text
    text = page(client, application).content.decode()
    assert "not found" in text


def _json(*asked):
    return json.dumps(asked).encode()


def test_without_the_script_the_evidence_is_part_of_the_page(as_role):
    _application, (line,) = under_review("A1", "R1")
    client = as_role("analyst")
    url = reverse("line_evidence", args=[line.application_id, line.pk])
    answer = client.get(url, follow=True)
    assert (
        answer.redirect_chain[0][0]
        == f"/refunds/{line.application_id}/?line={line.pk}#line-{line.pk}"
    )
    assert f'hx-get="{url}?line={line.pk}" hx-trigger="load"' in answer.content.decode()


def test_lines_of_another_application_or_region_are_not_found(as_role):
    _application, (line,) = under_review("A1", "R1")
    other, _lines = under_review("A2", "R2")
    client = as_role("refund_officer")
    url = reverse("line_evidence", args=[other.pk, line.pk])
    assert client.get(url, headers={"hx-request": "true"}).status_code == 404
    assert act(client, "as_found", line, application=other) == ["Choose items first."]
    stranger = as_role("refund_officer", "62")
    assert evidence(stranger, line).status_code == 404
    for name in ("line_duplicate", "line_established"):
        url = reverse(name, args=[line.application_id, line.pk])
        assert stranger.post(url, {"note": "x"}).status_code == 404
    assert stranger.post(reverse("act_on_lines", args=[line.application_id])).status_code == 404


def test_who_only_reads_sees_the_evidence_and_decides_nothing(as_role):
    _application, (line,) = under_review("A1", "R1")
    client = as_role("auditor")
    text = evidence(client, line).content.decode()
    assert 'name="act"' not in text
    assert 'method="post"' not in text
    assert client.post(reverse("act_on_lines", args=[line.application_id])).status_code == 403
    url = reverse("line_established", args=[line.application_id, line.pk])
    assert client.post(url, {"note": "x"}).status_code == 403


def test_what_is_refundable_is_approved_and_the_rest_is_told(as_role):
    application, (one, two, three) = under_review("A1", "R1", "R2", "R3", asked="6000.00")
    lines.decide({two.pk: lines.Wish("refuse", reason="no_grounds")}, by=officer(), at=AT)
    _other, (rival,) = under_review("A2", "R3", asked="5750.00")
    decide_as_found([rival.pk])
    client = as_role("refund_officer")
    assert act(client, "as_found", one, two, three) == [
        "Done with 1 item.",
        "line 2: It is in another state: this step is not open to it.",
        "line 3: Nothing of it is refundable: find the reason of its refusal.",
    ]
    one.refresh_from_db()
    assert (one.state, one.approved) == ("partly", Decimal("5750.00"))
    assert application.lines.filter(state="asked").count() == 1


def test_one_line_is_decided_with_its_sum_or_its_reason(as_role):
    _application, (one, two, three) = under_review("A1", "R1", "R2", "R3")
    client = as_role("refund_officer")
    assert act(client, "approve", one) == ["Done with 1 item."]
    assert act(client, "part", two, amount="much") == [
        "line 2: A part is more than nothing and less than what is asked back."
    ]
    assert act(client, "part", two, amount="5\u202f000,50") == ["Done with 1 item."]
    assert act(client, "refuse", three) == ["line 3: Choose the reason of the refusal."]
    assert act(client, "refuse", three, reason="unknown") == [
        "line 3: Choose the reason of the refusal."
    ]
    assert act(client, "refuse", three, reason="no_grounds", note="nothing") == [
        "Done with 1 item."
    ]
    assert list(
        Decision.objects.order_by("line").values_list("outcome", "amount", "reason", "note")
    ) == [
        ("approved", Decimal("5750.00"), None, ""),
        ("partly", Decimal("5000.50"), None, ""),
        ("refused", 0, "no_grounds", "nothing"),
    ]
    one.refresh_from_db()
    assert offers(evidence(client, one)) == {"take_back": "", "withdraw": ""}
    assert act(client, "take_back", one) == ["Done with 1 item."]
    assert states()[one.pk] == "asked"


def test_a_head_confirms_what_others_decided_and_sends_back_with_a_note(as_role):
    _application, (one, two) = decided("A1", "R1", "R2")
    client = as_role("refund_head")
    assert offers(evidence(client, one)) == {"send_back": "", "confirm": ""}
    assert act(client, "send_back", two) == ["line 2: Say why."]
    assert act(client, "confirm", one, two) == ["Done with 2 items."]
    assert states() == {one.pk: "confirmed", two.pk: "confirmed"}
    _application, (three,) = decided("A2", "R3")
    assert act(client, "send_back", three, note="look again") == ["Done with 1 item."]
    assert states()[three.pk] == "asked"


def test_four_eyes_stand_against_the_button_of_who_decided(as_role):
    client = as_role("refund_head")
    me = head(client_name(client))
    me.groups.add(*officer().groups.all())
    _application, (line,) = under_review("A1", "R1")
    decide_as_found([line.pk], by=type(me).objects.get(pk=me.pk))
    line.refresh_from_db()
    told = evidence(client, line)
    assert offers(told)["confirm"] == "four_eyes"
    assert "another person does." in told.content.decode()
    assert act(client, "confirm", line) == [
        "line 1: Who decided a line does not confirm the decision: another person does."
    ]


def client_name(client):
    return get_user_model().objects.get(pk=client.session["_auth_user_id"]).username


def test_a_decision_is_reversed_and_its_history_stays(as_role):
    _application, (line,) = confirmed("A1", "R1")
    client = as_role("refund_officer")
    assert act(client, "reverse", line, note="an appeal") == ["Done with 1 item."]
    line.refresh_from_db()
    assert act(client, "refuse", line, reason="no_grounds", note="nothing") == ["Done with 1 item."]
    told = evidence(client, line)
    assert [
        (row.outcome, row.confirmed_by, row.reverses_id is not None)
        for row in told.context["decisions"]
    ] == [("refused", None, True), ("approved", head(), False)]
    assert "in the place of an earlier decision" in told.content.decode()


def test_a_line_that_changed_meanwhile_is_left_as_it_is(as_role):
    _application, (line,) = under_review("A1", "R1")
    client = as_role("refund_officer")
    decide_as_found([line.pk])
    assert act(client, "refuse", line, reason="no_grounds") == [
        "line 1: Somebody changed it meanwhile; it is left as it is now."
    ]
    assert post(client, "line_established", line, amount="100", note="x") == [
        "line 1: Somebody changed it meanwhile; it is left as it is now."
    ]


def test_all_lines_are_decided_at_once_as_long_as_nothing_happened(as_role, monkeypatch):
    application, _lines = under_review("A1", "R1", "R2", "R3")
    monkeypatch.setattr("mhifund.refund_page.ROWS", 2)
    client = as_role("refund_officer")
    answer = page(client, application)
    assert 'name="all"' in answer.content.decode()
    upto = answer.context["upto"]
    assert act(client, "as_found", application=application, all="yes", upto=upto - 1) == [
        "Somebody changed it meanwhile; it is left as it is now."
    ]
    assert act(client, "as_found", application=application, all="yes", upto=upto) == [
        "Done with 3 items."
    ]
    assert set(states().values()) == {"approved"}
    url = reverse("act_on_lines", args=[application.pk])
    assert client.post(url, {"act": "withdraw", "all": "yes", "upto": upto}).status_code == 404


def test_the_page_from_which_somebody_acted_is_shown_again(as_role):
    application, (line,) = under_review("A1", "R1")
    client = as_role("refund_officer")
    url = reverse("act_on_lines", args=[application.pk])
    facts = {"act": "approve", "row": f"{line.pk}:0", "back": f"from=0&line={line.pk}"}
    answer = client.post(url, facts)
    assert answer["Location"] == f"/refunds/{application.pk}/?from=0&line={line.pk}#line-{line.pk}"
    assert client.post(url, {"act": "burn", "row": f"{line.pk}:1"}).status_code == 404


def test_what_documents_prove_is_established_from_the_line(as_role):
    _application, (line,) = under_review("A1", "R1", asked="9000.00")
    client = as_role("refund_officer")
    assert reverse("line_established", args=[line.application_id, line.pk]) in (
        evidence(client, line).content.decode()
    )
    assert post(client, "line_established", line, amount="x", note="y") == [
        "line 1: It is no sum in tenge."
    ]
    assert post(client, "line_established", line, amount="9000") == ["line 1: Say why."]
    assert post(client, "line_established", line, amount="10000,01", note="the court") == [
        "line 1: It is more than what was paid."
    ]
    assert post(client, "line_established", line, amount="9 000,00", note="the court") == [
        "Done with 1 item."
    ]
    assert sums("R1") == (5750, 9000, 0, 0)
    assert Event.objects.get(step="established").note == "the court"
    assert post(as_role("refund_head"), "line_established", line, amount="1", note="x") == [
        "line 1: Your role does not take this step."
    ]


def test_a_suspected_duplicate_is_confirmed_from_the_line(as_role):
    _application, (line,) = _suspected()
    client = as_role("refund_officer")
    told = evidence(client, line)
    assert offers(told)["approve"] == "duplicate_confirmed"
    assert "A suspected duplicate: why it is one" in told.content.decode()
    assert post(client, "line_duplicate", line) == ["line 1: Say why."]
    assert post(client, "line_duplicate", line, note="the bank says so") == ["Done with 1 item."]
    assert Overpayment.objects.get(cause="duplicate").answer_note == "the bank says so"
    assert post(client, "line_duplicate", line, note="again") == [
        "line 1: Somebody has answered it already."
    ]
    assert "A suspected duplicate: why it is one" not in evidence(client, line).content.decode()


def _suspected():
    known(ARMAN)
    register("twice.csv", *(item(f"T{n}", ARMAN, "092026", "100.00") for n in range(2)))
    row = Overpayment.objects.get(cause="duplicate")
    (application,), _told = cases.open_from_overpayments([row.pk], by=officer(), at=AT)
    Application.objects.filter(pk=application.pk).update(iban="KZ31601A000000000001")
    for name in ("begin_check", "send", "register"):
        told = cases.step(application.pk, name, by=officer(), at=AT, note="x")
        assert told in ("", "formally_complete"), told
        if told:
            return _with_consent(application)
    return application, lines_of(application)


def _with_consent(application):
    Document.objects.create(
        application=application, kind="consent", name="c.pdf", sha256="0" * 64, at=AT
    )
    for name in ("send", "register"):
        assert cases.step(application.pk, name, by=officer(), at=AT) == ""
    return application, lines_of(application)
