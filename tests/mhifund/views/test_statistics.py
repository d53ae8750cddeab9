"""Statistics of refunds on their page and as files."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from refunds.actions import lines
from refunds.actions.lines import Wish
from refunds.models import Application
from tests.refunds.actions.office import (
    AT,
    confirm_all,
    decided,
    officer,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db

SPAN = {"since": "01.10.2026", "until": "31.12.2026"}


@pytest.fixture(autouse=True)
def world(db):
    """A1 was paid in time, A2 was refused a week late, A3 is open."""
    small_world()
    decided("A1", "R1")
    confirm_all()
    _application, (line,) = under_review("A2", "R2")
    lines.decide({line.pk: Wish("refuse", reason="no_grounds")}, by=officer(), at=AT, note="x")
    confirm_all(at=AT + timedelta(days=16))
    under_review("A3", "R3")
    Application.objects.filter(number="A3").update(owner=officer())


def page(client, **query):
    return client.get(reverse("refund_statistics"), SPAN | query, headers={"accept-language": "en"})


def figures(rows):
    return [(str(name), row["ended"], row["kept"], row["missed"]) for name, row in rows]


def test_terms_are_told_by_clock_region_reason_and_officer(as_role):
    shown = page(as_role("analyst")).context
    assert figures(shown["clocks"]) == [
        ("State Corporation check", 0, 0, 0),
        ("Fund review", 2, 1, 1),
        ("whole term", 1, 0, 1),
    ]
    assert figures(shown["regions"]) == [("Almaty city", 2, 1, 1)]
    assert [row[1:] for row in figures(shown["reasons"])] == [(2, 1, 1)]
    assert [(name, row["ended"], row["open"]) for name, row in shown["officers"]] == [
        ("nobody", 2, 1),
        ("officer", 0, 1),
    ]
    assert [(row.number, days) for row, days in shown["late"]] == [("A2", 5)]
    assert [(row["whole"], row["part"], row["sum"]) for _name, row in shown["refusals"]] == [
        (1, 0, 5750)
    ]
    assert [(str(label), int(value)) for label, value in shown["sums"]] == [
        ("Asked back, tenge", 11500),
        ("Paid back, tenge", 0),
        ("To be paid, tenge", 5750),
        ("Refused, tenge", 5750),
        ("To be decided again, tenge", 0),
        ("Withdrawn, tenge", 0),
    ]


def test_the_span_is_this_quarter_until_another_is_asked_for(as_role):
    client, on = as_role("refund_head"), timezone.localdate()
    shown = client.get(reverse("refund_statistics")).context
    first = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)
    assert (shown["since"], shown["until"]) == (first, on)
    asked = page(client, since="23.11.2026", until="23.11.2026").context
    assert [counts["ended"] for _clock, counts in asked["clocks"]] == [0, 1, 0]
    wrong = page(client, since="23.11.2026", until="22.11.2026")
    assert "The last day is before the first." in wrong.content.decode()
    assert (wrong.context["since"], wrong.context["until"]) == (first, on)


def test_a_user_of_some_regions_counts_theirs(as_role):
    Application.objects.filter(number="A2").update(region="63")
    shown = page(as_role("refund_head", "63")).context
    assert figures(shown["regions"]) == [("East Kazakhstan Region", 1, 0, 1)]
    assert [row["n"] for row in shown["waiting"]] == []
    assert [row.number for row, _days in shown["late"]] == ["A2"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_the_page_says_is_taken_away_as_one_list(as_role, form):
    got = page(as_role("refund_head"), form=form)
    assert got["Content-Disposition"] == (
        f'attachment; filename="refund-statistics-2026-10-01-2026-12-31.{form}"'
    )
    if form == "csv":
        text = got.content.decode("utf-8-sig")
        assert text.splitlines()[0] == "Heading;Of what;Measure;Value"
        assert "Terms by clock;Fund review;Late;1" in text
        assert "Sums;;Refused, tenge;5750,00" in text
    else:
        rows = load_workbook(BytesIO(got.content)).get_sheet_by_index(0).to_python()
        assert ["Terms by clock", "Fund review", "In time", 1] in rows


def test_others_do_not_see_them(as_role):
    assert page(as_role("treasurer")).status_code == 403
    assert page(as_role("reconciliation_officer")).status_code == 403
