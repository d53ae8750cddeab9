"""The arrays of the rules beside the law told naively, on random books and items."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.rules.findings import FINDINGS, find
from registry.rules.days import day_number
from tests.law import CALENDAR, LAW
from tests.payments.rules.books import books, exempt_of, found_in, items_of, named
from tests.payments.rules.incoming import as_stored, decided, items, registries
from tests.payments.rules.oracle_of_items import exceptions, settle

worlds = registries().flatmap(
    lambda registry: st.tuples(st.just(registry), st.lists(items(registry), min_size=1, max_size=8))
)


@settings(max_examples=250)
@given(worlds)
def test_items_are_settled_or_rejected_by_the_law(world):
    registry, found = world
    assert decided(found, registry) == [
        exceptions(item, registry, LAW) or as_stored(settle(item, registry, LAW)) for item in found
    ]


@settings(max_examples=400)
@given(books())
def test_posted_items_have_the_findings_of_the_law(one):
    assert found_in(one) == one.on().findings()


@settings(max_examples=100)
@given(st.lists(books(), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_many_person_months_at_once_are_as_each_alone(many, random):
    items, exempt = together(many)
    order = [*range(len(items))]
    random.shuffle(order)
    found, _ = find(items[order], exempt, LAW, CALENDAR)
    for number, one in enumerate(many):
        own = found[found["entry"] // PERSON == number]
        own["entry"] %= PERSON
        assert named(one, own) == one.on().findings()


PERSON = 10_000


def together(many):
    """The arrays of several books, each a person of its own."""
    items = [items_of(one, person=number) for number, one in enumerate(many, 1)]
    exempt = [exempt_of(one) for one in many]
    for number, (rows, known) in enumerate(zip(items, exempt, strict=True)):
        rows["entry"] += number * PERSON
        rows["reverses"] += np.where(rows["reverses"] > 0, number * PERSON, 0)
        known["entry"] += number * PERSON
    return np.concatenate(items), np.concatenate(exempt)


@settings(max_examples=200)
@given(books(), st.integers(-2, 2))
def test_an_item_counts_nowhere_on_the_days_on_which_it_is_overpaid_whole(one, by):
    _, holes = find(items_of(one), exempt_of(one), LAW, CALENDAR)
    for day in turning_days(one, by):
        here = (holes["since"] <= day_number(day)) & (day_number(day) < holes["until"])
        excluded = {(entry, FINDINGS[cause]) for entry, cause in holes[here][["entry", "cause"]]}
        assert excluded == {
            (item, finding.code)
            for item, found in one.on(day).findings().items()
            for finding in found
            if finding.code in ("wrong_knp", "exempt_category", "duplicate")
        }


def turning_days(one, by):
    known = {entry.credited for entry in one.entries} | {span.received for span in one.spans}
    known |= {span.superseded for span in one.spans if span.superseded}
    return sorted(day + timedelta(by) for day in known)
