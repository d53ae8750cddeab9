"""The formal points of an application: each leads to a refusal of its own when it is not met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from refunds.rules import iban

FIRST_DAY = date(2017, 7, 1)  # the first contributions


class DocumentKind(StrEnum):
    CONSENT = "consent"
    FORM = "form"
    PAYMENT_ORDER = "payment_order"
    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    CALCULATION = "calculation"
    DISMISSAL = "dismissal"
    OTHER = "other"


class PointCode(StrEnum):
    FORM = "form"
    ACCOUNT = "account"
    BANK = "bank"
    CONSENT = "consent"
    CONSENT_OF_EACH = "consent_of_each"
    REASON = "reason"
    ONE_REASON = "one_reason"
    ACCEPTED = "accepted"
    PROOF = "proof"
    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    CALCULATION = "calculation"
    DISMISSAL = "dismissal"


class Formal(NamedTuple):
    """What an application says of itself; persons and reasons are those of its lines."""

    applicant_id: str
    iban: str
    bic: str
    persons: tuple[str, ...]
    reasons: tuple[str, ...]
    documents: tuple[str, ...]  # the kind of each
    accepted_on: date
    on: date


class Point(NamedTuple):
    """A hard point keeps an application from going on; the others are advice."""

    code: PointCode
    refusal: str  # code of a reason for refusal
    met: bool
    hard: bool


ORDERS_OF_BOTH = (DocumentKind.PAYMENT_ORDER, DocumentKind.PAYMENT_ORDER)
# By the practice of the sister fund. The consent of the wrongly credited is a point of its own.
PROOFS: dict[str, tuple[DocumentKind, ...]] = {
    "paid_twice": ORDERS_OF_BOTH,
    "wrong_iin": (DocumentKind.IDENTITY,),
    "wrong_rate": (DocumentKind.CALCULATION,),
    "over_accrued": (DocumentKind.CALCULATION,),
    "over_cap": (DocumentKind.CALCULATION,),
    "exempt_category": (DocumentKind.CERTIFICATE,),
    "not_employed": (DocumentKind.DISMISSAL,),
    "wrong_knp": ORDERS_OF_BOTH,
    "employer_paid_late": ORDERS_OF_BOTH,
    "closed_business": (DocumentKind.CERTIFICATE,),
}
BY_ERROR = {
    DocumentKind.IDENTITY: PointCode.IDENTITY,
    DocumentKind.CERTIFICATE: PointCode.CERTIFICATE,
    DocumentKind.CALCULATION: PointCode.CALCULATION,
    DocumentKind.DISMISSAL: PointCode.DISMISSAL,
}


def check(formal: Formal) -> tuple[Point, ...]:
    """The points in the order in which they are looked at."""
    return (*_application(formal), *_documents(formal))


def open_points(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Those that are not met."""
    return tuple(point for point in points if not point.met)


def _application(formal: Formal) -> Iterator[Point]:
    consents = formal.documents.count(DocumentKind.CONSENT)
    others = len(set(formal.persons) - {formal.applicant_id})
    given = bool(formal.reasons) and all(formal.reasons)
    one_reason = len(set(formal.reasons)) < 2
    in_time = FIRST_DAY <= formal.accepted_on <= formal.on
    yield _advice(PointCode.FORM, "bad_form", DocumentKind.FORM in formal.documents)
    yield _hard(PointCode.ACCOUNT, "bad_account", iban.is_valid(formal.iban))
    yield _advice(PointCode.BANK, "bad_account", iban.is_of(formal.bic, formal.iban))
    yield _hard(PointCode.CONSENT, "no_consent", not others or consents > 0)
    yield _advice(PointCode.CONSENT_OF_EACH, "no_consent", consents >= others)
    yield _hard(PointCode.REASON, "bad_reason", given)
    yield _advice(PointCode.ONE_REASON, "bad_reason", one_reason)
    yield _hard(PointCode.ACCEPTED, "unreliable_data", in_time)


def _documents(formal: Formal) -> Iterator[Point]:
    """Every application proves its payments; what else is needed depends on the error."""
    present, needed = Counter(formal.documents), _needed(formal)
    orders = DocumentKind.PAYMENT_ORDER
    yield _advice(PointCode.PROOF, "no_proof_of_payment", present[orders] >= needed[orders])
    for kind, code in BY_ERROR.items():
        if needed[kind]:
            yield _advice(code, "incomplete_documents", present[kind] >= needed[kind])


def _needed(formal: Formal) -> Counter[DocumentKind]:
    needed = Counter([DocumentKind.PAYMENT_ORDER])
    if formal.applicant_id in formal.persons:
        needed |= Counter([DocumentKind.IDENTITY])
    for reason in formal.reasons:
        needed |= Counter(PROOFS.get(reason, ()))
    return needed


def _hard(code: PointCode, refusal: str, met: bool) -> Point:
    return Point(code, refusal, met, hard=True)


def _advice(code: PointCode, refusal: str, met: bool) -> Point:
    return Point(code, refusal, met, hard=False)
