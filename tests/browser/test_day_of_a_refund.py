"""From an overpayment to the money back: an officer, a head and a treasurer, in each language."""

import pytest
from django.utils import timezone

from mhifund.roles import demo_users
from payments.models import Overpayment
from refunds.models import Application, Batch, Line
from tests.browser import world
from tests.mhifund.office import AIGUL, item, known, register

IBAN = "KZ31601A000000000001"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SAID = {
    "kk": {"paid": "қайтарылды", "sent": "банкке жіберілді"},
    "ru": {"paid": "возвращено", "sent": "отправлено в банк"},
    "en": {"paid": "paid back", "sent": "sent to the bank"},
}


def overpaid():
    """AIGUL paid 10 000 tenge for herself, 5 750 of them too much."""
    demo_users(world.PASSWORD)
    known(AIGUL)
    register("own.csv", item("S1", AIGUL, "092026", "10000.00", knp="122", payer=AIGUL))
    return Overpayment.objects.get()


@pytest.mark.parametrize("language", SAID)
def test_money_goes_back_through_three_pairs_of_hands(desk, worker, tmp_path, language):
    overpayment = overpaid()
    officer, head, treasurer = (desk(language) for _ in range(3))
    officer.sign_in("refunds", world.PASSWORD)
    head.sign_in("head", world.PASSWORD)
    treasurer.sign_in("treasurer", world.PASSWORD)
    application = open_case(officer)
    take_to_the_fund(officer, application)
    decide(officer, head, application)
    batch = release(officer, head, treasurer)
    answer(treasurer, batch, tmp_path)
    officer.open(f"/refunds/{application.pk}/")
    officer.keep("refund_paid")
    assert SAID[language]["paid"] in officer.page.inner_text("#lines").lower()
    overpayment.refresh_from_db()
    assert (overpayment.reserved, overpayment.paid) == (0, 5750)
    officer.page.click("#lines tbody th a")
    officer.page.wait_for_selector(".month-payments table")
    officer.keep("refund_month")


def open_case(officer):
    """From the list of overpayments."""
    officer.open("/overpayments/")
    officer.page.check("#queue [name=row]")
    officer.keep("overpayments_chosen")
    officer.page.click("#queue [value=open], #queue [formaction*=open]")
    officer.page.wait_for_selector(".note-success")
    return Application.objects.get()


def take_to_the_fund(officer, application):
    """What the State Corporation checks: the account, and that nothing is missing."""
    officer.open(f"/refunds/{application.pk}/")
    officer.keep("refund_received")
    officer.page.click("[name=act][value=begin_check]")
    officer.page.wait_for_selector("[name=act][value=send]:disabled")
    officer.page.click("#more details summary")
    officer.page.fill("#id_iban", IBAN)
    officer.page.fill("#id_bic", "HSBKKZKX")
    officer.page.click("#more details button[type=submit]")
    officer.page.wait_for_selector("[name=act][value=send]:enabled")
    officer.open(f"/refunds/{application.pk}/?tab=documents")
    officer.page.select_option("#id_kind", "payment_order")
    officer.page.set_input_files(
        "#more input[type=file]",
        {"name": "order.pdf", "mimeType": "application/pdf", "buffer": PDF},
    )
    officer.page.click("#more form button[type=submit]")
    officer.page.wait_for_selector("#more table")
    officer.keep("refund_documents")
    for act in ("send", "register"):
        officer.page.click(f"[name=act][value={act}]")
        officer.page.wait_for_selector(".note-success")
    officer.keep("refund_review")


def decide(officer, head, application):
    line = application.lines.get()
    officer.open(f"/refunds/{application.pk}/?line={line.pk}")
    officer.page.wait_for_selector("form.decide")
    officer.keep("refund_evidence")
    officer.page.click("form.decide [value=approve]")
    officer.page.wait_for_selector(".note-success")
    head.open("/refunds/")
    head.keep("refunds_queue")
    head.open(f"/refunds/{application.pk}/")
    head.page.check("#queue [name=row]")
    head.page.click("#bulk [value=confirm]")
    head.page.wait_for_selector(".note-success")
    head.keep("refund_confirmed")
    head.open(f"/refunds/{application.pk}/?tab=letters")
    head.keep("refund_letter")
    assert Line.objects.get().state == "confirmed"


def release(officer, head, treasurer):
    officer.open("/payouts/")
    officer.keep("payouts")
    officer.page.click("#queue [value=all]")
    officer.page.wait_for_selector(".note-success")
    batch = Batch.objects.get()
    for who, step in ((head, "confirm"), (treasurer, "release")):
        who.open(f"/payouts/{batch.pk}/")
        who.keep(f"payout_{step}")
        who.page.click(f"[name=step][value={step}]")
        who.page.wait_for_selector(".note-success")
    for form in ("mt102", "pain001"):
        with treasurer.page.expect_download() as taken:
            treasurer.page.click(f"a[href$='/order/{form}/']")
        assert batch.items.get().key in taken.value.path().read_text(encoding="utf-8")
    return batch


def answer(treasurer, batch, folder):
    path = folder / "answer.csv"
    today = timezone.localdate()
    path.write_text(f"key;outcome;date;text\n{batch.items.get().key};paid;{today};\n")
    treasurer.open("/payouts/answers/")
    treasurer.page.set_input_files("#id_file", path)
    treasurer.page.click("main .btn-primary")
    treasurer.page.wait_for_selector(".note-success")
    treasurer.keep("bank_answer")


@pytest.mark.parametrize("language", SAID)
def test_a_page_of_refunds_without_work_says_what_to_do(desk, transactional_db, language):
    demo_users(world.PASSWORD)
    officer = desk(language)
    officer.sign_in("refunds", world.PASSWORD)
    for name, path in {
        "refunds_empty": "/refunds/",
        "payouts_empty": "/payouts/",
        "answers_empty": "/payouts/answers/",
        "refund_new": "/refunds/new/",
        "refunds_load": "/refunds/load/",
        "refunds_at_fault": "/refunds/at-fault/",
        "statistics_empty": "/refunds/statistics/",
    }.items():
        officer.open(path)
        officer.keep(name)
