"""A refund officer's day with an application, and the head who confirms it, in each language."""

import pytest
from django.contrib.auth import get_user_model

from mhifund.roles import demo_users
from refunds.models import Application, Line
from registry.models import Person
from tests.browser import world
from tests.payments.actions.office import EMPLOYER, FIRST
from tests.refunds.actions.office import asks_of, small_world
from tests.refunds.documents import PDF

NUMBER = "2026-00001"
SAID = {
    "kk": ("расталды", "мақұлданды, растауды күтеді"),
    "ru": ("подтверждено", "одобрено, ждёт подтверждения"),
    "en": ("confirmed", "approved, to be confirmed"),
}


@pytest.fixture
def papers(tmp_path, settings):
    """What the officer has on the own disk."""
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    file, document = tmp_path / "applications.json", tmp_path / "consent.pdf"
    file.write_bytes(asks_of((NUMBER, "R1", "R2"), ("2026-00002", "R1")))
    document.write_bytes(PDF)
    return file, document


@pytest.mark.parametrize("language", SAID)
def test_an_application_is_loaded_decided_and_confirmed(desk, worker, papers, language):
    demo_users(world.PASSWORD)
    small_world()
    officer, head = desk(language), desk(language, "dark")
    officer.sign_in("refunds", world.PASSWORD)
    load(officer, papers[0])
    officer.find(NUMBER)
    decide(officer, SAID[language][1])
    add(officer, papers[1])
    head.sign_in("head", world.PASSWORD)
    head.find(NUMBER)
    confirm(head, SAID[language][0])


def load(officer, file):
    """Takes the applications of a file on, and registers them."""
    officer.open("/refunds/")
    officer.keep("refunds_empty")
    officer.open("/refunds/load/")
    officer.keep("refunds_load")
    officer.page.set_input_files("#id_file", file)
    officer.page.click("main .btn-primary")
    officer.page.wait_for_selector("#queue")
    for act in ("take_on", "register"):
        officer.page.check("#queue [data-all]")
        officer.page.click(f"#queue [value={act}]")
        officer.page.wait_for_selector(".note-success")
    assert set(Application.objects.values_list("state", "owner__username")) == {
        ("review", "refunds")
    }
    officer.page.click(".fold summary")
    officer.page.wait_for_selector("#people table")
    officer.keep("refunds")


def decide(officer, approved):
    """One line by its evidence, the others by what the books say."""
    officer.keep("refund")
    officer.page.click("#lines a[hx-get] >> nth=0")
    officer.page.wait_for_selector(".evidence-of")
    officer.keep("refund_evidence")
    officer.page.click(".evidence-of [value=approve]")
    officer.page.wait_for_selector(".note-success")
    assert officer.page.inner_text("#lines .state >> nth=0") == approved
    officer.page.click("#lines [data-all]")
    officer.page.click("#bulk [value=as_found]")
    officer.page.wait_for_selector(".note-warning")
    officer.keep("refund_decided")


def add(officer, document):
    officer.page.click("#more .tabs a[href*=documents]")
    officer.page.set_input_files("#id_file", document)
    officer.page.click("#more form .btn >> nth=-1")
    officer.page.wait_for_selector("#more th a[href*=documents]")
    officer.keep("refund_documents")


def confirm(head, confirmed):
    head.page.click("#lines [data-all]")
    head.page.click("#bulk [value=confirm]")
    head.page.wait_for_selector(".note-success")
    assert head.page.inner_text(".page-head .state >> nth=-1") == confirmed
    states = Line.objects.filter(application__number=NUMBER).values_list("state", flat=True)
    assert set(states) == {"confirmed"}
    head.keep("refund_confirmed")
    head.page.click("#more .tabs a[href*=letters]")
    with head.page.expect_download() as letter:
        head.page.click("#more td a[href*=letters]")
    assert letter.value.suggested_filename.endswith(".pdf")
    head.keep("refund_letters")
    head.page.click("#more .tabs a[href*=events]")
    head.keep("refund_events")


@pytest.mark.parametrize("language", SAID)
def test_an_officer_looks_through_the_pages_of_refunds(desk, transactional_db, language):
    demo_users(world.PASSWORD)
    small_world()
    officer = desk(language)
    officer.sign_in("refunds", world.PASSWORD)
    officer.open("/overpayments/")
    officer.page.click("#queue [data-all]")
    officer.page.click("#queue button[formaction]")
    officer.page.wait_for_selector(".note-success a")
    officer.keep("refunds_opened")
    officer.page.click(".note-success a")
    officer.keep("refund_received")
    for name, path in {
        "refund_new": "/refunds/new/",
        "refunds_at_fault": "/refunds/at-fault/",
        "refunds_people": "/refunds/people/",
        "refunds_ended": "/refunds/?state=ended",
        "refunds_of_person": f"/persons/{Person.objects.get(iin=FIRST).pk}/?tab=refunds#more",
        "refunds_of_payer": f"/payers/{EMPLOYER}/",
    }.items():
        officer.open(path)
        officer.keep(name)
    officer.open("/refunds/people/")
    day = "01.12.2099"
    officer.page.fill("#id_since", day)
    officer.page.fill("#id_until", day)
    officer.page.click("main form .btn >> nth=-1")
    officer.page.wait_for_selector(".note-success")
    assert get_user_model().objects.get(username="refunds").absences.count() == 1
    officer.keep("refunds_absence")
