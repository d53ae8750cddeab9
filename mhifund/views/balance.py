"""A day's balance: statement, registers, postings and exceptions."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mhifund.downloads import PDF, download, named
from mhifund.forms import OfDay
from mhifund.pdf import pdf
from mhifund.tables import Table
from mhifund.written import day, figure, moment, money
from payments import labels
from payments.actions.balance import by_reference, of_day
from payments.models import Message

FORMS = ("xlsx", "csv")
PRINTED = 1000
"""References of a day that are printed; a day with more is read in its registers."""

SUMS = 2
"""The last rows of the table, which are to be zero."""

may_see = permission_required("payments.view_file", raise_exception=True)


@may_see
def balance(request):
    """The day asked about, or the latest on which a register says that money came in."""
    form = OfDay(request.GET or None)
    on = form.cleaned_data["on"] if form.is_valid() else None
    on = on or Message.objects.aggregate(on=Max("credited_on"))["on"] or timezone.localdate()
    found = of_day(on)
    if request.GET.get("form") in FORMS:
        made_at = timezone.make_naive(timezone.now())
        return download(_table(found), request.GET["form"], f"balance-{on}", made_at)
    if request.GET.get("form") == "pdf":
        content = pdf("balance", _printed(found, on, timezone.now()))
        return named(HttpResponse(content, content_type=PDF), f"balance-{on}.pdf")
    queue = [
        (state, found.queue[state]) for state in labels.EXCEPTION_STATES if state in found.queue
    ]
    context = {"form": form, "on": on, "balance": found, "queue": queue}
    return render(request, "mhifund/balance.html", context)


def _table(found):
    rows = [
        (_("Credited by the bank"), *found.bank),
        (_("Registers, posted"), *found.registers),
        (_("Registers, held"), *found.waiting),
        (_("Posted at once"), *found.posted),
        *(
            (f"{_('Exceptions')}: {labels.EXCEPTION_STATES[state]}", *line)
            for state, line in found.queue.items()
        ),
        (_("Sent back by the State Corporation"), *found.returned),
        (_("Neither posted, nor an exception, nor sent back"), "", found.unexplained),
        (
            _("Bank and registers differ by"),
            "",
            "" if found.difference is None else found.difference,
        ),
    ]
    return Table(_("Balance of a day"), [_("Level"), _("Items"), _("Total, tenge")], rows)


def _printed(found, on, at):
    """What the page to print says."""
    table = _table(found)
    rows = [
        [label, _shown(figure, items), _shown(money, total)] for label, items, total in table.rows
    ]
    references = by_reference(on, PRINTED + 1)
    there_is_a_statement = found.difference is not None
    left = len(references) > PRINTED
    left_out = found.registers.total - found.posted.total - found.returned.total
    return {
        "office": _("MHI Fund"),
        "title": _("Balance of %(on)s") % {"on": day(on)},
        "printed": _("Printed on %(at)s") % {"at": moment(at)},
        "page": _("page {page} of {pages}"),
        "heads": table.heads,
        "rows": rows[:-SUMS],
        "last": rows[-SUMS:],
        "by_reference": _("By reference, tenge"),
        "more": _("The first %(count)d references are printed.") % {"count": PRINTED}
        if left
        else "",
        "reference_heads": [
            *(pgettext("payment", "Reference"), _("Bank"), _("Registers"), _("Posted at once")),
            *(_("Exceptions"), _("Sent back"), _("Difference")),
        ],
        "references": [
            [
                row.reference,
                *map(money, row[1:]),
                money(row.difference if there_is_a_statement else None),
            ]
            for row in references[:PRINTED]
        ],
        "total": [
            _("Total"),
            *map(money, (found.bank.total, found.registers.total + found.waiting.total)),
            *map(money, (found.posted.total, left_out, found.returned.total, found.difference)),
        ],
    }


def _shown(write, value):
    return "" if value == "" else write(value)
