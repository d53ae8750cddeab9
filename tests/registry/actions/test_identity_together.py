"""Corrections at the same time, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from registry.actions import identity
from registry.models import Contribution, Person, PersonEvent
from tests.registry.actions.world import LATE, iin, keep
from tests.registry.rules.builders import paid, person

pytestmark = pytest.mark.django_db(transaction=True)
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


@pytest.mark.parametrize("turn", range(4))
def test_two_persons_merged_each_into_the_other_become_one(turn):
    one, other = keep([person(YEAR[:6]), person(YEAR[6:])])[0]
    told = at_once(
        lambda: identity.merge(one, other, at=LATE), lambda: identity.merge(other, one, at=LATE)
    )
    assert told == ["merge", "merged"]
    assert Contribution.objects.standing().count() == len(YEAR)
    assert Contribution.objects.standing().values("person").distinct().count() == 1
