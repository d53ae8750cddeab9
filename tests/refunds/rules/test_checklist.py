import json
from datetime import date
from pathlib import Path

import pytest

from refunds.rules.checklist import (
    PROOFS,
    DocumentKind,
    Formal,
    Point,
    PointCode,
    check,
    open_points,
)
from tests.law import table

SAMPLES = Path("tests/samples/refund_applications.json")
TODAY = date(2026, 11, 20)
PERSON, OTHER, THIRD = "840120415021", "600120394105", "860311494866"
BUSINESS = "961040334321"
EMPLOYER = Formal(
    BUSINESS,
    "KZ31601A000000000001",
    "HSBKKZKX",
    (OTHER, THIRD),
    ("over_accrued", "over_accrued"),
    ("form", "consent", "consent", "payment_order", "calculation"),
    date(2026, 11, 16),
    TODAY,
)
HERSELF = EMPLOYER._replace(
    applicant_id=PERSON,
    persons=(PERSON,),
    reasons=("erroneous",),
    documents=("form", "payment_order", "identity"),
)


def still_open(formal: Formal) -> list[PointCode]:
    return [point.code for point in open_points(check(formal))]


def test_an_employer_with_everything():
    assert check(EMPLOYER) == (
        Point(PointCode.FORM, "bad_form", True, hard=False),
        Point(PointCode.ACCOUNT, "bad_account", True, hard=True),
        Point(PointCode.BANK, "bad_account", True, hard=False),
        Point(PointCode.CONSENT, "no_consent", True, hard=True),
        Point(PointCode.CONSENT_OF_EACH, "no_consent", True, hard=False),
        Point(PointCode.REASON, "bad_reason", True, hard=True),
        Point(PointCode.ONE_REASON, "bad_reason", True, hard=False),
        Point(PointCode.ACCEPTED, "unreliable_data", True, hard=True),
        Point(PointCode.PROOF, "no_proof_of_payment", True, hard=False),
        Point(PointCode.CALCULATION, "incomplete_documents", True, hard=False),
    )


def test_an_employer_with_nothing():
    assert open_points(check(Formal(BUSINESS, "", "", (OTHER,), ("",), (), TODAY, TODAY))) == (
        Point(PointCode.FORM, "bad_form", False, hard=False),
        Point(PointCode.ACCOUNT, "bad_account", False, hard=True),
        Point(PointCode.BANK, "bad_account", False, hard=False),
        Point(PointCode.CONSENT, "no_consent", False, hard=True),
        Point(PointCode.CONSENT_OF_EACH, "no_consent", False, hard=False),
        Point(PointCode.REASON, "bad_reason", False, hard=True),
        Point(PointCode.PROOF, "no_proof_of_payment", False, hard=False),
    )


def test_who_asks_for_himself_needs_no_consent_but_shows_who_he_is():
    assert still_open(HERSELF) == []
    assert still_open(HERSELF._replace(documents=("form", "payment_order"))) == [PointCode.IDENTITY]


DATES = [
    (date(2017, 6, 30), [PointCode.ACCEPTED]),
    (date(2017, 7, 1), []),
    (TODAY, []),
    (date(2026, 11, 21), [PointCode.ACCEPTED]),
]


@pytest.mark.parametrize(("accepted", "expected"), DATES)
def test_an_application_is_accepted_in_the_time_of_the_fund(accepted, expected):
    assert still_open(EMPLOYER._replace(accepted_on=accepted)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iban": "KZ31601A000000000002"}, [PointCode.ACCOUNT]),
        ({"bic": "CASPKZKA"}, [PointCode.BANK]),
        ({"persons": (OTHER, OTHER, THIRD)}, []),
        ({"persons": (OTHER, THIRD, PERSON)}, [PointCode.CONSENT_OF_EACH]),
        ({"persons": (OTHER, BUSINESS)}, [PointCode.IDENTITY]),
        ({"reasons": ()}, [PointCode.REASON]),
        ({"reasons": ("over_accrued", "")}, [PointCode.REASON, PointCode.ONE_REASON]),
        ({"reasons": ("over_accrued", "over_cap")}, [PointCode.ONE_REASON]),
        ({"reasons": ("court_ruling",)}, []),
        ({"reasons": ("paid_twice",)}, [PointCode.PROOF]),
        ({"reasons": ("wrong_iin",)}, [PointCode.IDENTITY]),
        ({"reasons": ("exempt_category",)}, [PointCode.CERTIFICATE]),
        ({"reasons": ("not_employed",)}, [PointCode.DISMISSAL]),
    ],
)
def test_one_thing_is_missing(changes, expected):
    assert still_open(EMPLOYER._replace(**changes)) == expected


def test_both_orders_prove_that_it_was_paid_twice():
    documents = (*EMPLOYER.documents, DocumentKind.PAYMENT_ORDER)
    twice = EMPLOYER._replace(reasons=("paid_twice",), documents=documents)
    assert still_open(twice) == []


def test_the_samples_go_on():
    for one in json.loads(SAMPLES.read_text()):
        formal = Formal(
            one["applicant"]["id"],
            one["account"]["iban"],
            one["account"]["bic"],
            tuple(line["iin"] for line in one["lines"]),
            tuple(line["reason"] for line in one["lines"]),
            tuple(document["kind"] for document in one["documents"]),
            date.fromisoformat(one["accepted_on"]),
            TODAY,
        )
        assert [point for point in open_points(check(formal)) if point.hard] == []


def test_every_refusal_and_every_error_has_its_words():
    kinds = {row["code"]: row["kind"] for row in table("refunds/data/reasons.csv")}
    assert {kinds[point.refusal] for point in check(EMPLOYER)} == {"refusal"}
    assert {kinds[reason] for reason in PROOFS} == {"refund"}
