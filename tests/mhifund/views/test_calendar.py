"""The year's page: an editor picks a day, and the deadlines of open cases follow."""

from datetime import date

import pytest
from django.urls import reverse

from mhifund.views import calendar as views
from refunds.models import Application, Event
from refunds.tasks import follow_calendar
from registry.models import CalendarChange, CalendarDay
from tests.refunds.actions.office import small_world, under_review

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
DAY = "2026-11-25"
HOLIDAY = {"kind": "off", "name_kk": "Мереке", "name_ru": "Праздник", "name_en": "A new holiday"}


def page(client, **query):
    return client.get(reverse("calendar"), query, headers=ENGLISH)


def put(client, day=DAY, seen="0", **facts):
    url = reverse("set_day", args=[day])
    told = client.post(url, HOLIDAY | {"seen": seen} | facts, follow=True, headers=ENGLISH)
    return told, [str(message) for message in told.context["messages"]]


def kinds(answer, month):
    weeks = answer.context["months"][month - 1]["weeks"]
    return {cell["day"].day: cell["kind"] for week in weeks for cell in week if cell}


@pytest.fixture
def application(db):
    """One under review until 27.11.2026, or a day later than 25.11.2026 when that is off."""
    small_world()
    application, _lines = under_review("A1", "R1")
    return application


def test_a_day_that_is_set_off_moves_the_deadlines_of_open_cases(as_role, application):
    before = Application.objects.get().review_due
    client = as_role("reference_editor")
    told, said = put(client)
    assert said == ["25.11.2026: holiday. The deadlines of 1 open refund case moved."]
    assert told.redirect_chain == [(f"{reverse('calendar')}?year=2026", 302)]
    assert kinds(told, 11)[25] == "off"
    assert Application.objects.get().review_due > before
    event = Event.objects.get(step="deadlines")
    assert event.by.username == "reference_editor-0"
    assert put(client, seen=CalendarChange.objects.get().pk)[1] == [
        "25.11.2026: holiday. No deadline of an open refund case moved."
    ]


def test_an_editor_picks_a_day_and_sees_what_it_is(as_role):
    client = as_role("reference_editor")
    text = page(client).content.decode()
    assert f'href="?day={DAY}"' in text
    shown = page(client, day=DAY)
    assert (shown.context["picked"], shown.context["seen"]) == (date(2026, 11, 25), 0)
    assert [kind for kind, _words in shown.context["form"].fields["kind"].choices] == [
        *("", "off"),
        "moved",
    ]
    saturday = page(client, day="2026-11-28").context["form"].fields["kind"].choices
    assert [(kind, str(words)) for kind, words in saturday] == [
        ("", "day off, as the week has it"),
        ("worked", "worked day"),
    ]
    put(client)
    again = page(client, day=DAY)
    assert again.context["form"].initial == HOLIDAY
    assert 'value="A new holiday"' in again.content.decode()


def test_a_day_is_left_to_the_week_again_and_the_page_tells_who_did_it(as_role):
    client = as_role("reference_editor")
    put(client)
    told, said = put(client, kind="", seen=CalendarChange.objects.get().pk)
    assert said == [
        "25.11.2026: working, as the week has it. No deadline of an open refund case moved."
    ]
    assert not CalendarDay.objects.filter(day=date(2026, 11, 25)).exists()
    assert [
        (change.by.username, before, after) for change, before, after in told.context["changes"]
    ] == [
        ("reference_editor-0", "holiday: A new holiday", "as the week has it"),
        ("reference_editor-0", "as the week has it", "holiday: A new holiday"),
    ]


def test_what_was_typed_stays_when_it_is_refused(as_role):
    client = as_role("reference_editor")
    told, said = put(client, name_kk="")
    assert said == ["Say why, in Kazakh, Russian and English."]
    assert 'value="A new holiday"' in told.content.decode()
    put(client)
    assert put(client)[1] == ["Somebody changed the day meanwhile; it is left as it is now."]
    assert CalendarChange.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "facts"),
    [
        ("1999-01-01", {}),
        ("no-day", {}),
        (DAY, {"kind": "worked"}),
        (DAY, {"seen": "x"}),
        ("2026-11-28", {"kind": "off"}),
    ],
)
def test_what_no_page_offers_is_not_found(as_role, day, facts):
    client = as_role("reference_editor")
    url = reverse("set_day", args=[day])
    assert client.post(url, HOLIDAY | {"seen": "0"} | facts).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "administrator", "refund_head"])
def test_others_only_look(as_role, role):
    client = as_role(role)
    shown = page(client, day=DAY)
    assert "picked" not in shown.context
    assert 'href="?day=' not in shown.content.decode()
    url = reverse("set_day", args=[DAY])
    assert client.post(url, HOLIDAY | {"seen": "0"}).status_code == 403
    assert client.get(url).status_code == 403
    assert as_role("reference_editor").get(url).status_code == 405


def test_many_open_cases_follow_in_the_background(
    as_role, application, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(views, "AT_ONCE", 0)
    monkeypatch.setattr(follow_calendar, "delay", follow_calendar)
    before = Application.objects.get().review_due
    with django_capture_on_commit_callbacks(execute=True):
        _told, said = put(as_role("reference_editor"))
    assert said == [
        "25.11.2026: holiday. Many refund cases are open: their deadlines follow within minutes."
    ]
    assert Application.objects.get().review_due > before
    assert Event.objects.get(step="deadlines").by.username == "reference_editor-0"


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "Мереке"), ("ru", "Праздник"), ("en", "A new holiday")]
)
def test_a_change_is_told_in_the_language_of_the_page(as_role, language, said):
    client = as_role("reference_editor")
    put(client)
    shown = client.get(reverse("calendar"), {"year": "2026"}, headers={"accept-language": language})
    assert shown.context["changes"][0][2].endswith(f": {said}")
