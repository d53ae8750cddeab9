"""A night that is killed is taken up by the next, and ends as if nothing had happened."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from mhifund.demo.files import Span, categories_csv, persons_csv
from mhifund.demo.people import adults
from mhifund.models import Report
from registry.actions.load import load_categories, load_persons
from registry.actions.news import mark_everybody
from registry.models import (
    CategoryShift,
    Part,
    Recheck,
    Run,
    Shift,
    Tally,
    Verdict,
    VerdictChange,
)
from tests.mhifund.office import AT, ON

PERSONS = 60
IN_BUCKETS_OF = 20
DEADLY = f"""
import os, signal
from django.core.management import call_command
from mhifund.reports import write
from registry.actions import judge, runs

judge.BUCKET = {IN_BUCKETS_OF}
runs.SMALL_PART = {IN_BUCKETS_OF}

def die_after(times, where, name):
    act = getattr(where, name)
    def last_act(*arguments):
        nonlocal times
        times -= 1
        result = act(*arguments)
        if not times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(where, name, last_act)

die_after(MOMENT)
call_command("night", "--on", "{ON}")
"""


@pytest.fixture
def country(transactional_db):
    people = adults(PERSONS, seed=1, on=ON)
    spans = [
        Span(person.iin, "disabled", date(2026, 1, 1), None, date(2026, 1, 4), "test")
        for person in people[::3]
    ]
    extract, categories = ("".join(rows) for rows in (persons_csv(people), categories_csv(spans)))
    load_persons(io.BytesIO(extract.encode()), received_on=ON, at=AT)
    load_categories(io.BytesIO(categories.encode()), at=AT)


def killed_at(moment):
    """The command of the night in a process of its own, which kills itself."""
    place, name = settings.PLACE.url_host, connection.settings_dict["NAME"]
    night = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", DEADLY.replace("MOMENT", moment)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"postgresql://mhifund@{place}/{name}"},
        check=False,
        stdout=subprocess.DEVNULL,
    )
    assert night.returncode == -signal.SIGKILL
    until_it_is_gone()


def until_it_is_gone():
    """The database notices a little later."""
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.02)


def end_state():
    """What counts at the end; a run that found nothing to change is as good as none."""
    runs = Run.objects.order_by("id")
    [telling] = runs.filter(changed__gt=0)
    reports = Report.objects.filter(form="csv", run=telling).order_by("kind")
    return {
        "verdicts": sorted(
            Verdict.objects.values_list("person", "status", "reason", "until", "changes_on"),
            key=str,
        ),
        "history": sorted(
            VerdictChange.objects.values_list("person", "on", "reason", "until"), key=str
        ),
        "run": (telling.on, telling.state, telling.judged, telling.changed),
        "by_category": sorted(CategoryShift.objects.values_list("category", "reason", "persons")),
        "shifts": sorted(Shift.objects.values_list("region", "old_reason", "reason", "persons")),
        "tallies": sorted(runs.last().tallies.values_list("region", "status", "reason", "persons")),
        "rechecks": Recheck.objects.count(),
        "reports": [(settings.REPORTS_ROOT / report.name).read_bytes() for report in reports],
    }


def forget_the_night():
    models = (Report, Tally, Shift, CategoryShift, VerdictChange, Verdict, Part, Run)
    tables = ", ".join(model._meta.db_table for model in models)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {tables}, mhifund_reporttaking")
        cursor.execute("SET session_replication_role = origin")
    mark_everybody()


def night(monkeypatch):
    monkeypatch.setattr("registry.actions.judge.BUCKET", IN_BUCKETS_OF)
    monkeypatch.setattr("registry.actions.runs.SMALL_PART", IN_BUCKETS_OF)
    call_command("night", "--on", str(ON), "--json", stdout=io.StringIO())


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(['1, runs, "work_on_one"'], id="a part is judged"),
        pytest.param(['2, judge, "write"'], id="in the middle of a part"),
        pytest.param(['1, runs, "_finish"'], id="all are judged, no report is written"),
        pytest.param(['3, write, "_keep"'], id="in the middle of the reports"),
        pytest.param(
            ['1, judge, "write"', '1, runs, "work_on_one"', '1, runs, "advance"'],
            id="three times",
        ),
    ],
)
def test_a_killed_night_ends_like_any_other(country, monkeypatch, moments):
    for moment in moments:
        killed_at(moment)
    night(monkeypatch)
    after_all = end_state()
    forget_the_night()
    night(monkeypatch)
    assert after_all == end_state()
    assert len(after_all["verdicts"]) == PERSONS
    assert len(after_all["reports"]) == 4
