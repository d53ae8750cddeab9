"""What an application says of a payment is held against the item of the register."""

from datetime import date
from decimal import Decimal

import pytest

from refunds.rules.evidence import Differs, Paid, differences

POSTED = Paid("990101300003", "000140000012", date(2026, 10, 1), "121", Decimal("6000.00"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (POSTED, ()),
        (POSTED._replace(iin="990101300409"), (Differs.IIN,)),
        (POSTED._replace(payer="990140000007"), (Differs.PAYER,)),
        (POSTED._replace(period=date(2026, 9, 1)), (Differs.PERIOD,)),
        (POSTED._replace(knp="122"), (Differs.KNP,)),
        (POSTED._replace(amount=Decimal("6000.01")), (Differs.SUM,)),
        (POSTED._replace(iin="1", amount=Decimal(1)), (Differs.IIN, Differs.SUM)),
    ],
)
def test_what_is_said_otherwise_is_named(said, expected):
    assert differences(said, POSTED) == expected
