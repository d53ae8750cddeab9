"""The words for the codes of refunds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments import labels as payments

REASON_KINDS = {"refund": _("refund"), "refusal": _("refusal")}
LANGUAGES = {"kk": _("Kazakh"), "ru": _("Russian")}
CHANNELS = {
    "state_corporation": _("State Corporation"),
    "egov": _("eGov portal"),
    "fund": _("the Fund, from overpayments"),
}
MACHINES = {
    "application": _("application"),
    "line": _("line"),
    "batch": _("payout batch"),
}
STATES = {
    "application": {
        "received": _("received by the State Corporation"),
        "check": _("State Corporation check"),
        "returned": _("returned for completion"),
        "sent": _("sent to the Fund"),
        "review": _("Fund review"),
        "decided": _("decided, to be confirmed"),
        "confirmed": pgettext_lazy("decision", "confirmed"),
        "closed": _("closed"),
        "withdrawn": pgettext_lazy("application", "withdrawn"),
    },
    "line": {
        "asked": _("to be decided"),
        "approved": _("approved, to be confirmed"),
        "partly": _("approved in part, to be confirmed"),
        "refused": _("refused, to be confirmed"),
        "confirmed": _("to be paid"),
        "denied": pgettext_lazy("decision", "refused"),
        "batched": _("in a payout batch"),
        "sent": _("sent to the bank"),
        "paid": _("paid back"),
        "bounced": _("bounced"),
        "withdrawn": pgettext_lazy("application", "withdrawn"),
    },
    "batch": {
        "prepared": _("prepared"),
        "confirmed": pgettext_lazy("batch", "confirmed"),
        "sent": _("released"),
        "settled": _("answered in full"),
        "cancelled": _("cancelled"),
    },
}
STEPS = {
    "application": {
        "begin_check": _("Begin the check"),
        "return": _("Return for completion"),
        "complete": _("Completed by the applicant"),
        "send": _("Send to the Fund"),
        "register": _("Register"),
        "withdraw": _("Withdrawn by the applicant"),
        "decide": _("All lines are decided"),
        "confirm": _("All decisions are confirmed"),
        "close": _("Close"),
        "end": _("All lines are withdrawn"),
        "reopen": _("Back to review"),
    },
    "line": {
        "approve": _("Approve"),
        "part": _("Approve in part"),
        "refuse": _("Refuse"),
        "take_back": _("Take the decision back"),
        "send_back": _("Send back to the officer"),
        "confirm": pgettext_lazy("decision", "Confirm"),
        "reverse": _("Reverse the decision"),
        "batch": _("Put into a batch"),
        "unbatch": _("Take out of the batch"),
        "send": _("Send to the bank"),
        "pay": _("Paid back"),
        "bounce": _("Bounced"),
        "withdraw": _("Withdrawn by the applicant"),
    },
    "batch": {
        "confirm": pgettext_lazy("decision", "Confirm"),
        "release": _("Release"),
        "cancel": _("Cancel the batch"),
        "settle": _("Answered in full"),
    },
}
TOLD = {
    "application": {
        "begin_check": _("Check begun"),
        "return": _("Returned for completion"),
        "send": _("Sent to the Fund"),
        "register": _("Registered"),
        "close": _("Closed"),
    },
    "line": {
        "approve": _("Approved"),
        "part": _("Approved in part"),
        "refuse": pgettext_lazy("decision", "Refused"),
        "take_back": _("Decision taken back"),
        "send_back": _("Sent back to the officer"),
        "confirm": _("Decision confirmed"),
        "reverse": _("Decision reversed"),
        "batch": _("Taken into a batch"),
        "unbatch": _("Taken out of a batch"),
        "send": _("Sent to the bank"),
    },
}
"""The words for steps that were taken, where those of the button do not do."""
EVENTS = {
    **{code: words for machine in STEPS.values() for code, words in machine.items()},
    "begun": _("Recorded"),
    "paused": _("Clocks stopped"),
    "resumed": _("Clocks run again"),
    "deadlines": _("Deadlines derived anew"),
    "owner": _("Handed on"),
    "corrected": _("Details corrected"),
    "line": _("Line added"),
    "duplicate": _("Duplicate confirmed"),
    "established": _("Overpayment established"),
    "document": _("Document added"),
    "letter": _("Letter made"),
    "file": _("Payout file taken"),
    "partly_paid": _("Paid in part"),
}
OUTCOMES = {
    "approved": _("approved"),
    "partly": _("approved in part"),
    "refused": pgettext_lazy("decision", "refused"),
}
PAUSES = {
    "returned": _("returned for completion"),
    "documents": _("documents asked for"),
    "information": _("information of a state body asked for"),
    "court": _("a court has the matter"),
    "applicant": _("asked for by the applicant"),
}
PAYOUTS = {
    "paid": pgettext_lazy("payout", "paid"),
    "partly": _("paid in part"),
    "bounced": _("bounced"),
    "left_out": pgettext_lazy("payout", "left out"),
}
DOCUMENTS = {
    "consent": _("consent of the person"),
    "form": _("application form"),
    "payment_order": _("payment order or receipt"),
    "identity": _("identity document"),
    "certificate": _("certificate"),
    "calculation": _("calculation"),
    "dismissal": _("order of dismissal"),
    "other": _("other document"),
}
AGAINST = {
    "no_such_step": _("It is in another state: this step is not open to it."),
    "not_your_role": _("Your role does not take this step."),
    "gone": _("It is not there, or of another region."),
    "changed": _("Somebody changed it meanwhile; it is left as it is now."),
    "said_why": _("Say why."),
    "formally_complete": _("Points of the check-list are open."),
    "complete_or_explained": _("Points of the check-list are open: say why it is registered."),
    "no_money_on_its_way": _("Money of it is on its way or paid already."),
    "all_decided": _("Lines are still to be decided."),
    "some_undecided": _("No line is to be decided."),
    "all_confirmed": _("Decisions are still to be confirmed."),
    "all_settled": _("Lines are still to be paid."),
    "all_withdrawn": _("Not all lines are withdrawn."),
    "some_not_withdrawn": _("All lines are withdrawn."),
    "under_review": _("The application is not under review by the Fund."),
    "in_the_fund": _("The application is not in the Fund."),
    "payment_found": _("The payment is not found among the posted items."),
    "duplicate_confirmed": _("It is a suspected duplicate that nobody has confirmed."),
    "whole_sum": _("The sum is another than the one asked back: approve it in part."),
    "part_of_the_sum": _("A part is more than nothing and less than what is asked back."),
    "within_refundable": _("It is more than what is overpaid and not yet asked back."),
    "reason_given": _("Choose the reason of the refusal."),
    "four_eyes": _("Who decided a line does not confirm the decision: another person does."),
    "batch_open": _("The batch is not open any more."),
    "batch_not_sent": _("The batch is released already."),
    "batch_sent": _("The batch is not released."),
    "has_lines": _("The batch has no lines."),
    "second_person": _("Who prepared a batch does not confirm it: another person does."),
    "third_person": _("Who prepared or confirmed a batch does not release it: a third does."),
    "all_answered": _("The bank has not answered for all lines."),
    "in_another_batch": _("It is in another batch."),
    "not_to_be_paid": _("It is not to be paid."),
    "standing": _("The clocks stand already."),
    "running": _("The clocks run."),
    "absent": _("Who should get it is absent."),
    "ends_before": _("The last day is before the first."),
    "no_sum": _("It is no sum in tenge."),
    "nothing_left": _("Nothing of it is refundable: find the reason of its refusal."),
    "asked_back": _("Another application asks it back, or nothing is left of it."),
    **{code: payments.NOT_DONE[code] for code in ("answered", "not_duplicate", "over_entry")},
}
DOCUMENT_REFUSALS = {
    "empty": _("The document is empty."),
    "too_large": _("The document is larger than a document may be."),
    "type_not_allowed": _("Only PDF, JPEG, PNG and TIFF are kept."),
    "infected": _("The antivirus says that the document is infected."),
    "not_scanned": _("The antivirus did not answer: try again later."),
    "missing": _("The document is not where it was kept."),
    "damaged": _("The document changed after it was kept."),
}
CLOCKS = {
    "check": _("State Corporation check"),
    "review": _("Fund review"),
    "overall": _("whole term"),
}
SKIPS = {
    "weekend": _("weekend"),
    "holiday": _("holiday"),
    "moved": _("moved day off"),
    "paused": _("the clocks stood"),
}
POINTS = {
    "form": _("application form"),
    "account": _("account (IBAN) is right"),
    "bank": _("BIC is of the bank of the account"),
    "consent": _("consent to access to personal data"),
    "consent_of_each": _("consent of each person"),
    "reason": _("reason of the refund"),
    "one_reason": _("one reason in the application"),
    "accepted": _("day of acceptance"),
    "proof": _("payment orders or receipts"),
    "identity": _("identity document"),
    "certificate": _("certificate of the category or business"),
    "calculation": _("calculation of the payer"),
    "dismissal": _("order of dismissal"),
}
TRACED = {
    "posted": pgettext_lazy("payment", "found"),
    "exception": _("found, not posted yet"),
    "returned": _("found, sent back to the payer"),
    "none": _("not found"),
}
DIFFERS = {
    "other_iin": _("another person"),
    "other_payer": _("another payer"),
    "other_period": _("another period"),
    "other_knp": _("another purpose code"),
    "other_sum": _("another sum"),
}
FAULTS = {
    "no_object": _("it is no object"),
    "no_list": _("it is no list"),
    "no_text": _("it is no text"),
    "missing": _("it is missing"),
    "repeated_key": _("the field comes twice"),
    "bad_text": _("it has signs that cannot be kept"),
    "too_long": _("it is too long"),
    "bad_date": _("it is no day"),
    "bad_period": _("it is no month"),
    "bad_sum": _("it is no sum"),
    "not_positive": _("it is not more than nothing"),
    "bad_line": _("it is no number of a line"),
    "bad_sha256": _("it is no SHA-256"),
    "bad_id": _("it is neither a valid IIN nor a valid BIN"),
    "no_lines": _("it has no lines"),
    "asked_over_paid": _("more is asked back than was paid"),
    "repeated_line": _("the payment is asked back twice"),
    "repeated_number": _("the number comes twice in the file"),
    "number_taken": _("another application has this number"),
    "unknown_reason": _("the reason is not known"),
    "day_ahead": _("the day is still to come"),
    "unknown_channel": _("the channel is not known"),
}
