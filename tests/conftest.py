"""Tests run on servers of their own in a folder that is gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from mhifund.servers import using

WORKER = "PYTEST_XDIST_WORKER" in os.environ

if not WORKER:
    os.environ["MHIFUND_DATA"] = tempfile.mkdtemp(prefix="mhifund-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "mhifund.settings"
os.environ["STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
settings.STATIC_ROOT.mkdir(exist_ok=True)

hypothesis_settings.register_profile("project", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("project")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """The first test that needs a database starts the servers, the last process stops them."""
    with using(settings.PLACE):
        yield


def pytest_unconfigure() -> None:
    if not WORKER:
        shutil.rmtree(Path(os.environ["MHIFUND_DATA"]), ignore_errors=True)
