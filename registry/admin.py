"""The tables of the registry that say nothing of a single person."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from registry import labels, models
from registry.resources import Csv, Xlsx

COUNTED = 10_000


class Uncounted(Paginator):
    """Counts no further than COUNTED rows."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[: COUNTED + 1].count()


class ReadOnly(admin.ModelAdmin):
    """What only an action of the office may change."""

    paginator = Uncounted
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SmallList(ExportMixin, ReadOnly):
    """A list a person looks at as a whole, and takes away."""

    export_form_class = ExportForm

    def get_export_formats(self):
        return [Xlsx, Csv]


@admin.register(models.Region)
class RegionAdmin(SmallList):
    list_display = ("code", "name_kk", "name_ru", "name_en", "since", "until")
    search_fields = ("code", "name_kk", "name_ru", "name_en")


@admin.register(models.Parameter)
class ParameterAdmin(SmallList):
    list_display = ("named", "since", "written", "text", "unit_named", "act_named", "article")
    list_filter = ("confidence",)
    search_fields = ("code", "source", "act")

    @admin.display(description=models.Parameter._meta.verbose_name, ordering="code")
    def named(self, row):
        return labels.PARAMETERS.get(row.code, row.code)

    @admin.display(description=_("value"), ordering="value")
    def written(self, row):
        return None if row.value is None else f"{row.value.normalize():f}"

    @admin.display(description=_("act"))
    def act_named(self, row):
        return "; ".join(str(labels.ACTS.get(act, act)) for act in row.act.split("; "))

    @admin.display(description=_("unit"))
    def unit_named(self, row):
        sign = "% " if row.unit.startswith("percent") else ""
        return f"{sign}{labels.UNITS.get(row.unit, row.unit)}"


@admin.register(models.CalendarDay)
class CalendarDayAdmin(SmallList):
    list_display = ("day", "kind", "name_kk", "name_ru", "name_en", "entered_on")
    list_filter = ("kind",)


class GroupInline(admin.TabularInline):
    model = models.CategoryGroup
    extra = 0
    can_delete = False


@admin.register(models.CalendarChange)
class CalendarChangeAdmin(ReadOnly):
    list_display = ("day", "before", "after", "at", "by")
    list_select_related = ("by",)


@admin.register(models.Category)
class CategoryAdmin(SmallList):
    list_display = ("code", "name_kk", "name_ru", "name_en", "basis")
    search_fields = ("code", "name_kk", "name_ru", "name_en")
    inlines = (GroupInline,)


@admin.register(models.Run)
class RunAdmin(ReadOnly):
    list_display = (
        *("on", "scope", "state", "started_at", "finished_at", "judged", "changed", "moved"),
        *("limit", "by", "answered_by"),
    )
    list_filter = ("scope", "state")


@admin.register(models.Proposal)
class ProposalAdmin(ReadOnly):
    list_display = ("subject", "code", "since", "state", "proposed_by", "decided_by", "decided_at")
    list_filter = ("state", "subject")


@admin.register(models.Sweep)
class SweepAdmin(ReadOnly):
    list_display = ("proposal", "kind", "on", "persons", "changed", "started_at", "finished_at")
    list_select_related = ("proposal",)


@admin.register(models.TrialShift)
class TrialShiftAdmin(ReadOnly):
    list_display = ("sweep", "region", "old_status", "old_reason", "status", "reason", "persons")
    list_select_related = ("sweep__proposal", "region")


@admin.register(models.Part)
class PartAdmin(ReadOnly):
    list_display = ("run", "bucket", "state", "judged", "changed", "moved")
    list_select_related = ("run",)


@admin.register(models.Shift)
class ShiftAdmin(ReadOnly):
    list_display = ("run", "region", "old_status", "old_reason", "status", "reason", "persons")
    list_select_related = ("run", "region")


@admin.register(models.CategoryShift)
class CategoryShiftAdmin(ReadOnly):
    list_display = ("run", "category", "old_status", "old_reason", "status", "reason", "persons")
    list_select_related = ("run",)


@admin.register(models.Tally)
class TallyAdmin(ReadOnly):
    list_display = ("run", "region", "status", "reason", "persons")
    list_select_related = ("run", "region")
