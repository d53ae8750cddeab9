"""The tables of refunds: read only; those that name persons stand in mhifund.admin."""

from django.contrib import admin

from refunds import models
from registry.admin import ReadOnly, SmallList


@admin.register(models.Reason)
class ReasonAdmin(SmallList):
    list_display = ("code", "kind", "name_kk", "name_ru", "name_en", "since", "basis")
    list_filter = ("kind",)
    search_fields = ("code", "name_kk", "name_ru", "name_en")


@admin.register(models.Batch)
class BatchAdmin(ReadOnly):
    list_display = ("pk", "state", "prepared_by", "prepared_at", "confirmed_by", "released_by")
    list_select_related = ("prepared_by", "confirmed_by", "released_by")
    list_filter = ("state",)


@admin.register(models.Answer)
class AnswerAdmin(ReadOnly):
    list_display = ("name", "items", "applied", "total", "debits", "received_at", "received_by")
    list_select_related = ("received_by",)
    search_fields = ("name", "sha256")


@admin.register(models.Absence)
class AbsenceAdmin(ReadOnly):
    list_display = ("user", "since", "until")
    list_select_related = ("user",)
