"""Candidates for an item, from the registry."""

import pytest

from payments.actions.candidates import candidates
from payments.models import ExceptionItem
from payments.rules.candidates import Match
from registry.actions import identity
from registry.models import Person
from tests.payments.actions.office import (
    AT,
    FIRST,
    PEOPLE,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.registry.actions.world import iin

pytestmark = pytest.mark.django_db
NEAR = "990101300404"


def found(number, who=FIRST, **cells):
    """Who is offered for an item with a number and the names of somebody, and why."""
    last, first, born = PEOPLE[who]
    names = {"last_name": last, "first_name": first, "birth_date": born}
    take(register(row(number, **(names | cells))))
    rows = candidates(ExceptionItem.objects.get(), Person.objects.all())
    return [(one.person.iin, one.matches) for one in rows]


def test_the_holder_of_a_number_one_digit_away_is_offered_first():
    add_people()
    assert found(NEAR, SECOND) == [
        (SECOND, [Match.IIN_ONE_DIGIT, Match.NAME, Match.BIRTH_DATE]),
    ]


def test_a_name_with_its_birth_date_is_offered_whatever_the_number():
    add_people()
    assert found(iin(7), THIRD) == [(THIRD, [Match.NAME, Match.BIRTH_DATE])]


def test_letters_that_only_look_alike_are_the_same_name():
    add_people()
    assert found("1", SECOND, last_name="CEPIKOB", first_name="БEPIК") == [
        (SECOND, [Match.NAME, Match.BIRTH_DATE])
    ]


def test_the_holder_of_the_number_is_offered_although_the_name_differs():
    add_people()
    assert found(FIRST, SECOND) == [
        (FIRST, [Match.IIN, Match.BIRTH_DATE]),
        (SECOND, [Match.NAME, Match.BIRTH_DATE]),
    ]


def test_who_had_the_number_before_is_offered_and_who_was_merged_is_not():
    add_people()
    one, other = (Person.objects.get(iin=number) for number in (FIRST, SECOND))
    identity.merge(one, other, at=AT)
    assert found(NEAR, SECOND) == [(FIRST, [Match.IIN_ONE_DIGIT, Match.BIRTH_DATE])]


def test_nobody_is_offered_for_a_surname_alone():
    add_people()
    assert found("1", FIRST, first_name="ДРУГОЙ", birth_date="1970-01-01") == []
