"""The words for the codes of payments."""

from django.utils.translation import gettext_lazy as _

FILE_KINDS = {"register": _("register"), "statement": _("bank statement")}
FILE_STATES = {
    "reading": _("being read"),
    "posted": _("posted"),
    "held": _("held"),
    "refused": _("refused"),
    "rejected": _("rejected"),
    "replaced": _("replaced"),
}
ANSWERS = {
    "released": _("released"),
    "rejected": _("rejected"),
    "replaced": _("replaced by a corrected file"),
}
NOT_ANSWERED = {
    "not_held": _("The file is not held any more."),
    "own_file": _("Who received a file does not release it: another officer does."),
    "unreleasable": _("Some items of the file cannot be read: it waits for a corrected file."),
}
STEPS = {"read": _("reading"), "match": _("matching"), "post": _("posting")}
FILE_CODES = {
    "message_total": _("The items of a message do not add up to its total."),
    "message_count": _("The items of a message are not numbered from 1 on without a gap."),
    "truncated": _("The file is cut off."),
    "trailer_total": _("The messages do not add up to the total of the file."),
    "trailer_count": _("The number of items differs from the number in the last row."),
    "no_trailer": _("The list has no last row with its totals."),
    "bad_sum": _("A sum cannot be read."),
    "bad_date": _("A day of crediting cannot be read."),
    "repeated_reference": _("A reference was already posted from another file."),
    "statement_amount": _("The bank statement shows another amount for a message."),
    "statement_missing": _("The bank statement of the day has no entry for a message."),
    "empty": _("The file is empty."),
    "unreadable": _("The file is no register and no bank statement."),
    "already_received": _("The same file was received before."),
    "too_large": _("The file is larger than a file may be."),
}
CORRECTED = _("Nothing of it was posted. Ask the sender for a corrected file and receive that.")
CLEAR_UP = _(
    "Clear it up with the bank and the sender; receive the corrected register or statement."
)
AGAIN = _("Ask the sender for the file again.")
REMEDIES = {
    "message_total": CORRECTED,
    "message_count": CORRECTED,
    "truncated": CORRECTED,
    "trailer_total": CORRECTED,
    "trailer_count": CORRECTED,
    "no_trailer": CORRECTED,
    "bad_sum": CORRECTED,
    "bad_date": CORRECTED,
    "repeated_reference": CORRECTED,
    "statement_amount": CLEAR_UP,
    "statement_missing": CLEAR_UP,
    "empty": AGAIN,
    "unreadable": AGAIN,
    "too_large": _("Ask the sender for the same items in several files."),
    "already_received": _("There is nothing to do: what came of it then still holds."),
}
DIFFERENCES = {
    "message_total": _(
        "the items make %(found)s tenge, the total says %(expected)s: they differ by %(by)s tenge"
    ),
    "message_count": _("number %(found)s stands in the place of number %(expected)s"),
    "trailer_total": _(
        "the items make %(found)s tenge, the last row says %(expected)s: they differ by"
        " %(by)s tenge"
    ),
    "trailer_count": _("the list has %(found)s items, the last row says %(expected)s"),
    "statement_amount": _(
        "the register has %(found)s tenge, the bank credited %(expected)s: they differ by"
        " %(by)s tenge"
    ),
    "statement_missing": _("the register has %(found)s tenge, the bank credited nothing"),
}
COUNTS = ("message_count", "trailer_count")
EXCEPTION_STATES = {
    "open": _("open"),
    "held": _("held"),
    "posted": _("posted"),
    "returned": _("returned"),
}
EXCEPTION_ACTS = {
    "taken": _("taken on"),
    "held": _("put off"),
    "returned": _("returned to the payer"),
    "posted": _("posted"),
    "undone": _("undone"),
}
NOT_DONE = {
    "changed": _("Somebody changed it meanwhile; it is left as it is now."),
    "gone": _("It is not there, or of another region."),
    "settled": _("It is posted or returned already."),
    "nothing_to_undo": _("There is nothing to undo."),
    "asked_back": _("A refund case holds money of it: settle the case first."),
    "unknown_iin": _("Nobody in the registry has its IIN: choose a person."),
    "still_wrong": _("It cannot be posted: other faults remain."),
    "answered": _("Somebody has answered it already."),
    "not_duplicate": _("It is no suspected repeat now."),
    "over_left": _("It is more than what is left of the overpayment."),
    "unconfirmed": _("Nobody has confirmed that it was paid twice."),
    "over_entry": _("It is more than what was paid."),
}
MATCHES = {
    "iin": _("the same IIN"),
    "iin_swapped": _("two digits of the IIN swapped"),
    "iin_one_digit": _("one digit of the IIN differs"),
    "name": _("the same name"),
    "name_crossed": _("the same name, crossed"),
    "last_name": _("the same surname"),
    "birth_date": _("the same birth date"),
}
EXCEPTIONS = {
    "bad_iin": _("IIN is wrong"),
    "unknown_iin": _("IIN is not in the registry"),
    "name_mismatch": _("name or birth date differs"),
    "bad_payer": _("payer is no valid BIN or IIN"),
    "deceased": _("period after death"),
    "no_right": _("person has no right"),
    "bad_period": _("period is wrong"),
    "unknown_knp": _("unknown purpose code"),
    "bad_amount": _("sum is not positive"),
    "no_parameter": _("the law has no value for this day"),
}
FINDINGS = {
    "wrong_knp": _("wrong purpose code"),
    "exempt_category": _("privileged category, no deductions due"),
    "duplicate": _("duplicate payment"),
    "over_cap": _("above the cap"),
    "over_due": _("above the due sum"),
    "under_due": _("below the due sum"),
    "base_mismatch": _("deductions and contributions imply different incomes"),
    "late": _("paid late"),
}
DUPLICATES = {"confirmed": _("confirmed duplicate"), "dismissed": _("two genuine payments")}
TO_BE_CONFIRMED = _("to be confirmed")
ESTABLISHED = "established"
CAUSES = {
    code: FINDINGS[code]
    for code in ("wrong_knp", "exempt_category", "duplicate", "over_cap", "over_due")
} | {ESTABLISHED: _("established on documents")}
