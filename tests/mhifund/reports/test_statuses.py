"""Persons by region, category and reason: who stands there, who came, who left."""

from datetime import date, timedelta

import pytest

from mhifund import night
from mhifund.reports.statuses import statuses
from registry.models import Person
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, ON, held_category, known

pytestmark = pytest.mark.django_db

DISABLED = "мүгедектігі бар адам / лицо с инвалидностью"
STATE = ("сақтандырылған / застрахован", "мемлекет төлейді / платит государство")
NEVER = (
    "сақтандырылмаған / не застрахован",
    "бірде-бір ай өтелмеген / ни один месяц не был покрыт",
)
REGION, CATEGORY, REASON = "Өңір / Регион", "Санат / Категория", "Себебі / Причина"
ULYTAU, EAST = (
    "Ұлытау облысы / область Ұлытау",
    "Шығыс Қазақстан облысы / Восточно-Казахстанская область",
)
NO_CATEGORY = "санатсыз / без категории"


@pytest.fixture
def first_night():
    """Айдос of Ulytau is disabled; Арман and Айгүл of the East are nothing and paid nothing."""
    known(AIDOS, ARMAN, AIGUL)
    held_category(AIDOS, "disabled", "2026-02-01")
    return night.through(ON, at=AT)


@pytest.fixture
def second_night(first_night):
    """A day later Айгүл is disabled as well."""
    held_category(AIGUL, "disabled", "2026-11-01")
    later = AT + timedelta(days=1)
    return night.through(date(2026, 11, 21), at=later)


def test_at_first_everybody_came(first_night):
    every, by_region, by_category, by_reason = statuses(first_night)
    assert every.heads == [
        "Қимасы / Разрез",
        "Коды / Код",
        "Атауы / Наименование",
        "Мәртебесі / Статус",
        "Себебі / Причина",
        "Адамдар / Лица",
        "Келгендер / Пришло",
        "Кеткендер / Ушло",
    ]
    assert every.rows == [
        (REGION, "62", ULYTAU, *STATE, 1, 1, 0),
        (REGION, "63", EAST, *NEVER, 2, 2, 0),
        (CATEGORY, "", NO_CATEGORY, *NEVER, 2, 2, 0),
        (CATEGORY, "disabled", DISABLED, *STATE, 1, 1, 0),
        (REASON, "", "", *STATE, 1, 1, 0),
        (REASON, "", "", *NEVER, 2, 2, 0),
    ]
    assert by_region.title == "Өңір · Регион"
    assert by_region.rows == [("62", ULYTAU, 1, 1, 0, 0, 0, 0), ("63", EAST, 0, 0, 0, 0, 2, 2)]
    assert by_category.rows == [
        ("", NO_CATEGORY, 0, 0, 0, 0, 2, 2),
        ("disabled", DISABLED, 1, 1, 0, 0, 0, 0),
    ]
    assert by_reason.rows == [(*STATE, 1, 1, 0), (*NEVER, 2, 2, 0)]


def test_later_only_those_who_moved_came_and_left(second_night):
    every, by_region, by_category, by_reason = statuses(second_night)
    assert every.rows == [
        (REGION, "62", ULYTAU, *STATE, 1, 0, 0),
        (REGION, "63", EAST, *STATE, 1, 1, 0),
        (REGION, "63", EAST, *NEVER, 1, 0, 1),
        (CATEGORY, "", NO_CATEGORY, *NEVER, 1, 0, 0),
        (CATEGORY, "disabled", DISABLED, *STATE, 2, 1, 0),
        (CATEGORY, "disabled", DISABLED, *NEVER, 0, 0, 1),
        (REASON, "", "", *STATE, 2, 1, 0),
        (REASON, "", "", *NEVER, 1, 0, 1),
    ]
    assert by_region.rows == [("62", ULYTAU, 1, 0, 0, 0, 0, 0), ("63", EAST, 1, 1, 0, 0, 1, -1)]
    assert by_category.rows == [
        ("", NO_CATEGORY, 0, 0, 0, 0, 1, 0),
        ("disabled", DISABLED, 2, 1, 0, 0, 0, -1),
    ]
    assert by_reason.rows == [(*STATE, 2, 1, 0), (*NEVER, 1, 0, 1)]


def test_a_category_that_is_not_believed_on_the_day_does_not_count(first_night):
    held_category(ARMAN, "student", "2026-12-01", "2027-06-30")
    _every, _by_region, by_category, _by_reason = statuses(first_night)
    assert [row[0] for row in by_category.rows] == ["", "disabled"]


def test_who_holds_two_categories_stands_in_both(first_night):
    held_category(AIDOS, "student", "2026-02-01")
    _every, _by_region, by_category, _by_reason = statuses(first_night)
    assert [(row[0], row[2]) for row in by_category.rows] == [
        ("", 0),
        ("disabled", 1),
        ("student", 1),
    ]
    assert Person.objects.count() == 3
