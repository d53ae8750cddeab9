"""Payout batches: what waits to be paid, and each batch until the bank has answered for it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from mhifund import access, batches, bulk, takings
from mhifund.downloads import named
from mhifund.filters import BatchFilter
from mhifund.listing import newest_first
from mhifund.tables import Table
from refunds import labels
from refunds.actions import payouts as actions
from refunds.actions.advance import roles_of
from refunds.models import Answer, Event, Line, PayoutItem
from refunds.rules.payout_out import mt102_of, pain001_of
from refunds.rules.states import BatchState
from refunds.rules.workflow import chosen, offered
from registry.rules.iin import masked

WAITING = 50
MOST = 10_000
"""Lines that wait are counted so far, and so many go into one batch."""

ITEMS = 100
CHUNK = 2_000
SAID = "-"
ORDERS = {
    "mt102": (mt102_of, "mt102.txt", "text/plain; charset=utf-8"),
    "pain001": (pain001_of, "pain001.xml", "application/xml"),
}
RELEASED = (BatchState.SENT, BatchState.SETTLED)
OF_THE_COUNTRY = gettext_lazy(
    "Payout batches are of the whole country: who sees some regions alone does not act on them."
)
NEXT = {
    "prepared": gettext_lazy("A refund head confirms it next."),
    "confirmed": gettext_lazy("A treasurer releases it next."),
    "sent": gettext_lazy("The bank answers next."),
}

may_see = permission_required("refunds.view_batch", raise_exception=True)
may_prepare = permission_required("refunds.handle_case", raise_exception=True)
may_release = permission_required("refunds.release_payout", raise_exception=True)


@may_see
def payouts(request):
    """Batches, newest first, and above them the lines that no batch has yet."""
    rows = access.batches_for(request.user)
    rows = rows.select_related("prepared_by", "confirmed_by", "released_by")
    narrowed = BatchFilter(request.GET, queryset=rows)
    listing = newest_first(narrowed.qs, request)
    sums = batches.sums(request.user, listing.rows)
    context = {
        "filter": narrowed,
        "listing": listing,
        "batches": [(batch, sums.get(batch.pk)) for batch in listing.rows],
        "whole": access.whole_country(request.user),
    }
    if context["whole"]:
        context |= _waiting(request)
    return render(request, "mhifund/payouts.html", context)


def _waiting(request):
    """The lines that are to be paid: how many, how much, and the first of them."""
    rows = Line.objects.filter(state="confirmed").order_by("pk")
    counted = rows[: MOST + 1].aggregate(lines=Count("pk"), total=Sum("approved", default=0))
    context = {"to_pay": counted, "many": counted["lines"] > MOST, "most": MOST}
    if request.user.has_perm("refunds.handle_case"):
        mark = request.GET.get("after", "")
        after = int(mark) if bulk.is_number(mark) else 0
        some = rows.filter(pk__gt=after).select_related("application", "entry__person")
        found = list(some[: WAITING + 1])
        context |= {
            "lines": found[:WAITING],
            "after": after,
            "more": found[WAITING - 1].pk if len(found) > WAITING else None,
        }
    return context


@may_prepare
@require_POST
def prepare(request):
    """A batch of the chosen lines, or of all that wait, and an answer for each."""
    if not _acts_for_the_country(request):
        return redirect("payouts")
    if request.POST.get("lines") == "all":
        waiting = Line.objects.filter(state="confirmed").order_by("pk")
        wanted = dict(waiting.values_list("pk", "version")[:MOST])
    else:
        wanted = dict(bulk.chosen(request, parts=2))
    batch, told = actions.prepare(wanted, by=request.user, at=timezone.now())
    bulk.tell(request, told, _places, labels.AGAINST)
    return redirect("payout", pk=batch.pk) if batch else redirect("payouts")


def _acts_for_the_country(request):
    if access.whole_country(request.user):
        return True
    messages.error(request, OF_THE_COUNTRY)
    return False


def _places(ids):
    rows = Line.objects.filter(pk__in=ids[: bulk.MOST]).select_related("application").order_by("pk")
    for row in rows:
        place = _("%(application)s, line %(line)d")
        yield row.pk, place % {"application": row.application.number, "line": row.number}


@may_see
def payout(request, pk):
    """A batch: its persons, its balance, what may be done with it next, and its payouts."""
    batch = get_object_or_404(
        access.batches_for(request.user).select_related(
            "prepared_by", "confirmed_by", "released_by"
        ),
        pk=pk,
    )
    whole = access.whole_country(request.user)
    events = list(Event.objects.filter(machine="batch", subject=pk).select_related("by"))
    roles = roles_of(request.user)
    context = {
        "batch": batch,
        "stages": _stages(batch, events),
        "events": events,
        "steps": _steps(batch, request.user, roles, whole),
        "next": NEXT.get(batch.state),
        "sums": batches.inside(request.user).filter(batch=batch).aggregate(**batches.SUMS),
        "answers": _answers(batch) if whole else [],
        "may_leave_out": whole and batch.state == "prepared" and roles & actions.MAY_LEAVE_OUT,
        "orders": _orders(request.user, batch),
        "whole": whole,
    }
    return render(request, "mhifund/payout.html", context | _page(request, batch))


def _page(request, batch):
    mark = request.GET.get("from", "")
    first = int(mark) if bulk.is_number(mark) else 1
    items = _detailed(request.user, batch).filter(number__gte=first)
    found = list(items[: ITEMS + 1])
    return {
        "items": found[:ITEMS],
        "first": first,
        "following": found[ITEMS].number if len(found) > ITEMS else None,
    }


def _detailed(user, batch):
    items = access.payouts_for(user, PayoutItem.objects.filter(batch=batch))
    return items.select_related("line__application", "line__entry__person").order_by("number")


def _stages(batch, events):
    """The stages of a batch in words, by whom and when each was passed."""
    settled = next((event.at for event in events if event.after == "settled"), None)
    words = labels.STATES["batch"]
    return [
        (words["prepared"], batch.prepared_by, batch.prepared_at),
        (words["confirmed"], batch.confirmed_by, batch.confirmed_at),
        (words["sent"], batch.released_by, batch.released_at),
        (words["settled"], None, settled),
    ]


def _steps(batch, user, roles, whole):
    """The steps that the roles of a user may take, each with what stands against it, in words."""
    names = dict.fromkeys(step.name for step in offered("batch", batch.state, roles))
    facts = actions.facts_of(batch, user, SAID) if names else None
    steps = []
    for name in names:
        _step, against = chosen("batch", name, batch.state, roles, facts)
        why = labels.AGAINST[against[0]] if against else ""
        label = labels.STEPS["batch"][name]
        steps.append({"name": name, "label": label, "against": why if whole else OF_THE_COUNTRY})
    return steps


def _answers(batch):
    """What the bank's files said of a batch."""
    rows = batch.items.exclude(answer=None).order_by().values("answer")
    found = {row["answer"]: row for row in rows.annotate(lines=Count("pk"), paid=Sum("paid"))}
    files = Answer.objects.filter(pk__in=found).defer("faults").order_by("pk")
    return [(file, found[file.pk]) for file in files]


def _orders(user, batch):
    released = batch.state in RELEASED and user.has_perm("refunds.release_payout")
    return ORDERS if released and access.whole_country(user) else {}


@may_see
@require_POST
def step(request, pk):
    """Confirms, releases or cancels a batch as it was seen."""
    batch = get_object_or_404(access.batches_for(request.user), pk=pk)
    if not roles_of(request.user):
        raise PermissionDenied
    if _acts_for_the_country(request):
        seen, note = request.POST.get("version", ""), request.POST.get("note", "")[:1000]
        code = actions.step(
            batch.pk,
            request.POST.get("step", ""),
            by=request.user,
            at=timezone.now(),
            note=note,
            seen=int(seen) if bulk.is_number(seen) else -1,
        )
        _tell(request, code, _("It is done."))
    return redirect("payout", pk=pk)


def _tell(request, code, done):
    if code:
        messages.error(request, labels.AGAINST[code])
    else:
        messages.success(request, done)


@may_see
@require_POST
def leave_out(request, pk):
    """Takes the chosen payouts out of a batch; their lines are to be paid again."""
    batch = get_object_or_404(access.batches_for(request.user), pk=pk)
    if not roles_of(request.user):
        raise PermissionDenied
    items = [item for (item,) in bulk.chosen(request)]
    if not items:
        messages.error(request, _("Choose items first."))
    elif _acts_for_the_country(request):
        code = actions.leave_out(batch.pk, items, by=request.user, at=timezone.now())
        done = ngettext(
            "%(count)d line is left out and is to be paid again.",
            "%(count)d lines are left out and are to be paid again.",
            len(items),
        )
        _tell(request, code, done % {"count": len(items)})
    return redirect("payout", pk=pk)


@may_release
def order(request, pk, form):
    """The order of a released batch as a bank takes it; taking it is written down first."""
    batch = get_object_or_404(access.batches_for(request.user), pk=pk)
    if form not in _orders(request.user, batch):
        raise Http404
    write, ending, content_type = ORDERS[form]
    header = actions.header(batch)
    query = {"batch": pk, "form": form}
    takings.begun(request, "payout_order", query, header.count).save()
    pieces = write(header, actions.rows(batch))
    response = StreamingHttpResponse(pieces, content_type=content_type)
    return named(response, f"payout-{batch}.{ending}")


@may_see
def take(request, pk, form):
    """The payouts of a batch that the user may see, as a file."""
    batch = get_object_or_404(access.batches_for(request.user), pk=pk)
    whole = request.user.has_perm("registry.unmask_iin")
    heads = [
        *("№", _("Key"), _("Application"), _("Line"), _("IIN"), _("Name"), _("Period")),
        *(_("Purpose code"), _("Amount, tenge"), _("Outcome"), _("Paid out, tenge")),
        *(_("Answered on"), _("Text of the bank")),
    ]
    rows = (
        (
            row.number,
            row.key,
            row.line.application.number,
            row.line.number,
            row.line.iin if whole else masked(row.line.iin),
            row.line.entry.person.full_name,
            row.line.period,
            row.line.knp,
            row.amount,
            str(labels.PAYOUTS.get(row.outcome, "")),
            row.paid,
            row.answered_on or "",
            row.text,
        )
        for row in _detailed(request.user, batch).iterator(CHUNK)
    )
    table = Table(_("Payout batch")[:31], heads, rows)
    return takings.take(request, "payouts", {"batch": pk}, table, form, f"payout-{batch}")
