"""Figures, days, states and citations as the pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from mhifund.templatetags import house
from registry.models import Parameter

THIN = "\u202f"


def plain(text):
    """Without the spaces and hyphens that keep a citation on one line."""
    return text.replace("\u00a0", " ").replace("\u2011", "-")


@pytest.mark.parametrize(
    ("language", "value", "written"),
    [
        ("kk", Decimal("1382900.5"), f"1{THIN}382{THIN}900,50"),
        ("ru", Decimal("1382900.5"), f"1{THIN}382{THIN}900,50"),
        ("en", Decimal("1382900.5"), f"1{THIN}382{THIN}900.50"),
        ("ru", Decimal("-0.01"), "−0,01"),
        ("ru", Decimal("0"), "0,00"),
        ("ru", None, "–"),
    ],
)
def test_a_sum_has_thin_spaces_and_two_places(language, value, written):
    with translation.override(language):
        assert house.money(value) == written


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_days_and_moments_are_written_alike_in_every_language(language):
    with translation.override(language):
        assert house.day(date(2026, 11, 20)) == "20.11.2026"
        assert house.moment(datetime(2026, 11, 19, 20, 30, tzinfo=UTC)) == "20.11.2026 01:30"
        assert house.month(date(2026, 8, 1)) == "08.2026"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("kk", "16.11.2015 № 405-V Заң, 26-бап 1-тармақ"),
        ("ru", "Закон от 16.11.2015 № 405-V, ст. 26 п. 1"),
        ("en", "Law 405-V of 16.11.2015, art. 26 p. 1"),
    ],
)
def test_a_legal_basis_is_cited_in_the_language_of_the_page(language, written):
    with translation.override(language):
        cited = house.basis("Law 405-V of 16.11.2015, art. 26 p. 1")
    assert plain(cited) == written


@pytest.mark.parametrize(
    ("basis", "written"),
    [
        ("", ""),
        ("Law of 06.04.2024", "Закон от 06.04.2024"),
        (
            "Law 405-V of 16.11.2015; Order DSM-18 of 25.02.2022, art. 26 p. 1",
            "Закон от 16.11.2015 № 405-V; Приказ от 25.02.2022 № ҚР ДСМ-18, ст. 26 п. 1",
        ),
        ("Order 478 of 30.06.2017, App. 1 para 40", "Приказ от 30.06.2017 № 478, прил. 1 п. 40"),
        ("Act unknown to us", "Act unknown to us"),
    ],
)
def test_every_form_of_a_legal_basis_is_understood(basis, written):
    with translation.override("ru"):
        assert plain(house.basis(basis)) == written


@pytest.mark.parametrize(
    ("row", "written"),
    [
        (Parameter(value=Decimal("85000.0000"), unit="KZT"), f"85{THIN}000 тенге"),
        (Parameter(value=Decimal("1.4"), unit="MW"), "1,4 МЗП"),
        (Parameter(value=Decimal("5"), unit="percent"), f"5{THIN}%"),
        (Parameter(value=Decimal("16.75"), unit="percent_per_year"), f"16,75{THIN}% годовых"),
        (Parameter(text="2026-12-04", unit="date"), "04.12.2026"),
        (Parameter(text="base rate", unit="text"), "базовая ставка"),
        (Parameter(text="GCVPKZ2A", unit="text"), "GCVPKZ2A"),
        (Parameter(unit="KZT", confidence="high"), "не действует"),
        (Parameter(unit="KZT", confidence="none"), "пока неизвестно"),
        (None, "не действует"),
    ],
)
def test_a_parameter_is_shown_with_its_unit(row, written):
    with translation.override("ru"):
        assert house.parameter_value(row) == written


@pytest.mark.parametrize(
    ("may_unmask", "shown"),
    [
        (True, "R1;1;660722369158;KZ86125;1234567890123"),
        (False, "R1;1;660722••••••;KZ86125;1234567890123"),
    ],
)
def test_a_line_shows_whole_iins_to_those_who_may_see_them(may_unmask, shown):
    class Item:
        raw = "R1;1;660722369158;KZ86125;1234567890123"

    context = {"perms": {"registry": {"unmask_iin": may_unmask}}}
    assert house.line_as_it_came(context, Item) == shown


def test_a_business_is_shown_and_a_person_who_pays_is_masked():
    assert house.payer("951241349083") == "951241349083"
    assert house.payer("660722369158") == "660722••••••"


def test_a_status_is_colour_icon_and_word():
    with translation.override("en"):
        badge = house.status("grace")
    assert "is-warn" in badge
    assert "#clock-exclamation" in badge
    assert "conditionally insured" in badge
