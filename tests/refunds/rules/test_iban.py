import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.rules import iban

STATE_CORPORATION = "KZ92009MEDS368609103"
SAMPLES = Path("tests/samples/refund_applications.json")


@pytest.mark.parametrize(
    "account",
    [
        STATE_CORPORATION,
        "KZ33125KZT1001313313",
        "KZ12009NPS0413609816",
        "KZ31601A000000000001",
        "KZ14722C000000000002",
        "KZ85125KZT0000000001",
        "KZ25563X000000000003",
        "kz92 009M EDS3 6860 9103",
        "KZ92\u00a0009M\u202fEDS368609103 ",
    ],
)
def test_an_account_with_the_right_check_digits_is_valid(account):
    assert iban.is_valid(account)


@pytest.mark.parametrize(
    "account",
    [
        "",
        "KZ92009MEDS368609104",
        "KZ92009MEDS36860910",
        "KZ92009MEDS3686091030",
        "DE92009MEDS368609103",
        "KZ92009MEDS36860910З",
        "KZ9²009MEDS368609103",
        "KZ92-009M-EDS3-6860-9103",
        "KZ92009MEDS368609103\n",
        "KZ١٢009NPS0413609816",
    ],
)
def test_anything_else_is_none(account):
    assert not iban.is_valid(account)


@given(st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_sign_is_always_seen(at, sign):
    other = STATE_CORPORATION[:at] + sign + STATE_CORPORATION[at + 1 :]
    assert iban.is_valid(other) == (other == STATE_CORPORATION)


@given(st.text(max_size=40))
def test_any_text_is_an_account_or_none(text):
    assert iban.is_valid(text) in (True, False)


def test_the_accounts_of_the_samples_are_valid_and_of_their_bank():
    accounts = [one["account"] for one in json.loads(SAMPLES.read_text())]
    assert all(iban.is_valid(one["iban"]) for one in accounts)
    assert all(iban.is_of(one["bic"], one["iban"]) for one in accounts)


def test_the_bank_of_an_account():
    assert iban.bank("KZ92 009M EDS3 6860 9103") == "009"
    assert iban.bank("KZ92") == ""


@pytest.mark.parametrize(
    ("bic", "account", "expected"),
    [
        ("GCVPKZ2A", STATE_CORPORATION, True),
        ("GCVPKZ2AXXX", STATE_CORPORATION, True),
        ("HSBKKZKX", STATE_CORPORATION, False),
        ("HSBKKZKX", "KZ00999A000000000001", True),
        ("DEUTDEFF", "KZ00999A000000000001", False),
        ("", STATE_CORPORATION, False),
        ("GCVPKZ2", STATE_CORPORATION, False),
    ],
)
def test_a_bic_is_that_of_the_bank_unless_the_bank_is_unknown(bic, account, expected):
    assert iban.is_of(bic, account) == expected
