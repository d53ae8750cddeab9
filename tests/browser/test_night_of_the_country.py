"""A night that the brake holds, in each language: looked at, and answered by another role."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.actions import runs
from registry.rules.law import Code
from tests.browser import world
from tests.mhifund.office import AIGUL, held_category
from tests.registry.proposals import changed

LANGUAGES = ("kk", "ru", "en")


def held_night():
    """Somebody comes into a category, and a brake of no persons."""
    changed(Code.NIGHT_BRAKE_LEAST, 0)
    held_category(AIGUL, "pensioner", "2023-08-01")
    at = timezone.now()
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return runs.work(runs.begin(tomorrow, "night", at=at), at=at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_night_that_is_held_is_looked_at_and_let_write(desk, worker, language):
    world.build()
    held = held_night()
    officer = desk(language)
    officer.sign_in("operator", world.PASSWORD)
    officer.keep("today_held")
    officer.page.click(".note-warning a")
    assert officer.page.locator(".page-head .is-warn").count() == 1
    officer.keep("night_held")
    officer.page.fill("#id_note", "28.11")
    officer.page.click("main .btn-primary")
    officer.page.wait_for_selector(".page-head .is-good", timeout=20_000)
    officer.keep("night")
    held.refresh_from_db()
    assert (held.state, held.moved) == ("done", 1)
    officer.open("/nights/")
    officer.keep("nights")
