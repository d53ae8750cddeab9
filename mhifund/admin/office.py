"""Who works here, what they took away, and what the system counted and logged."""

from typing import ClassVar

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from mhifund import access, labels
from mhifund.models import ListTaking, Profile, Receipts, Report, ReportTaking
from registry.admin import ReadOnly


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
