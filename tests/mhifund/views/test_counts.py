"""Counts on a day on their pages, as files, and by the command."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from mhifund.celery import app
from registry.models import Sweep
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, held_category, known

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tasks are done where they are called."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    monkeypatch.setitem(app.conf, "task_eager_propagates", True)


@pytest.fixture
def people():
    persons = known(AIDOS, ARMAN, AIGUL)
    held_category(AIDOS, "pensioner", "2023-08-01")
    return persons


def ask(client, **typed):
    return client.post(reverse("days_counted"), {"on": "", "known": ""} | typed, headers=ENGLISH)


@pytest.fixture
def asked(as_role, people, django_capture_on_commit_callbacks):
    def ask_as(*role, **typed):
        client = as_role(*role)
        with django_capture_on_commit_callbacks(execute=True):
            answer = ask(client, **typed)
        return client, client.get(answer["Location"], headers=ENGLISH)

    return ask_as


def test_a_day_is_counted_by_region_and_reason(asked):
    _, page = asked("analyst", on="20.11.2026", known="20.11.2026")
    assert sorted(cells for _, cells in page.context["regions"]) == [[0, 0, 2, 2], [1, 0, 0, 1]]
    assert page.context["everywhere"] == [1, 0, 2, 3]
    assert page.context["reasons"] == [
        (("not_insured", "never_paid"), 2),
        (("insured", "state_paid"), 1),
    ]
    assert "as known by 20.11.2026 23:59" in page.content.decode()


def test_before_the_extract_nobody_was_known(asked):
    _, page = asked("analyst", on="20.11.2026", known="19.11.2026")
    assert "Nobody was known then" in page.content.decode()


def test_who_sees_a_region_sees_its_counts(asked, people):
    _, page = asked("analyst", people[0].region, on="20.11.2026")
    assert page.context["everywhere"] == [1, 0, 0, 1]


def test_the_same_day_and_moment_are_counted_once(asked):
    client, page = asked("analyst", on="20.11.2026", known="20.11.2026 18:00")
    again = ask(client, on="20.11.2026", known="20.11.2026 18:00")
    assert again["Location"] == reverse("counts", args=[page.context["sweep"].pk])
    assert Sweep.objects.count() == 1


def test_a_moment_still_to_come_is_now(asked):
    tomorrow = timezone.localdate() + timedelta(days=1)
    before = timezone.now()
    asked("analyst", known=f"{tomorrow:%d.%m.%Y}")
    assert before <= Sweep.objects.get().known_at <= timezone.now()


@pytest.mark.parametrize("typed", [{"on": "31.02.2026"}, {"known": "20.11.2026 25:00"}])
def test_what_is_no_day_is_told_and_nothing_is_counted(as_role, typed):
    page = ask(as_role("analyst"), **typed)
    assert "A day is written 20.11.2026" in page.content.decode()
    assert not Sweep.objects.exists()


def test_the_counts_are_taken_as_files(asked):
    client, _page = asked("analyst", on="20.11.2026", known="20.11.2026 18:00")
    sweep = Sweep.objects.get()
    files = {
        form: client.get(reverse("take_counts", args=[sweep.pk, form]), headers=ENGLISH)
        for form in ("csv", "xlsx", "pdf")
    }
    assert files["pdf"].status_code == 404
    assert (
        'filename="counts-2026-11-20-known-2026-11-20T1800.csv"'
        in files["csv"]["Content-Disposition"]
    )
    lines = files["csv"].content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Region;Status;Reason;Persons"
    assert sorted(line.split(";")[-1] for line in lines[1:]) == ["1", "2"]
    assert files["xlsx"].content[:2] == b"PK"


def test_the_command_counts_the_same(people):
    told = io.StringIO()
    call_command("counts", "--on", "2026-11-20", "--json", stdout=told)
    value = json.loads(told.getvalue())
    assert (value["on"], value["persons"]) == ("2026-11-20", 3)
    assert value["counts"] == [
        {"region": "62", "status": "insured", "reason": "state_paid", "persons": 1},
        {"region": "63", "status": "not_insured", "reason": "never_paid", "persons": 2},
    ]
    told = io.StringIO()
    known_at = (AT - timedelta(days=1)).isoformat()
    call_command("counts", "--on", "2026-11-20", "--known-at", known_at, stdout=told)
    assert told.getvalue().splitlines()[0] == "0 persons on 20.11.2026"
