"""Warnings on a page and as a file, within the regions of who asks, and written down."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from mhifund.models import ListTaking
from registry.models import Person
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, known

pytestmark = pytest.mark.django_db


@pytest.fixture
def youngsters():
    """Three persons who come of age within a fortnight."""
    persons = known(AIDOS, ARMAN, AIGUL)
    today = timezone.localdate()
    born = today.replace(year=today.year - 18) + timedelta(days=10)
    Person.objects.update(birth_date=born)
    return persons, born


def page(client, **query):
    return client.get(reverse("warnings"), query, headers={"accept-language": "en"})


def test_a_list_masks_every_iin(as_role, youngsters):
    answer = page(as_role("registry_operator"), tab="adult")
    assert len(answer.context["rows"]) == 3
    assert AIDOS not in answer.content.decode()


def test_a_user_of_a_region_is_shown_its_persons_alone(as_role, youngsters):
    rows = page(as_role("registry_operator", "62"), tab="adult").context["rows"]
    assert [person.iin for person, _, _ in rows] == [AIDOS]


def test_a_long_list_goes_on_after_the_last_person(as_role, youngsters, monkeypatch):
    monkeypatch.setattr("mhifund.views.warnings.ROWS", 2)
    client = as_role("registry_operator")
    first = page(client, tab="adult").context
    assert (len(first["rows"]), first["more"]) == (2, first["rows"][1][0].pk)
    second = page(client, tab="adult", after=first["more"]).context
    assert (len(second["rows"]), second["more"]) == (1, None)


@pytest.mark.parametrize("asked", ["0", "367", "many", "", "-1"])
def test_days_that_are_none_are_thirty(as_role, asked):
    assert page(as_role("registry_operator"), days=asked).context["days"] == 30


def test_an_unknown_kind_is_the_loss_of_the_right(as_role):
    answer = page(as_role("registry_operator"), tab="' OR 1=1 --")
    assert answer.context["tab"] == "right"
    assert "Nothing of the kind ends within 30 days" in answer.content.decode()


def take(client, form, **query):
    answer = client.get(reverse("take_warnings", args=[form]), query)
    return b"".join(answer) if answer.streaming else answer.content


def test_a_list_is_taken_away_as_csv_and_it_is_written_down(as_role, youngsters):
    text = take(as_role("registry_operator"), "csv", tab="adult").decode("utf-8-sig")
    lines = text.splitlines()
    assert (len(lines), lines[1].split(";")[0]) == (4, AIDOS)
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows, taking.query["days"]) == ("warnings_adult", 3, 30)


def test_a_list_is_taken_away_as_a_workbook(as_role, youngsters):
    assert take(as_role("registry_operator"), "xlsx", tab="adult")[:2] == b"PK"
    assert ListTaking.objects.get().rows == 3


def test_who_sees_no_whole_iin_takes_none_away(as_role, youngsters):
    text = take(as_role("analyst"), "csv", tab="adult").decode("utf-8-sig")
    assert AIDOS not in text
    assert "660722••••••" in text


def test_another_form_of_file_is_no_page(as_role):
    client = as_role("registry_operator")
    assert client.get(reverse("take_warnings", args=["pdf"])).status_code == 404


def test_a_command_lists_them_one_a_line(youngsters):
    told = StringIO()
    call_command("warnings", "adult", "--days", "30", stdout=told)
    lines = told.getvalue().splitlines()
    assert (len(lines), lines[0]) == (3, f"{AIDOS} {_last(youngsters[1])} child")


def _last(born):
    return (born.replace(year=born.year + 18) - timedelta(days=1)).isoformat()
