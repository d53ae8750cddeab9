"""Counts on a past day, in each language: asked for, waited for, and looked at."""

import pytest

from registry.models import Sweep
from tests.browser import world

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_counted_as_known_now(desk, worker, language):
    world.build()
    analyst = desk(language)
    analyst.sign_in("analyst", world.PASSWORD)
    analyst.open("/counts/")
    analyst.keep("days_counted_none")
    analyst.page.fill("#id_on", "20.11.2026")
    analyst.page.click("main .btn-primary")
    analyst.page.wait_for_selector("main tfoot", timeout=20_000)
    analyst.keep("counts")
    analyst.open("/counts/")
    analyst.keep("days_counted")
    assert Sweep.objects.get(kind="counts").persons > 0
