"""The bank's answers: received by the treasurer, done, and what did not fit told in words."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mhifund.refund_forms import BankAnswer
from mhifund.views import bank_answers as views
from refunds.models import Answer
from registry.models import Contribution
from tests.refunds.actions.office import answer, batch_of_all, confirmed, small_world, states

pytestmark = pytest.mark.django_db

DAY = timezone.localdate().isoformat()
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def world(db):
    small_world()


@pytest.fixture
def keys():
    confirmed("A1", "R1", "R2")
    return list(batch_of_all(at=timezone.now()).items.values_list("key", flat=True))


@pytest.fixture
def judged(monkeypatch):
    told = []
    monkeypatch.setattr("registry.tasks.judge_news.delay", lambda **who: told.append(who))
    return told


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query, headers=ENGLISH)


def bring(client, content, name="answer.csv"):
    told = client.post(
        reverse("bank_answers"),
        {"file": SimpleUploadedFile(name, content.encode())},
        follow=True,
        headers=ENGLISH,
    )
    return told, [str(message) for message in told.context["messages"]]


def listed(*rows):
    return "\n".join(["key;outcome;date;text", *rows, ""])


def statement(debit, **sums):
    """A camt.053 in which the bank debits `debit`, with a transfer for each key."""
    parts = "".join(
        f"<TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs>"
        f'<Amt Ccy="KZT">{sum_}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        for key, sum_ in sums.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f'<Ntry><Amt Ccy="KZT">{debit}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{DAY}</Dt></BookgDt><NtryDtls>{parts}</NtryDtls></Ntry>"
        "</Stmt></BkToCstmrStmt></Document>"
    )


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_treasurer_receives_an_answer_and_persons_are_judged(
    as_role, keys, judged, django_capture_on_commit_callbacks
):
    client = as_role("treasurer")
    with django_capture_on_commit_callbacks(execute=True):
        told, said = bring(client, listed(*(f"{key};paid;{DAY};ok" for key in keys)))
    found = Answer.objects.get()
    assert told.redirect_chain == [(reverse("bank_answer", args=[found.pk]), 302)]
    assert len(judged) == 1
    assert said == [f"Batch {found.payouts.first().batch}: answered in full."]
    assert set(states().values()) == {"paid"}
    assert "Everything in the file was done." in text(told)
    (row,) = page(client, "bank_answers").context["listing"].rows
    assert (row.name, row.applied, row.misfits, row.total) == (
        *("answer.csv", 2, 0),
        Decimal("11500.00"),
    )


def test_a_statement_is_weighed_against_its_debits(as_role, keys, judged):
    client = as_role("treasurer")
    one, two = keys
    told, said = bring(client, statement("11500.01", **{one: "5750.00", two: "5750.00"}), "s.xml")
    assert said == []
    assert (
        "The bank debited another sum than the payouts come to: nothing of the file was done."
        in text(told)
    )
    assert told.context["differs"]
    assert not Contribution.objects.exclude(reverses=None).exists()
    told, said = bring(client, statement("11500.00", **{one: "5750.00", two: "5750.00"}), "s.xml")
    assert not told.context["differs"]
    assert set(states().values()) == {"paid"}


def test_what_does_not_fit_is_told_in_words_with_its_place(as_role, keys, judged):
    one, two = keys
    told, _said = bring(
        as_role("treasurer"),
        listed(
            f"R000000404001;paid;{DAY};",
            f"{one};lost;{DAY};",
            f"{two};paid;some day;",
        ),
    )
    assert [(fit["where"], fit["found"]) for fit in told.context["misfits"]] == [
        (3, "lost"),
        (4, "some day"),
        (2, "R000000404001"),
    ]
    said = text(told)
    assert "No payout has this key." in said
    assert "It does not say whether the payout was paid, bounced or paid in part." in said
    assert "The day cannot be read." in said


def test_the_same_file_does_nothing_twice(as_role, keys, judged):
    client = as_role("treasurer")
    content = listed(f"{keys[0]};bounced;{DAY};account closed")
    bring(client, content)
    told, said = bring(client, content, "again.csv")
    assert said == ["The same file was received before."]
    assert told.redirect_chain == [(reverse("bank_answers"), 302)]
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "The file is empty."),
        ("a letter", "It is neither a bank statement nor a list of answers."),
    ],
)
def test_a_file_that_is_no_answer_is_refused_in_words(as_role, content, why):
    told, _said = bring(as_role("treasurer"), content)
    assert told.context["form"].errors == {"file": [why]}
    assert not Answer.objects.exists()


def test_a_file_that_is_too_large_is_not_read(as_role, monkeypatch, keys):
    monkeypatch.setattr(BankAnswer, "MOST", 10)
    told, _said = bring(as_role("treasurer"), listed(f"{keys[0]};paid;{DAY};"))
    assert told.context["form"].errors == {"file": ["The file is larger than a file may be."]}
    assert not Answer.objects.exists()


def test_what_did_not_fit_comes_page_by_page(as_role, keys, monkeypatch):
    monkeypatch.setattr(views, "FAULTS", 1)
    answer(("X1", "paid"), ("X2", "paid"))
    client, pk = as_role("treasurer"), Answer.objects.get().pk
    first = page(client, "bank_answer", pk).context
    assert ([fit["found"] for fit in first["misfits"]], first["following"]) == (["X1"], 1)
    second = page(client, "bank_answer", pk, **{"from": 1}).context
    assert ([fit["found"] for fit in second["misfits"]], second["following"]) == (["X2"], None)


def test_others_look_and_bring_nothing(as_role, keys):
    answer(("X1", "paid"))
    client = as_role("refund_officer")
    shown = page(client, "bank_answers")
    assert 'type="file"' not in text(shown)
    assert len(shown.context["listing"].rows) == 1
    assert bring_alone(client) == 403


def bring_alone(client):
    file = SimpleUploadedFile("answer.csv", listed(f"X;paid;{DAY};").encode())
    return client.post(reverse("bank_answers"), {"file": file}).status_code


def test_a_file_for_the_whole_country_is_not_for_users_of_some_regions(as_role, keys):
    answer(("X1", "paid"))
    client = as_role("treasurer", "75")
    assert page(client, "bank_answers").status_code == 403
    assert page(client, "bank_answer", Answer.objects.get().pk).status_code == 403
    assert bring_alone(client) == 403
    assert page(as_role("reconciliation_officer"), "bank_answers").status_code == 403
