"""What holds on all pages: who gets in, what the browser is told, what a role is refused."""

import pytest
from django.urls import reverse

from tests.mhifund.office import AIDOS, item, known, register

PAGES = (
    *(
        "today",
        "search",
        "persons",
        "nights",
        "days_counted",
        "penalty",
        "registers",
        "receive",
        "exceptions",
        "overpayments",
        "returns",
        "balance",
        "refunds",
        "payouts",
        "bank_answers",
        "refund_statistics",
        "refund_new",
        "refunds_load",
        "refunds_at_fault",
        "refunds_people",
        "reports",
    ),
    *(
        "parameters",
        "proposals",
        "propose",
        "categories",
        "calendar",
        "purpose_codes",
        "reasons",
        "regions",
    ),
    "password_change",
    "admin:index",
)
OPEN_TO = {
    "persons": "operator reconciler refunds head analyst auditor",
    "proposals": "operator reconciler refunds head treasurer analyst auditor editor admin",
    "propose": "editor",
    "penalty": "operator reconciler refunds head analyst auditor",
    "warnings": "operator analyst auditor",
    "nights": "operator reconciler head treasurer analyst auditor",
    "days_counted": "operator reconciler head treasurer analyst auditor",
    "registers": "reconciler refunds head treasurer analyst auditor",
    "receive": "reconciler",
    "exceptions": "reconciler refunds head treasurer analyst auditor",
    "overpayments": "reconciler refunds head treasurer analyst auditor",
    "returns": "reconciler refunds head treasurer analyst auditor",
    "refunds": "refunds head analyst auditor",
    "refund_new": "refunds",
    "refunds_load": "refunds",
    "refunds_at_fault": "refunds head analyst auditor",
    "refunds_people": "refunds head analyst auditor",
    "refund_statistics": "refunds head analyst auditor",
    "payouts": "refunds head treasurer analyst auditor",
    "bank_answers": "refunds head treasurer analyst auditor",
    "reports": "operator reconciler head treasurer analyst auditor",
    "parameters": "operator reconciler refunds head treasurer analyst auditor editor admin",
}
ROLES = {
    "operator": "registry_operator",
    "reconciler": "reconciliation_officer",
    "refunds": "refund_officer",
    "head": "refund_head",
    "treasurer": "treasurer",
    "analyst": "analyst",
    "auditor": "auditor",
    "editor": "reference_editor",
    "admin": "administrator",
}


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_led_to_the_sign_in(client, page):
    answer = client.get(reverse(page), follow=True)
    last, status = answer.redirect_chain[-1]
    assert (last.split("?")[0], status) == ("/login/", 302)


@pytest.mark.django_db
@pytest.mark.parametrize("short", ROLES)
def test_a_role_opens_its_pages_and_is_refused_the_others(as_role, short):
    client = as_role(ROLES[short])
    opened = {page: client.get(reverse(page)).status_code for page in OPEN_TO}
    assert opened == {page: 200 if short in OPEN_TO[page].split() else 403 for page in OPEN_TO}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("page", ["today", "persons", "registers", "parameters", "reports"])
def test_a_page_speaks_the_language_that_was_chosen(as_role, page, language):
    client = as_role("auditor")
    client.post(reverse("set_language"), {"language": language, "next": "/"})
    answer = client.get(reverse(page))
    assert f'<html lang="{language}">' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_page_allows_the_browser_nothing_from_elsewhere_and_nothing_inline(client, page):
    policy = client.get(reverse(page), follow=True)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_a_script_or_a_style_of_its_own(as_role, page):
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "092026", "100.00"))
    role = "refund_officer" if page.startswith("refund") else "reconciliation_officer"
    text = as_role(role).get(reverse(page)).content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert "onclick" not in text
    assert text.count("<script") == text.count("<script src=")


@pytest.mark.django_db
def test_an_unknown_page_is_told_in_the_shell(as_role):
    answer = as_role("registry_operator").get("/no/such/page/")
    assert answer.status_code == 404
    assert 'class="rail"' in answer.content.decode()


@pytest.mark.django_db
def test_a_failing_page_needs_nothing_but_itself(client, monkeypatch):
    client.raise_request_exception = False

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("mhifund.views.sign_in.SignIn.get_form", fail)
    answer = client.get(reverse("login"), headers={"accept-language": "kk"})
    assert answer.status_code == 500
    assert "Бет ашылмады" in answer.content.decode()
