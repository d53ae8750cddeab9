"""The night by the timetable: a chain of verbs that may come twice."""

from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mhifund import tasks
from mhifund.celery import app
from mhifund.models import Report
from registry.actions.judge import NIGHT, AlreadyRunning
from registry.models import Recheck, Run, VerdictChange
from tests.mhifund.office import AIDOS, ARMAN, held_category, known

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch):
    """Tasks are done where they are called."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    monkeypatch.setitem(app.conf, "task_eager_propagates", True)


@pytest.fixture
def persons():
    known(AIDOS, ARMAN)
    held_category(AIDOS, "disabled", "2026-02-01")


def test_the_timetable_names_the_task_of_the_night():
    [entry] = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["task"] == tasks.night.name
    assert (app.conf.timezone, entry["schedule"].hour, entry["schedule"].minute) == (
        "Asia/Almaty",
        {1},
        {0},
    )


def test_the_night_derives_judges_and_reports(at_once, persons):
    assert Recheck.objects.exists()
    tasks.night.delay()
    run = Run.objects.get()
    assert (run.on, run.state, run.judged, run.changed) == (timezone.localdate(), "done", 2, 2)
    assert not Recheck.objects.exists()
    assert Report.objects.filter(run=run).count() == 8


def test_a_second_night_of_the_day_changes_no_verdict(at_once, persons):
    tasks.night.delay()
    tasks.night.delay()
    assert [run.changed for run in Run.objects.order_by("id")] == [2, 0]
    assert VerdictChange.objects.count() == 2


def test_a_task_that_comes_back_after_its_work_does_nothing(persons):
    began = timezone.now()
    on = timezone.localdate(began).isoformat()
    for _ in range(2):
        tasks.derive()
        tasks.judge(on, began.isoformat())
        tasks.report(on)
    assert Run.objects.count() == 1
    assert Report.objects.count() == 8


def test_a_later_night_of_the_day_judges_again(persons):
    began = timezone.now()
    on = timezone.localdate(began).isoformat()
    tasks.judge(on, began.isoformat())
    tasks.judge(on, (timezone.now() + timedelta(seconds=1)).isoformat())
    assert Run.objects.count() == 2


@pytest.fixture
def other_night():
    """Another session that is judging at this moment."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (NIGHT,))
    yield
    other.close()


@pytest.fixture
def as_worker():
    """The task as a worker runs it; what it sends is taken out of the queue again."""
    arguments = ("2026-11-20", "2026-11-20T01:00:00+05:00")
    tasks.judge.push_request(args=arguments, kwargs={}, called_directly=False, retries=500)
    yield lambda: tasks.judge.run(*arguments)
    tasks.judge.pop_request()
    app.control.purge()


def test_a_night_that_finds_another_at_work_tries_again_later(persons, other_night, as_worker):
    with pytest.raises(Retry) as later:
        as_worker()
    assert (later.value.when, type(later.value.exc)) == (tasks.BUSY, AlreadyRunning)
    assert not Run.objects.exists()
