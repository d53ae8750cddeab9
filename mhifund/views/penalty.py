"""The calculator of penalties and arrears, for information."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from mhifund import access
from mhifund.downloads import download
from mhifund.forms import Debt, WhoseArrears
from mhifund.tables import Table
from registry import labels
from registry.actions import arrears, identity, law
from registry.rules import months
from registry.rules.arrears import total
from registry.rules.penalty import penalty
from registry.rules.timeline import NotInForce

MONTHS = 24
FORMS = ("csv", "xlsx")

may_see = permission_required("registry.view_card", raise_exception=True)


@may_see
def calculator(request):
    """A debt as it is typed in, or what the books tell of a person or a payer."""
    debt = Debt(request.GET if "debt" in request.GET else None)
    whose = WhoseArrears(request.GET if "number" in request.GET else None)
    context = {"debt": debt, "whose": whose}
    if debt.is_valid():
        context |= _of_debt(**debt.cleaned_data)
    if whose.is_valid():
        found = _of(request.user, whose.cleaned_data["number"])
        if request.GET.get("form") in FORMS:
            return _file(found["arrears"], request.GET["form"])
        context |= found
    return render(request, "mhifund/penalty.html", context)


def _of_debt(debt, due, paid):
    try:
        return {"penalty": penalty(debt, due, paid, law.law()), "sum": debt}
    except NotInForce as absent:
        return {"absent": absent}


def _of(user, number):
    """Own arrears of a person whom the user may see, and those of a payer."""
    on = timezone.localdate()
    last = months.number(on) - 1
    span = last - MONTHS + 1, last
    holder = identity.holder(number)
    person = holder and access.persons_for(user).filter(pk=holder.pk).first()
    found = arrears.of_person(person, *span, on=on) if person else []
    if user.has_perm("payments.view_file"):
        within = access.regions(user)
        codes = None if within is None else [region.pk for region in within]
        found += arrears.of_payer(number, *span, on=on, regions=codes)
    debts, penalties = total(found)
    rows = [(months.first(row.month), row) for row in found]
    return {"arrears": rows, "debts": debts, "penalties": penalties, "person": person}


def _file(found, form):
    heads = [
        *(_("Month"), _("Kind"), _("Debt, tenge"), _("Due day"), _("Paid on")),
        *(_("Days"), _("Penalty, tenge")),
    ]
    rows = [
        (
            months.text(row.month),
            str(labels.KINDS[row.kind]),
            row.debt,
            row.due,
            row.paid or "",
            row.penalty.days if row.penalty else "",
            row.penalty.amount if row.penalty else "",
        )
        for _first, row in found
    ]
    made_at = timezone.make_naive(timezone.now())
    return download(Table(_("Arrears"), heads, rows), form, "arrears", made_at)
