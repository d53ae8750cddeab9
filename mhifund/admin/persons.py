"""The tables that speak of persons: read only, within the regions of the user, IINs masked."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from mhifund import access, finding
from mhifund.models import Look
from payments.models import ExceptionEvent, ExceptionItem, Finding, Overpayment, Return
from registry import models as registry
from registry.admin import ReadOnly
from registry.rules.iin import masked


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


@admin.register(registry.PaidMonths, registry.Recheck, registry.Awaiting)
class MarkAdmin(OfPersons):
    list_display = ("person",)
    list_select_related = ("person",)
    raw_id_fields = ("person",)
    ordering = ("pk",)


@admin.register(Look)
class LookAdmin(OfPersons):
    list_display = ("at", "user", "act", "person")
    list_select_related = ("user", "person")
