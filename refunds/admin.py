from django.contrib import admin

from refunds.models import Reason
from registry.admin import SmallList


@admin.register(Reason)
class ReasonAdmin(SmallList):
    list_display = ("code", "kind", "name_kk", "name_ru", "name_en", "since", "basis")
    list_filter = ("kind",)
    search_fields = ("code", "name_kk", "name_ru", "name_en")
