from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.names import Names, differ, fold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Әлия", "АЛИЯ"),
        ("ӘҒҚҢӨҰҮҺІЁЙ", "АГКНОУУХИЕИ"),
        ("әғқңөұүһіёй", "АГКНОУУХИЕИ"),
        ("ЈЅЄЇЎЌҐЋ", "АНГУУКОХ"),
        ("јѕєїўќґћ", "АНГУУКОХ"),
        ("ABCEHIKMOPTXY", "АВСЕНИКМОРТХУ"),
        ("abcehikmoptxy", "АВСЕНИКМОРТХУ"),
        ("Құрманғалиев-Ёлкин", "КУРМАНГАЛИЕВЕЛКИН"),
        (" О'Коннор 2-й. ", "ОКОННОРИ"),
        ("D'Arc", "DАRС"),
        ("", ""),
        ("-- 12", ""),
    ],
)
def test_look_alikes_fold_to_one_letter(text, key):
    assert fold(text) == key


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_key_has_letters_only(text):
    assert fold(text) == "" or fold(text).isalpha()


BORN = date(1990, 1, 2)
OTHER_DAY = date(1990, 2, 1)
PERSON = Names("СЕРИКОВ", "АСАН", BORN)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(PERSON, False, id="the same"),
        pytest.param(Names("АСАН", "СЕРИКОВ", BORN), False, id="swapped"),
        pytest.param(Names("АСАН", "СЕРИКОВ", OTHER_DAY), False, id="swapped, another day"),
        pytest.param(Names("СЕРИКОВ", "АСАН", OTHER_DAY), False, id="another day alone"),
        pytest.param(Names("ОМАРОВ", "АСАН", BORN), False, id="another surname alone"),
        pytest.param(Names("СЕРИКОВ", "БЕРИК", BORN), False, id="another first name alone"),
        pytest.param(Names("ОМАРОВ", "БЕРИК", BORN), True, id="both names differ"),
        pytest.param(Names("ОМАРОВ", "АСАН", OTHER_DAY), True, id="surname and day differ"),
        pytest.param(Names("СЕРИКОВ", "БЕРИК", OTHER_DAY), True, id="first name and day differ"),
        pytest.param(Names("ОМАРОВ", "АСАН", None), False, id="surname differs, no day"),
        pytest.param(Names("ОМАРОВ", "БЕРИК", None), True, id="both names differ, no day"),
        pytest.param(Names("", "", BORN), True, id="no names"),
        pytest.param(Names("СЕРИКОВ", "", BORN), False, id="no first name"),
        pytest.param(Names("СЕРИКОВ", "СЕРИКОВ", OTHER_DAY), True, id="surname twice"),
    ],
)
def test_two_differences_make_another_person(item, expected):
    assert differ(item, PERSON) is expected


def test_a_person_without_a_day_of_birth_differs_by_both_names_only():
    unknown = Names("СЕРИКОВ", "АСАН", None)

    assert differ(Names("ОМАРОВ", "АСАН", BORN), unknown) is False
    assert differ(Names("ОМАРОВ", "БЕРИК", BORN), unknown) is True
