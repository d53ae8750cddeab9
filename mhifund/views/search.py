"""The one search field."""

from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse

from mhifund import access, finding
from mhifund.finding import Typed
from payments.models import File, Message
from refunds.models import Application
from registry.models import Contribution, Person

SHOWN = 20


def search(request):
    """Straight to the card or the register when only one thing is meant; else what was found."""
    text = request.GET.get("q", "").strip()[:100]
    kind = finding.typed(text)
    found = {
        "q": text,
        "kind": kind,
        "persons": [],
        "entries": [],
        "messages_found": [],
        "files": [],
        "applications": [],
    }
    number = "".join(text.split())
    if kind == Typed.BIN and _is_payer(request.user, number):
        return redirect("payer", number=number)
    if kind != Typed.NOTHING:
        found |= _persons(request.user, text, kind) | _payments(request.user, text, kind)
        found |= _applications(request.user, text, kind)
    things = [
        *found["applications"],
        *found["persons"],
        *found["messages_found"],
        *found["files"],
        *found["entries"],
    ]
    if len(things) == 1 and (target := _page_of(things[0])):
        return redirect(target)
    return render(request, "mhifund/search.html", found | {"nothing": not things})


def _is_payer(user, number):
    seen = user.has_perm("payments.view_file")
    return seen and Message.objects.filter(payer=number).exists()


def _persons(user, text, kind):
    persons = access.persons_for(user).select_related("region", "verdict")
    if kind == Typed.BIN:
        number = "".join(text.split())
        entries = Contribution.objects.standing().filter(payer=number)
        entries = entries.filter(person__in=access.persons_for(user))
        entries = entries.select_related("person").order_by("-period", "-id")
        return {"entries": list(entries[:SHOWN])}
    matching = finding.named if kind == Typed.WORDS else finding.with_iin
    return {"persons": list(matching(persons, text)[:SHOWN])}


def _payments(user, text, kind):
    if not user.has_perm("payments.view_file") or kind in (Typed.IIN, Typed.BIN):
        return {}
    messages = Message.objects.filter(reference=text).select_related("file").order_by("-id")
    files = File.objects.filter(name__icontains=text)
    return {"messages_found": list(messages[:SHOWN]), "files": list(files[:SHOWN])}


def _applications(user, text, kind):
    """By their number, or by the BIN of the applicant."""
    about = Q(number=text) | Q(applicant_id="".join(text.split())) if kind == Typed.BIN else None
    rows = access.applications_for(user).filter(about or Q(number=text))
    return {"applications": list(rows.order_by("-id")[:SHOWN])}


def _page_of(thing):
    """The page of a thing; entries of a payer have none of their own."""
    if isinstance(thing, Person):
        return reverse("person", args=[thing.pk])
    if isinstance(thing, Application):
        return reverse("refund", args=[thing.pk])
    if isinstance(thing, (File, Message)):
        return reverse("register", args=[thing.pk if isinstance(thing, File) else thing.file_id])
    return None
