"""The words and looks that belong to more than one app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import labels as payments
from refunds import labels as refunds
from registry import labels as registry

ROLES = {
    "registry_operator": _("Registry operator"),
    "reconciliation_officer": _("Reconciliation officer"),
    "refund_officer": _("Refund officer"),
    "refund_head": _("Refund head"),
    "treasurer": _("Treasurer"),
    "analyst": _("Analyst"),
    "auditor": _("Auditor"),
    "reference_editor": _("Reference editor"),
    "administrator": _("Administrator"),
}
ACTS = {"card": _("opened the card"), "iin": _("saw the whole IIN")}
REPORTS = {
    "statuses": _("Statuses by region, category and reason"),
    "receipts": _("Receipts by purpose code and month"),
    "exceptions": _("Exceptions"),
    "files": _("Files since the night before"),
}
TOPICS = {
    "amounts": _("Minimum wage, indices and rates of the bank"),
    "rates": _("Rates, bases and caps"),
    "payment": _("Payment and periods"),
    "status": _("Insured status"),
    "penalty": _("Penalty"),
    "refund": _("Terms of a refund"),
    "details": _("Codes and bank details"),
}
TOPIC_OF = {
    "MW": "amounts",
    "MRP": "amounts",
    "BASE": "amounts",
    "BASE_ENTREPRENEUR": "rates",
    "BASE_INDEPENDENT": "rates",
    "RATE": "rates",
    "CAP": "rates",
    "SINGLE": "rates",
    "AGGREGATE": "rates",
    "PAYMENT": "payment",
    "FIRST": "payment",
    "PERIOD": "payment",
    "TOLERANCE": "payment",
    "PENALTY": "penalty",
    "STATUS": "status",
    "TRANSITION": "status",
    "NIGHT": "status",
    "REFUND": "refund",
    "SC_TRANSFER_TO_FUND": "payment",
    "SC": "details",
    "FUND": "details",
    "KNP": "details",
    "KBK": "details",
}
PURPOSE_CODES = {
    "121": (
        _("Deductions for mandatory social health insurance"),
        _("The employer, from the income of the employee; covers the month."),
    ),
    "122": (
        _("Contributions for mandatory social health insurance"),
        _("The employee, the entrepreneur or the independent payer; covers the month."),
    ),
    "123": (
        _("Penalty for late deductions"),
        _("Covers no month."),
    ),
    "124": (
        _("Penalty for late contributions"),
        _("Covers no month."),
    ),
}
COVERED_BY = {
    "employer": _("employer"),
    "employee": _("employee"),
    "entrepreneur": pgettext_lazy("short", "entrepreneur"),
    "independent": pgettext_lazy("short", "self"),
}
SHORT_WHYS = {
    "not_due": pgettext_lazy("short", "not due yet"),
    "underpaid": pgettext_lazy("short", "underpaid"),
    "refunded": pgettext_lazy("short", "refunded"),
    "not_counted": pgettext_lazy("short", "not counted"),
    "other_period": pgettext_lazy("short", "not paid"),
    "nothing_paid": pgettext_lazy("short", "not paid"),
    "paid": pgettext_lazy("short", "paid"),
}
BY_CATEGORY = pgettext_lazy("short", "category")
STATUS_LOOKS = {
    "insured": ("is-good", "circle-check"),
    "grace": ("is-warn", "clock-exclamation"),
    "not_insured": ("is-bad", "circle-x"),
    "not_in_force": ("", "circle-minus"),
}
RUN_LOOKS = {
    "counting": ("", "player-play"),
    "writing": ("", "player-play"),
    "held": ("is-warn", "clock-exclamation"),
    "done": ("is-good", "circle-check"),
    "dropped": ("", "circle-minus"),
}
PROPOSAL_LOOKS = {
    "proposed": ("is-warn", "clock-exclamation"),
    "confirmed": ("is-good", "circle-check"),
    "rejected": ("is-bad", "circle-x"),
    "withdrawn": ("", "circle-minus"),
}
FILE_LOOKS = {
    "reading": ("", "player-play"),
    "posted": ("is-good", "circle-check"),
    "held": ("is-warn", "clock-exclamation"),
    "refused": ("is-bad", "circle-x"),
    "rejected": ("is-bad", "circle-x"),
    "replaced": ("", "circle-minus"),
}
REFUND_LOOKS = {
    "application": {
        "received": ("", "file-text"),
        "check": ("", "list-check"),
        "returned": ("is-warn", "arrow-back-up"),
        "sent": ("", "arrow-right"),
        "review": ("", "search"),
        "decided": ("is-warn", "clock-exclamation"),
        "confirmed": ("is-good", "check"),
        "closed": ("is-good", "circle-check"),
        "withdrawn": ("", "circle-minus"),
    },
    "line": {
        "asked": ("", "minus"),
        "approved": ("is-warn", "clock-exclamation"),
        "partly": ("is-warn", "clock-exclamation"),
        "refused": ("is-warn", "clock-exclamation"),
        "confirmed": ("is-good", "check"),
        "denied": ("is-bad", "circle-x"),
        "batched": ("", "cash"),
        "sent": ("", "arrow-right"),
        "paid": ("is-good", "circle-check"),
        "bounced": ("is-bad", "alert-triangle"),
        "withdrawn": ("", "circle-minus"),
    },
    "batch": {
        "prepared": ("is-warn", "clock-exclamation"),
        "confirmed": ("is-warn", "check"),
        "sent": ("", "arrow-right"),
        "settled": ("is-good", "circle-check"),
        "cancelled": ("", "circle-minus"),
    },
}
PAYOUT_LOOKS = {
    "": ("", "clock-exclamation"),
    "paid": ("is-good", "circle-check"),
    "partly": ("is-warn", "alert-triangle"),
    "bounced": ("is-bad", "circle-x"),
    "left_out": ("", "circle-minus"),
}
PAYOUT_WAITS = pgettext_lazy("payout", "waits")
MISFITS = {
    "unknown_key": _("No payout has this key."),
    "answered_already": _("The bank has answered for this payout already."),
    "not_sent": _("The batch of this payout is not released."),
    "amount_differs": _("The sum is not that of the payout."),
    "day_differs": _("The day is before the release of the batch, or still to come."),
    "debits_differ": _(
        "The bank debited another sum than the payouts come to: nothing of the file was done."
    ),
    "bad_row": _("The row cannot be read."),
    "bad_key": _("The key is missing or too long."),
    "bad_outcome": _("It does not say whether the payout was paid, bounced or paid in part."),
    "bad_date": _("The day cannot be read."),
    "bad_sum": _("The sum cannot be read."),
    "no_sum": _("A payout that was paid in part has no sum."),
    "contradiction": _("The file says several things of this payout: none of them was done."),
}
LISTS = {
    **{f"warnings_{kind}": label for kind, label in registry.WARNINGS.items()},
    "overpayments": _("Overpayments"),
    "exceptions": _("Exceptions"),
    "register": _("Items of a register"),
    "returns": _("Returns by the State Corporation"),
    "refunds": _("Refund applications"),
    "payouts": _("Items of a payout batch"),
    "payout_order": _("Payout order"),
}
WORDS = {
    "sexes": registry.SEXES,
    "residences": registry.RESIDENCES,
    "groups": registry.GROUPS,
    "kinds": registry.KINDS,
    "whys": registry.WHYS,
    "short_whys": SHORT_WHYS,
    "statuses": registry.STATUSES,
    "reasons": registry.REASONS,
    "run_scopes": registry.RUN_SCOPES,
    "warnings": registry.WARNINGS,
    "proposal_states": registry.PROPOSAL_STATES,
    "file_kinds": payments.FILE_KINDS,
    "file_codes": payments.FILE_CODES,
    "remedies": payments.REMEDIES,
    "steps": payments.STEPS,
    "exceptions": payments.EXCEPTIONS,
    "exception_states": payments.EXCEPTION_STATES,
    "matches": payments.MATCHES,
    "findings": payments.FINDINGS,
    "causes": payments.CAUSES,
    "looks": ACTS,
    "confidence": registry.CONFIDENCE,
    "parameters": registry.PARAMETERS,
    "units": registry.UNITS,
    "values": registry.VALUES,
    "acts": registry.ACTS,
    "clocks": refunds.CLOCKS,
    "skips": refunds.SKIPS,
    "points": refunds.POINTS,
    "pauses": refunds.PAUSES,
    "against": refunds.AGAINST,
    "traced": refunds.TRACED,
    "differs": refunds.DIFFERS,
    "faults": refunds.FAULTS,
    "line_states": refunds.STATES["line"],
    "application_states": refunds.STATES["application"],
    "payouts": refunds.PAYOUTS,
    "events": refunds.EVENTS,
    "misfits": MISFITS,
}


def topic(code):
    """Under which heading a parameter stands."""
    return TOPIC_OF.get(code) or TOPIC_OF[code.split("_")[0]]
