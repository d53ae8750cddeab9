"""The calendar as the office keeps it: what a day may become, and who made it that."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction

from registry.actions import law
from registry.actions.calendar import last_change, set_day
from registry.models import CalendarChange, CalendarDay

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)
NEW_YEAR = date(2017, 1, 2)
NAMES = {"name_kk": "Мереке", "name_ru": "Праздник", "name_en": "Holiday"}
NO_NAMES = dict.fromkeys(NAMES, "")


@pytest.fixture
def by():
    return get_user_model().objects.create_user("editor")


def test_a_day_is_set_off_and_left_to_the_week_again(by):
    assert law.calendar().is_working(WEDNESDAY)
    assert set_day(WEDNESDAY, "off", NAMES, by=by, at=AT) == ""
    assert not law.calendar().is_working(WEDNESDAY)
    row = CalendarDay.objects.get(day=WEDNESDAY)
    assert (row.kind, row.name_ru, row.entered_on) == ("off", "Праздник", date(2026, 11, 20))
    assert set_day(WEDNESDAY, "", NO_NAMES, by=by, at=AT) == ""
    assert law.calendar().is_working(WEDNESDAY)
    told = CalendarChange.objects.order_by("id").values_list("day", "before", "after", "by")
    after = {"kind": "off"} | NAMES
    assert list(told) == [(WEDNESDAY, {}, after, by.pk), (WEDNESDAY, after, {}, by.pk)]


def test_what_changes_nothing_is_no_change(by):
    assert set_day(WEDNESDAY, "", NO_NAMES, by=by, at=AT) == ""
    set_day(WEDNESDAY, "off", NAMES, by=by, at=AT)
    spaced = {name: f" {text} " for name, text in NAMES.items()}
    assert set_day(WEDNESDAY, "off", spaced, by=by, at=AT) == ""
    assert CalendarChange.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "kind", "names", "against"),
    [
        (WEDNESDAY, "worked", NAMES, "no_weekday_worked"),
        (SATURDAY, "off", NAMES, "no_weekend_off"),
        (SATURDAY, "moved", NAMES, "no_weekend_off"),
        (WEDNESDAY, "moved", NAMES | {"name_kk": " "}, "names"),
        (SATURDAY, "worked", NAMES, ""),
        (WEDNESDAY, "moved", NAMES, ""),
    ],
)
def test_a_row_says_what_the_week_does_not(by, day, kind, names, against):
    assert set_day(day, kind, names, by=by, at=AT) == against
    assert CalendarDay.objects.filter(day=day).exists() == (not against)


def test_a_day_that_changed_meanwhile_is_left_as_it_is(by):
    seen = last_change(WEDNESDAY)
    assert set_day(WEDNESDAY, "off", NAMES, by=by, at=AT, seen=seen) == ""
    assert set_day(WEDNESDAY, "moved", NAMES, by=by, at=AT, seen=seen) == "changed"
    assert set_day(WEDNESDAY, "moved", NAMES, by=by, at=AT, seen=last_change(WEDNESDAY)) == ""
    assert law.calendar().why_off(WEDNESDAY) == "moved"


def test_what_the_office_set_stays_when_the_law_is_loaded_again(by):
    assert set_day(NEW_YEAR, "", NO_NAMES, by=by, at=AT) == ""
    law.load_law(date(2026, 11, 20))
    assert not CalendarDay.objects.filter(day=NEW_YEAR).exists()


def test_a_change_is_kept_as_it_was_told(by):
    set_day(WEDNESDAY, "off", NAMES, by=by, at=AT)
    changes = CalendarChange.objects.all()
    for act in (lambda: changes.update(after={}), changes.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
