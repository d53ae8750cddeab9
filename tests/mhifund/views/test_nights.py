"""Nights: what they changed, within the regions of who looks; the answer to one that is held."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mhifund.celery import app
from mhifund.models import Report
from registry.actions import runs
from registry.actions.news import mark
from registry.models import Awaiting, Run, Verdict, VerdictChange
from registry.rules.law import Code
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, ON, held_category, known, staff
from tests.registry.actions.world import judged_all
from tests.registry.proposals import changed

pytestmark = pytest.mark.django_db
NEXT = ON + timedelta(days=1)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Tasks are done where they are called."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    monkeypatch.setitem(app.conf, "task_eager_propagates", True)


@pytest.fixture
def lost():
    """A night that finds two of three persons no longer in their category."""
    known(AIDOS, ARMAN, AIGUL)
    held_category(AIDOS, "pensioner", "2026-11-01", ON.isoformat())
    held_category(ARMAN, "student", "2026-11-01", ON.isoformat())
    judged_all(on=ON, at=AT)
    return lambda: judged_all(on=NEXT, at=AT)


@pytest.fixture
def held(lost):
    changed(Code.NIGHT_BRAKE_LEAST, 1)
    return lost()


def page(client, run):
    return client.get(reverse("night", args=[run.pk]), headers={"accept-language": "en"})


def test_a_night_tells_who_lost_the_right_by_reason_region_and_category(as_role, lost):
    seen = page(as_role("analyst"), lost()).context
    assert (seen["gained"], seen["lost"], seen["first"]) == (0, 2, 0)
    assert [(m["old_reason"], m["reason"], m["n"]) for m in seen["moves"]] == [
        ("state_paid", "gap", 2)
    ]
    assert [row[1:] for row in seen["by_region"]] == [(0, 1), (0, 1)]
    assert sorted(row[1:] for row in seen["by_category"]) == [(0, 1), (0, 1)]


def test_a_user_of_a_region_sees_its_persons_alone(as_role, lost):
    seen = page(as_role("analyst", "62"), lost()).context
    assert (seen["lost"], len(seen["by_region"]), seen["by_category"]) == (1, 1, False)


def test_a_held_night_shows_what_it_would_do(as_role, held):
    answer = page(as_role("registry_operator"), held)
    assert held.state == "held"
    assert answer.context["lost"] == 2
    assert "Let it write" in answer.content.decode()
    assert "nothing of this is written yet" in answer.content.decode()


def test_who_may_not_answer_is_told_who_may(as_role, held):
    text = page(as_role("analyst"), held).content.decode()
    assert "Let it write" not in text
    assert "A registry operator or a reconciliation officer" in text


def answer(client, run, word):
    url = reverse("answer_night", args=[run.pk])
    body = {"answer": word, "note": "the list was right"}
    return client.post(url, body, follow=True, headers={"accept-language": "en"})


def test_a_held_night_that_is_let_writes_and_leaves_its_reports(
    as_role, held, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer(as_role("registry_operator"), held, "let")
    run = Run.objects.get(pk=held.pk)
    assert (run.state, run.changed, run.note) == ("done", 2, "the list was right")
    assert run.answered_role == "registry_operator"
    assert Report.objects.filter(run=run).count() == 8


def test_a_held_night_that_is_dropped_writes_nothing(as_role, held):
    answer(as_role("registry_operator"), held, "drop")
    assert Run.objects.get(pk=held.pk).state == "dropped"
    assert VerdictChange.objects.count() == 3


def test_who_caused_a_run_does_not_answer_for_it(client, held):
    operator = staff("registry_operator")
    Run.objects.filter(pk=held.pk).update(by=operator, by_role="registry_operator")
    client.force_login(staff("registry_operator", "62"))
    assert "your role caused this run" in page(client, held).content.decode()
    told = answer(client, held, "let")
    assert [str(message) for message in told.context["messages"]] == [
        "Who caused a run, and their role, do not answer for it."
    ]
    assert Run.objects.get(pk=held.pk).state == "held"


def test_an_answer_to_a_run_that_waits_for_none_is_told_so(as_role, lost):
    told = answer(as_role("registry_operator"), lost(), "let")
    assert [str(message) for message in told.context["messages"]] == [
        "The run waits for no answer any more."
    ]


def test_a_run_shows_how_far_it_is_until_it_is_done(as_role):
    known(AIDOS)
    run, client = runs.begin(ON, "night", at=AT), as_role("analyst")
    url = reverse("night_progress", args=[run.pk])
    assert 'value="0"' in client.get(url).content.decode()
    assert url in page(client, run).content.decode()
    runs.work(run, at=AT)
    assert client.get(url)["HX-Refresh"] == "true"


def test_today_tells_of_a_night_that_is_held(as_role, held):
    text = as_role("analyst").get(reverse("today")).content.decode()
    assert reverse("night", args=[held.pk]) in text


def test_a_card_judges_its_person_itself(as_role):
    [aidos] = known(AIDOS)
    as_role("registry_operator").get(reverse("person", args=[aidos.pk]))
    assert Verdict.objects.get(person=aidos).reason == "never_paid"
    assert not Awaiting.objects.exists()
    mark("SELECT %s::bigint", (aidos.pk,))
    held_category(AIDOS, "pensioner", "2020-01-01")
    as_role("registry_operator", "62").get(reverse("person", args=[aidos.pk]))
    assert Verdict.objects.get(person=aidos).reason == "state_paid"


def test_a_person_is_computed_anew_on_request(as_role):
    [aidos] = known(AIDOS)
    client, url = as_role("registry_operator"), reverse("recompute", args=[aidos.pk])
    english = {"accept-language": "en"}
    told = [client.post(url, follow=True, headers=english).context["messages"] for _ in range(2)]
    assert [str(message) for messages in told for message in messages] == [
        "Computed anew: the verdict has changed.",
        "Computed anew: the verdict is the same.",
    ]
