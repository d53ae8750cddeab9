from tests.law import table

REASONS = table("refunds/data/reasons.csv")


def codes(kind: str) -> list[str]:
    return [row["code"] for row in REASONS if row["kind"] == kind]


def test_the_reasons_for_a_refund():
    assert codes("refund") == [
        "erroneous",
        "over_accrued",
        "paid_twice",
        "wrong_knp",
        "wrong_payer_details",
        "wrong_file",
        "wrong_iin",
        "wrong_period",
        "wrong_rate",
        "over_cap",
        "exempt_category",
        "not_employed",
        "employer_paid_late",
        "closed_business",
        "deceased",
        "penalty_overpaid",
    ]


def test_the_reasons_for_a_refusal():
    assert codes("refusal") == [
        "bad_account",
        "bad_form",
        "bad_reason",
        "incomplete_documents",
        "no_proof_of_payment",
        "no_grounds",
        "not_confirmed",
        "temporary_resident",
        "unreliable_data",
        "not_compliant",
        "court_ruling",
        "no_consent",
        "partial_for_one",
        "bad_payment_details",
        "payment_not_found",
        "already_refunded",
        "care_not_used",
    ]


def test_a_reason_is_written_in_three_languages_and_has_a_source():
    assert len({row["code"] for row in REASONS}) == len(REASONS)
    assert [
        row["code"]
        for row in REASONS
        if not all(row[each].strip() for each in ("name_kk", "name_ru", "name_en", "source"))
    ] == []
