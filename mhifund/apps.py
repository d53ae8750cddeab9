from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from mhifund import roles


class HouseConfig(AppConfig):
    name = "mhifund"
    verbose_name = _("Users and logs")

    def ready(self):
        post_migrate.connect(roles.ensure_groups, sender=self, dispatch_uid="roles")
