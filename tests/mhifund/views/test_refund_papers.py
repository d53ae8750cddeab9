"""Documents that are kept and taken, and letters, on the page of an application."""

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from refunds.actions import store
from refunds.models import Application, Document, DocumentTaking
from tests.refunds.actions.office import (
    confirm_all,
    confirmed,
    decided,
    small_world,
    under_review,
)
from tests.refunds.documents import HTML, PDF

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
SHA256 = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(autouse=True)
def world(db, settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    small_world()


@pytest.fixture
def application():
    found, _lines = under_review("A1", "R1")
    return found


def add(client, application, content=PDF, name="consent.pdf", kind="consent"):
    file = SimpleUploadedFile(name, content)
    url = reverse("add_document", args=[application.pk])
    told = client.post(url, {"kind": kind, "file": file}, follow=True, headers=ENGLISH)
    return told, [str(message) for message in told.context["messages"]]


def take(client, document):
    url = reverse("take_document", args=[document.application_id, document.pk])
    return client.get(url, headers=ENGLISH)


def documents(client, application):
    url = reverse("refund", args=[application.pk])
    return client.get(url, {"tab": "documents"}, headers=ENGLISH).content.decode()


def test_a_document_is_kept_shown_and_taken_and_who_took_it_is_written_down(as_role, application):
    client = as_role("refund_officer")
    told, said = add(client, application)
    assert said == ["The document is kept."]
    assert told.redirect_chain == [(f"/refunds/{application.pk}/?tab=documents#more", 302)]
    document = Document.objects.get()
    assert (document.kind, document.name, document.sha256, document.size) == (
        *("consent", "consent.pdf", SHA256),
        len(PDF),
    )
    text = told.content.decode()
    assert SHA256 in text
    assert "consent of the person" in text
    answer = take(client, document)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="consent.pdf"'
    assert answer["Content-Type"] == "application/octet-stream"
    taking = DocumentTaking.objects.get()
    assert (taking.document, taking.user.username) == (document, "refund_officer-0")
    assert "refund_officer-0" in documents(as_role("auditor"), application)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The document is empty."),
        (HTML, "Only PDF, JPEG, PNG and TIFF are kept."),
        (PDF + b"x" * 2000, "The document is larger than a document may be."),
    ],
)
def test_why_a_document_is_not_kept_is_said_in_words(as_role, application, settings, content, said):
    settings.LARGEST_DOCUMENT = 1000
    assert add(as_role("refund_officer"), application, content)[1] == [said]
    assert not Document.objects.exists()


def test_a_kind_that_is_none_is_told(as_role, application):
    client = as_role("refund_officer")
    assert add(client, application, kind="poem")[1] == ["Choose a kind and a file."]


def test_a_document_that_was_damaged_or_lost_is_not_given_out(as_role, application):
    client = as_role("refund_officer")
    add(client, application)
    document = Document.objects.get()
    store.path(SHA256).write_bytes(b"other")
    told = client.get(take(client, document)["Location"], headers=ENGLISH)
    assert "The document changed after it was kept." in told.content.decode()
    store.path(SHA256).unlink()
    told = client.get(take(client, document)["Location"], headers=ENGLISH)
    assert "The document is not where it was kept." in told.content.decode()
    assert not DocumentTaking.objects.exists()


def test_a_document_that_the_state_corporation_keeps_has_no_link(as_role):
    paper = {"kind": "consent", "name": "c.pdf", "sha256": SHA256}
    found, _lines = under_review("A2", "R2", documents=[paper])
    text = documents(as_role("refund_officer"), found)
    assert "kept by the State Corporation" in text
    assert "c.pdf" in text
    assert reverse("take_document", args=[found.pk, Document.objects.get().pk]) not in text


def test_who_may_not_see_whole_iins_takes_neither_documents_nor_letters(as_role):
    found, _lines = confirmed("A1", "R1")
    add(as_role("refund_officer"), found)
    client = as_role("analyst")
    document, letter = Document.objects.get(), found.letters.get()
    assert take(client, document).status_code == 403
    url = reverse("take_letter", args=[found.pk, letter.pk])
    assert client.get(url).status_code == 403
    text = documents(client, found)
    assert reverse("take_document", args=[found.pk, document.pk]) not in text
    assert 'enctype="multipart/form-data"' not in text
    assert client.post(reverse("add_document", args=[found.pk])).status_code == 403
    stranger = as_role("refund_officer", "62")
    assert take(stranger, document).status_code == 404
    assert stranger.get(url).status_code == 404
    assert stranger.post(reverse("add_document", args=[found.pk])).status_code == 404


@pytest.mark.parametrize(("language", "words"), [("kk", "Төленді"), ("ru", "Уплачено")])
def test_the_letter_is_taken_in_the_language_of_the_applicant(as_role, language, words):
    found, _lines = decided("A1", "R1")
    Application.objects.filter(pk=found.pk).update(language=language)
    confirm_all()
    client = as_role("refund_head")
    letter = found.letters.get()
    shown = client.get(reverse("refund", args=[found.pk]), {"tab": "letters"}, headers=ENGLISH)
    text = shown.content.decode()
    assert letter.number in text
    assert "23.11.2026" in text
    answer = client.get(reverse("take_letter", args=[found.pk, letter.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert f"letter-{letter.number}.pdf" in answer["Content-Disposition"]
    printed = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "АХМЕТОВ АСАН" in printed
    assert words in printed
