"""The workbench of exceptions: the queue, the evidence, and what an officer does with it."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from payments.actions import exceptions
from payments.models import ExceptionItem
from registry.models import Contribution
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, item, known, register

pytestmark = pytest.mark.django_db
NEAR = "910722389910"
ACT = "act_on_exceptions"


@pytest.fixture
def officer(as_role):
    client = as_role("reconciliation_officer")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def queue():
    """An unknown number and a wrong period; and the persons whom the registry knows."""
    known(AIDOS, ARMAN)
    lines = [item("R1", ARMAN, "092026", "4250.00", knp="122", payer=ARMAN).replace(ARMAN, NEAR, 2)]
    lines[0] = lines[0].replace(f";{NEAR};ТОО", f";{ARMAN};ТОО")
    register("r.csv", *lines, item("R2", AIDOS, "132026", "50.00"))
    return [*ExceptionItem.objects.order_by("pk")]


def text_of(answer):
    return " ".join(answer.content.decode().split())


def evidence(client, row):
    url = reverse("evidence", args=[row.pk])
    return client.get(url, headers={"hx-request": "true"})


def act(client, rows, asked, note="", **facts):
    chosen = {"row": [f"{row.pk}:{row.version}" for row in rows], "act": asked, "note": note}
    answer = client.post(reverse(ACT), chosen | facts, follow=True)
    for row in rows:
        row.refresh_from_db()
    return [str(message) for message in answer.context["messages"]]


def test_the_queue_leads_to_the_evidence_of_its_first_item(officer, queue):
    answer = officer.get(reverse("exceptions"))
    assert [row.pk for row in answer.context["listing"].rows] == [queue[1].pk, queue[0].pk]
    assert f'hx-get="{reverse("evidence", args=[queue[1].pk])}?"' in text_of(answer)
    without_script = officer.get(reverse("evidence", args=[queue[0].pk]), follow=True)
    assert without_script.context["shown"] == queue[0].pk


def test_the_evidence_ranks_who_it_may_be_with_the_reason(officer, queue):
    answer = evidence(officer, queue[0])
    (candidate,) = answer.context["candidates"]
    assert candidate.person.iin == ARMAN
    text = text_of(answer)
    assert "one digit of the IIN differs, the same name, the same birth date" in text
    assert "Months of ШМИДТ АРМАН" in text
    assert f"assign:{candidate.person.pk}" in text
    assert NEAR in text


def test_an_item_is_assigned_and_that_is_undone(officer, queue):
    person = known(ARMAN)[0]
    assert act(officer, queue[:1], f"assign:{person.pk}", "typed wrong") == ["Done with 1 item."]
    assert Contribution.objects.get().person == person
    assert "typed wrong" in text_of(evidence(officer, queue[0]))
    assert act(officer, queue[:1], "undo") == ["Done with 1 item."]
    assert not Contribution.objects.standing().exists()


def test_each_of_many_that_was_not_done_is_told_with_its_place(officer, queue):
    assert act(officer, queue, "assign") == [
        "R1, line 1: Nobody in the registry has its IIN: choose a person.",
        "R2, line 1: It cannot be posted: other faults remain.",
    ]
    exceptions.hold({queue[0].pk: 0}, by=None, at=AT, note="x")
    assert act(officer, queue, "take") == [
        "Done with 1 item.",
        "R1, line 1: Somebody changed it meanwhile; it is left as it is now.",
    ]
    assert act(officer, [], "take") == ["Choose items first."]


@pytest.mark.parametrize(("asked", "state"), [("hold", "held"), ("return", "returned")])
def test_putting_off_and_returning_need_a_note(officer, queue, asked, state):
    assert act(officer, queue[:1], asked, " ") == ["Say why."]
    act(officer, queue[:1], asked, "asked the payer")
    assert (queue[0].state, queue[0].note) == (state, "asked the payer")


@pytest.mark.parametrize(("asked", "state"), [("hold", "held"), ("return", "returned")])
def test_many_are_put_off_or_returned_with_one_note_and_an_answer_each(
    officer, queue, asked, state
):
    page = text_of(officer.get(reverse("exceptions")))
    assert page.index('id="queue"') < page.index(f'name="act" value="{asked}">')
    register("s.csv", item("R3", AIDOS, "132026", "70.00"))
    rows = [*ExceptionItem.objects.order_by("pk")]
    exceptions.take({rows[1].pk: 0}, by=None, at=AT)
    assert act(officer, rows, asked, "asked the payer") == [
        "Done with 2 items.",
        "R2, line 1: Somebody changed it meanwhile; it is left as it is now.",
    ]
    assert [(row.state, row.note) for row in rows] == [
        (state, "asked the payer"),
        ("open", ""),
        (state, "asked the payer"),
    ]


def test_the_list_stays_narrowed_as_it_was(officer, queue):
    chosen = {"row": f"{queue[1].pk}:0", "act": "take", "back": "state=open&code=bad_period"}
    assert officer.post(reverse(ACT), chosen)["Location"].endswith("?state=open&code=bad_period")
    officer_ = get_user_model().objects.get(username="reconciliation_officer-0")
    assert ExceptionItem.objects.get(owner=officer_) == queue[1]
    mine = officer.get(reverse("exceptions"), {"owner": "me", "state": ""})
    assert [row.pk for row in mine.context["listing"].rows] == [queue[1].pk]


@pytest.mark.parametrize("row", ["x", "1", "1:x", "-1:0"])
def test_a_row_that_is_none_is_not_found(officer, row):
    assert officer.post(reverse(ACT), {"row": row, "act": "take"}).status_code == 404


def test_an_item_of_another_region_is_neither_seen_nor_done_nor_given_away(as_role, queue):
    client = as_role("reconciliation_officer", "63")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert evidence(client, queue[1]).status_code == 404
    assert act(client, queue[1:], "take") == ["Choose items first."]
    person = known(AIDOS)[0]
    chosen = {"row": f"{queue[0].pk}:0", "act": f"assign:{person.pk}"}
    assert client.post(reverse(ACT), chosen).status_code == 404
    assert not ExceptionItem.objects.exclude(version=0).exists()


def test_whom_an_undone_act_was_for_is_told_within_the_region_only(as_role, officer, queue):
    person = known(ARMAN)[0]
    act(officer, queue[:1], f"assign:{person.pk}", "typed wrong")
    act(officer, queue[:1], "undo")
    told = f"{person.full_name}<div"
    assert told in text_of(evidence(officer, queue[0]))
    client = as_role("reconciliation_officer", "62")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    text = text_of(evidence(client, queue[0]))
    assert "undone" in text
    assert told not in text
    assert "typed wrong" not in text


def test_who_may_not_work_on_exceptions_only_looks(as_role, queue):
    client = as_role("treasurer")
    assert 'name="act"' not in text_of(client.get(reverse("exceptions")))
    text = text_of(evidence(client, queue[0]))
    assert 'name="act"' not in text
    assert NEAR not in text
    assert client.post(reverse(ACT), {"row": "1:0", "act": "take"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(officer, count, django_assert_num_queries):
    register("s.csv", *(item(f"X{n}", AIGUL, "132026", "50.00") for n in range(count)))
    with django_assert_num_queries(8):
        assert len(officer.get(reverse("exceptions")).context["listing"].rows) == count


def test_older_items_and_those_taken_away_are_the_open_ones_too(officer, queue):
    by = get_user_model().objects.first()
    exceptions.give_back({queue[0].pk: 0}, by=by, at=AT, note="a wrong person")
    older = officer.get(reverse("exceptions"), {"before": queue[1].pk})
    assert older.context["listing"].rows == []
    taken = officer.get(reverse("take_exceptions", args=["csv"]))
    [_head, row] = b"".join(taken.streaming_content).decode().splitlines()
    assert ";R2;" in row
