"""Several processes work on one night; whoever of them is killed, and when, shows nowhere."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mhifund import hands
from registry.actions import judge, runs
from registry.models import Awaiting, Part, Run, Shift, Tally, Verdict, VerdictChange
from tests.mhifund.office import ON
from tests.registry.actions.world import keep, some

PERSONS = 24
LATER = date(2026, 12, 1)
WORKER = """
import time
from django.utils import timezone
from registry.actions import judge, runs
from registry.models import Run

judge.BUCKET = runs.SMALL_PART = 1
write = judge.write

def slowly(*arguments):
    print("writes", flush=True)
    time.sleep(0.01)
    write(*arguments)
    time.sleep(0.01)

judge.write = slowly
print("ready", flush=True)
input()
runs.work(Run.objects.get(pk=PK), at=timezone.now())
"""


@pytest.fixture
def country(transactional_db, monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 1)
    keep(some(ON, PERSONS))
    runs.work(runs.begin(ON, "night", at=timezone.now()), at=timezone.now())
    return runs.begin(LATER, "night", at=timezone.now())


def worker(run):
    place, name = settings.PLACE.url_host, connection.settings_dict["NAME"]
    child = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", WORKER.replace("PK", str(run.pk))],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"postgresql://mhifund@{place}/{name}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout.readline() == b"ready\n"
    return child


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_worker_loses_nothing_and_repeats_nothing(country, seed):
    chance = random.Random(seed)
    doomed, other = worker(country), worker(country)
    for child in (doomed, other):
        child.stdin.write(b"go\n")
        child.stdin.flush()
    for _part in range(chance.randint(1, 4)):
        assert doomed.stdout.readline() == b"writes\n"
    time.sleep(chance.uniform(0, 0.02))
    os.kill(doomed.pid, signal.SIGKILL)
    assert (doomed.wait(), other.wait()) == (-signal.SIGKILL, 0)

    run = Run.objects.get(pk=country.pk)
    changed = VerdictChange.objects.filter(run=run)
    assert (run.state, run.changed) == ("done", changed.count())
    assert changed.values("person").distinct().count() == run.changed
    assert not Part.objects.exists()
    assert not Awaiting.objects.exists()
    assert not Verdict.objects.exclude(changes_on__gt=LATER).exists()
    assert sum(Shift.objects.filter(run=run).values_list("persons", flat=True)) == run.changed
    assert sum(Tally.objects.filter(run=run).values_list("persons", flat=True)) == PERSONS
    again = runs.work(runs.begin(LATER, "full", at=timezone.now()), at=timezone.now())
    assert (again.judged, again.changed, again.faults) == (PERSONS, 0, 0)


def test_two_processes_bring_a_run_to_its_end(country, monkeypatch):
    place, name = settings.PLACE.url_host, connection.settings_dict["NAME"]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://mhifund@{place}/{name}")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mhifund.settings")
    run = hands.work(country, at=timezone.now(), hands=2)
    assert run.state == "done"
    assert not Verdict.objects.exclude(changes_on__gt=LATER).exists()
