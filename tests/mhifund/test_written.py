"""Figures, days and citations as the pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from mhifund import written
from registry.models import Parameter

THIN = "\u202f"


def plain(text):
    """Without the spaces and hyphens that keep a citation on one line."""
    return text.replace("\u00a0", " ").replace("\u2011", "-")


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("kk", Decimal("1382900.5"), f"1{THIN}382{THIN}900,50"),
        ("ru", Decimal("1382900.5"), f"1{THIN}382{THIN}900,50"),
        ("en", Decimal("1382900.5"), f"1{THIN}382{THIN}900.50"),
        ("ru", Decimal("-0.01"), "−0,01"),
        ("ru", Decimal("0"), "0,00"),
        ("ru", None, "–"),
    ],
)
def test_a_sum_has_thin_spaces_and_two_places(language, value, shown):
    with translation.override(language):
        assert written.money(value) == shown


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_days_and_moments_are_written_alike_in_every_language(language):
    with translation.override(language):
        assert written.day(date(2026, 11, 20)) == "20.11.2026"
        assert written.moment(datetime(2026, 11, 19, 20, 30, tzinfo=UTC)) == "20.11.2026 01:30"
        assert written.month(date(2026, 8, 1)) == "08.2026"


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("kk", "16.11.2015 № 405-V Заң, 26-бап 1-тармақ"),
        ("ru", "Закон от 16.11.2015 № 405-V, ст. 26 п. 1"),
        ("en", "Law 405-V of 16.11.2015, art. 26 p. 1"),
    ],
)
def test_a_legal_basis_is_cited_in_the_language_of_the_page(language, shown):
    with translation.override(language):
        cited = written.basis("Law 405-V of 16.11.2015, art. 26 p. 1")
    assert plain(cited) == shown


@pytest.mark.parametrize(
    ("basis", "shown"),
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
def test_every_form_of_a_legal_basis_is_understood(basis, shown):
    with translation.override("ru"):
        assert plain(written.basis(basis)) == shown


@pytest.mark.parametrize(
    ("row", "shown"),
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
def test_a_parameter_is_shown_with_its_unit(row, shown):
    with translation.override("ru"):
        assert written.parameter_value(row) == shown
