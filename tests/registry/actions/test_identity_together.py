"""Corrections at the same time, on connections of their own."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from time import sleep

import pytest
from django.db import connections

from registry.actions import identity, load, spans
from registry.models import CategorySpan, Contribution, Person, PersonEvent
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS
from tests.registry.actions.world import LATE, iin, keep
from tests.registry.rules.builders import paid, person

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 1, 26)
YEAR = paid("2025-01", "2025-12", on="2025-12-20")


def at_once(*calls):
    """What each of the calls made at the same moment came to: its event, or why not."""
    start = Barrier(len(calls))

    def one(call):
        try:
            start.wait()
            return call().kind
        except identity.NotPossible as fault:
            return fault.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(one, calls))


@pytest.mark.parametrize("turn", range(4))
def test_one_number_is_given_to_one_of_two_persons(turn):
    one, other = keep([person(), person()])[0]
    told = at_once(
        lambda: identity.change_iin(one, iin(7), at=LATE),
        lambda: identity.change_iin(other, iin(7), at=LATE),
    )
    assert told == ["iin_taken", "new_iin"]
    assert Person.objects.filter(iin=iin(7)).count() == PersonEvent.objects.count() == 1


def beside(call):
    """Begins a call on another connection; what it came to is told once it is asked for."""

    def one():
        try:
            return call()
        finally:
            connections.close_all()

    return ThreadPoolExecutor(1).submit(one)


def meanwhile(monkeypatch, module, name, call):
    """Begins a call each time that a function is called, and gives it time before that goes on."""
    real, begun = getattr(module, name), []

    def delayed(*arguments, **options):
        begun.append(beside(call))
        sleep(0.5)
        return real(*arguments, **options)

    monkeypatch.setattr(module, name, delayed)
    return begun


@pytest.mark.parametrize("act", ["merge", "iin"])
def test_a_correction_waits_for_an_extract(monkeypatch, act):
    one, other = keep([person(), person()])[0]
    begun = meanwhile(
        monkeypatch,
        load,
        "_change_numbers",
        lambda: (
            identity.merge(one, other, at=LATE)
            if act == "merge"
            else identity.change_iin(one, iin(7), at=LATE)
        ),
    )
    heading = ";".join(PERSON_COLUMNS)
    rows = f"{heading}\n{iin(0)};ЖАҢА;АСАН;;1980-01-01;M;citizen;75;\n"
    loaded = load.load_persons(io.BytesIO(rows.encode()), received_on=ON, at=LATE)
    assert (loaded.changed, begun[0].result().person) == (1, one)


def test_a_new_number_waits_for_a_list(monkeypatch):
    (one,) = keep([person()])[0]
    begun = meanwhile(monkeypatch, spans, "keep", lambda: identity.change_iin(one, iin(7), at=LATE))
    rows = f"{';'.join(CATEGORY_COLUMNS)}\n{iin(0)};student;2025-09-01;;2025-09-10;list\n"
    assert load.load_categories(io.BytesIO(rows.encode()), at=LATE).new == 1
    assert begun[0].result().new_iin == iin(7)
    assert CategorySpan.objects.get().person == one


@pytest.mark.parametrize("turn", range(4))
def test_two_persons_merged_each_into_the_other_become_one(turn):
    one, other = keep([person(YEAR[:6]), person(YEAR[6:])])[0]
    told = at_once(
        lambda: identity.merge(one, other, at=LATE), lambda: identity.merge(other, one, at=LATE)
    )
    assert told == ["merge", "merged"]
    assert Contribution.objects.standing().count() == len(YEAR)
    assert Contribution.objects.standing().values("person").distinct().count() == 1
