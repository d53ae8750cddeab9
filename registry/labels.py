"""The words for the codes of the registry."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CONFIDENCE = {"high": _("high"), "medium": _("medium"), "low": _("low"), "none": _("none")}
DAY_KINDS = {"off": _("holiday"), "moved": _("moved day off"), "worked": _("worked day")}
NOT_SET = {
    "no_weekend_off": _("A Saturday or Sunday is off by itself."),
    "no_weekday_worked": _("A weekday is worked by itself."),
    "names": _("Say why, in Kazakh, Russian and English."),
    "changed": _("Somebody changed the day meanwhile; it is left as it is now."),
}
SEXES = {"M": _("male"), "F": _("female")}
RESIDENCES = {
    "citizen": _("citizen"),
    "permanent": _("permanent resident"),
    "eaeu": _("EAEU citizen"),
    "kandas": _("kandas"),
    "temporary": _("temporary stay"),
}
GROUPS = {
    "state_paid": _("paid by the state"),
    "local_paid": _("paid by the local budget"),
    "exempt": _("exempt from payment"),
    "payer": _("payer"),
}
KINDS = {
    "employer": _("employer deductions"),
    "employee": _("employee contributions"),
    "entrepreneur": _("entrepreneur contributions"),
    "independent": _("independent payer contributions"),
    "penalty_deduction": _("penalty on deductions"),
    "penalty_contribution": _("penalty on contributions"),
}
STATUSES = {
    "insured": _("insured"),
    "grace": _("conditionally insured"),
    "not_insured": _("not insured"),
    "not_in_force": _("not in force"),
}
REASONS = {
    "deceased": _("deceased"),
    "no_right": _("no right: temporary stay"),
    "not_in_force": _("before the insurance came into force"),
    "transition_open": _("care open to everybody"),
    "exempt": _("exempt from payment"),
    "state_paid": _("paid by the state"),
    "local_paid": _("paid by the local budget"),
    "twelve_months": _("the months before are covered"),
    "prepaid": _("months paid ahead"),
    "grace": _("stopped paying recently"),
    "never_paid": _("no month was ever covered"),
    "gap": _("months are missing"),
}
WHYS = {
    "paid": _("paid"),
    "category": _("covered by a category"),
    "not_due": _("not due yet"),
    "underpaid": _("underpaid"),
    "refunded": _("refunded"),
    "not_counted": _("overpaid as a whole, counts nowhere"),
    "other_period": _("nothing paid; perhaps paid for another period"),
    "nothing_paid": _("nothing paid"),
}
RUN_SCOPES = {
    "night": _("the night"),
    "full": _("everybody"),
    "news": _("news of many persons"),
    "day": _("one by one"),
}
RUN_STATES = {
    "counting": _("counting"),
    "held": _("held by the brake"),
    "writing": _("writing"),
    "done": _("done"),
    "dropped": _("dropped"),
}
SUBJECTS = {"parameter": _("parameter"), "category": _("category")}
PROPOSAL_STATES = {
    "proposed": _("proposed"),
    "confirmed": _("confirmed"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
}
SWEEPS = {"trial": _("trial"), "settlement": _("settlement"), "counts": _("counts")}
WARNINGS = {
    "right": _("loses the right to care"),
    "adult": _("turns 18"),
    "studies": _("ends studies"),
    "category": _("ends a category"),
}
PART_STATES = {"open": _("open"), "counted": _("counted"), "done": _("done")}
PARAMETERS = {
    "MW": _("Minimum wage"),
    "MRP": _("Monthly calculation index"),
    "BASE_RATE": _("Base rate of the National Bank"),
    "BASE_RATE_NEXT_DECISION": _("Next decision on the base rate"),
    "RATE_EMPLOYER_DEDUCTION": _("Rate of employer deductions"),
    "RATE_EMPLOYEE_CONTRIBUTION": _("Rate of employee contributions"),
    "RATE_CIVIL_CONTRACT": _("Rate of contributions under civil-law contracts"),
    "RATE_ENTREPRENEUR": _("Rate of entrepreneur contributions"),
    "RATE_INDEPENDENT": _("Rate of independent payer contributions"),
    "RATE_SELF_EMPLOYED_SPECIAL": _("Rate of the self-employed in the special regime"),
    "RATE_STATE_CONTRIBUTION": _("Rate of state contributions"),
    "RATE_LOCAL_BUDGET_CONTRIBUTION": _("Rate of contributions of the local budget"),
    "BASE_ENTREPRENEUR": _("Base of entrepreneur contributions"),
    "BASE_INDEPENDENT": _("Base of independent payer contributions"),
    "CAP_BASE_EMPLOYER": _("Cap on the base of employer deductions"),
    "CAP_BASE_EMPLOYEE": _("Cap on the base of employee contributions"),
    "CAP_BASE_CIVIL_CONTRACT": _("Cap on the base of civil-law contracts"),
    "CAP_BASE_SELF_EMPLOYED_SPECIAL": _("Cap on the base of the self-employed"),
    "SINGLE_PAYMENT_RATE": _("Rate of the single payment"),
    "SINGLE_PAYMENT_SHARE_EMPLOYEE": _("Contributions in the single payment"),
    "SINGLE_PAYMENT_SHARE_EMPLOYER": _("Deductions in the single payment"),
    "AGGREGATE_PAYMENT_CITY": _("Single aggregate payment in cities"),
    "AGGREGATE_PAYMENT_VILLAGE": _("Single aggregate payment in villages"),
    "AGGREGATE_PAYMENT_MHI_SHARE": _("Insurance part of the single aggregate payment"),
    "PAYMENT_DUE_DAY": _("Due day of payment"),
    "FIRST_PERIOD_DEDUCTION": _("First period of deductions"),
    "FIRST_PERIOD_CONTRIBUTION": _("First period of contributions"),
    "PERIOD_AHEAD_MONTHS": _("How far ahead a period may lie"),
    "TOLERANCE_DUE": _("Tolerance of a paid month"),
    "PAYMENT_RETURN_CHECK_WINDOW": _("Check of a payment before it is returned"),
    "SC_TRANSFER_TO_FUND": _("Transfer from the State Corporation to the Fund"),
    "PENALTY_RATE_SOURCE": _("Rate the penalty follows"),
    "PENALTY_MULTIPLIER": _("Multiplier of the penalty"),
    "PENALTY_DAY_DENOMINATOR": _("Days of a year for the penalty"),
    "STATUS_MONTHS_REQUIRED": _("Covered months needed"),
    "STATUS_PREPAY_MONTHS": _("Months to pay ahead"),
    "STATUS_GRACE_MONTHS": _("Months of grace"),
    "STATUS_GRACE_MONTHS_LONG": _("Months of grace for regular payers"),
    "STATUS_REGULARITY_MONTHS": _("Paid months of a regular payer"),
    "STATUS_UPDATE_LAG": _("Time until the status is updated"),
    "TRANSITION_INDEPENDENT_MIN_MONTHS": _("Covered months of independent payers in transition"),
    "TRANSITION_OPEN_RIGHT": _("Right to care in transition"),
    "NIGHT_BRAKE_SHARE": _("Share of changes that stops the night"),
    "NIGHT_BRAKE_LEAST": _("Fewest changes that stop the night"),
    "REFUND_SC_CHECK": _("Check by the State Corporation"),
    "REFUND_FUND_REVIEW": _("Review by the Fund"),
    "REFUND_TOTAL_PUBLIC_FMS": _("Whole term of a refund"),
    "REFUND_TOTAL_PUBLIC": _("Whole term of a refund in the leaflet"),
    "KNP_121": _("Purpose code 121"),
    "KNP_122": _("Purpose code 122"),
    "KNP_123": _("Purpose code 123"),
    "KNP_124": _("Purpose code 124"),
    "FUND_BIN": _("BIN of the Fund"),
    "FUND_BIC": _("Bank identifier of the Fund"),
    "FUND_ACCOUNT": _("Account of the Fund"),
    "SC_BIN": _("BIN of the State Corporation"),
    "SC_BIC": _("Bank identifier of the State Corporation"),
    "SC_MHI_ACCOUNT": _("Insurance account of the State Corporation"),
    "KBK_MHI": _("Budget code of the insurance"),
}
UNITS = {
    "KZT": _("tenge"),
    "MW": _("minimum wages"),
    "MRP": _("monthly calculation indices"),
    "share": _("of the due sum"),
    "days": _("days"),
    "months": _("months"),
    "working_days": _("working days"),
    "working_days (2-3)": _("working days"),
    "operational_days": _("operational days"),
    "calendar_days (two weeks)": _("calendar days"),
    "future_months": _("months ahead"),
    "consecutive_months": _("consecutive months"),
    "months (after 60 paid months, excluding state/LEB-paid)": _("months"),
    "day_of_next_month": _("day of the next month"),
    "percent": "",
    "percent_per_year": _("a year"),
    "percent_of_income": _("of income"),
    "percent_of_persons": _("of persons"),
    "persons": _("persons"),
    "percent_of_single_payment": _("of the single payment"),
    "percent_of_aggregate_payment": _("of the aggregate payment"),
    "percent_of_avg_wage_two_years_before": _("of the average wage two years before"),
    "percent_of_regional_avg_wage": _("of the average wage of the region"),
    "times_annual_rate": _("times the rate of a year"),
    "date": "",
    "text": "",
}
VALUES = {
    "employer deductions": _("employer deductions"),
    "contributions (employees, GPH, entrepreneurs, independent payers)": _("contributions"),
    "penalty on deductions": _("penalty on deductions"),
    "penalty on contributions": _("penalty on contributions"),
    "official refinancing rate": _("refinancing rate"),
    "base rate": _("base rate"),
    "everyone": _("everyone"),
}
ACTS = {
    "Decree 421 of 20.06.2019": _("Government Decree 421 of 20.06.2019"),
    "Decree 672 of 16.10.2020": _("Government Decree 672 of 16.10.2020"),
    "Decree 2136 of 15.12.2009": _("Government Decree 2136 of 15.12.2009"),
    "Decision of the National Bank": _("Decision of the National Bank"),
    "Law 168-VII of 26.12.2022": _("Law 168-VII of 26.12.2022"),
    "Law 405-V of 16.11.2015": _("Law 405-V of 16.11.2015"),
    "Law 405-V as amended by Law 122-VI of 25.12.2017": _(
        "Law 405-V as amended by Law 122-VI of 25.12.2017"
    ),
    "Law 405-V as amended by Law 206-VIII of 14.07.2025": _(
        "Law 405-V as amended by Law 206-VIII of 14.07.2025"
    ),
    "Law 405-V as amended from 05.09.2022": _("Law 405-V as amended from 05.09.2022"),
    "Law 405-V as amended in July 2025 (Laws 206-VIII, 215-VIII)": _(
        "Law 405-V as amended in July 2025 (Laws 206-VIII, 215-VIII)"
    ),
    "Law of 02.01.2021": _("Law of 02.01.2021"),
    "Law of 06.04.2024": _("Law of 06.04.2024"),
    "Law on the republican budget": _("Law on the republican budget"),
    "NBK Resolution 30 of 24.02.2017": _("Resolution 30 of the National Bank of 24.02.2017"),
    "Order DSM-18 of 25.02.2022": _("Order DSM-18 of 25.02.2022"),
    "Order 106 of 13.10.2025": _("Order 106 of 13.10.2025"),
    "Order 478 of 30.06.2017": _("Order 478 of 30.06.2017"),
    "Order 478 as amended by Order DSM-19 of 04.04.2019": _(
        "Order 478 as amended by Order DSM-19 of 04.04.2019"
    ),
}

REFUSALS = {
    "empty": _("The file is empty."),
    "unreadable": _("The file is no text that can be read."),
    "columns": _("The heading lacks columns, or has them twice."),
    "mixed_snapshot": _("The rows of a snapshot differ in their source or their day of receipt."),
}
PERSON_EVENTS = {"new_iin": _("new IIN"), "merge": _("two records of one person")}
NOT_POSSIBLE = {
    "bad_iin": _("no valid IIN"),
    "iin_taken": _("Another person has this IIN, or had it."),
    "one_person": _("These are not two persons."),
    "busy": _("A file is just being posted or loaded: try again in a moment."),
    "keep_the_dead": _("The other record tells when the person died: keep that one."),
    "merged": _("One of the persons was merged with another one."),
    "undone": _("The correction is undone already."),
    "not_the_latest": _("A later correction of the same person is to be undone first."),
}
REJECTIONS = {
    "bad_row": _("the row has more or fewer fields than the heading"),
    "bad_iin": _("no valid IIN"),
    "repeated_iin": _("the IIN stands in an earlier row of the file"),
    "unknown_iin": _("nobody in the registry has this IIN"),
    "outdated_iin": _("a former IIN, and the file has the person under the new one"),
    "bad_former_iin": _("no valid former IIN, or the same as the IIN"),
    "other_new_iin": _("an earlier row or a newer extract gives the person another IIN"),
    "former_iin_taken": _("both numbers belong to persons: they are merged by hand"),
    "bad_name": _("no surname, or a name that is too long or has control characters"),
    "bad_birth_date": _("no readable birth date, or one after the day of receipt"),
    "bad_sex": _("the sex is neither M nor F"),
    "bad_residence": _("unknown kind of residence"),
    "bad_region": _("unknown region"),
    "bad_died_on": _("the date of death is unreadable or before the birth"),
    "died_later": _("the date of death is after the day of receipt"),
    "bad_category": _("unknown category"),
    "bad_valid_from": _("no readable first day"),
    "bad_valid_to": _("unreadable last day"),
    "bad_received_on": _("no readable day of receipt"),
    "received_later": _("received after the day of loading"),
    "bad_source": _("the source is too long or has control characters"),
    "overlap": _("overlaps a span of the same category"),
}


def in_language(row, field):
    """The field of a row in the language of the moment; Russian where it has none."""
    language = (get_language() or "ru")[:2]
    return getattr(row, f"{field}_{language}", None) or getattr(row, f"{field}_ru")
