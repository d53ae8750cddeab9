import importlib

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = _("Refunds")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="reasons")


def after_migrate(sender, using, apps=installed, **kwargs):
    """The reasons follow their table: after each `migrate` and `flush`, unless it is gone."""
    if "reason" in apps.all_models["refunds"]:
        # the action needs the models, which are not there yet when this file is read
        reasons = importlib.import_module("refunds.actions.reasons")
        reasons.load_reasons(apps, using)
