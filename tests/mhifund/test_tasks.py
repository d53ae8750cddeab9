"""The night by the timetable: a chain of verbs that may come twice."""

import io
from functools import partial

import pytest
from celery.exceptions import Retry
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from mhifund import tasks
from mhifund.celery import app
from mhifund.models import Report
from payments.actions.receive import accept
from payments.rules import formats
from registry import tasks as registry_tasks
from registry.actions import judge, runs
from registry.models import Contribution, Recheck, Run, Verdict, VerdictChange
from tests.mhifund.office import AIDOS, ARMAN, HEAD, held_category, item, known

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


def test_the_night_receives_what_was_dropped_for_it(at_once, persons, tmp_path, settings):
    settings.INBOX = tmp_path
    line = item("R1", ARMAN, "092026", "4250.00", knp="122", payer=ARMAN)
    text = "\r\n".join([HEAD, line, f"ИТОГО;1{';' * 13}4250.00", ""])
    (tmp_path / "dropped.csv").write_bytes(text.encode())
    tasks.night.delay()
    assert (tmp_path / "done" / "dropped.csv").exists()
    assert Contribution.objects.get().person.iin == ARMAN
    assert Verdict.objects.get(person__iin=ARMAN).missing


@pytest.mark.parametrize("night", [tasks.night, partial(call_command, "night")])
def test_a_file_at_fault_fails_the_night_after_everybody_is_judged(
    night, at_once, persons, tmp_path, settings, monkeypatch
):
    settings.INBOX = tmp_path
    kept = accept(io.BytesIO(b"kept"), "kept.csv", at=timezone.now(), by=None)
    (tmp_path / "dropped.csv").write_bytes(b"dropped")

    def at_fault(stream, name):
        raise MemoryError(name)

    monkeypatch.setattr(formats, "read", at_fault)
    with pytest.raises(ExceptionGroup) as told:
        night()
    assert [str(fault) for fault in told.value.exceptions] == ["kept.csv", "dropped.csv"]
    run = Run.objects.get()
    assert (run.state, run.judged) == ("done", 2)
    assert Report.objects.filter(run=run).count() == 8
    kept.refresh_from_db()
    assert (kept.state, (tmp_path / "taken" / "dropped.csv").exists()) == ("reading", True)


def test_the_parts_of_a_night_are_judged_by_all_hands(at_once, persons, monkeypatch):
    monkeypatch.setattr(judge, "BUCKET", 1)
    monkeypatch.setattr(runs, "SMALL_PART", 1)
    monkeypatch.setattr(registry_tasks, "HANDS", 1)
    tasks.night.delay()
    assert (Run.objects.get().state, Verdict.objects.count()) == ("done", 2)


def test_a_second_night_of_the_day_changes_no_verdict(at_once, persons):
    tasks.night.delay()
    tasks.night.delay()
    assert [run.changed for run in Run.objects.order_by("id")] == [2, 0]
    assert VerdictChange.objects.count() == 2


def test_a_message_that_comes_again_after_its_work_does_nothing(at_once, persons):
    tasks.night.delay()
    run = Run.objects.get()
    registry_tasks.judge_part(run.pk)
    tasks.report(run.on.isoformat())
    assert VerdictChange.objects.count() == 2
    assert Report.objects.count() == 8


@pytest.fixture
def held(persons):
    """A run that has parts left to work on."""
    return runs.begin(timezone.localdate(), "night", at=timezone.now())


@pytest.fixture
def as_worker():
    """The task as a worker runs it; what it sends is taken out of the queue again."""
    arguments = (timezone.localdate().isoformat(),)
    tasks.report.push_request(args=arguments, kwargs={}, called_directly=False, retries=500)
    yield lambda: tasks.report.run(*arguments)
    tasks.report.pop_request()
    app.control.purge()


def test_a_report_waits_until_its_run_is_done(held, as_worker):
    with pytest.raises(Retry) as later:
        as_worker()
    assert later.value.when == tasks.SOON
    runs.work(held, at=timezone.now())
    as_worker()
    assert Report.objects.count() == 8


def test_a_run_that_the_brake_holds_has_no_reports(persons):
    on = timezone.localdate()
    Run.objects.create(on=on, scope="night", state="held", started_at=timezone.now())
    tasks.report(on.isoformat())
    assert not Report.objects.exists()


def test_news_are_judged_by_their_task(persons):
    registry_tasks.judge_news()
    assert (Run.objects.get().scope, Verdict.objects.count()) == ("day", 2)


def test_many_news_are_judged_by_all_hands(at_once, persons, monkeypatch):
    monkeypatch.setattr(runs, "NEWS_AT_ONCE", 1)
    registry_tasks.judge_news()
    assert (Run.objects.get().scope, Verdict.objects.count()) == ("news", 2)
