"""The workbench of exceptions: the queue at the left, at the right what speaks for whom."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from mhifund import access, bulk, card, takings
from mhifund.filters import ExceptionFilter
from mhifund.forms import Why
from mhifund.listing import newest_first
from mhifund.tables import Table
from payments import labels
from payments.actions import exceptions as actions
from payments.actions.candidates import candidates
from payments.models import ExceptionItem
from registry.rules.iin import masked, masked_payer
from registry.tasks import judge_news

may_see = permission_required("payments.view_file", raise_exception=True)
may_work = permission_required("payments.work_exceptions", raise_exception=True)

WITH_NOTE = {"hold": actions.hold, "return": actions.give_back}
WITHOUT = {"take": actions.take, "undo": actions.undo}
CHUNK = 2_000


@may_see
def exceptions(request):
    """Items that could not be posted, newest first; the open ones unless asked otherwise."""
    items = access.exceptions_for(request.user, ExceptionItem.objects.all())
    narrowed = ExceptionFilter(
        _chosen(request),
        queryset=items.select_related("message__file", "owner"),
        request=request,
    )
    listing = newest_first(narrowed.qs, request)
    return render(
        request,
        "mhifund/exceptions.html",
        {"filter": narrowed, "listing": listing, "shown": _shown(request, listing.rows)},
    )


def _chosen(request):
    return request.GET if {*request.GET} - {"item", "before"} else {"state": "open"}


def _shown(request, rows):
    """The item whose evidence is shown: the one asked for, or the first of the list."""
    asked = request.GET.get("item", "")
    return int(asked) if bulk.is_number(asked) else rows[0].pk if rows else None


@may_see
def evidence(request, pk):
    """One item: the line as it came, who it may be of, and what was done with it."""
    items = access.exceptions_for(request.user, ExceptionItem.objects.all())
    item = get_object_or_404(items.select_related("message__file", "owner", "entry__person"), pk=pk)
    if "HX-Request" not in request.headers:
        return redirect(reverse("exceptions", query={"item": pk, "state": item.state}))
    found = candidates(item, access.persons_for(request.user))
    best = item.entry.person if item.entry else found[0].person if found else None
    context = {
        "item": item,
        "candidates": found if item.state in actions.UNSETTLED else [],
        "best": best,
        "tiles": card.tiles(best) if best and request.user.has_perm("registry.view_card") else None,
        "events": access.events_for(request.user, item.events.select_related("by", "person")),
        "why": Why(),
    }
    return render(request, "mhifund/evidence.html", context)


@may_see
def take(request, form):
    """The items as they are narrowed, with the reasons, as a file."""
    items = access.exceptions_for(request.user, ExceptionItem.objects.all())
    items = items.select_related("message__file")
    narrowed = ExceptionFilter(_chosen(request), queryset=items, request=request)
    whole = request.user.has_perm("registry.unmask_iin")
    heads = [
        *(_("What is wrong"), _("State"), _("File"), pgettext("payment", "Reference")),
        *(
            _("Line"),
            _("IIN"),
            _("Name"),
            _("Birth date"),
            _("Payer"),
            _("Purpose code"),
            _("Period"),
        ),
        *(_("Amount, tenge"), _("Credited on"), _("Note")),
    ]
    rows = (
        (
            ", ".join(str(labels.EXCEPTIONS[code]) for code in row.codes),
            row.get_state_display(),
            row.message.file.name,
            row.message.reference,
            row.line,
            row.iin if whole else masked(row.iin),
            " ".join(filter(None, (row.last_name, row.first_name, row.middle_name))),
            row.birth_date or "",
            row.payer if whole else masked_payer(row.payer),
            row.knp,
            row.period,
            row.amount,
            row.credited_on,
            row.note,
        )
        for row in narrowed.qs.order_by("-id").iterator(CHUNK)
    )
    table = Table(_("Exceptions")[:31], heads, rows)
    name = f"exceptions-{timezone.localdate()}"
    return takings.take(request, "exceptions", request.GET.dict(), table, form, name)


@may_work
@require_POST
def act(request):
    """Does something with the chosen items and tells of each that it was not done with."""
    wanted = _wanted(request)
    asked, _colon, person = request.POST.get("act", "").partition(":")
    note = request.POST.get("note", "").strip()[:1000]
    who = {"by": request.user, "at": timezone.now()}
    if asked in WITH_NOTE and not note:
        messages.error(request, _("Say why."))
    elif asked in WITH_NOTE:
        bulk.tell(request, WITH_NOTE[asked](wanted, note=note, **who), _places)
    elif asked in WITHOUT:
        bulk.tell(request, WITHOUT[asked](wanted, **who), _places)
    elif asked == "assign":
        whom = _person(request, person) if person else None
        bulk.tell(request, actions.assign(wanted, person=whom, note=note, **who), _places)
        transaction.on_commit(lambda: judge_news.delay(by=request.user.pk))
    return redirect(_back(request))


def _wanted(request):
    """The chosen rows as they were seen, {id: version}, of those the user may see."""
    seen = dict(bulk.chosen(request, parts=2))
    items = access.exceptions_for(request.user, ExceptionItem.objects.filter(pk__in=seen))
    return {pk: seen[pk] for pk in items.order_by("pk").values_list("pk", flat=True)}


def _person(request, pk):
    persons = access.persons_for(request.user).filter(merged_into=None)
    return get_object_or_404(persons, pk=pk if bulk.is_number(pk) else None)


def _places(ids):
    rows = ExceptionItem.objects.filter(pk__in=ids).select_related("message").order_by("pk")
    for row in rows:
        place = _("%(reference)s, line %(line)d")
        yield row.pk, place % {"reference": row.message.reference, "line": row.line}


def _back(request):
    """The list as it was narrowed, on which whoever acted looks on."""
    query = request.POST.get("back", "")
    return f"{reverse('exceptions')}?{query}" if query else reverse("exceptions")
