"""Lines: decided by one, confirmed by another, never more than was overpaid."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.actions import held, receive
from payments.models import File, Overpayment
from refunds.actions import cases, lines
from refunds.actions.lines import Wish
from refunds.models import Application, Decision, Event, Line
from tests.payments.actions.office import FIRST, register, row, take
from tests.refunds.actions.office import (
    AT,
    OVERPAID,
    asks,
    confirmed,
    decide_as_found,
    decided,
    head,
    lines_of,
    load,
    officer,
    refuse_at_commit,
    seen,
    small_world,
    states,
    story,
    sums,
    treasurer,
    under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def decide(line, step, amount=0, reason="", **others):
    wishes = {line.pk: Wish(step, Decimal(amount), reason)}
    return lines.decide(wishes, by=officer(), at=AT, **others)[line.pk]


def undo(step, line, by, note="a mistake"):
    line.refresh_from_db()
    return lines.undo(step, seen([line]), by=by, at=AT, note=note)[line.pk]


def test_an_approved_sum_is_held_of_the_overpayment_at_once():
    application, (line,) = under_review("A1", "R1")
    assert decide(line, "approve", OVERPAID) == ""
    assert sums("R1") == (5750, 5750, 5750, 0)
    decision = Decision.objects.get()
    assert (decision.outcome, decision.amount, decision.decided_by, decision.confirmed_by) == (
        "approved",
        OVERPAID,
        officer(),
        None,
    )
    assert story("line", line) == [
        ("begun", "", "asked"),
        ("approve", "asked", "approved"),
    ]
    assert story("application", application)[-1] == ("decide", "review", "decided")
    event = Event.objects.get(machine="line", subject=line.pk, step="approve")
    assert event.facts == {
        "actor": officer().pk,
        "note": "",
        "application": "review",
        "found": True,
        "asked": "5750.00",
        "amount": "5750.00",
        "left": "5750.00",
        "to_be_confirmed": False,
        "reason": "",
        "decided_by": None,
        "batch": "",
    }
    refuse_at_commit()


@pytest.mark.parametrize(
    ("step", "amount", "reason", "code"),
    [
        ("approve", "5749.99", "", "whole_sum"),
        ("part", "5750.00", "", "part_of_the_sum"),
        ("part", "0", "", "part_of_the_sum"),
        ("refuse", "0", "", "reason_given"),
        ("confirm", "0", "", "no_such_step"),
        ("pay", "0", "", "no_such_step"),
        ("batch", "0", "", "no_such_step"),
    ],
)
def test_what_stands_against_a_decision_is_told_and_nothing_changes(step, amount, reason, code):
    _application, (line,) = under_review("A1", "R1")
    assert decide(line, step, amount, reason) == code
    assert states() == {line.pk: "asked"}
    assert not Decision.objects.exists()


def test_more_than_was_overpaid_is_not_approved():
    _application, (line,) = under_review("A1", "R1", asked="5750.01")
    assert decide(line, "approve", "5750.01") == "within_refundable"
    assert decide(line, "part", "5750.00") == ""
    assert sums("R1") == (5750, 5750, 5750, 0)


def test_a_second_application_gets_what_the_first_left():
    _first, (line,) = under_review("A1", "R1", asked="4000.00")
    _second, (other,) = under_review("A2", "R1")
    assert decide(line, "approve", "4000.00") == ""
    assert decide(other, "approve", "5750.00") == "within_refundable"
    assert decide_as_found([other.pk]) == {other.pk: ""}
    other.refresh_from_db()
    assert (other.state, other.approved) == ("partly", Decimal("1750.00"))
    assert sums("R1") == (5750, 5750, 5750, 0)


def test_two_lines_that_ask_the_same_item_in_one_go_share_what_there_is():
    _first, (line,) = under_review("A1", "R1")
    _second, (other,) = under_review("A2", "R1")
    wishes = {one.pk: Wish("approve", OVERPAID) for one in (line, other)}
    told = lines.decide(wishes, by=officer(), at=AT)
    assert told == {line.pk: "", other.pk: "within_refundable"}
    refuse_at_commit()


def test_who_decided_does_not_confirm_even_with_both_roles():
    _application, (line,) = decided("A1", "R1")
    both = officer()
    both.groups.add(*head().groups.all())
    both = type(both).objects.get(pk=both.pk)
    assert lines.confirm(seen([line]), by=both, at=AT) == {line.pk: "four_eyes"}
    assert lines.confirm(seen([line]), by=officer("other"), at=AT) == {line.pk: "not_your_role"}
    assert lines.confirm(seen([line]), by=treasurer(), at=AT) == {line.pk: "not_your_role"}
    assert lines.confirm(seen([line]), by=head(), at=AT) == {line.pk: ""}
    refuse_at_commit()


def test_a_decision_that_was_changed_meanwhile_is_not_confirmed():
    _application, (line,) = decided("A1", "R1")
    looked_at = seen([line])
    assert undo("take_back", line, officer()) == ""
    line.refresh_from_db()
    assert decide(line, "part", "100.00") == ""
    assert lines.confirm(looked_at, by=head(), at=AT) == {line.pk: "changed"}


def test_a_head_sends_a_decision_back_with_a_note_and_nothing_is_held():
    application, (line,) = decided("A1", "R1")
    assert undo("send_back", line, head(), note=" ") == "said_why"
    assert undo("send_back", line, head()) == ""
    assert sums("R1") == (5750, 5750, 0, 0)
    application.refresh_from_db()
    assert application.state == "review"
    refuse_at_commit()


def test_a_refusal_has_its_reason_and_its_four_eyes():
    application, (line,) = under_review("A1", "R1")
    assert decide(line, "refuse", 0, "no_grounds", note="nothing is overpaid") == ""
    assert lines.confirm({line.pk: None}, by=head(), at=AT) == {line.pk: ""}
    application.refresh_from_db()
    assert (states(), application.state) == ({line.pk: "denied"}, "closed")
    assert sums("R1") == (5750, 5750, 0, 0)
    refuse_at_commit()


def test_a_confirmed_decision_is_reversed_by_a_new_one_with_its_own_four_eyes():
    application, (line,) = confirmed("A1", "R1")
    first = line.decision
    assert undo("reverse", line, officer("second")) == ""
    assert sums("R1") == (5750, 5750, 0, 0)
    line.refresh_from_db()
    assert decide(line, "refuse", 0, "no_grounds") == ""
    line.refresh_from_db()
    assert line.decision.reverses == first
    assert lines.confirm(seen([line]), by=head(), at=AT) == {line.pk: ""}
    first.refresh_from_db()
    assert (first.outcome, first.amount, first.confirmed_by) == ("approved", OVERPAID, head())
    application.refresh_from_db()
    assert application.state == "closed"
    assert story("application", application)[-4:] == [
        ("reopen", "confirmed", "review"),
        ("decide", "review", "decided"),
        ("confirm", "decided", "confirmed"),
        ("close", "confirmed", "closed"),
    ]
    assert application.letters.count() == 2
    refuse_at_commit()


def test_a_refusal_is_reversed_after_the_application_was_closed():
    application, (line,) = under_review("A1", "R1")
    decide(line, "refuse", 0, "no_grounds")
    lines.confirm({line.pk: None}, by=head(), at=AT)
    assert undo("reverse", line, officer(), note="an appeal") == ""
    application.refresh_from_db()
    assert application.state == "review"
    assert decide_as_found([line.pk]) == {line.pk: ""}


def test_an_application_waits_for_its_last_line():
    application, (one, two, three) = under_review("A1", "R1", "R2", "R3")
    decide(one, "approve", OVERPAID)
    decide(two, "refuse", 0, "no_grounds")
    application.refresh_from_db()
    assert application.state == "review"
    assert undo("withdraw", three, officer()) == ""
    application.refresh_from_db()
    assert application.state == "decided"
    lines.confirm({one.pk: None, two.pk: None}, by=head(), at=AT)
    application.refresh_from_db()
    assert application.state == "confirmed"
    assert sorted(states().values()) == ["confirmed", "denied", "withdrawn"]
    refuse_at_commit()


def test_a_withdrawn_application_holds_nothing():
    application, _lines = decided("A1", "R1", "R2")
    assert cases.step(application.pk, "withdraw", by=officer(), at=AT, note="a letter") == ""
    assert set(states().values()) == {"withdrawn"}
    assert (sums("R1"), sums("R2")) == ((5750, 5750, 0, 0),) * 2
    assert Application.objects.get().state == "withdrawn"
    refuse_at_commit()


def test_lines_that_are_not_there_are_told():
    assert lines.confirm({404: 1}, by=head(), at=AT) == {404: "gone"}


def test_the_letter_says_what_was_decided_and_stays():
    application, _lines = confirmed("A1", "R1")
    letter = application.letters.get()
    assert (letter.on.isoformat(), letter.language) == ("2026-11-23", "kk")
    assert letter.said == {
        "applicant": {"id": "990101300003", "name": "АХМЕТОВ АСАН"},
        "application": {"number": "A1", "accepted_on": "2026-11-16"},
        "account": "KZ31601A000000000001",
        "lines": [
            {
                "number": 1,
                "person": "АХМЕТОВ АСАН",
                "iin": "990101300003",
                "period": "2026-07-01",
                "knp": "122",
                "paid": "10000.00",
                "asked": "5750.00",
                "approved": "5750.00",
                "outcome": "approved",
                "reason": None,
            }
        ],
        "total_asked": "5750.00",
        "total_approved": "5750.00",
        "confirmed_by": "head",
    }


def test_applications_that_are_confirmed_together_get_a_letter_each():
    first, approved = decided("A1", "R1", "R2")
    second, more = decided("A2", "R3")
    told = lines.confirm(seen(approved + more), by=head(), at=AT)
    assert set(told.values()) == {""}
    letters = [application.letters.get() for application in (first, second)]
    assert [(one.said["application"]["number"], len(one.said["lines"])) for one in letters] == [
        ("A1", 2),
        ("A2", 1),
    ]
    assert int(letters[1].number[5:]) - int(letters[0].number[5:]) == 1
    events = Event.objects.filter(step="letter").order_by("application")
    assert [(event.application_id, event.facts) for event in events] == [
        (letter.application_id, {"number": letter.number}) for letter in letters
    ]


def test_as_many_queries_confirm_one_application_as_many(django_assert_num_queries):
    _first, alone = decided("A1", "R1")
    _second, some = decided("A2", "R2")
    _third, more = decided("A3", "R3")
    who = head()
    assert who.has_perm("refunds.confirm_case")
    with CaptureQueriesContext(connection) as queries:
        lines.confirm(seen(alone), by=who, at=AT)
    with django_assert_num_queries(len(queries)):
        lines.confirm(seen(some + more), by=who, at=AT)


def test_a_line_whose_payment_is_not_found_is_not_approved():
    wrong = [asks("A1", "R1")["lines"][0] | {"reference": "R9"}]
    (application,) = load(_json(asks("A1", "R1", lines=wrong))).new
    cases.step(application.pk, "register", by=officer(), at=AT)
    (line,) = lines_of(application)
    assert decide(line, "approve", OVERPAID) == "payment_found"
    assert decide(line, "refuse", 0, "payment_not_found") == ""
    assert Line.objects.get().entry is None


def _json(*applications):
    return json.dumps(applications).encode()


def establish(line, amount, *, by=None, note="the court has said so"):
    return lines.establish(line.pk, Decimal(amount), by=by or officer(), at=AT, note=note)


def test_what_no_finding_shows_is_established_on_documents_and_paid_back():
    _application, (line,) = under_review("A1", "R1", asked="9000.00")
    assert decide(line, "approve", "9000.00") == "within_refundable"
    assert establish(line, "9000.00") == ""
    assert sums("R1") == (5750, 9000, 0, 0)
    event = Event.objects.get(step="established")
    assert (event.subject, event.by, event.note, event.facts) == (
        *(line.pk, officer(), "the court has said so"),
        {"amount": "9000.00"},
    )
    assert decide(line, "approve", "9000.00") == ""
    refuse_at_commit()


@pytest.mark.parametrize(
    ("amount", "others", "code"),
    [
        ("10000.01", {}, "over_entry"),
        ("9000.00", {"note": " "}, "said_why"),
        ("9000.00", {"by": head}, "not_your_role"),
    ],
)
def test_what_stands_against_establishing_is_told(amount, others, code):
    _application, (line,) = under_review("A1", "R1")
    others = {name: value() if callable(value) else value for name, value in others.items()}
    assert establish(line, amount, **others) == code
    assert sums("R1") == (5750, 5750, 0, 0)
    assert not Event.objects.filter(step="established").exists()


def test_nothing_is_established_of_a_line_that_is_decided_or_not_found():
    _application, (line,) = decided("A1", "R1")
    assert establish(line, "9000.00") == "under_review"
    _application, (line, _other) = under_review("A2", "R2", "R3")
    decide(line, "approve", OVERPAID)
    assert establish(line, "9000.00") == "no_such_step"
    wrong = [asks("A3", "R4")["lines"][0] | {"reference": "R9"}]
    (application,) = load(_json(asks("A3", "R4", lines=wrong))).new
    cases.step(application.pk, "register", by=officer(), at=AT)
    (line,) = lines_of(application)
    assert establish(line, "9000.00") == "payment_found"
    assert lines.establish(404, 1, by=officer(), at=AT, note="x") == "gone"


def test_what_is_let_go_is_what_was_held_although_another_item_has_the_same_place():
    _application, (line,) = decided("A1", "R1")
    again = row(reference="R1", payer_id=FIRST, period="062026", amount="20000.00")
    file = take(register(again), "again.csv")
    assert file.code == "repeated_reference"
    held.release(file, by=head(), at=AT, note="another message")
    receive.resume(File.objects.get(pk=file.pk), at=AT)
    assert Overpayment.objects.count() == 5
    assert undo("take_back", line, officer()) == ""
    assert set(Overpayment.objects.values_list("reserved", flat=True)) == {0}
    refuse_at_commit()
