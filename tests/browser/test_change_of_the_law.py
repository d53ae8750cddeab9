"""A change of the law, in each language: proposed by one, tried, and confirmed by another."""

import pytest

from registry.models import Parameter, Proposal
from tests.browser import world

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_is_proposed_tried_and_confirmed(desk, worker, language):
    world.build()
    one = desk(language)
    one.sign_in("editor", world.PASSWORD)
    one.open("/reference/proposals/")
    one.keep("proposals_none")
    one.page.click("main .btn-primary")
    one.page.select_option("#id_what", "parameter:STATUS_GRACE_MONTHS")
    one.page.fill("#id_since", "01.09.2026")
    one.page.fill("#id_value", "1")
    one.page.fill("#id_act", "Law 405-V")
    one.page.fill("#id_source", "adilet.zan.kz")
    one.keep("proposal_new")
    one.page.click("main .btn-primary")
    one.page.click("form[action$='/trial/'] button")
    one.page.wait_for_selector("main .figures", timeout=20_000)
    one.keep("proposal_tried")
    assert one.page.locator("main button[value=confirmed]").count() == 0

    proposal = Proposal.objects.get()
    other = desk(language)
    other.sign_in("editor2", world.PASSWORD)
    other.open(f"/reference/proposals/{proposal.pk}/")
    other.page.fill("#id_note", "OK")
    other.page.click("main button[value=confirmed]")
    other.page.wait_for_selector(".page-head .is-good")
    other.keep("proposal_confirmed")
    other.open("/reference/proposals/")
    other.keep("proposals")
    assert Parameter.objects.get(proposal=proposal).value == 1
