"""The Celery application; its options stand in settings under CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")

app = Celery("mhifund")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["mhifund"])
app.autodiscover_tasks()
