"""A reconciliation officer's day, with the keyboard: from a file that differs to a day of zeros."""

import pytest
from django.db.models import Sum

from payments.models import ExceptionItem, File, Message, Overpayment
from payments.rules import camt053
from payments.rules.totals import Entry
from registry.models import Contribution
from tests.browser import world
from tests.mhifund.office import ARMAN, EMPLOYER, HEAD, item

DAY = "06.10.2026"
NEAR = "910722389910"
ITEMS = [
    item("N1", ARMAN, "092025", "8500.00"),
    item("N2", ARMAN, "092025", "8500.00"),
    item("N3", ARMAN, "092026", "4250.00", knp="122").replace(ARMAN, NEAR),
]
STATES = {"kk": "ауыстырылды", "ru": "заменён", "en": "replaced"}


def brought(folder, name, total):
    path = folder / name
    last = f"ИТОГО;{len(ITEMS)}{';' * 13}{total}"
    path.write_bytes("\r\n".join([HEAD, *ITEMS, last, ""]).encode())
    return path


def statement(folder):
    """What the bank says of the day: everything that the registers say."""
    sums = Message.objects.filter(file__state__in=("posted", "held")).values("reference")
    entries = [
        Entry(row["reference"], int(row["sum"] * 100), row["credited_on"], True)
        for row in sums.annotate(sum=Sum("total")).values("reference", "sum", "credited_on")
    ]
    path = folder / "bank.xml"
    path.write_bytes(b"".join(camt053.write(entries, "S1")))
    return path


def press(officer, selector, key="Enter"):
    officer.page.focus(selector)
    officer.page.keyboard.press(key)


def receive(officer, path, state):
    officer.open("/registers/receive/")
    officer.page.set_input_files("#id_file", path)
    press(officer, "main .btn-primary")
    officer.page.wait_for_selector(f".page-head .is-{state}", timeout=20_000)


@pytest.mark.parametrize("language", STATES)
def test_a_reconciler_brings_a_day_to_zero(desk, worker, tmp_path, language):
    world.build()
    officer = desk(language)
    officer.sign_in("reconciler", world.PASSWORD)

    receive(officer, brought(tmp_path, "differs.csv", "21250.01"), "warn")
    assert officer.page.locator(".differs").count() == 1
    receive(officer, brought(tmp_path, "corrected.csv", "21250.00"), "good")
    officer.keep("day_corrected")
    officer.find("differs.csv")
    assert officer.page.inner_text(".page-head .state").lower() == STATES[language]
    officer.keep("day_replaced")
    receive(officer, statement(tmp_path), "good")

    officer.open("/exceptions/")
    officer.page.wait_for_selector("#evidence [data-key=a]")
    for _ in range(officer.page.locator("[data-row]").count()):
        if officer.page.locator(f"#evidence >> text={NEAR}").count():
            break
        with officer.page.expect_response("**/exceptions/*"):
            officer.page.keyboard.press("j")
    officer.page.wait_for_selector(f"#evidence >> text={NEAR}")
    officer.page.keyboard.press("a")
    officer.page.wait_for_selector(".note-success")
    assert Contribution.objects.get(exception__iin=NEAR).person.iin == ARMAN
    assert not ExceptionItem.objects.filter(iin=NEAR, state="open").exists()

    officer.open("/overpayments/?answer=waiting")
    press(officer, "#queue [name=row] >> nth=0", "Space")
    officer.page.focus("#queue [name=note]")
    officer.page.keyboard.type("the payer has asked")
    press(officer, "#queue [value=confirm]")
    officer.page.wait_for_selector(".note-success")
    assert Overpayment.objects.get(answer="confirmed").cause == "duplicate"
    officer.keep("day_overpayments")

    officer.find(EMPLOYER)
    assert EMPLOYER in officer.page.url
    officer.keep("day_payer")

    officer.open(f"/balance/?on={DAY}")
    assert officer.page.locator("tfoot .differs").count() == 0
    officer.keep("day_balance")
    with officer.page.expect_download() as printed:
        press(officer, ".page-buttons a[href*=pdf]")
    assert printed.value.suggested_filename == "balance-2026-10-06.pdf"
    assert File.objects.get(name="corrected.csv").state == "posted"
