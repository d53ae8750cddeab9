"""Applications named where something was done with them."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from mhifund import access

SHOWN = 10


def links(user, applications):
    """The numbers of the first applications; those that the user may see lead to their pages."""
    rows = applications[:SHOWN]
    visible = access.applications_for(user).filter(pk__in=[row.pk for row in rows])
    seen = set(visible.values_list("pk", flat=True))
    named = format_html_join(", ", "{}", ((_named(row, row.pk in seen),) for row in rows))
    return named if len(applications) <= SHOWN else format_html("{} …", named)


def _named(row, seen):
    if not seen:
        return row.number
    return format_html('<a href="{}">{}</a>', reverse("refund", args=[row.pk]), row.number)
