"""The words for the codes of the registry."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CONFIDENCE = {"high": _("high"), "medium": _("medium"), "low": _("low"), "none": _("none")}
DAY_KINDS = {"off": _("day off"), "worked": _("worked day")}
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
RUN_STATES = {"running": _("running"), "done": _("done")}


def in_language(row, field):
    """The field of a row in the language of the moment; Russian where it has none."""
    language = (get_language() or "ru")[:2]
    return getattr(row, f"{field}_{language}", None) or getattr(row, f"{field}_ru")
