"""What stands on the card of a person."""

from django.utils import timezone

from mhifund import timeline
from registry.models import CategorySpan, Contribution, VerdictChange

TABS = ("categories", "payments", "history", "looks")
PAYMENTS = 100
CHANGES = 100
LOOKS = 50


def card(person, request):
    on = timezone.localdate()
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else TABS[0]
    rows = {"categories": categories, "payments": payments, "history": history, "looks": looks}
    return {"person": person, "on": on, "tab": tab, "rows": rows[tab](person, on)}


def categories(person, on):
    """Spans of categories as bars on one axis of time."""
    spans = CategorySpan.objects.filter(person=person).select_related("category")
    return timeline.bars(list(spans.order_by("category", "valid_from", "received_on")), on)


def payments(person, on):
    entries = Contribution.objects.filter(person=person).order_by("-period", "-rank")
    return list(entries.prefetch_related("findings")[:PAYMENTS])


def history(person, on):
    return list(VerdictChange.objects.filter(person=person).order_by("-id")[:CHANGES])


def looks(person, on):
    return list(person.looks.select_related("user")[:LOOKS])
