"""A day's balance on the page and as a file."""

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from mhifund.views import balance
from payments.actions.receive import receive
from payments.rules import camt053
from payments.rules.totals import Entry
from tests.mhifund.office import AIDOS, item, known, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "092026", "100.00"), item("R2", AIDOS, "132026", "50.00"))


def page(client, **query):
    return client.get(reverse("balance"), query, headers={"accept-language": "en"})


def test_the_latest_day_of_crediting_is_shown_and_another_can_be_asked(as_role, day):
    client = as_role("treasurer")
    answer = page(client)
    text = answer.content.decode()
    assert "Balance of 06.10.2026" in text
    assert "There is no bank statement of this day yet." in text
    assert answer.context["balance"].unexplained == 0
    other = page(client, on="07.10.2026")
    assert other.context["balance"].registers.items == 0
    assert "Balance of 06.10.2026" in page(client, on="x").content.decode()


def test_where_the_bank_booked_on_another_day_each_day_leads_to_the_other(as_role, day):
    entry = Entry("R1", 10_000, date(2026, 10, 7), True)
    receive(io.BytesIO(b"".join(camt053.write([entry], "1"))), "bank.xml", at=timezone.now())
    client = as_role("treasurer")
    for on, other in (("06.10.2026", "07.10.2026"), ("07.10.2026", "06.10.2026")):
        text = page(client, on=on).content.decode()
        assert f'<a href="?on={other}">another day: {other}</a>' in text


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_balance_is_taken_away(as_role, day, form):
    answer = page(as_role("refund_head"), form=form)
    assert f"balance-2026-10-06.{form}" in answer["Content-Disposition"]
    if form == "csv":
        assert "Exceptions: open;1;50,00" in answer.content.decode()


PRINTED = {
    "en": [
        "MHI Fund",
        "Balance of 06.10.2026",
        "By reference, tenge",
        "Total 0.00 150.00 100.00 50.00 0.00 –",
        "R1 – 100.00 100.00 0.00 – –\nR2 – 50.00 0.00 50.00 – –",
        "page 1 of 1",
    ],
    "kk": [
        "ӘМСҚ",
        "06.10.2026 күнінің теңгерімі",
        "Референстер бойынша, теңге",
        "Барлығы 0,00 150,00 100,00 50,00 0,00 –",
        "R1 – 100,00 100,00 0,00 – –\nR2 – 50,00 0,00 50,00 – –",
        "1 беттің 1-беті",
    ],
    "ru": [
        "ФСМС",
        "Баланс за 06.10.2026",
        "По референсам, тенге",
        "Итого 0,00 150,00 100,00 50,00 0,00 –",
        "R1 – 100,00 100,00 0,00 – –\nR2 – 50,00 0,00 50,00 – –",
        "стр. 1 из 1",
    ],
}


def printed(client, language="en", **query):
    query = {"form": "pdf"} | query
    answer = client.get(reverse("balance"), query, headers={"accept-language": language})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="balance-2026-10-06.pdf"'
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


@pytest.mark.parametrize("language", PRINTED)
def test_the_balance_is_printed_in_the_language_of_the_reader(as_role, day, language):
    text = printed(as_role("treasurer"), language)
    assert [words for words in PRINTED[language] if words not in text] == []


def test_no_reference_is_markup(as_role):
    known(AIDOS)
    register("r.csv", item("#panic() <b>$x$", AIDOS, "092026", "100.00"))
    assert "#panic() <b>$x$ – 100.00" in printed(as_role("treasurer"))


def test_where_references_are_too_many_the_page_says_so(as_role, day, monkeypatch):
    monkeypatch.setattr(balance, "PRINTED", 1)
    text = printed(as_role("treasurer"))
    assert "The first 1 references are printed." in text
    assert "R1 – 100.00" in text
    assert "R2 – 50.00" not in text


def test_who_may_not_see_files_sees_no_balance(as_role):
    assert page(as_role("registry_operator")).status_code == 403


def test_the_balance_costs_the_same_however_much_came(as_role, day, django_assert_max_num_queries):
    client = as_role("treasurer")
    with django_assert_max_num_queries(14):
        page(client)
