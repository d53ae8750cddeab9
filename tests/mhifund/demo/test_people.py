"""People who do not exist, with identifiers that could."""

from datetime import date

import numpy as np
import pytest

from mhifund.demo.people import REGIONS, adults, named, people, unique_bins, unique_iins
from registry.rules.iin import is_bin, is_iin

ON = date(2026, 11, 20)


def test_a_crowd_has_valid_identifiers_that_nobody_shares():
    crowd = adults(5_000, seed=7, on=ON)
    assert all(is_iin(person.iin) for person in crowd)
    assert len({person.iin for person in crowd}) == 5_000


def test_identifiers_stay_apart_when_all_are_born_on_one_day():
    same_day = np.full(1_000, np.datetime64("1990-05-17"))
    found = unique_iins(same_day, np.ones(1_000, bool))
    assert {iin[:7] for iin in found} == {"9005174"}
    assert len(set(found)) == 1_000
    assert all(map(is_iin, found))


@pytest.mark.parametrize(
    ("born", "female", "head"),
    [
        ("1999-12-31", False, "9912313"),
        ("1999-12-31", True, "9912314"),
        ("2000-01-01", False, "0001015"),
        ("2000-02-29", True, "0002296"),
    ],
)
def test_the_seventh_digit_tells_century_and_sex(born, female, head):
    assert unique_iins(np.array([born], "M8[D]"), np.array([female]))[0][:7] == head


def test_businesses_have_valid_numbers_that_nobody_shares():
    found = unique_bins(np.random.default_rng(1), 2_000)
    assert all(map(is_bin, found))
    assert len(set(found)) == 2_000


def test_the_same_seed_makes_the_same_people():
    assert adults(50, seed=3, on=ON) == adults(50, seed=3, on=ON)
    assert adults(50, seed=3, on=ON) != adults(50, seed=4, on=ON)


def test_everybody_is_of_the_age_and_sex_asked_for():
    found = people(
        np.random.default_rng(1), np.full(300, 18), np.full(300, 18), np.full(300, "F"), ON
    )
    assert {person.sex for person in found} == {"F"}
    assert min(person.birth_date for person in found) >= date(2007, 11, 20)
    assert max(person.birth_date for person in found) <= date(2008, 11, 20)
    assert {person.region for person in found} <= REGIONS.keys()


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((False, 0, 0, 7, False), ("АББАСОВ", "АЙДОС", "ЕРЛАНҰЛЫ")),
        ((True, 0, 0, 7, False), ("АББАСОВА", "АЙГҮЛ", "ЕРЛАНҚЫЗЫ")),
        ((True, 0, 0, 7, True), ("АББАСОВА", "АЙГҮЛ", "")),
    ],
)
def test_names_follow_the_sex(arguments, name):
    assert named(*arguments) == name
