"""Which entries count: duplicates, and what refunds leave; sums in tiyn."""

from datetime import date

import pytest

from tests.payments.rules.books import OTHER_EMPLOYER
from tests.payments.rules.entries import (
    CAP_121,
    DUE,
    LEAST,
    employee,
    employer,
    independent,
    item,
    noticed,
    refund,
)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [employer(300_000), employer(300_000, message="B")],
            {2: [("duplicate", 300_000)]},
            id="the same sum in another message",
        ),
        pytest.param([employer(300_000), employer(300_000)], {}, id="in the same message"),
        pytest.param([employer(300_000), employer(300_001, message="B")], {}, id="another sum"),
        pytest.param(
            [employer(300_000), employer(300_000, message="B", payer=OTHER_EMPLOYER)],
            {},
            id="another payer",
        ),
        pytest.param(
            [employer(300_000), employee(300_000, message="B")],
            {2: [("base_mismatch",)]},
            id="another purpose code",
        ),
        pytest.param(
            [employer(300_000), employer(300_000, message="B"), employer(300_000, message="C")],
            {2: [("duplicate", 300_000)], 3: [("duplicate", 300_000)]},
            id="three times",
        ),
        pytest.param(
            [employer(300_000), employer(300_000, message="B"), employer(300_000, message="B")],
            {2: [("duplicate", 300_000)], 3: [("duplicate", 300_000)]},
            id="twice in the other message",
        ),
        pytest.param(
            [employer(300_000), employer(300_000, message="B", dismissed=True)], {}, id="dismissed"
        ),
        pytest.param(
            [
                employer(300_000),
                employer(300_000, message="B", dismissed=True),
                employer(300_000, message="C"),
            ],
            {3: [("duplicate", 300_000)]},
            id="one dismissed, one not",
        ),
        pytest.param(
            [item("penalty_deduction", 5_000), item("penalty_deduction", 5_000, message="B")],
            {2: [("duplicate", 5_000)]},
            id="a penalty",
        ),
        pytest.param(
            [independent(DUE), independent(DUE, message="B")],
            {2: [("duplicate", DUE)]},
            id="a fixed sum for a month that is paid",
        ),
        pytest.param(
            [independent(LEAST), independent(LEAST, message="B")],
            {2: [("duplicate", LEAST)]},
            id="for a month that is just paid",
        ),
        pytest.param(
            [independent(LEAST - 1), independent(LEAST - 1, message="B")],
            {2: [("over_due", 424_574)]},
            id="for a month that is not quite paid",
        ),
        pytest.param(
            [independent(100_000), independent(100_000, message="B")],
            {2: [("under_due",)]},
            id="instalments",
        ),
        pytest.param(
            [independent(DUE), item("entrepreneur", DUE, message="B")],
            {2: [("under_due",)]},
            id="a fixed sum of another kind",
        ),
        pytest.param(
            [
                employer(300_000, message="B", credited=date(2026, 11, 10)),
                employer(300_000, credited=date(2026, 11, 9)),
            ],
            {1: [("duplicate", 300_000)]},
            id="the day of crediting goes before the receipt",
        ),
    ],
)
def test_a_duplicate_is_the_later_twin_in_another_message(entries, expected):
    assert noticed(*entries) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [employer(300_000), refund(1, 300_000), employer(300_000, message="B")],
            {},
            id="what was refunded whole has no twin",
        ),
        pytest.param(
            [employer(300_000), refund(1, 299_999), employer(300_000, message="B")],
            {3: [("duplicate", 300_000)]},
            id="what was refunded in part has",
        ),
        pytest.param(
            [employer(CAP_121), refund(1, 100), employer(101, message="B")],
            {3: [("over_cap", 1)]},
            id="a refund makes room under the cap",
        ),
        pytest.param(
            [employer(CAP_121 + 100), refund(1, 100)],
            {1: [("over_cap", 100)]},
            id="what was overpaid stays known after its refund",
        ),
        pytest.param(
            [independent(DUE), refund(1, 1_000)],
            {1: [("under_due",)]},
            id="a month is no more full",
        ),
        pytest.param([independent(DUE), refund(1, DUE)], {}, id="a month no more begun"),
        pytest.param(
            [independent(300_000), independent(100_000, message="B"), refund(2, 100_000)],
            {1: [("under_due",)]},
            id="a refunded item marks nothing",
        ),
        pytest.param(
            [independent(DUE), refund(1, DUE), independent(DUE, message="B")],
            {},
            id="refunded and paid again",
        ),
        pytest.param(
            [
                employer(300_000),
                employer(300_000, message="B"),
                refund(2, 300_000),
                employer(CAP_121 - 299_999, message="C"),
            ],
            {2: [("duplicate", 300_000)], 4: [("over_cap", 1)]},
            id="the refund of what does not count takes nothing away",
        ),
    ],
)
def test_a_refund_takes_away_from_its_day(entries, expected):
    assert noticed(*entries) == expected
