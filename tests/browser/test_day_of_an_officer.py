"""An officer's day, in each language: sign in, find a person, receive a file, look at it."""

import pytest

from payments.models import ExceptionItem, Overpayment
from registry.models import Contribution
from tests.browser import world
from tests.mhifund.office import AIGUL, ARMAN, item, register
from tests.payments.actions.office import SAMPLES, take_file

SAID = {
    "kk": {
        "today": "Бүгін",
        "status": "шартты сақтандырылған",
        "held": "тоқтатылды",
        "posted": "өткізілді",
        "exceptions": "Анықталмағандар",
    },
    "ru": {
        "today": "Сегодня",
        "status": "условно застрахован",
        "held": "приостановлен",
        "posted": "проведён",
        "exceptions": "Невыясненные",
    },
    "en": {
        "today": "Today",
        "status": "conditionally insured",
        "held": "held",
        "posted": "posted",
        "exceptions": "Exceptions",
    },
}


@pytest.mark.parametrize("language", SAID)
def test_an_officer_finds_a_person_and_receives_a_file(desk, worker, tmp_path, language):
    world.build()
    said, officer = SAID[language], desk(language)
    officer.sign_in("reconciler", world.PASSWORD)
    assert officer.heading().startswith(said["today"])
    officer.keep("today")

    officer.find("шмидт арман")
    assert officer.heading() == "ШМИДТ АРМАН"
    assert officer.page.inner_text(".verdict-word strong").lower() == said["status"]
    assert ARMAN not in officer.page.content()
    officer.keep("card")
    officer.page.click("#iin button")
    officer.page.wait_for_selector(f"text={ARMAN}")
    officer.page.fill("#id_known", "20.11.2026 12:00")
    officer.page.click(".page-actions .btn >> nth=0")
    officer.page.wait_for_selector(".panel-end.small")
    officer.keep("card_known")
    officer.page.click(".page-actions a.btn")
    officer.page.click(".tile >> nth=9")
    officer.page.wait_for_selector(".month-payments table")
    officer.keep("card_month")

    officer.open("/registers/receive/")
    officer.keep("receive")
    officer.page.set_input_files("#id_file", world.bring(tmp_path))
    officer.page.click("main .btn-primary")
    officer.page.wait_for_selector(".page-head .is-good", timeout=20_000)
    assert officer.page.inner_text(".page-head .state") == said["posted"]
    assert officer.heading() == "brought.csv"
    officer.keep("register")


@pytest.mark.parametrize("language", SAID)
def test_an_officer_releases_a_file_that_is_held(desk, worker, language):
    world.build()
    said, officer = SAID[language], desk(language)
    officer.sign_in("reconciler2", world.PASSWORD)
    officer.find("held.csv")
    officer.page.fill("#id_note", "1")
    officer.page.click("main button[value=release]")
    officer.page.wait_for_selector(".page-head .is-good", timeout=20_000)
    assert officer.page.inner_text(".page-head .state") == said["posted"]
    officer.keep("released")


@pytest.mark.parametrize("language", SAID)
def test_an_officer_works_through_the_exceptions_with_the_keys(desk, worker, language):
    world.build()
    register("near.csv", item("N1", "910722389910", "092026", "4250.00", knp="122"))
    officer = desk(language)
    officer.sign_in("reconciler", world.PASSWORD)
    officer.open("/exceptions/")
    officer.page.wait_for_selector("#evidence [data-key=a]")
    officer.keep("workbench")
    officer.open("/exceptions/")
    officer.page.wait_for_selector("#evidence [data-key=a]")
    officer.page.keyboard.press("j")
    officer.page.wait_for_selector("[data-row]:nth-child(2).is-chosen")
    officer.page.wait_for_selector("#evidence >> text=910722389910", state="detached")
    officer.page.keyboard.press("k")
    officer.page.wait_for_selector("#evidence >> text=910722389910")
    officer.page.keyboard.press("a")
    officer.page.wait_for_selector(".note-success")
    assert Contribution.objects.get(exception__iin="910722389910").person.iin == ARMAN
    officer.page.wait_for_selector("#evidence [data-key=h]")
    officer.page.keyboard.press("h")
    officer.page.keyboard.type("asked")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector(".note-success")
    assert ExceptionItem.objects.get(state="held").note == "asked"
    officer.page.wait_for_selector("#evidence .panel")
    officer.page.click("#queue [data-all]")
    officer.page.click("#queue [value=assign]")
    officer.page.wait_for_selector(".note-warning")
    officer.keep("workbench_answers")
    officer.page.wait_for_selector("#evidence .panel")
    officer.page.click("#queue [data-all]")
    officer.page.click("#queue [value=return]")
    assert officer.page.evaluate("document.activeElement.name") == "note"
    officer.page.keyboard.type("handed back")
    officer.page.click("#queue [value=return]")
    officer.page.wait_for_selector(".note-success")
    assert set(ExceptionItem.objects.filter(note="handed back").values_list("state")) == {
        ("returned",)
    }
    assert not ExceptionItem.objects.filter(state="open").exists()
    officer.open("/exceptions/?state=posted")
    officer.page.wait_for_selector("#evidence [value=undo]")
    officer.keep("workbench_posted")


def test_a_key_waits_for_the_item_it_was_meant_for(desk, worker):
    world.build()
    register("near.csv", item("N1", "910722389910", "092026", "4250.00", knp="122"))
    officer, waiting = desk("en"), []

    def keep_waiting(route):
        waiting.append(route)

    officer.sign_in("reconciler", world.PASSWORD)
    officer.open("/exceptions/")
    officer.page.wait_for_selector("#evidence [data-key=a]")
    officer.page.route("**/exceptions/*/**", keep_waiting)
    with officer.page.expect_request("**/exceptions/*/**"):
        officer.page.keyboard.press("j")
    officer.page.wait_for_selector("[data-row]:nth-child(2).is-chosen")
    officer.page.keyboard.press("a")
    officer.page.wait_for_timeout(200)
    assert [route.request.url for route in waiting if route.request.method == "POST"] == []
    for route in waiting:
        route.continue_()
    officer.page.wait_for_selector("#evidence >> text=910722389910", state="detached")
    assert not ExceptionItem.objects.exclude(state="open").exists()


@pytest.mark.parametrize("language", SAID)
def test_an_officer_answers_for_the_suspected_duplicates(desk, worker, language):
    world.build()
    register("twice.csv", *(item(f"T{n}", ARMAN, "092025", "8500.00") for n in range(2)))
    officer = desk(language)
    officer.sign_in("reconciler", world.PASSWORD)
    officer.open("/overpayments/?answer=waiting")
    officer.keep("duplicates")
    officer.page.check("#queue [name=row] >> nth=0")
    officer.page.fill("#queue [name=note]", "the payer has asked")
    officer.page.click("#queue [value=confirm]")
    officer.page.wait_for_selector(".note-success")
    assert Overpayment.objects.get(answer="confirmed").answer_note == "the payer has asked"
    officer.page.click("#queue [data-all]")
    officer.page.fill("#queue [name=note]", "two months")
    officer.page.click("#queue [value=dismiss]")
    officer.page.wait_for_selector(".note-success")
    assert not Overpayment.objects.filter(answer="", cause="duplicate").exists()
    officer.open("/overpayments/?answer=confirmed")
    officer.keep("duplicates_confirmed")


@pytest.mark.parametrize("language", SAID)
def test_an_officer_looks_through_the_pages(desk, transactional_db, language):
    persons = world.build()
    sent_back = take_file(SAMPLES / "returns" / "2025-03.mt102.txt")
    said, officer = SAID[language], desk(language)
    officer.come()
    officer.keep("sign_in")
    officer.sign_in("reconciler", world.PASSWORD)
    officer.find("held.csv")
    assert officer.page.inner_text(".page-head .state") == said["held"]
    assert officer.page.locator(".differs").count() == 1
    officer.keep("held")
    for name, path in {
        "persons": "/persons/?name=Ғаббасов",
        "card_gap": f"/persons/{persons[2].pk}/",
        "card_category": f"/persons/{persons[0].pk}/?years=all",
        "card_payments": f"/persons/{persons[1].pk}/?tab=payments#more",
        "card_history": f"/persons/{persons[1].pk}/?tab=history#more",
        "card_past": f"/persons/{persons[2].pk}/?on=15.03.2020",
        "registers": "/registers/",
        "exceptions": "/exceptions/",
        "overpayments": "/overpayments/",
        "returns": "/returns/",
        "register_returns": f"/registers/{sent_back.pk}/",
        "payer_returns": "/payers/961040334321/",
        "balance_returns": "/balance/?on=11.03.2025",
        "payer": "/payers/951241349083/",
        "balance": "/balance/",
        "reports": "/reports/",
        "parameters": "/reference/parameters/",
        "categories": "/reference/categories/",
        "calendar": "/reference/calendar/",
        "purpose_codes": "/reference/purpose-codes/",
        "reasons": "/reference/reasons/",
        "regions": "/reference/regions/",
        "search_nothing": "/search/?q=ҚҚҚҚ",
        "password": "/password/",
    }.items():
        officer.open(path)
        officer.keep(name)
    officer.page.click(".rail-link >> nth=2")
    officer.page.click(".rail-sub .rail-link >> nth=1")
    assert officer.heading() == said["exceptions"]


@pytest.mark.parametrize("language", SAID)
def test_the_dark_colours_are_kept_from_page_to_page(desk, transactional_db, language):
    persons = world.build()
    officer = desk(language, "dark")
    officer.come()
    officer.keep("sign_in")
    officer.sign_in("reconciler", world.PASSWORD)
    for name, path in {
        "today": "/",
        "card_gap": f"/persons/{persons[2].pk}/",
        "registers": "/registers/",
        "parameters": "/reference/parameters/",
        "calendar": "/reference/calendar/",
    }.items():
        officer.open(path)
        officer.keep(name)
    officer.page.click("[data-theme-switch]")
    officer.open("/registers/")
    assert officer.page.evaluate("document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize("language", SAID)
def test_an_auditor_and_an_administrator_look_into_the_admin(desk, transactional_db, language):
    world.build()
    auditor = desk(language)
    auditor.sign_in("auditor", world.PASSWORD)
    for name, path in {
        "admin": "/admin/",
        "admin_persons": "/admin/registry/person/",
        "admin_parameters": "/admin/registry/parameter/",
        "admin_export": "/admin/registry/parameter/export/",
    }.items():
        auditor.open(path)
        auditor.keep(name)
    administrator = desk(language, "dark")
    administrator.sign_in("admin", world.PASSWORD)
    administrator.open("/admin/auth/user/")
    administrator.keep("admin_users")
    administrator.page.click("#result_list tbody a >> nth=0")
    administrator.keep("admin_user")


def test_the_page_is_worked_with_the_keyboard_alone(desk, transactional_db):
    world.build()
    officer = desk("en")
    officer.sign_in("operator", world.PASSWORD)
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.className") == "skip"
    officer.page.keyboard.press("Enter")
    assert officer.page.evaluate("document.activeElement.id") == "content"
    officer.find(AIGUL)
    assert officer.heading() == "ҒАББАСОВА АЙГҮЛ ЕРЛАНҚЫЗЫ"
    officer.page.focus(".bar-user summary")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector(".menu-sheet form button", state="visible")
    officer.page.keyboard.press("Escape")
    officer.page.wait_for_selector(".menu-sheet form button", state="hidden")
    officer.page.keyboard.press("Enter")
    officer.page.focus(".menu-sheet form button")
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_selector("#id_username")
