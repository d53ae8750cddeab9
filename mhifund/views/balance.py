"""A day's balance: statement, registers, postings and exceptions."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Max
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from mhifund.downloads import download
from mhifund.forms import OfDay
from mhifund.tables import Table
from payments import labels
from payments.actions.balance import of_day
from payments.models import Message

FORMS = ("xlsx", "csv")

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
        (_("Neither posted nor an exception"), "", found.unexplained),
        (
            _("Bank and registers differ by"),
            "",
            "" if found.difference is None else found.difference,
        ),
    ]
    return Table(_("Balance of a day"), [_("Level"), _("Items"), _("Total, tenge")], rows)
