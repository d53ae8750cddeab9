"""The queue: taken on, put off, returned, posted, undone, and retried when the registry grows."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, connections, transaction

from payments.actions import exceptions
from payments.models import ExceptionEvent, ExceptionItem, Finding, Overpayment
from registry.actions import identity
from registry.models import Awaiting, Contribution, PaidMonths, Person
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    PEOPLE,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.registry.actions.world import iin

pytestmark = pytest.mark.django_db
STRANGER = iin(7)


@pytest.fixture
def officer(db):
    return get_user_model().objects.create(username="officer")


def queue(*rows):
    """The exceptions of a register, as an officer sees them: {id: version}."""
    take(register(*rows))
    return {item.pk: item.version for item in ExceptionItem.objects.order_by("pk")}


def item():
    return ExceptionItem.objects.get()


def unknown(**cells):
    return row(STRANGER, last_name="АХМЕТОВ", first_name="АСАН", birth_date="1999-01-01", **cells)


def acts():
    return [*ExceptionEvent.objects.order_by("pk").values_list("act", "before", "note")]


def test_an_item_is_posted_for_the_person_it_is_assigned_to(officer):
    add_people()
    seen = queue(unknown())
    person = Person.objects.get(iin=FIRST)
    answers = exceptions.assign(seen, person=person, by=officer, at=LATER, note="by the passport")
    assert answers == dict.fromkeys(seen, "")
    entry = Contribution.objects.get()
    assert (entry.person, entry.amount, entry.recorded_at) == (person, Decimal(2000), LATER)
    assert (item().state, item().entry, item().iin) == ("posted", entry, STRANGER)
    assert acts() == [("posted", "open", "by the passport")]
    assert Awaiting.objects.filter(person=person).exists()


def test_the_entry_is_what_it_would_have_been_in_its_file(officer):
    add_people()
    take(register(row(), row(SECOND, line=2)))
    right = Contribution.objects.values("knp", "payer", "kind", "due", "share", "rank", "period")
    (expected,) = right.filter(person__iin=SECOND)
    seen = queue(row(reference="R2"), row(STRANGER, reference="R2", line=2))
    exceptions.assign(seen, person=Person.objects.get(iin=SECOND), by=officer, at=LATER)
    (posted,) = right.filter(person__iin=SECOND, key=f"{item().message_id}:2")
    assert posted == expected | {"rank": expected["rank"] + 100_000_000}
    assert [*Finding.objects.filter(dropped_at=None).values_list("entry__key", "code")].count(
        (f"{item().message_id}:2", "duplicate")
    ) == 1


def test_a_name_that_differs_is_posted_as_it_is_for_the_holder_of_the_number(officer):
    add_people()
    seen = queue(row(last_name="ДРУГОЙ", first_name="ЧЕЛОВЕК"))
    assert item().codes == ["name_mismatch"]
    assert exceptions.assign(seen, by=officer, at=LATER) == dict.fromkeys(seen, "")
    assert Contribution.objects.get().person.iin == FIRST


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"period": "132026"}, ["bad_period"]),
        ({"knp": "777"}, ["unknown_knp"]),
        ({"amount": "-5.00"}, ["bad_amount"]),
        ({"payer_id": "123"}, ["bad_payer"]),
    ],
)
def test_what_the_law_does_not_allow_is_not_posted_by_anybody(officer, cells, codes):
    add_people()
    seen = queue(unknown(**cells))
    person = Person.objects.get(iin=FIRST)
    assert exceptions.assign(seen, person=person, by=officer, at=LATER) == dict.fromkeys(
        seen, "still_wrong"
    )
    assert (item().state, item().codes, item().version) == ("open", codes, 0)
    assert not Contribution.objects.exists()


def test_without_a_person_an_unknown_number_stays(officer):
    add_people()
    seen = queue(unknown())
    assert exceptions.assign(seen, by=officer, at=LATER) == dict.fromkeys(seen, "unknown_iin")


def test_a_posting_that_is_undone_counts_nowhere_and_can_be_made_for_another(officer):
    add_people()
    seen = queue(unknown(payer_id=FIRST, knp="122", amount="4250.00"))
    one, other = (Person.objects.get(iin=number) for number in (FIRST, SECOND))
    exceptions.assign(seen, person=one, by=officer, at=LATER)
    paid = bytes(PaidMonths.objects.get(person=one).records)
    assert exceptions.undo({item().pk: item().version}, by=officer, at=LATER) == {item().pk: ""}
    assert (item().state, item().entry) == ("open", None)
    assert not Contribution.objects.standing().exists()
    assert PaidMonths.objects.get(person=one).records == b""
    exceptions.assign({item().pk: item().version}, person=other, by=officer, at=LATER)
    entry = Contribution.objects.standing().get()
    assert (entry.person, entry.key) == (other, f"{item().message_id}:1:2")
    exceptions.undo({item().pk: item().version}, by=officer, at=LATER)
    exceptions.assign({item().pk: item().version}, person=one, by=officer, at=LATER)
    assert Contribution.objects.standing().get().person == one
    assert PaidMonths.objects.get(person=one).records == paid
    assert [act for act, _before, _note in acts()] == [
        *("posted", "undone", "posted", "undone", "posted")
    ]


def test_a_posting_is_undone_where_a_merge_has_taken_it(officer):
    add_people()
    seen = queue(unknown())
    one, other = (Person.objects.get(iin=number) for number in (FIRST, SECOND))
    exceptions.assign(seen, person=other, by=officer, at=LATER)
    identity.merge(one, other, at=LATER)
    exceptions.undo({item().pk: item().version}, by=officer, at=LATER)
    assert not Contribution.objects.standing().exists()


def test_a_posting_of_which_a_case_asks_money_back_is_not_undone(officer):
    add_people()
    rows = queue(unknown(amount="900000.00"))
    person = Person.objects.get(iin=FIRST)
    exceptions.assign(rows, by=officer, at=AT, person=person)
    Overpayment.objects.update(reserved=1)
    seen = {item().pk: item().version}
    assert exceptions.undo(seen, by=officer, at=AT) == {item().pk: "asked_back"}
    assert item().state == "posted"
    Overpayment.objects.update(reserved=0)
    assert exceptions.undo(seen, by=officer, at=AT) == {item().pk: ""}


def test_items_are_taken_on_put_off_and_returned_and_each_is_undone(officer):
    add_people()
    seen = queue(unknown())
    exceptions.take(seen, by=officer, at=AT)
    assert item().owner == officer
    assert exceptions.hold(seen, by=officer, at=AT, note="asked") == dict.fromkeys(seen, "changed")
    exceptions.hold({item().pk: 1}, by=officer, at=AT, note="asked the payer")
    assert (item().state, item().note) == ("held", "asked the payer")
    exceptions.give_back({item().pk: 2}, by=officer, at=AT, note="wrong person")
    assert item().state == "returned"
    assert exceptions.assign({item().pk: 3}, by=officer, at=AT) == {item().pk: "settled"}
    exceptions.undo({item().pk: 3}, by=officer, at=AT)
    assert (item().state, item().owner) == ("held", officer)
    assert exceptions.undo({item().pk: 4}, by=officer, at=AT) == {item().pk: "nothing_to_undo"}
    assert acts() == [
        ("taken", "open", ""),
        ("held", "open", "asked the payer"),
        ("returned", "held", "wrong person"),
        ("undone", "returned", ""),
    ]


@pytest.mark.parametrize("last", ["give_back", "hold", "assign"])
def test_what_is_undone_leaves_the_note_with_which_the_item_was_put_off(officer, last):
    add_people()
    queue(unknown())
    whom = {"person": Person.objects.get(iin=FIRST)} if last == "assign" else {}

    def done(act, **facts):
        seen = {item().pk: item().version}
        assert getattr(exceptions, act)(seen, by=officer, at=AT, **facts) == {item().pk: ""}
        return item().state, item().note

    assert done("hold", note="asked the payer") == ("held", "asked the payer")
    for note in ("first", "second"):
        assert done(last, note=note, **whom)[1] == note
        assert done("undo") == ("held", "asked the payer")
    assert {note for act, _before, note in acts() if act == "undone"} == {""}


def test_what_was_put_off_first_of_all_has_no_note_once_that_is_undone(officer):
    add_people()
    seen = queue(unknown())
    exceptions.hold(seen, by=officer, at=AT, note="asked the payer")
    exceptions.undo({item().pk: 1}, by=officer, at=AT)
    assert (item().state, item().note) == ("open", "")


def test_every_row_of_many_gets_its_answer(officer):
    add_people()
    seen = queue(
        row(last_name="Б", first_name="Б"), unknown(line=2), row(SECOND, line=3, period="132026")
    )
    first, second, third = seen
    assert exceptions.assign(seen | {10**9: 0}, by=officer, at=LATER) == {
        first: "",
        second: "unknown_iin",
        third: "still_wrong",
        10**9: "gone",
    }


def test_an_item_is_retried_when_its_person_comes_into_the_registry():
    add_people({SECOND: PEOPLE[SECOND]})
    take(register(row(FIRST), row(SECOND, line=2), row(THIRD, line=3)))
    assert exceptions.retry(at=LATER) == 0
    add_people({FIRST: PEOPLE[FIRST]})
    assert exceptions.retry(at=LATER) == 1
    assert [*ExceptionItem.objects.order_by("pk").values_list("iin", "state")] == [
        (FIRST, "posted"),
        (THIRD, "open"),
    ]
    assert Contribution.objects.filter(person__iin=FIRST).count() == 1
    assert [event.by for event in ExceptionEvent.objects.all()] == [None]


def test_what_an_officer_has_undone_is_not_posted_by_itself_again(officer):
    add_people({SECOND: PEOPLE[SECOND]})
    take(register(row(FIRST)))
    add_people({FIRST: PEOPLE[FIRST]})
    assert exceptions.retry(at=LATER) == 1
    exceptions.undo({item().pk: item().version}, by=officer, at=LATER)
    assert exceptions.retry(at=LATER) == 0
    assert (item().state, Contribution.objects.standing().count()) == ("open", 0)


def test_an_item_under_a_number_that_its_person_had_is_retried():
    add_people()
    take(register(row(STRANGER, last_name="АХМЕТОВ", first_name="АСАН", birth_date="1999-01-01")))
    person = Person.objects.get(iin=FIRST)
    identity.change_iin(person, STRANGER, at=LATER)
    assert exceptions.retry(at=LATER) == 1
    assert Contribution.objects.get().person == person


def test_an_event_is_never_rewritten(officer):
    add_people()
    exceptions.take(queue(unknown()), by=officer, at=AT)
    with pytest.raises(ProgrammingError), transaction.atomic():
        ExceptionEvent.objects.update(note="x")
    with pytest.raises(ProgrammingError), transaction.atomic():
        ExceptionEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_two_officers_at_once_on_one_item(turn):
    officers = [get_user_model().objects.create(username=f"officer{n}") for n in range(2)]
    add_people()
    seen = queue(unknown(amount="4250.00"))
    persons = [Person.objects.get(iin=number) for number in (FIRST, SECOND)]
    start = Barrier(2)

    def one(n):
        try:
            start.wait()
            return exceptions.assign(seen, person=persons[n], by=officers[n], at=LATER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(one, range(2))]
    assert sorted(code for answer in answers for code in answer.values()) == ["", "changed"]
    assert Contribution.objects.get().person == item().entry.person
