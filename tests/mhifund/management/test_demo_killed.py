"""A country whose building is killed is built on by the same command, to the same end."""

import os
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from mhifund.demo import build
from tests.mhifund.management.test_demo import state

ARGUMENTS = ("--persons", "200", "--months", "1", "--on", "2026-11-20")
DEADLY = f"""
import os, signal
from django.core.management import call_command
from mhifund.demo import build
from payments.actions import receive

files = 0
read = receive.incoming.fill

def last_file(*arguments):
    global files
    files += 1
    if files == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return read(*arguments)

receive.incoming.fill = last_file
call_command("demo", *{ARGUMENTS!r})
"""


def demo(*arguments):
    call_command("demo", *arguments, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_what_was_cut_off_is_built_on():
    place, name = settings.PLACE.url_host, connection.settings_dict["NAME"]
    killed = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", DEADLY],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"postgresql://mhifund@{place}/{name}"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert build.begun()._asdict().items() >= {"persons": 200, "months": 1, "seed": 1}.items()
    demo()
    assert build.begun() is None
    after_all = state()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica;"
            " TRUNCATE registry_person, registry_verdict, registry_verdictchange,"
            " registry_awaiting, registry_run, payments_file, mhifund_receipts CASCADE;"
            " SET session_replication_role = origin"
        )
    demo(*ARGUMENTS)
    assert after_all == state()
