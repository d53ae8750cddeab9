"""The queue of refunds: what waits, for whom, how long, and what is done with many at once."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone, translation

from mhifund import clocks
from mhifund.models import ListTaking
from refunds.actions import cases, queue
from refunds.actions import clocks as terms
from refunds.models import Absence, Application
from tests.law import CALENDAR
from tests.refunds.actions.office import (
    AT,
    asks_of,
    head,
    load,
    officer,
    seen,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def world(db):
    small_world()
    with translation.override("en"):
        yield


@pytest.fixture
def two():
    return load(asks_of(("A1", "R1"), ("A2", "R2", "R3"))).new


def page(client, **query):
    return client.get(reverse("refunds"), query, headers=ENGLISH)


def shown(client, **query):
    return [row.number for row, *_ in page(client, **query).context["rows"]]


def act(client, name, *rows, **facts):
    posted = {"act": name, "row": [f"{row.pk}:{row.version}" for row in rows]} | facts
    told = client.post(reverse("act_on_refunds"), posted, follow=True, headers=ENGLISH)
    return [str(message) for message in told.context["messages"]]


def states():
    return dict(Application.objects.order_by("pk").values_list("number", "state"))


def me(client):
    return get_user_model().objects.get(pk=client.session["_auth_user_id"])


def test_the_queue_shows_what_is_asked_by_whom_and_until_when(as_role, two):
    answer = page(as_role("refund_officer"))
    rows = [(row.number, lines, asked) for row, _clock, lines, asked in answer.context["rows"]]
    assert rows == [("A1", 1, 5750), ("A2", 2, 11500)]
    text = answer.content.decode()
    assert "990101••••••" in text
    assert "990101300003" not in text
    assert "sent to the Fund" in text
    assert "02.12.2026" in text


def test_what_is_due_first_stands_first_and_what_has_no_clock_last(as_role, two):
    one, other = two
    Application.objects.filter(pk=other.pk).update(review_due=date(2026, 11, 25))
    under_review("A3", "R4")
    cases.step(one.pk, "register", by=officer(), at=AT)
    client = as_role("refund_head")
    assert shown(client) == ["A2", "A1", "A3"]
    Application.objects.filter(pk=one.pk).update(confirmed_on=AT.date(), overall_due=None)
    assert shown(client) == ["A2", "A3", "A1"]


def test_a_page_goes_on_after_the_last_row_of_the_one_before(as_role, monkeypatch):
    load(asks_of(*((f"A{n}", "R1") for n in range(5))))
    Application.objects.filter(number="A3").update(review_due=date(2026, 11, 25))
    monkeypatch.setattr("mhifund.listing.ROWS", 2)
    client = as_role("analyst")
    first = page(client)
    mark = first.context["listing"].older
    assert [row.number for row, *_ in first.context["rows"]] == ["A3", "A0"]
    assert f"after={mark}" in first.content.decode()
    second = page(client, after=mark)
    assert [row.number for row, *_ in second.context["rows"]] == ["A1", "A2"]
    assert shown(client, after=second.context["listing"].older) == ["A4"]
    assert shown(client, after="x.y") == ["A3", "A0"]


def test_the_queue_is_narrowed(as_role, two):
    one, other = two
    client = as_role("refund_officer")
    queue.hand_on(seen([one]), me(client), by=officer(), at=AT)
    cases.step(other.pk, "register", by=officer(), at=AT)
    terms.pause(other.pk, "documents", by=officer(), at=AT, note="the consent")
    assert shown(client, whose="me") == ["A1"]
    assert shown(client, whose="free") == ["A2"]
    assert shown(client, whose=str(me(client).pk)) == ["A1"]
    assert shown(client, state="sent") == ["A1"]
    assert shown(client, state="review") == ["A2"]
    assert shown(client, clock="standing") == ["A2"]
    assert shown(client, who="A2") == ["A2"]
    assert shown(client, who="990101300003") == ["A1", "A2"]
    assert "No application is like that" in page(client, who="A9").content.decode()
    queue.leave(me(client), date(2020, 1, 1), date(2100, 1, 1), by=me(client))
    assert shown(client, whose="free") == ["A1", "A2"]


def test_what_is_overdue_or_due_today_is_found(as_role, two):
    one, other = two
    today = timezone.localdate()
    Application.objects.filter(pk=one.pk).update(review_due=today - timedelta(days=1))
    Application.objects.filter(pk=other.pk).update(review_due=today)
    client = as_role("refund_officer")
    assert shown(client, clock="overdue") == ["A1"]
    assert shown(client, clock="today") == ["A2"]


def test_what_came_to_an_end_is_shown_when_it_is_asked_for(as_role, two):
    cases.step(two[0].pk, "withdraw", by=officer(), at=AT, note="a letter")
    client = as_role("auditor")
    assert shown(client) == ["A2"]
    assert shown(client, state="ended") == ["A1"]


@pytest.mark.parametrize(
    ("state", "on", "standing", "found"),
    [
        ("sent", date(2026, 11, 30), False, ("review", "is-good", "7 working days left")),
        ("sent", date(2026, 12, 8), False, ("review", "is-warn", "1 working day left")),
        ("sent", date(2026, 12, 9), False, ("review", "is-warn", "due today")),
        ("sent", date(2026, 12, 10), False, ("review", "is-bad", "1 working day overdue")),
        ("sent", date(2026, 12, 10), True, ("review", "", "the clocks stand")),
        ("check", date(2026, 12, 14), False, ("check", "is-bad", "3 working days overdue")),
    ],
)
def test_a_clock_tells_what_is_left_of_it(state, on, standing, found):
    row = Application(state=state, due=date(2026, 12, 9))
    told = clocks.running(row, standing=standing, on=on, calendar=CALENDAR)
    assert (told.name, told.look[0], told.words) == found


def test_a_term_that_ended_before_a_weekend_is_overdue_on_it():
    row = Application(state="sent", due=date(2026, 12, 11))
    told = clocks.running(row, standing=False, on=date(2026, 12, 12), calendar=CALENDAR)
    assert (told.look, told.words) == (("is-bad", "circle-x"), "overdue")


def test_where_no_clock_runs_nothing_is_told():
    row = Application(state="closed", due=None)
    on = date(2026, 12, 12)
    assert clocks.running(row, standing=False, on=on, calendar=CALENDAR) is None


def test_applications_are_taken_on_handed_on_and_registered(as_role, two):
    client = as_role("refund_officer")
    assert act(client, "take_on", *two) == ["Done with 2 items."]
    assert set(Application.objects.values_list("owner", flat=True)) == {me(client).pk}
    assert act(client, "hand_on", two[0], to=head().pk) == ["Done with 1 item."]
    assert act(client, "hand_on", two[1]) == ["Done with 1 item."]
    assert dict(Application.objects.values_list("number", "owner")) == {
        "A1": head().pk,
        "A2": None,
    }
    assert act(client, "register", *two) == ["Done with 2 items."]
    assert states() == {"A1": "review", "A2": "review"}


def test_each_that_something_stood_against_is_told_by_its_number(as_role, two):
    client = as_role("refund_officer")
    Application.objects.filter(number="A2").update(iban="")
    cases.step(two[0].pk, "register", by=officer(), at=AT)
    assert act(client, "register", *two) == [
        "A1: Somebody changed it meanwhile; it is left as it is now.",
        "A2: Points of the check-list are open: say why it is registered.",
    ]
    assert act(client, "register", two[1], note="the account is asked for") == ["Done with 1 item."]
    assert act(client, "take_on") == ["Choose items first."]
    queue.leave(head(), date(2020, 1, 1), date(2100, 1, 1), by=head())
    two[1].refresh_from_db()
    assert act(client, "hand_on", two[1], to=head().pk) == ["A2: Who should get it is absent."]


def test_a_head_hands_on_but_does_not_register(as_role, two):
    client = as_role("refund_head")
    text = page(client).content.decode()
    assert 'value="take_on"' in text
    assert 'value="register"' not in text
    assert act(client, "register", *two) == [
        "A1: Your role does not take this step.",
        "A2: Your role does not take this step.",
    ]


def test_who_only_reads_is_offered_nothing_and_refused(as_role, two):
    client = as_role("analyst")
    text = page(client).content.decode()
    assert 'name="act"' not in text
    assert reverse("refund_new") not in text
    posted = {"act": "take_on", "row": f"{two[0].pk}:0"}
    assert client.post(reverse("act_on_refunds"), posted).status_code == 403
    assert client.post(reverse("leave"), {}).status_code == 403


def test_another_region_sees_nothing_and_does_nothing(as_role, two):
    client = as_role("refund_officer", "62")
    assert shown(client) == []
    assert act(client, "take_on", *two) == ["Choose items first."]
    assert not Application.objects.exclude(owner=None).exists()
    assert shown(as_role("refund_head", "75")) == ["A1", "A2"]


def test_an_unknown_act_is_not_found(as_role, two):
    client = as_role("refund_officer")
    assert client.post(reverse("act_on_refunds"), {"act": "burn", "row": "1:0"}).status_code == 404
    assert client.post(reverse("act_on_refunds"), {"act": "take_on", "row": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(as_role, count, django_assert_num_queries):
    load(asks_of(*((f"A{n}", "R1", "R2") for n in range(count))))
    client = as_role("refund_officer")
    with django_assert_num_queries(12):
        assert len(shown(client)) == count


def test_the_queue_is_taken_away_as_it_is_narrowed(as_role, two):
    client = as_role("refund_officer")
    answer = client.get(reverse("take_refunds", args=["csv"]), {"who": "A2"}, headers=ENGLISH)
    head_, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head_.startswith("Number;IIN or BIN;Applicant;State;Lines;Asked back, tenge")
    assert row.startswith(
        "A2;990101300003;АХМЕТОВ АСАН;sent to the Fund;2;11500,00;16.11.2026;23.11.2026;02.12.2026"
    )
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows, taking.query) == ("refunds", 1, {"who": "A2", "form": "csv"})
    masked = as_role("analyst").get(reverse("take_refunds", args=["csv"]), headers=ENGLISH)
    assert "990101••••••" in b"".join(masked.streaming_content).decode()


def test_who_works_on_what_and_who_is_absent(as_role, two):
    client = as_role("refund_officer")
    queue.hand_on(seen(two), me(client), by=officer(), at=AT)
    part = client.get(reverse("refunds_people"), headers=ENGLISH | {"hx-request": "true"})
    assert [(user.username, user.open) for user in part.context["load"]] == [
        ("refund_officer-0", 2)
    ]
    assert "<html" not in part.content.decode()
    assert "<html" in client.get(reverse("refunds_people")).content.decode()


def absences(client):
    return client.get(reverse("refunds_people"), headers=ENGLISH)


def post(client, name, *args, **facts):
    told = client.post(reverse(name, args=args), facts, follow=True, headers=ENGLISH)
    return [str(message) for message in told.context["messages"]]


def test_an_officer_is_away_and_comes_back(as_role):
    client = as_role("refund_officer")
    days = {"since": "01.12.2099", "until": "05.12.2099"}
    assert post(client, "leave", **days, who=head().pk) == ["Your role does not take this step."]
    assert post(client, "leave", **days) == ["The absence is written down."]
    row = Absence.objects.get()
    assert (row.user, row.since, row.until) == (me(client), date(2099, 12, 1), date(2099, 12, 5))
    assert "01.12.2099" in absences(client).content.decode()
    assert post(client, "leave", since="5", until="x") == ["A day is written 20.11.2026."]
    wrong = {"since": "05.12.2099", "until": "01.12.2099"}
    assert post(client, "leave", **wrong) == ["The last day is before the first."]
    assert post(client, "come_back", row.pk) == ["The absence has ended."]
    assert not Absence.objects.exists()


def test_a_head_enters_and_ends_the_absence_of_an_officer(as_role):
    whose = officer()
    client = as_role("refund_head")
    days = {"since": "01.12.2099", "until": "05.12.2099"}
    assert post(client, "leave", **days, who=whose.pk) == ["The absence is written down."]
    assert Absence.objects.get().user == whose
    assert f'action="{reverse("come_back", args=[Absence.objects.get().pk])}"' in (
        absences(client).content.decode()
    )
