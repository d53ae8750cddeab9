from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from mhifund import roles


class HouseConfig(AppConfig):
    name = "mhifund"
    verbose_name = _("Users and logs")

    def ready(self):
        apps.get_app_config("axes").verbose_name = _("Sign-in attempts")
        post_migrate.connect(roles.ensure_groups, sender=self, dispatch_uid="roles")
