"""Parts of an entry take their part of its share, and with the last tiyn nothing stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.parts import Borne, shares_of
from registry.rules.due import WHOLE, share


def borne(amount, due):
    whole = share(amount, due) if due else 0
    return Borne(amount, whole, amount, whole)


@pytest.mark.parametrize(
    ("amount", "due", "parts", "shares"),
    [
        pytest.param(5100000, 425000, [4675000], [11 * WHOLE], id="above the due"),
        pytest.param(425000, 425000, [425000], [WHOLE], id="whole"),
        pytest.param(
            300, 300, [100, 100, 100], [333333333, 333333334, 333333333], id="three thirds"
        ),
        pytest.param(600000, None, [200000, 400000], [0, 0], id="no fixed sum is due"),
    ],
)
def test_a_part_takes_its_part_of_the_share(amount, due, parts, shares):
    entry = borne(amount, due)
    assert shares_of([(7, part) for part in parts], {7: entry}) == shares


@given(st.integers(1, 10**10), st.one_of(st.none(), st.integers(1, 10**9)), st.data())
def test_nothing_stays_with_the_last_tiyn(amount, due, data):
    entry = borne(amount, due)
    while entry.left:
        before = entry.share_left
        part = data.draw(st.one_of(st.just(entry.left), st.integers(1, entry.left)))
        assert entry.take(part) == before - entry.share_left >= 0
    assert (entry.left, entry.share_left) == (0, 0)


@pytest.mark.parametrize("part", [0, -1, 101])
def test_what_is_no_part_of_the_rest_is_not_taken(part):
    with pytest.raises(ValueError, match="no part"):
        borne(100, 100).take(part)
