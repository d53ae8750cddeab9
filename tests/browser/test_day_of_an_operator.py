"""An operator's day, in each language: who loses something soon, and the list taken away."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import Person
from tests.browser import world
from tests.mhifund.office import AIDOS, EMPLOYER

LANGUAGES = ("kk", "ru", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_operator_looks_whom_to_warn(desk, transactional_db, language):
    world.build()
    today = timezone.localdate()
    born = today.replace(year=today.year - 18) + timedelta(days=10)
    Person.objects.filter(iin=AIDOS).update(birth_date=born)
    operator = desk(language)
    operator.sign_in("operator", world.PASSWORD)
    operator.open("/warnings/?days=200")
    assert operator.page.locator("main tbody tr").count() == 1
    operator.keep("warnings_right")
    operator.page.click(".tabs a >> nth=1")
    assert operator.page.locator("main tbody tr").count() == 1
    operator.keep("warnings_adult")
    with operator.page.expect_download() as taken:
        operator.page.click("a[href*='/warnings/csv/']")
    assert taken.value.path().read_text("utf-8-sig").count("\n") == 2
    operator.page.click(".tabs a >> nth=3")
    operator.keep("warnings_nobody")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_computes_a_penalty(desk, transactional_db, language):
    world.build()
    officer = desk(language)
    officer.sign_in("reconciler", world.PASSWORD)
    officer.open("/penalty/")
    officer.page.fill("#id_debt", "102000")
    officer.page.fill("#id_due", "25.09.2025")
    officer.page.fill("#id_paid", "10.11.2025")
    officer.page.click("main form >> nth=0 >> .btn-primary")
    assert re.search(r"2.803[.,]25", officer.page.inner_text("main tfoot"))
    officer.keep("penalty")
    officer.page.fill("#id_number", EMPLOYER)
    officer.page.click("main form >> nth=1 >> .btn-primary")
    officer.keep("arrears")
