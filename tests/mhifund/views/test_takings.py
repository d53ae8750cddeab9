"""What every list to take away has in common."""

import pytest
from django.urls import reverse

from tests.mhifund.office import ARMAN, item, known, register

pytestmark = pytest.mark.django_db
LISTS = ("take_exceptions", "take_overpayments", "take_returns", "take_items")


@pytest.fixture
def file():
    """Who paid for himself: too much, for no month, and what was sent back."""
    known(ARMAN)
    return register(
        "own.csv",
        item("R1", ARMAN, "092026", "900000.00", knp="122", payer=ARMAN),
        item("R2", ARMAN, "132026", "1.00", knp="122", payer=ARMAN),
        item("R3", ARMAN, "092026", "1.00", knp="021", payer=ARMAN),
    )


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("role", "whole"), [("treasurer", False), ("auditor", True)])
def test_a_person_who_pays_is_masked_as_one_who_is_paid_for(as_role, file, name, role, whole):
    args = [file.pk, "csv"] if name == "take_items" else ["csv"]
    answer = as_role(role).get(reverse(name, args=args))
    text = b"".join(answer.streaming_content).decode()
    assert ARMAN[:6] in text
    assert (ARMAN in text) == whole


@pytest.mark.parametrize("name", ["take_exceptions", "take_returns"])
def test_the_reference_of_a_payment_is_no_reference_book(as_role, file, name):
    answer = as_role("auditor").get(reverse(name, args=["csv"]), headers={"accept-language": "ru"})
    head = b"".join(answer.streaming_content).decode().splitlines()[0]
    assert ";Референс;" in head
