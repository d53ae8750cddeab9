"""Who a person is, corrected and undone on the pages."""

import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mhifund import access
from mhifund.models import Look
from payments.models import ExceptionItem
from registry.actions import identity
from registry.actions.book import BOOKS
from registry.actions.load import load_persons
from registry.models import Contribution, Person, PersonEvent
from registry.rules.extract import PERSON_COLUMNS
from tests.mhifund.office import (
    AIDOS,
    AIGUL,
    ARMAN,
    AT,
    EXTRACT,
    held_category,
    item,
    known,
    register,
    staff,
)
from tests.registry.actions.world import iin

pytestmark = pytest.mark.django_db
NEW = iin(7)


def text_of(answer):
    return " ".join(answer.content.decode().split())


def page(person):
    return reverse("identity", args=[person.pk])


@pytest.fixture
def operator(as_role):
    """A registry operator's browser, in English."""
    client = as_role("registry_operator")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def rechecks(monkeypatch):
    """Who asked for what follows of a correction."""
    asked = []
    monkeypatch.setattr("mhifund.views.identity.recheck.delay", asked.append)
    return asked


def test_a_new_number_is_given_and_its_findings_follow(
    operator, rechecks, django_capture_on_commit_callbacks
):
    (person,) = known(AIDOS)
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(page(person), {"iin": f" {NEW[:6]} {NEW[6:]}", "note": "by the extract"})
    event = PersonEvent.objects.get()
    assert (event.person, event.old_iin, event.new_iin) == (person, AIDOS, NEW)
    assert (event.note, event.by_id) == ("by the extract", rechecks[0])
    card = text_of(operator.get(reverse("person", args=[person.pk]), {"tab": "corrections"}))
    assert "by the extract" in card
    assert "660722•••••• → 800101••••••" in card
    assert operator.get(reverse("search"), {"q": AIDOS})["Location"] == reverse(
        "person", args=[person.pk]
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("990101300004", "no valid IIN"),
        (ARMAN, "Another person has this IIN, or had it."),
        ("", "This field is required."),
    ],
)
def test_a_number_that_cannot_be_given_is_told_at_its_field(operator, number, told):
    person, _other = known(AIDOS, ARMAN)
    text = text_of(operator.post(page(person), {"iin": number, "note": "typed"}))
    assert f'<span class="field-fault">{told}</span>' in text
    assert 'value="typed"' in text
    assert Person.objects.filter(iin=AIDOS).exists()


def test_two_records_are_compared_fact_by_fact_before_the_merge(operator):
    person, other = known(AIDOS, ARMAN)
    register("r.csv", item("R1", ARMAN, "092026", "4250.00", knp="122", payer=ARMAN))
    answer = operator.get(page(person), {"other": ARMAN}, follow=True)
    assert AIDOS not in answer.content.decode()
    facts = {str(name): values for name, *values in answer.context["facts"]}
    assert facts["IIN"] == ["660722••••••", "910722••••••"]
    assert facts["Birth date"] == ["22.07.1966", "22.07.1991"]
    assert facts["Payments"] == [0, 1]
    assert text_of(answer).count("differs") == 5
    assert Look.objects.get().person == other


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (AIDOS, "These are not two persons."),
        (AIGUL, "nobody in the registry has this IIN"),
        ("1", "nobody in the registry has this IIN"),
    ],
)
def test_a_record_that_is_not_another_one_is_told(operator, number, told):
    person, _other = known(AIDOS, ARMAN)
    answer = operator.get(page(person), {"other": number})
    assert f'<span class="field-fault">{told}</span>' in text_of(answer)
    assert "facts" not in answer.context


def test_a_record_of_another_region_is_not_compared_nor_merged(as_role):
    person, other = known(AIDOS, ARMAN)
    client = as_role("registry_operator", "62")
    assert "facts" not in client.get(page(person), {"other": ARMAN}).context
    assert client.get(reverse("compare", args=[person.pk, other.pk])).status_code == 404
    merging = reverse("merge", args=[person.pk, other.pk])
    assert client.post(merging, {"note": "x"}).status_code == 404
    assert not PersonEvent.objects.exists()


def test_two_records_become_one_and_two_again(
    operator, rechecks, django_capture_on_commit_callbacks
):
    person, other = known(AIDOS, ARMAN)
    register("r.csv", item("R1", ARMAN, "092026", "4250.00", knp="122", payer=ARMAN))
    merging = reverse("merge", args=[person.pk, other.pk])
    operator.post(merging, {"note": " "})
    assert not PersonEvent.objects.exists()
    operator.post(merging, {"note": "one passport"})
    assert Contribution.objects.standing().get().person == person
    event = PersonEvent.objects.get()
    card = operator.get(reverse("person", args=[other.pk]))
    assert card["Location"] == reverse("person", args=[person.pk])
    undoing = reverse("undo_correction", args=[person.pk, event.pk])
    assert undoing in text_of(operator.get(card["Location"], {"tab": "corrections"}))
    with django_capture_on_commit_callbacks(execute=True):
        operator.post(undoing)
    assert Contribution.objects.standing().get().person == other
    assert operator.get(reverse("person", args=[other.pk])).status_code == 200
    assert len(rechecks) == 1
    again = text_of(operator.post(undoing, follow=True))
    assert "The correction is undone already." in again


def test_the_card_of_a_merged_person_shows_what_was_known_before(operator):
    person, other = known(AIDOS, ARMAN)
    held_category(ARMAN, "pensioner", "2023-08-01")
    register("r.csv", item("R1", ARMAN, "092026", "4250.00", knp="122", payer=ARMAN))
    identity.merge(person, other, at=timezone.now())
    url = reverse("person", args=[other.pk])
    before = text_of(operator.get(url, {"known": "20.11.2026", "tab": "payments"}))
    assert "ШМИДТ АРМАН" in before
    assert "Today this is one person with" in before
    assert "The state pays the contributions: pensioner" in before
    assert "4 250.00" in before.partition('id="more"')[2]
    month = reverse("month", args=[other.pk, "092026"])
    assert f'{month}?known=20.11.2026&amp;tab=payments"' in before
    assert "4 250.00" in text_of(
        operator.get(month, {"known": "20.11.2026"}, headers={"hx-request": "true"})
    )
    assert "4 250.00" not in text_of(operator.get(month, headers={"hx-request": "true"}))
    assert operator.get(url, {"known": "01.01.2050"})["Location"] == reverse(
        "person", args=[person.pk]
    )


@pytest.mark.parametrize("role", ["auditor", "analyst", "refund_head"])
def test_who_may_only_look_corrects_nobody(as_role, role):
    person, other = known(AIDOS, ARMAN)
    event = identity.change_iin(person, NEW, at=AT)
    client = as_role(role)
    assert client.get(page(person)).status_code == 403
    assert client.post(page(person), {"iin": NEW, "note": "x"}).status_code == 403
    assert client.post(reverse("merge", args=[person.pk, other.pk])).status_code == 403
    undoing = reverse("undo_correction", args=[person.pk, event.pk])
    assert client.post(undoing).status_code == 403
    assert undoing not in text_of(
        client.get(reverse("person", args=[person.pk]), {"tab": "corrections"})
    )


def test_a_user_of_one_region_does_not_undo_what_gives_back_somebody_of_another(as_role):
    person, other = known(AIDOS, ARMAN)
    event = identity.merge(person, other, at=AT)
    client = as_role("registry_operator", "62")
    undoing = reverse("undo_correction", args=[person.pk, event.pk])
    assert client.post(undoing).status_code == 404
    event.refresh_from_db()
    assert event.undone_at is None


def test_an_exception_under_a_former_number_is_of_the_region_of_its_person(as_role):
    _person, other = known(AIDOS, ARMAN)
    register("r.csv", item("R1", ARMAN, "132026", "4250.00"))
    identity.change_iin(other, NEW, at=AT)
    for region, seen in (("62", 0), ("63", 1)):
        user = staff("auditor", region)
        assert access.exceptions_for(user, ExceptionItem.objects.all()).count() == seen
        user.delete()


def test_the_card_as_known_then_has_the_facts_of_then(operator):
    (person,) = known(AIDOS)
    for died, day in ("2026-11-01", 21), ("", 25):
        rows = f"{';'.join(PERSON_COLUMNS)}\r\n{EXTRACT[AIDOS]}{died}\r\n"
        at = datetime(2026, 11, day, 6, tzinfo=UTC)
        load_persons(io.BytesIO(rows.encode()), received_on=at.date(), at=at)
    url = reverse("person", args=[person.pk])
    text = text_of(operator.get(url, {"known": "22.11.2026", "on": "22.11.2026"}))
    assert "The person died on 01.11.2026." in text
    assert "Died on" in text
    assert "Died on" not in text_of(operator.get(url))
    told = operator.get(url, {"tab": "corrections"}).context["rows"]["records"]
    assert [row.received_on.day for row in told] == [25, 21, 20]


def test_a_merged_record_is_found_by_its_name(operator):
    person, other = known(AIDOS, ARMAN)
    identity.merge(person, other, at=AT)
    answer = operator.get(reverse("persons"), {"name": "шмидт"})
    assert answer.context["persons"] == [person]


def test_a_correction_does_not_wait_long_for_a_file(operator, monkeypatch):
    monkeypatch.setattr("mhifund.views.identity.PATIENCE", "10ms")
    (person,) = known(AIDOS)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (BOOKS,))
        text = text_of(operator.post(page(person), {"iin": NEW, "note": "x"}))
    other.close()
    assert "A file is just being posted or loaded" in text
    assert not PersonEvent.objects.exists()
