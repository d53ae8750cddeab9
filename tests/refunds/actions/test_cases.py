"""Applications: taken from a file with their faults, opened by the Fund, stepped as a whole."""

import json
from decimal import Decimal

import pytest

from payments.models import Overpayment
from refunds.actions import cases, lines
from refunds.models import Application, Document, Line, Unread
from refunds.rules.applications import Unreadable
from tests.refunds.actions.office import (
    AT,
    OVERPAID,
    application,
    asks,
    head,
    load,
    officer,
    refuse_at_commit,
    small_world,
    story,
    under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def take(*asked):
    return load(json.dumps(asked).encode())


def step(case, name, *, by=None, note="", **others):
    return cases.step(case.pk, name, by=by or officer(), at=AT, note=note, **others)


def test_an_application_comes_as_sent_with_its_lines_and_documents():
    sha256 = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    papers = [
        {"kind": "payment_order", "name": "order.pdf", "sha256": sha256},
        {"kind": "poem", "name": "poem.pdf", "sha256": sha256[::-1]},
    ]
    (found,) = take(asks("A1", "R1", "R2", documents=papers)).new
    assert story("application", found) == [("begun", "", "sent")]
    assert (found.state, str(found.fund_received_on), found.region_id, found.iban) == (
        *("sent", "2026-11-23"),
        *("75", "KZ31601A000000000001"),
    )
    assert [
        (line.number, line.reference, line.asked, line.state, line.entry is not None)
        for line in Line.objects.all()
    ] == [(1, "R1", OVERPAID, "asked", True), (2, "R2", OVERPAID, "asked", True)]
    assert list(Document.objects.values_list("kind", "name", "size")) == [
        ("payment_order", "order.pdf", None),
        ("other", "poem.pdf", None),
    ]
    refuse_at_commit()


def test_a_fault_of_one_keeps_no_other_back_and_is_kept_as_it_came():
    wrong = asks("A2", "R2")
    wrong["lines"][0]["reason"] = "poverty"
    worse = asks("A3", "R3", asked="much")
    ahead = asks("A4", "R4", accepted_on="2026-11-24")
    other = asks("A5", "R4", channel="pigeon")
    found = take(asks("A1", "R1"), wrong, worse, ahead, other)
    assert [row.number for row in found.new] == ["A1"]
    assert [
        (row.number, [(fault["code"], fault["where"], fault["found"]) for fault in row.faults])
        for row in Unread.objects.order_by("number")
    ] == [
        ("A2", [("unknown_reason", "lines[0].reason", "poverty")]),
        ("A3", [("bad_sum", "lines[0].asked", "much")]),
        ("A4", [("day_ahead", "accepted_on", "2026-11-24")]),
        ("A5", [("unknown_channel", "channel", "pigeon")]),
    ]
    assert json.loads(Unread.objects.get(number="A3").raw) == worse


def test_the_same_number_with_other_content_is_a_fault_and_changes_nothing():
    take(asks("A1", "R1"))
    found = take(asks("A1", "R2"))
    assert (found.new, found.again) == ([], 0)
    assert [row.faults[0]["code"] for row in found.unread] == ["number_taken"]
    assert list(Line.objects.values_list("reference", flat=True)) == ["R1"]


def test_a_file_that_is_none_is_unreadable():
    with pytest.raises(Unreadable):
        load(b"number;accepted_on")


def test_an_application_without_its_account_is_registered_with_a_note_alone():
    (found,) = take(asks("A1", "R1", account={"iban": "", "bic": ""})).new
    assert step(found, "register") == "complete_or_explained"
    assert step(found, "register", note="the account is asked for") == ""
    assert application("A1").state == "review"


def test_the_account_is_corrected_before_the_review():
    (found,) = take(asks("A1", "R1", account={"iban": "", "bic": ""})).new
    details = {name: getattr(found, name) for name in cases.DETAILS}
    details |= {"iban": "KZ31601A000000000001", "language": "ru"}
    assert cases.correct(found.pk, details, by=officer(), at=AT) == ""
    assert step(found, "register") == ""
    assert cases.correct(found.pk, details, by=officer(), at=AT) == "no_such_step"
    event = found.events.get(step="corrected")
    assert event.facts == {"iban": ["", "KZ31601A000000000001"], "language": ["kk", "ru"]}


def test_an_application_whose_lines_were_all_withdrawn_ends_when_it_is_registered():
    (found,) = take(asks("A1", "R1")).new
    (line,) = found.lines.all()
    assert lines.undo("withdraw", {line.pk: 0}, by=officer(), at=AT, note="a letter") == {
        line.pk: ""
    }
    assert step(found, "register", note="nothing is asked any more") == ""
    assert story("application", found)[1:] == [
        ("register", "sent", "review"),
        ("end", "review", "withdrawn"),
    ]


@pytest.mark.parametrize(
    ("name", "by", "code"),
    [
        ("register", head, "not_your_role"),
        ("begin_check", officer, "no_such_step"),
        ("decide", officer, "no_such_step"),
        ("withdraw", officer, "said_why"),
    ],
)
def test_what_stands_against_a_step_is_told(name, by, code):
    (found,) = take(asks("A1", "R1")).new
    assert step(found, name, by=by()) == code
    assert application("A1").state == "sent"


def test_a_step_from_an_old_page_changes_nothing():
    (found,) = take(asks("A1", "R1")).new
    assert step(found, "register", seen=0) == ""
    assert step(found, "withdraw", note="a letter", seen=0) == "changed"
    assert cases.step(404, "register", by=officer(), at=AT) == "gone"


def test_the_fund_opens_an_application_for_each_payer_of_overpayments():
    ids = list(Overpayment.objects.order_by("pk").values_list("pk", flat=True))
    (found,), told = cases.open_from_overpayments([*ids[:2], 404], by=officer(), at=AT)
    assert told == {ids[0]: "", ids[1]: "", 404: "gone"}
    assert (found.state, found.channel, found.applicant_id, found.applicant_name) == (
        *("received", "fund"),
        *("990101300003", "АХМЕТОВ АСАН"),
    )
    assert list(found.lines.values_list("reference", "asked", "reason_id")) == [
        ("R1", OVERPAID, "erroneous"),
        ("R2", OVERPAID, "erroneous"),
    ]
    _none, told = cases.open_from_overpayments(ids, by=officer(), at=AT)
    assert [told[pk] for pk in ids] == ["asked_back", "asked_back", "", ""]
    refuse_at_commit()


def test_what_another_application_has_got_is_not_asked_back_again():
    under_review("A1", "R1")
    (first, *_rest) = Overpayment.objects.order_by("pk").values_list("pk", flat=True)
    opened, told = cases.open_from_overpayments([first], by=officer(), at=AT)
    assert (opened, told) == ([], {first: "asked_back"})


def test_an_application_on_paper_passes_the_check_of_the_state_corporation():
    new = cases.New(
        number="",
        channel="state_corporation",
        accepted_on=AT.date(),
        applicant_id="990101300003",
        details={
            "applicant_name": "АХМЕТОВ АСАН",
            "phone": "",
            "email": "",
            "language": "ru",
            "iban": "KZ31601A000000000001",
            "bic": "HSBKKZKX",
        },
        lines=[("R1", 1, None, "erroneous"), ("R2", 1, Decimal("100.00"), "erroneous")],
    )
    found, missing = cases.open_by_form(new, by=officer(), at=AT)
    assert missing == []
    assert list(found.lines.values_list("asked", "paid")) == [
        (OVERPAID, Decimal("10000.00")),
        (Decimal("100.00"), Decimal("10000.00")),
    ]
    for name in ("begin_check", "send", "register"):
        assert step(found, name) == ""
    found.refresh_from_db()
    assert (found.state, str(found.checked_on), str(found.fund_received_on)) == (
        *("review", "2026-11-23"),
        "2026-11-23",
    )
    wrong = new._replace(lines=[("R9", 1, None, "erroneous")])
    assert cases.open_by_form(wrong, by=officer(), at=AT) == (None, [("R9", 1)])
    assert Application.objects.count() == 1
    refuse_at_commit()
