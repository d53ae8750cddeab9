"""Tests run on servers of their own in a folder that is gone afterwards."""

import atexit
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import django
import pytest
from django.conf import settings
from django.db import connection
from hypothesis import settings as hypothesis_settings
from hypothesis.configuration import set_hypothesis_home_dir

from mhifund.servers import Place, postgres, using, valkey

PREFIX = "mhifund-test-"


def owned(folder: Path) -> TextIO | None:
    """The folder's lock, which the kernel takes back from a run that was killed."""
    lock = (folder / "owner.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def remove(folder: Path) -> None:
    """With the servers in it: workers that were cut off could not stop them."""
    for place in map(Place, (folder, *folder.glob("gw*"))):
        postgres.stop(place)
        valkey.stop(place)
        place.clear()
    shutil.rmtree(folder, ignore_errors=True)


def remove_what_killed_runs_left() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/owner.lock"):
        # another run may be removing it, or just have done so
        with suppress(FileNotFoundError, PermissionError):
            if lock := owned(left.parent):
                remove(left.parent.resolve())
                lock.close()


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # files and servers of its own, as if it were alone
    os.environ["MHIFUND_DATA"] += f"/{worker}"
else:
    remove_what_killed_runs_left()
    os.environ["MHIFUND_DATA"] = tempfile.mkdtemp(prefix=PREFIX)
    mine = owned(Path(os.environ["MHIFUND_DATA"]))
    atexit.register(remove, Path(os.environ["MHIFUND_DATA"]).resolve())
    # told to end, pytest ends as after Ctrl-C: through every `finally`
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
os.environ["DJANGO_SETTINGS_MODULE"] = "mhifund.settings"
os.environ["STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
# a worker that inherits it reads the settings before this file has named its folder
del os.environ["DJANGO_SETTINGS_MODULE"]
settings.STATIC_ROOT.mkdir(exist_ok=True)

flush = type(connection.ops).sql_flush


def flush_what_is_kept_for_ever(*arguments: Any, **options: Any) -> list[str]:
    """Tests begin with empty tables, also with those that the database lets nobody empty."""
    statements = flush(*arguments, **options)
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else []


type(connection.ops).sql_flush = flush_what_is_kept_for_ever

# the same examples every time: a run that passed here passes there
hypothesis_settings.register_profile("project", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("project")
set_hypothesis_home_dir(settings.BASE_DIR / ".local" / "cache" / "hypothesis")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """The first test that needs a database starts the servers."""
    with using(settings.PLACE):
        yield
