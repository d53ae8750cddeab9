"""Refund applications and what belongs to them: read only, within regions, numbers masked."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from mhifund import access
from refunds import models as refunds
from registry.admin import ReadOnly
from registry.rules.iin import masked, masked_payer


@admin.register(refunds.Application)
class ApplicationAdmin(ReadOnly):
    list_display = ("number", "masked_applicant", "state", "due", "owner", "region", "recorded_at")
    list_select_related = ("owner", "region")
    list_filter = ("state",)
    search_fields = ("number__exact", "applicant_id__exact")
    search_help_text = _("A whole number of an application, IIN or BIN")
    exclude = ("applicant_id",)
    readonly_fields = ("masked_applicant",)

    def get_queryset(self, request):
        return _within(request.user, super().get_queryset(request), "pk")

    @admin.display(description=_("IIN or BIN of the applicant"))
    def masked_applicant(self, row):
        return masked_payer(row.applicant_id)


def _within(user, rows, application):
    """Rows of the applications that a user may see, which the field names."""
    if access.whole_country(user):
        return rows
    visible = access.applications_for(user).values("pk")
    return rows.filter(**{f"{application}__in": visible})


class OfApplications(ReadOnly):
    """Rows that belong to an application, found by its number."""

    application = "application"
    list_select_related = ("application",)
    raw_id_fields = ("application",)
    search_help_text = _("A whole number of an application")

    def get_search_fields(self, request):
        return (f"{self.application}__number__exact",)

    def get_queryset(self, request):
        return _within(request.user, super().get_queryset(request), self.application)


@admin.register(refunds.Line)
class LineAdmin(OfApplications):
    list_display = ("__str__", "masked_iin", "period", "knp", "asked", "approved", "state")
    list_filter = ("state",)
    raw_id_fields = ("application", "entry", "decision", "batch")
    exclude = ("iin",)
    readonly_fields = ("masked_iin",)

    @admin.display(description=_("IIN"))
    def masked_iin(self, line):
        return masked(line.iin)


@admin.register(refunds.Decision)
class DecisionAdmin(OfApplications):
    application = "line__application"
    list_display = ("line", "outcome", "amount", "reason", "decided_by", "confirmed_by")
    list_select_related = ("line__application", "reason", "decided_by", "confirmed_by")
    list_filter = ("outcome",)
    raw_id_fields = ("line", "reverses")


@admin.register(refunds.PayoutItem)
class PayoutItemAdmin(OfApplications):
    application = "line__application"
    list_display = ("key", "line", "amount", "outcome", "paid", "answered_on")
    list_select_related = ("line__application",)
    list_filter = ("outcome",)
    raw_id_fields = ("line", "batch", "answer")


@admin.register(refunds.Pause)
class PauseAdmin(OfApplications):
    list_display = ("application", "since", "until", "reason")


@admin.register(refunds.Event)
class EventAdmin(OfApplications):
    list_display = ("at", "application", "machine", "step", "before", "after", "by")
    list_select_related = ("application", "by")
    exclude = ("facts",)


@admin.register(refunds.Document)
class DocumentAdmin(OfApplications):
    list_display = ("name", "application", "kind", "size", "sha256", "at", "by")
    list_select_related = ("application", "by")


@admin.register(refunds.DocumentTaking)
class DocumentTakingAdmin(OfApplications):
    application = "document__application"
    list_display = ("at", "user", "document")
    list_select_related = ("user", "document")
    raw_id_fields = ("document",)


@admin.register(refunds.Letter)
class LetterAdmin(OfApplications):
    list_display = ("number", "application", "on", "language", "at")
    exclude = ("said",)


@admin.register(refunds.Unread)
class UnreadAdmin(ReadOnly):
    """They are of no region: who sees one region does not see them."""

    list_display = ("number", "file", "recorded_at", "recorded_by", "settled_at")
    list_select_related = ("recorded_by",)
    search_fields = ("number__exact",)
    exclude = ("raw", "faults")

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if access.whole_country(request.user) else rows.none()
