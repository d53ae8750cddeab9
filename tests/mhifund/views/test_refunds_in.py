"""How applications come in at the pages: on paper, as a file, out of overpayments."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from payments.models import Overpayment
from refunds.models import Application, Unread
from tests.refunds.actions.office import FIRST, asks, asks_of, load, small_world, under_review

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
PAPER = {
    "number": "",
    "channel": "state_corporation",
    "accepted_on": "16.11.2026",
    "applicant_id": "990101 300003",
    "applicant_name": "АХМЕТОВ АСАН",
    "phone": "",
    "email": "",
    "language": "kk",
    "iban": "KZ31 601A 0000 0000 0001",
    "bic": "HSBKKZKX",
    "reason": "erroneous",
    "lines": "R1;1\n\nR2 ; 1 ; 1 000,50\n",
}


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def new(client, **typed):
    return client.post(reverse("refund_new"), PAPER | typed, headers=ENGLISH)


def faults(answer):
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_an_application_on_paper_is_opened(as_role):
    client = as_role("refund_officer")
    assert 'name="lines"' in client.get(reverse("refund_new")).content.decode()
    answer = new(client)
    found = Application.objects.get()
    assert answer["Location"] == reverse("refund", args=[found.pk])
    assert (found.state, found.applicant_id, found.iban, found.region_id) == (
        *("received", FIRST),
        *("KZ31601A000000000001", "75"),
    )
    assert found.number.startswith(f"{timezone.localdate().year}-F")
    assert list(found.lines.values_list("reference", "asked", "reason_id")) == [
        ("R1", Decimal("5750.00"), "erroneous"),
        ("R2", Decimal("1000.50"), "erroneous"),
    ]


def test_each_row_that_is_wrong_is_named(as_role):
    rows = "R1;1;100;x\nR1;one\nR9;1\nR2;1;much\nR2;1;10000,01\nR3;1\nR3;1\n;1"
    answer = new(as_role("refund_officer"), lines=rows)
    assert faults(answer) == {
        "lines": [
            "Row 1: it is not reference;line;sum.",
            "Row 2: it is not reference;line;sum.",
            "Row 4: It is no sum in tenge.",
            "Row 8: it is not reference;line;sum.",
            "Row 3: no posted payment of your regions has this place.",
            "Row 5: only 10000.00 tenge were paid.",
            "Row 7: this payment stands in an earlier row.",
        ]
    }
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"applicant_id": "990101300004"}, "Neither a valid IIN nor a valid BIN."),
        ({"accepted_on": "01.01.2099"}, "the day is still to come"),
        ({"number": "A1"}, "another application has this number"),
        ({"iban": "KZ1"}, "It is no account of Kazakhstan: a sign of it is wrong."),
        ({"lines": " \n"}, "This field is required."),
        (
            {"reason": "no_grounds"},
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_what_is_wrong_in_the_form_is_told_at_its_field(as_role, typed, said):
    load(asks_of(("A1", "R1")))
    (name,) = typed
    assert faults(new(as_role("refund_officer"), **typed)) == {name: [said]}


def test_payments_of_another_region_are_not_found(as_role):
    answer = new(as_role("refund_officer", "62"))
    assert faults(answer) == {
        "lines": [
            "Row 1: no posted payment of your regions has this place.",
            "Row 3: no posted payment of your regions has this place.",
        ]
    }
    assert new(as_role("refund_head")).status_code == 403
    assert new(as_role("reconciliation_officer")).status_code == 403


def upload(client, content):
    file = SimpleUploadedFile("applications.json", content)
    return client.post(reverse("refunds_load"), {"file": file}, follow=True, headers=ENGLISH)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_a_file_of_the_state_corporation_is_loaded_and_each_is_told(as_role):
    load(asks_of(("A1", "R1")))
    wrong = asks("A3", "R3", asked="much")
    wrong["applicant"]["id"] = "990101300004"
    content = json.dumps([asks("A1", "R1"), asks("A2", "R2"), wrong]).encode()
    answer = upload(as_role("refund_officer"), content)
    pk = Application.objects.get(number="A2").pk
    assert said(answer) == [
        f'1 new application: <a href="/refunds/{pk}/">A2</a>',
        "1 application was there already.",
        "1 application is at fault: it is kept with what is wrong.",
    ]
    assert f'<a href="/refunds/{pk}/">A2</a></span>' in answer.content.decode()
    assert reverse("refunds_at_fault") in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is no file with applications: nothing in the file."),
        (b"number;sum", "It is no file with applications: neither a list nor an object of JSON."),
        (b"[]", "The file has no application."),
    ],
)
def test_a_file_without_applications_is_told(as_role, content, words):
    assert words in upload(as_role("refund_officer"), content).content.decode()


def test_a_file_that_is_too_large_is_refused(as_role, settings):
    settings.LARGEST_DOCUMENT = 10
    answer = upload(as_role("refund_officer"), asks_of(("A1", "R1")))
    assert "The file is too large: ask for it in several files." in answer.content.decode()
    assert not Application.objects.exists()


def test_who_does_not_handle_cases_loads_nothing(as_role):
    assert upload(as_role("refund_head"), b"[]").status_code == 403


@pytest.fixture
def at_fault():
    wrong = asks("A3", "R3", asked="much")
    wrong["lines"][0]["reason"] = "poverty"
    load(json.dumps([wrong]).encode())
    return Unread.objects.get()


def test_applications_at_fault_stand_with_their_faults_until_they_are_settled(as_role, at_fault):
    client = as_role("refund_officer")
    text = client.get(reverse("refunds_at_fault"), headers=ENGLISH).content.decode()
    assert "It is no sum" in text
    assert "lines[0].asked: much" in text
    assert FIRST in text
    url = reverse("settle_at_fault", args=[at_fault.pk])
    assert said(client.post(url, follow=True, headers=ENGLISH)) == ["It is settled."]
    assert said(client.post(url, follow=True, headers=ENGLISH)) == [
        "It is not there, or of another region."
    ]
    text = client.get(reverse("refunds_at_fault"), headers=ENGLISH).content.decode()
    assert "No application is at fault" in text


def test_at_fault_iins_are_masked_and_regions_kept(as_role, at_fault):
    analyst = as_role("analyst")
    text = analyst.get(reverse("refunds_at_fault")).content.decode()
    assert FIRST not in text
    assert "990101••••••" in text
    assert '<form method="post" action="/refunds' not in text
    url = reverse("settle_at_fault", args=[at_fault.pk])
    assert analyst.post(url).status_code == 403
    client = as_role("refund_officer", "75")
    assert client.get(reverse("refunds_at_fault")).status_code == 403
    assert client.post(url).status_code == 403
    assert reverse("refunds_at_fault") not in client.get(reverse("refunds")).content.decode()


def open_all(client, *rows):
    posted = {"row": [row.pk for row in rows], "back": "cause=over_due"}
    return client.post(reverse("open_refunds"), posted, follow=True, headers=ENGLISH)


def test_a_refund_case_is_opened_from_overpayments(as_role):
    client = as_role("refund_officer")
    text = client.get(reverse("overpayments"), headers=ENGLISH).content.decode()
    assert f'formaction="{reverse("open_refunds")}"' in text
    rows = list(Overpayment.objects.order_by("pk"))
    answer = open_all(client, *rows[:2])
    found = Application.objects.get()
    assert said(answer) == [
        f'1 application opened: <a href="/refunds/{found.pk}/">{found.number}</a>',
        "Done with 2 items.",
    ]
    assert answer.redirect_chain == [(f"{reverse('overpayments')}?cause=over_due", 302)]
    assert found.lines.count() == 2
    under_review("A1", "R3")
    assert said(open_all(client, rows[0], rows[2])) == [
        "АХМЕТОВ АСАН, 07.2026: Another application asks it back, or nothing is left of it.",
        "АХМЕТОВ АСАН, 09.2026: Another application asks it back, or nothing is left of it.",
    ]
    assert said(open_all(client)) == ["Choose items first."]


def test_nobody_opens_cases_for_another_region_or_without_the_right(as_role):
    row = Overpayment.objects.first()
    assert said(open_all(as_role("refund_officer", "62"), row)) == ["Choose items first."]
    client = as_role("reconciliation_officer")
    assert open_all(client, row).status_code == 403
    text = client.get(reverse("overpayments")).content.decode()
    assert reverse("open_refunds") not in text
    assert not Application.objects.exists()
