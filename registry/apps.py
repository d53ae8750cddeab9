import importlib

from django.apps import AppConfig
from django.apps import apps as installed
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NOT_IGNORED = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
    LANGUAGE sql IMMUTABLE AS 'SELECT false'
"""


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Registry")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(ignore_no_trigger, sender=self, dispatch_uid="triggers")
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="law")


def ignore_no_trigger(sender, using, **kwargs):
    """No setting of a session switches a trigger off.

    To look for one takes a transaction of its own within each trigger, whose end costs as much as
    there are deferred triggers: a long order would take hours.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(NOT_IGNORED)


def after_migrate(sender, using, apps=installed, **kwargs):
    """The law follows the tables: after each `migrate` and `flush`, unless the tables are gone."""
    if "parameter" in apps.all_models["registry"]:
        # the action needs the models, which are not there yet when this file is read
        actions = importlib.import_module("registry.actions.law")
        actions.load_law(timezone.localdate(), apps, using)
