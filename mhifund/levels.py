"""The control totals of a file, level by level, and where they do not meet."""

from django.utils.translation import gettext_lazy as _

from payments.models import StatementEntry

LEVELS = (
    (
        _("Items of each message and its own total"),
        ("message_total", "message_count", "truncated", "bad_sum", "bad_date"),
    ),
    (
        _("Messages and the last row of the file"),
        ("trailer_total", "trailer_count", "no_trailer"),
    ),
    (
        _("Register and the bank statement"),
        ("statement_amount", "statement_missing"),
    ),
    (
        _("References and file not seen before"),
        ("repeated_reference", "already_received"),
    ),
)
STATEMENT_LEVEL = 2
COUNTS = ("message_count", "trailer_count")
SHOWN = 5
REFERENCES = 50


def levels(file):
    """Each level with its differences; the statement's level waits while there is none.

    A statement has no levels of its own, and a file that is read or refused none yet.
    """
    if file.kind != "register" or file.state in ("reading", "refused"):
        return []
    rows = [
        {"label": label, "code": file.code if file.code in codes else "", **_of(file, codes)}
        for label, codes in LEVELS
    ]
    for row in rows:
        row["state"] = "differs" if row["differences"] or row["code"] else "meets"
    if rows[STATEMENT_LEVEL]["state"] == "meets" and _waits_for_statement(file):
        rows[STATEMENT_LEVEL]["state"] = "waits"
    return rows


def _of(file, codes):
    found = [difference for difference in file.differences if difference["code"] in codes]
    return {
        "differences": [_difference(difference) for difference in found[:SHOWN]],
        "more": len(found[SHOWN:]),
    }


def _difference(difference):
    expected, found = difference["expected"], difference["found"]
    known = expected is not None and found is not None
    return difference | {
        "is_count": difference["code"] in COUNTS,
        "by": found - expected if known else None,
    }


def _waits_for_statement(file):
    """Of returns no statement tells."""
    if file.returned and file.returned == file.items:
        return False
    references = file.messages.order_by("number").values("reference")[:REFERENCES]
    return not StatementEntry.objects.filter(reference__in=references).exists()
