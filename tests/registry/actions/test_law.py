"""The law is there after `migrate`, and what the staff changed stays."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from refunds.models import Reason
from registry.actions.law import calendar, law, load_law
from registry.models import CalendarDay, Category, CategoryGroup, Parameter, Region
from registry.rules.law import Code
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Why
from tests.registry.proposals import changed

ON = date(2026, 11, 20)
MODELS = (Parameter, CalendarDay, Region, Category, CategoryGroup, Reason)


def counts():
    return [model.objects.count() for model in MODELS]


@pytest.mark.django_db
def test_the_law_is_there_after_migrate():
    assert law().number(Code.MW, date(2026, 8, 1)) == Decimal(85000)
    assert law().day(Code.FIRST_PERIOD_DEDUCTION, ON) == date(2017, 7, 1)
    assert law().unit(Code.REFUND_SC_CHECK, ON) == "operational_days"
    with pytest.raises(NotInForce):
        law()[Code.MW].on(date(1990, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "why"),
    [
        pytest.param(date(2017, 1, 2), Why.HOLIDAY, id="New Year"),
        pytest.param(date(2017, 1, 3), Why.MOVED, id="moved from a Sunday"),
        pytest.param(date(2017, 3, 18), None, id="a worked Saturday"),
        pytest.param(date(2017, 3, 25), Why.WEEKEND, id="a Saturday"),
        pytest.param(date(2017, 1, 4), None, id="a Wednesday"),
    ],
)
def test_the_calendar_tells_why_a_day_is_off(day, why):
    assert calendar().why_off(day) == why


@pytest.mark.django_db
def test_a_category_has_its_groups_by_date():
    groups = CategoryGroup.objects.filter(category="unemployed").values_list("since", "group")
    assert list(groups) == [
        (date(2017, 7, 1), "state_paid"),
        (date(2026, 1, 1), "local_paid"),
    ]
    assert Category.objects.get(code="student").basis == "Law 405-V of 16.11.2015, art. 26 p. 1"


@pytest.mark.django_db
def test_loading_again_adds_what_is_missing_and_changes_nothing():
    before = counts()
    changed("MW", 90000, date(2026, 1, 1))
    CalendarDay.objects.filter(day=date(2017, 1, 2)).delete()
    Region.objects.filter(code="75").update(name_en="the south capital")

    load_law(ON)

    assert [*counts()] == [before[0] + 1, *before[1:]]
    assert law().number(Code.MW, ON) == Decimal(90000)
    assert CalendarDay.objects.get(day=date(2017, 1, 2)).entered_on == ON
    assert Region.objects.get(code="75").name_en == "the south capital"


@pytest.mark.django_db(transaction=True)
def test_the_law_comes_back_after_a_flush():
    before = counts()
    call_command("flush", interactive=False, verbosity=0)
    assert counts() == before
    assert min(before) > 0
