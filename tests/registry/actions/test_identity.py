"""Who is who: new numbers and merges, what follows them, and what taking them back restores."""

import io
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, connection, transaction

from registry.actions import identity, tally
from registry.actions.explain import NotKnown, explain
from registry.actions.load import load_categories, load_persons
from registry.models import (
    CategorySpan,
    Contribution,
    FormerIin,
    Person,
    PersonEvent,
    Verdict,
)
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS
from registry.rules.verdicts import Reason
from tests.registry.actions.world import (
    EARLY,
    LATE,
    iin,
    judged_all,
    keep,
    keep_persons,
    some,
)
from tests.registry.rules import oracle
from tests.registry.rules.builders import holds, paid, person
from tests.registry.rules.persons import Judged

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 26)
UNDONE = LATE + timedelta(hours=1)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
YEAR = paid("2025-01", "2025-12", on="2025-12-20")


def told(row, known_at=NOW):
    found = explain(row, on=ON, known_at=known_at)
    return Judged(found.status, found.reason, found.until, tuple(found.missing), found.changes_on)


def expected(one):
    return Judged(*oracle.status(one, ON), oracle.changes_on(one, ON))


def reason(row, known_at=NOW):
    return told(row, known_at).reason


@pytest.fixture
def pair():
    """Two records of one person, each with half of a year."""
    halves = YEAR[:6], YEAR[6:]
    return keep([person(half) for half in halves])[0]


def test_a_new_number_keeps_the_months_of_the_old_one():
    (row,) = keep([person(YEAR)])[0]
    before = told(row)
    user = get_user_model().objects.create(username="operator")
    event = identity.change_iin(row, iin(7), at=LATE, by=user, note="corrected")
    row.refresh_from_db()
    assert (row.iin, told(row)) == (iin(7), before)
    assert (event.kind, event.old_iin, event.new_iin, event.by, event.note) == (
        *("new_iin", iin(0), iin(7)),
        *(user, "corrected"),
    )
    assert identity.holder(iin(0)) == identity.holder(iin(7)) == row
    assert identity.holder(iin(8)) is None


def test_a_new_number_is_taken_back():
    (row,) = keep([person(YEAR)])[0]
    event = identity.change_iin(row, iin(7), at=LATE)
    identity.undo(event, at=UNDONE)
    row.refresh_from_db()
    assert (row.iin, FormerIin.objects.count(), identity.holder(iin(7))) == (iin(0), 0, None)
    with pytest.raises(identity.NotPossible, match="undone"):
        identity.undo(event, at=UNDONE)


def test_a_number_that_comes_back_is_former_no_longer_until_that_is_undone():
    (row,) = keep([person(YEAR)])[0]
    identity.change_iin(row, iin(7), at=LATE)
    back = identity.change_iin(row, iin(0), at=LATE)
    assert [*FormerIin.objects.values_list("iin", flat=True)] == [iin(7)]
    identity.undo(back, at=UNDONE)
    row.refresh_from_db()
    assert (row.iin, [*FormerIin.objects.values_list("iin", flat=True)]) == (iin(7), [iin(0)])


@pytest.mark.parametrize(
    ("number", "code"), [("990101300004", "bad_iin"), (iin(1), "iin_taken"), (iin(9), "iin_taken")]
)
def test_a_number_that_is_none_or_of_another_is_not_given(number, code):
    one, other = keep([person(), person()])[0]
    identity.change_iin(other, iin(9), at=LATE)
    with pytest.raises(identity.NotPossible, match=code):
        identity.change_iin(one, number, at=LATE)


def extract(*rows):
    text = "\n".join([";".join((*PERSON_COLUMNS, "former_iin")), *rows, ""])
    return load_persons(io.BytesIO(text.encode()), received_on=ON, at=LATE)


def row_of(serial, former="", last="АХМЕТОВ"):
    return f"{iin(serial)};{last};АСАН;;1980-01-01;M;citizen;75;;{former}"


def test_an_extract_tells_a_new_number_and_the_name_that_came_with_it():
    (row,) = keep([person(YEAR)])[0]
    loaded = extract(row_of(7, former=iin(0), last="ЖАҢА"), row_of(8))
    row.refresh_from_db()
    assert (loaded.new, loaded.changed, loaded.rejected) == (1, 1, [])
    assert (row.iin, row.last_name, Person.objects.count()) == (iin(7), "ЖАҢА", 2)
    assert PersonEvent.objects.get().old_iin == iin(0)
    assert extract(row_of(7, former=iin(0), last="ЖАҢА")).unchanged == 1


def test_an_extract_does_not_decide_that_two_known_persons_are_one():
    keep([person(), person()])
    loaded = extract(row_of(1, former=iin(0)))
    assert [(found.line, found.code) for found in loaded.rejected] == [(2, "former_iin_taken")]
    assert not PersonEvent.objects.exists()


def test_a_row_under_a_former_number_is_of_its_person():
    (row,) = keep([person()])[0]
    identity.change_iin(row, iin(7), at=LATE)
    loaded = extract(row_of(0, last="ЖАҢА"))
    row.refresh_from_db()
    assert (loaded.changed, row.last_name, row.iin) == (1, "ЖАҢА", iin(7))
    both = extract(row_of(0, last="ЕСКІ"), row_of(7, last="ЖАҢА"))
    assert [(found.line, found.code) for found in both.rejected] == [(2, "outdated_iin")]
    text = f"{';'.join(CATEGORY_COLUMNS)}\n{iin(0)};student;2025-09-01;;2025-09-10;list\n"
    assert load_categories(io.BytesIO(text.encode()), at=LATE).new == 1
    assert CategorySpan.objects.get().person == row


def test_a_merge_joins_the_months_of_both(pair):
    kept, dropped = pair
    assert reason(kept) == Reason.GAP
    event = identity.merge(kept, dropped, at=LATE)
    assert told(kept) == expected(person(YEAR))
    assert (event.kind, event.person, event.other) == ("merge", kept, dropped)
    assert identity.holder(iin(1)) == kept
    with pytest.raises(NotKnown):
        explain(dropped, on=ON, known_at=NOW)


def test_what_was_known_before_a_merge_stays_so(pair):
    kept, dropped = pair
    before = told(kept, EARLY), told(dropped, EARLY)
    event = identity.merge(kept, dropped, at=LATE)
    assert (told(kept, EARLY), told(dropped, EARLY)) == before
    assert identity.holder(iin(1), EARLY) == dropped
    identity.undo(event, at=UNDONE)
    assert (told(kept), told(dropped)) == before
    assert told(kept, LATE) == expected(person(YEAR))
    assert identity.holder(iin(1)) == dropped


@pytest.mark.parametrize("on", [date(2022, 9, 5), date(2026, 1, 26)])
def test_the_merged_are_judged_as_one_person_with_the_items_of_both(on):
    people = [
        replace(one, items=tuple(item._replace(excluded=()) for item in one.items))
        for one in some(on, 24)
    ]
    first = people[::2]
    second = [replace(one, rows=(), died=None) for one in people[1::2]]
    both = [value for couple in zip(first, second, strict=True) for value in couple]
    rows, kept = keep(both)
    before = [explain(row, on=on, known_at=NOW) for row in rows]
    events = [
        identity.merge(*couple, at=LATE) for couple in zip(rows[::2], rows[1::2], strict=True)
    ]
    for row, one, other in zip(rows[::2], kept[::2], second, strict=True):
        whole = replace(one, items=one.items + other.items)
        found = explain(row, on=on, known_at=NOW)
        assert (found.status, found.reason, found.until) == oracle.status(whole, on)[:3]
    for event in reversed(events):
        identity.undo(event, at=UNDONE)
    after = [explain(row, on=on, known_at=NOW) for row in rows]
    assert [found._replace(known_at=None) for found in after] == [
        found._replace(known_at=None) for found in before
    ]


def test_categories_come_along_where_the_person_has_none_and_go_back():
    student = person(holds("student", "2025-09-01", "2029-06-30"))
    kept, dropped = keep([person(YEAR[:6]), student])[0]
    event = identity.merge(kept, dropped, at=LATE)
    assert reason(kept) == Reason.STATE_PAID
    assert not CategorySpan.objects.filter(
        person=dropped, superseded_on=None, valid_to__gte="2025-09-01"
    ).exists()
    identity.undo(event, at=UNDONE)
    assert (reason(kept), reason(dropped)) == (Reason.GAP, Reason.STATE_PAID)


def test_who_was_merged_is_counted_no_more_and_again_after_the_undoing(pair):
    kept, dropped = pair
    judged_all(on=ON, at=EARLY)
    event = identity.merge(kept, dropped, at=LATE)
    run = judged_all(on=ON, at=LATE)
    assert Verdict.objects.get().person == kept
    assert (sum(tally.counts(run).values()), tally.recount(run)) == (1, 0)
    assert judged_all(on=ON, at=LATE, scope="full").faults == 0
    identity.undo(event, at=UNDONE)
    run = judged_all(on=ON, at=UNDONE)
    assert (Verdict.objects.count(), sum(tally.counts(run).values())) == (2, 2)
    assert tally.recount(run) == 0


def test_the_latest_correction_is_undone_first_and_nobody_is_merged_twice(pair):
    kept, dropped = pair
    third = keep_persons([person()] * 3)[2]
    with pytest.raises(identity.NotPossible, match="one_person"):
        identity.merge(kept, kept, at=LATE)
    first = identity.merge(kept, dropped, at=LATE)
    with pytest.raises(identity.NotPossible, match="merged"):
        identity.merge(third, dropped, at=LATE)
    second = identity.merge(third, kept, at=LATE)
    assert identity.holder(iin(1)) == identity.holder(iin(0)) == third
    assert told(third) == expected(person(YEAR))
    with pytest.raises(identity.NotPossible, match="not_the_latest"):
        identity.undo(first, at=UNDONE)
    identity.undo(second, at=UNDONE)
    assert told(kept) == expected(person(YEAR))
    identity.undo(first, at=UNDONE)
    assert Contribution.objects.standing().filter(person=kept).count() == 6
    assert Contribution.objects.standing().filter(person=dropped).count() == 6


def test_a_number_that_came_with_a_merge_and_became_current_is_undone(pair):
    kept, dropped = pair
    identity.change_iin(dropped, iin(7), at=LATE)
    identity.merge(kept, dropped, at=LATE)
    event = identity.change_iin(kept, iin(1), at=LATE)
    identity.undo(event, at=UNDONE)
    assert [*FormerIin.objects.order_by("iin").values_list("iin", "person")] == [
        (iin(1), kept.pk),
        (iin(7), kept.pk),
    ]


def test_who_was_known_between_a_merge_and_its_undoing_stays_so(pair):
    kept, dropped = pair
    event = identity.merge(kept, dropped, at=LATE)
    identity.undo(event, at=UNDONE)
    between = LATE + timedelta(minutes=5)
    assert identity.holder(iin(1), between) == kept
    assert identity.holder(iin(1), EARLY) == identity.holder(iin(1)) == dropped
    assert told(kept, between) == expected(person(YEAR))


def list_of(*rows):
    text = "\n".join([";".join(CATEGORY_COLUMNS), *rows, ""])
    return load_categories(io.BytesIO(text.encode()), at=LATE)


STUDENT = "student;2025-09-01;{until};{received};list"


def test_a_category_comes_along_over_one_that_was_withdrawn():
    student = person(holds("student", "2025-09-01", "2029-06-30"))
    kept, dropped = keep([person(), student])[0]
    list_of(
        f"{iin(0)};{STUDENT.format(until='2029-06-30', received='2025-09-15')}",
        f"{iin(0)};{STUDENT.format(until='2025-08-31', received='2025-10-15')}",
    )
    identity.merge(kept, dropped, at=LATE)
    assert reason(kept) == Reason.STATE_PAID


def test_a_category_told_of_the_other_meanwhile_is_theirs_after_the_undoing():
    student = person(holds("student", "2025-09-01", "2029-06-30"))
    kept, dropped = keep([person(), student])[0]
    event = identity.merge(kept, dropped, at=LATE)
    list_of(f"{iin(1)};{STUDENT.format(until='2025-12-31', received='2026-01-15')}")
    identity.undo(event, at=UNDONE)
    current = CategorySpan.objects.filter(superseded_on=None, valid_to__gte="2025-09-01")
    assert [*current.values_list("person", "valid_to")] == [(dropped.pk, date(2025, 12, 31))]


def test_the_record_that_tells_of_the_death_is_kept():
    alive, dead = keep([person(YEAR), replace(person(), died=date(2025, 12, 24))])[0]
    with pytest.raises(identity.NotPossible, match="keep_the_dead"):
        identity.merge(alive, dead, at=LATE)
    identity.merge(dead, alive, at=LATE)
    assert reason(dead) == Reason.DECEASED


def test_a_death_told_of_the_other_meanwhile_is_theirs_after_the_undoing(pair):
    kept, dropped = pair
    judged_all(on=ON, at=EARLY)
    event = identity.merge(kept, dropped, at=LATE)
    died = f"{iin(1)};ЖАҢА;АСАН;;1980-01-01;M;citizen;79;2025-12-30;"
    assert extract(died).changed == 1
    assert reason(kept) == Reason.DECEASED
    identity.undo(event, at=UNDONE)
    for row in pair:
        row.refresh_from_db()
    assert (kept.died_on, kept.last_name, kept.region_id) == (None, "АХМЕТОВ", "75")
    assert (dropped.died_on, dropped.last_name, dropped.region_id) == (
        *(date(2025, 12, 30), "ЖАҢА"),
        "79",
    )
    assert [reason(row) for row in pair] == [Reason.GAP, Reason.DECEASED]
    run = judged_all(on=ON, at=UNDONE)
    assert tally.recount(run) == 0


@pytest.mark.parametrize("former", [iin(0), iin(7)])
def test_of_two_new_numbers_of_one_person_the_first_is_given(former):
    keep([person()])
    loaded = extract(row_of(7, former=iin(0)), row_of(8, former=former))
    assert [(found.line, found.code) for found in loaded.rejected] == [(3, "other_new_iin")]
    assert (Person.objects.get().iin, loaded.changed) == (iin(7), 1)


def test_a_new_number_for_two_persons_is_given_to_neither_of_them_twice():
    keep([person(), person()])
    loaded = extract(row_of(7, former=iin(0)), row_of(7, former=iin(1)))
    assert [(found.line, found.code) for found in loaded.rejected] == [(3, "other_new_iin")]
    assert sorted(Person.objects.values_list("iin", flat=True)) == sorted([iin(1), iin(7)])


def test_an_older_extract_gives_no_new_number():
    keep_persons([person()])
    extract(row_of(7, former=iin(0)))
    text = "\n".join([";".join((*PERSON_COLUMNS, "former_iin")), row_of(8, former=iin(0)), ""])
    older = load_persons(io.BytesIO(text.encode()), received_on=ON - timedelta(days=30), at=LATE)
    assert [found.code for found in older.rejected] == ["other_new_iin"]
    assert Person.objects.get().iin == iin(7)


def test_a_chain_of_many_merges_moves_the_entries_each_time():
    rows = keep([person(YEAR), *[person()] * 12])[0]
    events = [identity.merge(into, row, at=LATE) for row, into in itertools.pairwise(rows)]
    assert Contribution.objects.standing().filter(person=rows[-1]).count() == len(YEAR)
    assert max(map(len, Contribution.objects.values_list("key", flat=True))) < 40
    for event in reversed(events):
        identity.undo(event, at=UNDONE)
    assert Contribution.objects.standing().filter(person=rows[0]).count() == len(YEAR)


def test_a_correction_is_never_deleted_nor_rewritten(pair):
    identity.merge(*pair, at=LATE)
    for change in (
        "DELETE FROM registry_personevent",
        "UPDATE registry_personevent SET note = 'x'",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
