import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.ordinals import Ordinals, Place, Repeats


@given(st.lists(st.binary(max_size=2)))
def test_texts_are_numbered_in_the_order_they_are_met(texts):
    ordinals = Ordinals()
    first_met = list(dict.fromkeys(texts))
    assert [ordinals.of(text) for text in texts] == [first_met.index(text) for text in texts]
    assert len(ordinals) == len(first_met)


def test_numbers_stay_when_there_are_many():
    ordinals = Ordinals()
    numbers = [ordinals.of(b"R%d" % number) for number in range(20_000)]
    assert numbers == list(range(20_000))
    assert [ordinals.of(b"R%d" % number) for number in range(20_000)] == numbers


def test_keys_that_come_again_are_found_in_the_order_of_the_file():
    repeats = Repeats()
    repeats.note([("A", 1), ("A", 2), ("B", 1)], [0, 0, 1], [2, 3, 4])
    repeats.note([("B", 1), ("A", 1), ("A", 1)], [1, 0, 2], [5, 6, 7])
    assert repeats.found(10) == [Place(1, 5), Place(0, 6), Place(2, 7)]
    assert repeats.found(2) == [Place(1, 5), Place(0, 6)]


@given(st.lists(st.integers(0, 5)), st.integers(1, 4), st.integers(1, 9))
def test_keys_are_compared_in_parts_when_there_are_many(numbers, at_once, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Repeats, "AT_ONCE", at_once)
        repeats = Repeats()
        repeats.note([("A", number) for number in numbers], numbers, range(len(numbers)))
        found = repeats.found(most)
    again = [line for line, number in enumerate(numbers) if number in numbers[:line]]
    assert found == [Place(numbers[line], line) for line in again[:most]]


def test_nothing_comes_again_in_nothing():
    assert Repeats().found(10) == []
