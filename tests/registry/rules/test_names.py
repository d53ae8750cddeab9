import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.names import fold


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
