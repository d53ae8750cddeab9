"""The registry of persons and the card of one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access, card, finding
from mhifund.listing import ROWS
from mhifund.models import Look
from payments.actions.derive import derive_recheck
from registry.actions.identity import keeper
from registry.actions.judge import judge_person
from registry.actions.news import mark
from registry.models import Verdict
from registry.rules import months

may_open = permission_required("registry.view_card", raise_exception=True)
may_unmask = permission_required("registry.unmask_iin", raise_exception=True)


@may_open
def persons(request):
    """Persons by name or IIN; without words the page only says what to type."""
    text = request.GET.get("name", "").strip()[:100]
    rows = list(_found(request.user, text)[: ROWS + 1]) if text else []
    return render(
        request,
        "mhifund/persons.html",
        {"name": text, "persons": rows[:ROWS], "more": len(rows) > ROWS},
    )


def _found(user, text):
    persons = access.persons_for(user).select_related("region", "verdict")
    if finding.typed(text) == finding.Typed.WORDS:
        return finding.named(persons, text)
    return finding.with_iin(persons, text)


@may_open
def person(request, pk):
    """The card: who, the status on a day with its reason, the months, and what they rest on."""
    found, at = _visible(request, pk), timezone.now()
    *_asked, known_at = card.asked_of(request.GET)
    kept = keeper(found, known_at if request.GET.get("known") else None)
    if kept != found:
        return redirect("person", pk=kept.pk)
    derive_recheck(found.pk, at=at)
    if judge_person(found.pk, on=timezone.localdate(at), at=at):
        found = _visible(request, pk)
    Look.objects.create(person=found, user=request.user, act="card", at=at)
    return render(request, "mhifund/person.html", card.card(found, request.GET, request.user))


@may_open
@require_POST
def recompute(request, pk):
    """Judges the person once more, whether anything asks for it or not."""
    found, at = _visible(request, pk), timezone.now()
    before = _verdict(found)
    with transaction.atomic():
        mark("SELECT %s::bigint", (found.pk,))
        judge_person(found.pk, on=timezone.localdate(at), at=at)
    if _verdict(found) == before:
        messages.success(request, _("Computed anew: the verdict is the same."))
    else:
        messages.warning(request, _("Computed anew: the verdict has changed."))
    return redirect("person", pk=pk)


def _verdict(person):
    return Verdict.objects.filter(person=person).values_list("reason", "until", "missing").first()


@may_open
@may_unmask
@require_POST
def whole_iin(request, pk):
    """The whole IIN, once it is written down who asked."""
    found = _visible(request, pk)
    Look.objects.create(person=found, user=request.user, act="iin", at=timezone.now())
    if "HX-Request" in request.headers:
        return render(request, "mhifund/whole_iin.html", {"person": found, "unmasked": True})
    return render(
        request, "mhifund/person.html", card.card(found, {}, request.user) | {"unmasked": True}
    )


@may_open
def payments(request, pk, month):
    """The payments of a person for one month."""
    number = months.from_period(month)
    if number is None:
        raise Http404
    found, first = _visible(request, pk), months.first(number)
    _asked, on, known_at = card.asked_of(request.GET)
    rows = card.entries(found, on, known_at).filter(period=first)
    context = {"person": found, "first": first, "entries": rows}
    if "HX-Request" in request.headers:
        return render(request, "mhifund/month.html", context)
    context |= card.card(found, request.GET, request.user) | {"month_asked": True}
    return render(request, "mhifund/person.html", context)


def _visible(request, pk):
    persons = access.persons_for(request.user).select_related("region", "verdict")
    return get_object_or_404(persons, pk=pk)
