"""The tables that speak of persons: read only, within the regions of the user, IINs masked."""

from typing import ClassVar

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from mhifund import access, finding, labels
from mhifund.models import ListTaking, Look, Profile, Receipts, Report, ReportTaking
from payments.models import ExceptionEvent, ExceptionItem, Finding, Overpayment, Return
from refunds import models as refunds
from registry import models as registry
from registry.admin import ReadOnly
from registry.rules.iin import masked, masked_payer


class OfPersons(ReadOnly):
    """Rows that belong to a person, found by the IIN of the person."""

    person = "person"
    search_fields = ("person__iin__exact",)
    search_help_text = _("A whole IIN")

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if access.regions(request.user) is None:
            return rows
        within = registry.Person.objects.filter(region__in=access.regions(request.user))
        return rows.filter(**{f"{self.person}__in": within})


@admin.register(registry.Person)
class PersonAdmin(OfPersons):
    person = "pk"
    list_display = ("named", "masked_iin", "birth_date", "sex", "residence", "region")
    list_select_related = ("region",)
    search_fields = ("iin__exact", "last_key__startswith")
    search_help_text = _("A whole IIN, or the beginning of a surname")
    exclude = ("iin",)
    readonly_fields = ("masked_iin",)

    def get_search_results(self, request, queryset, search_term):
        if finding.typed(search_term) == finding.Typed.WORDS:
            return finding.named(queryset, search_term), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("Name"), ordering="last_key")
    def named(self, person):
        return person.full_name

    @admin.display(description=_("IIN"))
    def masked_iin(self, person):
        return masked(person.iin)


@admin.register(registry.PersonRecord)
class PersonRecordAdmin(OfPersons):
    list_display = ("person", "residence", "region", "died_on", "received_on", "recorded_at")
    list_select_related = ("person", "region")
    raw_id_fields = ("person",)


@admin.register(registry.CategorySpan)
class CategorySpanAdmin(OfPersons):
    list_display = ("person", "category", "valid_from", "valid_to", "received_on", "superseded_on")
    list_select_related = ("person", "category")
    raw_id_fields = ("person",)


@admin.register(registry.PersonEvent)
class PersonEventAdmin(OfPersons):
    list_display = ("person", "kind", "at", "by", "undone_at", "undone_by")
    list_select_related = ("person", "by", "undone_by")
    raw_id_fields = ("person", "other")
    exclude = ("old_iin", "new_iin")


@admin.register(registry.FormerIin)
class FormerIinAdmin(OfPersons):
    list_display = ("masked_iin", "person")
    list_select_related = ("person",)
    raw_id_fields = ("person", "event")
    exclude = ("iin",)
    readonly_fields = ("masked_iin",)

    @admin.display(description=_("IIN"), ordering="iin")
    def masked_iin(self, row):
        return masked(row.iin)


@admin.register(registry.Contribution)
class ContributionAdmin(OfPersons):
    list_display = ("key", "person", "payer", "knp", "period", "amount", "credited_on", "kind")
    list_select_related = ("person",)
    raw_id_fields = ("person", "reverses")
    search_fields = ("person__iin__exact", "key__exact")
    search_help_text = _("A whole IIN, or the key of an entry")


@admin.register(registry.Verdict)
class VerdictAdmin(OfPersons):
    list_display = ("person", "status", "reason", "until", "on", "judged_on", "changes_on")
    list_select_related = ("person",)
    raw_id_fields = ("person",)
    ordering = ("pk",)


@admin.register(registry.VerdictChange)
class VerdictChangeAdmin(OfPersons):
    list_display = ("person", "status", "reason", "until", "on", "decided_at", "run")
    list_select_related = ("person", "run")
    raw_id_fields = ("person",)
    ordering = ("-pk",)


class OfEntries(OfPersons):
    person = "entry__person"
    list_select_related = ("entry",)
    raw_id_fields = ("entry",)
    search_fields = ("entry__person__iin__exact",)


@admin.register(registry.Exclusion)
class ExclusionAdmin(OfEntries):
    list_display = ("entry", "cause", "since", "until", "recorded_at", "dropped_at")


@admin.register(registry.Addressed)
class AddressedAdmin(OfEntries):
    list_display = ("entry", "masked_iin")
    exclude = ("iin",)
    readonly_fields = ("masked_iin",)

    @admin.display(description=_("IIN"))
    def masked_iin(self, row):
        return masked(row.iin)


@admin.register(registry.Moved)
class MovedAdmin(OfEntries):
    list_display = ("entry", "source", "event")
    list_select_related = ("entry", "source", "event__person")
    raw_id_fields = ("entry", "source", "origin", "event")


@admin.register(Finding)
class FindingAdmin(OfEntries):
    list_display = ("entry", "code", "amount", "days", "recorded_at", "dropped_at")


class OfItems(ReadOnly):
    """Items that were not posted, of whomever they speak."""

    search_fields = ("iin__exact",)
    exclude = ("iin", "raw")
    readonly_fields = ("masked_iin",)
    within = staticmethod(access.exceptions_for)

    def get_queryset(self, request):
        return self.within(request.user, super().get_queryset(request))

    @admin.display(description=_("IIN"))
    def masked_iin(self, item):
        return masked(item.iin)


@admin.register(ExceptionItem)
class ExceptionItemAdmin(OfItems):
    list_display = ("__str__", "masked_iin", "payer", "knp", "period", "amount", "codes", "state")
    list_filter = ("state",)
    raw_id_fields = ("message", "entry")


@admin.register(Return)
class ReturnAdmin(OfItems):
    within = staticmethod(access.returns_for)
    list_display = ("__str__", "masked_iin", "payer", "period", "amount", "returned_on", "reason")
    list_filter = ("returned_on",)
    raw_id_fields = ("message", "original")


@admin.register(Overpayment)
class OverpaymentAdmin(OfEntries):
    list_display = (
        *("entry", "cause", "answer", "found", "established", "amount", "reserved", "paid"),
        "changed_at",
    )


@admin.register(ExceptionEvent)
class ExceptionEventAdmin(ReadOnly):
    list_display = ("item", "act", "by", "at", "note")
    list_select_related = ("item", "by")
    raw_id_fields = ("item", "person")

    def get_queryset(self, request):
        return access.events_for(request.user, super().get_queryset(request))


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


@admin.register(registry.PaidMonths, registry.Recheck, registry.Awaiting)
class MarkAdmin(OfPersons):
    list_display = ("person",)
    list_select_related = ("person",)
    raw_id_fields = ("person",)
    ordering = ("pk",)


@admin.register(Receipts)
class ReceiptsAdmin(ReadOnly):
    list_display = ("month", "knp", "items", "amount")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")


@admin.register(AccessAttempt, AccessFailureLog, AccessLog)
class AttemptAdmin(ReadOnly):
    list_display = ("attempt_time", "ip_address", "username", "user_agent", "path_info")
    search_fields = ("username__exact", "ip_address__exact")


@admin.register(Look)
class LookAdmin(OfPersons):
    list_display = ("at", "user", "act", "person")
    list_select_related = ("user", "person")


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ("name", "kind", "form", "on", "rows", "size", "sha256", "made_at")


@admin.register(ReportTaking)
class ReportTakingAdmin(ReadOnly):
    list_display = ("at", "user", "report")
    list_select_related = ("user", "report")


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return tuple(labels.ROLES.items())

    def queryset(self, request, queryset):
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class Roles(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group):
        return labels.ROLES.get(group.name, group.name)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Profile
        fields = ("regions",)
        widgets: ClassVar = {"regions": forms.CheckboxSelectMultiple}


class ProfileInline(admin.StackedInline):
    model = Profile
    form = ProfileForm
    can_delete = False
    min_num = 1


admin.site.unregister(get_user_model())


@admin.register(get_user_model())
class StaffAdmin(UserAdmin):
    """Users with their role and their regions; only a superuser makes superusers."""

    inlines = (ProfileInline,)
    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = ("is_active", RoleFilter)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Who"), {"fields": ("last_name", "first_name", "email")}),
        (_("Role"), {"fields": ("groups", "is_active", "is_staff")}),
        (_("When"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            return Roles(Group.objects.order_by("name"), label=_("Role"), required=False)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    @admin.display(description=_("role"))
    def role(self, user):
        return access.role(user)


@admin.register(ListTaking)
class ListTakingAdmin(ReadOnly):
    list_display = ("name", "query", "rows", "user", "at")
    list_filter = ("name",)
    list_select_related = ("user",)
