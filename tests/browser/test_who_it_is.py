"""Two records of one person, in each language: compared, made one, and made two again."""

import pytest

from registry.models import Contribution
from tests.browser import world
from tests.mhifund.office import AIDOS, ARMAN
from tests.registry.actions.world import iin

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_records_become_one_and_two_again(desk, worker, language):
    arman = world.build()[1]
    operator = desk(language)
    operator.sign_in("operator", world.PASSWORD)
    operator.open(f"/persons/{arman.pk}/?tab=corrections")
    operator.keep("corrections_none")
    operator.page.click("#more .btn")
    operator.page.fill("#id_iin", "123")
    operator.page.fill("#id_note", "1")
    operator.page.click("main form[method=post] .btn-primary")
    assert operator.page.locator(".field-fault").count() == 1
    operator.page.fill("#id_iin", iin(7))
    operator.page.click("main form[method=post] .btn-primary")
    operator.page.wait_for_selector(".note-success")
    operator.open(f"/persons/{arman.pk}/identity/")
    operator.page.fill("#id_other", AIDOS)
    operator.page.press("#id_other", "Enter")
    operator.keep("identity")
    operator.page.fill("#why_note", "1991")
    operator.page.click("#compare .btn-primary")
    operator.page.wait_for_selector(".note-success")
    operator.find(AIDOS)
    assert operator.page.url.endswith(f"/persons/{arman.pk}/")
    operator.open(f"/persons/{arman.pk}/?tab=corrections")
    operator.keep("corrections")
    operator.page.click("#more table a")
    operator.keep("card_of_a_merged")
    operator.page.go_back()
    operator.page.click("#more form .btn")
    operator.page.wait_for_selector(".note-success")
    assert Contribution.objects.standing().filter(person__iin=ARMAN).count() == 0
