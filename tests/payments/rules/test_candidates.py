"""Whose payment an item may be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.candidates import ENOUGH, Facts, Match, matches, variants, weight
from registry.rules.iin import is_iin

BORN = date(1999, 1, 1)
PERSON = Facts("990101300003", "АХМЕТОВ", "АСАН", BORN)


@pytest.mark.parametrize(
    ("item", "found"),
    [
        pytest.param(PERSON, [Match.IIN, Match.NAME, Match.BIRTH_DATE], id="all fits"),
        pytest.param(
            PERSON._replace(iin="990101300013"),
            [Match.IIN_ONE_DIGIT, Match.NAME, Match.BIRTH_DATE],
            id="one digit",
        ),
        pytest.param(
            PERSON._replace(iin="990101030003"),
            [Match.IIN_SWAPPED, Match.NAME, Match.BIRTH_DATE],
            id="two neighbours swapped",
        ),
        pytest.param(
            PERSON._replace(iin="990101300430"), [Match.NAME, Match.BIRTH_DATE], id="two digits"
        ),
        pytest.param(
            PERSON._replace(iin="99010130000"), [Match.NAME, Match.BIRTH_DATE], id="short"
        ),
        pytest.param(
            PERSON._replace(iin="", last="АСАН", first="АХМЕТОВ"),
            [Match.NAME_CROSSED, Match.BIRTH_DATE],
            id="names crossed",
        ),
        pytest.param(
            PERSON._replace(iin="", first="АЙДОС", born=None), [Match.LAST_NAME], id="a namesake"
        ),
        pytest.param(Facts("990101300003", "", "", None), [Match.IIN], id="nothing but a number"),
        pytest.param(Facts("", "", "", None), [], id="nothing at all"),
    ],
)
def test_what_fits_is_named(item, found):
    assert matches(item, PERSON) == found


def test_a_surname_alone_or_a_birth_date_alone_is_not_enough():
    for found in ([Match.LAST_NAME], [Match.BIRTH_DATE], [Match.NAME]):
        assert weight(found) < ENOUGH
    for found in ([Match.IIN_SWAPPED], [Match.NAME, Match.BIRTH_DATE], [Match.IIN]):
        assert weight(found) >= ENOUGH


@given(st.text("0123456789", min_size=12, max_size=12))
def test_variants_are_valid_and_one_fault_away(number):
    for iin, match in variants(number).items():
        assert is_iin(iin)
        differing = [place for place in range(12) if iin[place] != number[place]]
        if match == Match.IIN:
            assert differing == []
        elif match == Match.IIN_ONE_DIGIT:
            assert len(differing) == 1
        else:
            assert sorted(iin) == sorted(number)
            assert differing == [differing[0], differing[0] + 1]
