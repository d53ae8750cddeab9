from datetime import date

import pytest

from tests.payments.rules.incoming import COMPANY, ONE, decided
from tests.payments.rules.oracle_of_items import Item, Person

BORN = date(1999, 1, 1)
OTHER_DAY = date(1999, 2, 1)


@pytest.mark.parametrize(
    ("last", "first", "born", "codes"),
    [
        pytest.param("Серіков", "Әсан", BORN, [], id="the same"),
        pytest.param("CEPИКОВ", "АСАН", BORN, [], id="the same in other letters"),
        pytest.param("Әсан", "Серіков", BORN, [], id="swapped"),
        pytest.param("Әсан", "Серіков", OTHER_DAY, [], id="swapped, another day"),
        pytest.param("Серіков", "Әсан", OTHER_DAY, [], id="another day alone"),
        pytest.param("Омаров", "Әсан", BORN, [], id="another surname alone"),
        pytest.param("Серіков", "Берік", BORN, [], id="another first name alone"),
        pytest.param("Омаров", "Берік", BORN, ["name_mismatch"], id="both names differ"),
        pytest.param("Омаров", "Әсан", OTHER_DAY, ["name_mismatch"], id="surname and day differ"),
        pytest.param("Серіков", "Берік", OTHER_DAY, ["name_mismatch"], id="first name and day"),
        pytest.param("Омаров", "Әсан", None, [], id="surname differs, no day"),
        pytest.param("Омаров", "Берік", None, ["name_mismatch"], id="both names differ, no day"),
        pytest.param("", "", BORN, ["name_mismatch"], id="no names"),
        pytest.param("Серіков", "", BORN, [], id="no first name"),
        pytest.param("Серіков", "Серіков", OTHER_DAY, ["name_mismatch"], id="surname twice"),
    ],
)
def test_two_differences_make_another_person(last, first, born, codes):
    item = Item(ONE, last, first, born, COMPANY, "122", "012024", 595_000, date(2024, 2, 1))

    [answer] = decided([item], {ONE: Person("Серіков", "Әсан", BORN)})

    assert answer == (codes or ("employee", date(2024, 1, 1), None, None))
