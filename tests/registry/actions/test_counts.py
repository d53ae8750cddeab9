"""Counts on a day, as known at a moment: as many as the explanations of each person say."""

from collections import Counter
from datetime import date

import pytest
from django.db import IntegrityError

from registry.actions import sweeps
from registry.actions.explain import NotKnown, explain
from registry.models import Sweep, TrialShift
from tests.registry.actions.world import EARLY, LATE, keep_items, keep_persons, keep_rows, some

pytestmark = pytest.mark.django_db


def counted(on, known_at):
    sweep = sweeps.walk(sweeps.begin("counts", on=on, known_at=known_at, at=LATE))
    rows = TrialShift.objects.filter(sweep=sweep).values_list(
        "region", "status", "reason", "persons"
    )
    counts = {tuple(verdict): persons for *verdict, persons in rows}
    assert sweep.persons == sum(counts.values())
    return counts


def explained(persons, on, known_at):
    counts = Counter()
    for person in persons:
        try:
            found = explain(person, on=on, known_at=known_at)
        except NotKnown:
            continue
        counts[person.region_id, found.status, found.reason] += 1
    return counts


@pytest.mark.parametrize("at_once", [7, 50_000])
@pytest.mark.parametrize("on", [date(2021, 6, 30), date(2022, 9, 5), date(2026, 1, 26)])
def test_as_many_are_counted_as_each_explanation_says(monkeypatch, on, at_once):
    """A third of the persons, rows and items became known a day later than the rest."""
    monkeypatch.setattr(sweeps, "AT_ONCE", at_once)
    people = some(on, 40)
    keep_persons(people[:27])
    persons = keep_persons(people, at=LATE)
    rows = [(serial, row) for serial, one in enumerate(people) for row in one.rows]
    items = [(serial, item) for serial, one in enumerate(people) for item in one.items]
    keep_rows(rows[::2])
    keep_rows(rows[1::2], at=LATE)
    keep_items(items[::2], persons)
    keep_items(items[1::2], persons, at=LATE)

    early, late = counted(on, EARLY), counted(on, LATE)
    assert early == explained(persons, on, EARLY)
    assert late == explained(persons, on, LATE)
    assert (sum(early.values()), sum(late.values())) == (27, 40)


def test_counts_of_nobody_are_done_at_once():
    sweep = sweeps.begin("counts", on=date(2026, 1, 26), known_at=EARLY, at=LATE)
    assert (sweep.finished_at, sweep.persons) == (LATE, 0)


def test_counts_without_a_moment_are_refused_by_the_database():
    with pytest.raises(IntegrityError, match="sweep_is_of_a_proposal_or_of_a_moment"):
        Sweep.objects.create(kind="counts", on=date(2026, 1, 26), started_at=LATE)
