"""The one search field knows what was typed."""

import pytest

from mhifund.finding import Typed, named, typed, with_iin
from registry.models import Person
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, known


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("", Typed.NOTHING, id="nothing"),
        pytest.param("   ", Typed.NOTHING, id="blanks"),
        pytest.param("660722369158", Typed.IIN, id="a whole IIN"),
        pytest.param("6607 2236 9158", Typed.IIN, id="a whole IIN in groups"),
        pytest.param("951241349083", Typed.BIN, id="a BIN"),
        pytest.param("660722", Typed.IIN_START, id="a date of birth"),
        pytest.param("660722369150", Typed.IIN_START, id="an IIN with a wrong check digit"),
        pytest.param("66072", Typed.WORDS, id="too few digits"),
        pytest.param("Ғаббасов Айдос", Typed.WORDS, id="names"),
        pytest.param("GCVP26100600001", Typed.WORDS, id="a reference"),
    ],
)
def test_a_text_is_what_it_looks_like(text, kind):
    assert typed(text) == kind


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Ғаббасов", [AIDOS, AIGUL], id="the beginning of a surname"),
        pytest.param("габбасов", [AIDOS, AIGUL], id="without Kazakh letters"),
        pytest.param("Ғаббасов Айдос", [AIDOS], id="surname and first name"),
        pytest.param("Айдос Ғаббасов", [AIDOS], id="first name and surname"),
        pytest.param("Айдос", [], id="a first name alone"),
        pytest.param("!!!", [], id="no letter"),
    ],
)
def test_names_find_persons_in_either_order_and_spelling(text, found):
    known(AIDOS, ARMAN, AIGUL)
    assert [person.iin for person in named(Person.objects.all(), text)] == found


@pytest.mark.django_db
def test_the_beginning_of_an_iin_finds_those_born_on_that_day():
    known(AIDOS, ARMAN)
    assert [person.iin for person in with_iin(Person.objects.all(), "910722")] == [ARMAN]
