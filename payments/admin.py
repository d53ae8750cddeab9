"""The tables of payments that say nothing of a single person."""

from django.contrib import admin

from payments import models
from registry.admin import ReadOnly


@admin.register(models.File)
class FileAdmin(ReadOnly):
    list_display = ("name", "kind", "state", "code", "items", "posted", "total", "received_at")
    list_filter = ("kind", "state", "received_at")
    search_fields = ("name", "sha256")


@admin.register(models.FileStep)
class FileStepAdmin(ReadOnly):
    list_display = ("file", "step", "items", "total", "at")
    list_select_related = ("file",)
    list_filter = ("step", "at")
    raw_id_fields = ("file",)


@admin.register(models.Message)
class MessageAdmin(ReadOnly):
    list_display = ("reference", "file", "number", "credited_on", "knp", "payer", "items", "total")
    list_select_related = ("file",)
    search_fields = ("reference__exact",)
    raw_id_fields = ("file",)


@admin.register(models.StatementEntry)
class StatementEntryAdmin(ReadOnly):
    list_display = ("reference", "amount", "booked_on", "file")
    list_select_related = ("file",)
    search_fields = ("reference__exact",)
    raw_id_fields = ("file",)
