"""Tests run on servers of their own in a folder that is gone afterwards."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from mhifund.servers import postgres, using, valkey

WORKER = "PYTEST_XDIST_WORKER" in os.environ

if not WORKER:
    os.environ["MHIFUND_DATA"] = tempfile.mkdtemp(prefix="mhifund-test-")
    # told to end, pytest ends as after Ctrl-C: through every `finally`
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
os.environ["DJANGO_SETTINGS_MODULE"] = "mhifund.settings"
os.environ["STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
settings.STATIC_ROOT.mkdir(exist_ok=True)

# the same examples every time: a run that passed here passes there
hypothesis_settings.register_profile("project", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("project")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """The first test that needs a database starts the servers, the last process stops them."""
    with using(settings.PLACE):
        yield


def pytest_unconfigure() -> None:
    if not WORKER:
        # workers cut off by Ctrl-C could not
        postgres.stop(settings.PLACE)
        valkey.stop(settings.PLACE)
        settings.PLACE.clear()
        shutil.rmtree(settings.DATA_ROOT, ignore_errors=True)
