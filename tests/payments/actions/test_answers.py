"""Held files: released by a second person, rejected, read again, or replaced."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError

from payments.actions import held
from payments.actions.receive import path, receive
from payments.models import File, Message
from payments.rules import formats
from payments.rules.totals import Refusal, Refused
from registry.models import Contribution
from tests.payments.actions.office import (
    AT,
    LATER,
    SAMPLES,
    SECOND,
    add_people,
    load_people,
    register,
    row,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db
OFF_BY_ONE = "4000.01"


@pytest.fixture
def officers():
    """Who brings files, and who answers for them."""
    create = get_user_model().objects.create
    return create(username="brings"), create(username="answers")


@pytest.fixture
def file(officers):
    """Two good items and a last row that says otherwise."""
    add_people()
    found = take(register(row(), row(SECOND, line=2), total=OFF_BY_ONE), by=officers[0])
    assert (found.state, found.code) == ("held", "trailer_total")
    return found


def read(file):
    """What the task does with a file that is to be read."""
    with path(file.sha256).open("rb") as stream:
        return receive(stream, file.name, at=LATER)


def test_a_second_person_releases_a_file_and_it_is_posted_with_its_difference(file, officers):
    differences = file.differences
    held.release(file, by=officers[1], at=LATER, note="the bank confirms the items")
    read(file)
    file.refresh_from_db()
    assert (file.state, file.posted, Contribution.objects.count()) == ("posted", 2, 2)
    assert (file.code, file.differences) == ("trailer_total", differences)
    assert (file.answer, file.answered_by, file.answer_note) == (
        *("released", officers[1]),
        "the bank confirms the items",
    )
    assert (Message.objects.count(), file.messages_count) == (1, 1)


def test_who_received_a_file_does_not_release_it_not_even_past_the_actions(file, officers):
    with pytest.raises(held.NotPossible, match="own_file"):
        held.release(file, by=officers[0], at=LATER, note="x")
    with pytest.raises(IntegrityError, match="released_by_another"):
        File.objects.update(answer="released", answered_by=officers[0], answered_at=LATER)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("message_total.mt102.txt", True),
        ("trailer_count.csv", True),
        ("no_trailer.csv", True),
        ("truncated.mt102.txt", False),
    ],
)
def test_a_file_is_released_only_where_every_item_was_read(officers, name, may):
    load_people()
    file = take_file(SAMPLES / "held" / name)
    assert held.releasable(file) == may
    if may:
        held.release(file, by=officers[1], at=LATER, note="x")
        assert read(file).state == "posted"
        file.refresh_from_db()
        assert file.posted == Contribution.objects.count() > 0
    else:
        with pytest.raises(held.NotPossible, match="unreleasable"):
            held.release(file, by=officers[1], at=LATER, note="x")


def test_a_file_in_which_another_difference_turns_up_is_held_again(file, officers):
    held.release(file, by=officers[1], at=LATER, note="x")
    take(register(row(amount="1.00")), "other.csv")
    read(file)
    file.refresh_from_db()
    assert (file.state, file.answer, file.answered_by) == ("held", "", None)
    assert [row["code"] for row in file.differences] == ["trailer_total", "repeated_reference"]


def test_a_rejected_file_stays_unposted_and_may_come_in_again(file, officers):
    held.reject(file, by=officers[0], at=LATER, note="sent by mistake")
    file.refresh_from_db()
    assert (file.state, file.answer, file.answer_note) == (
        *("rejected", "rejected"),
        "sent by mistake",
    )
    again = take(register(row(), row(SECOND, line=2), total=OFF_BY_ONE), "again.csv")
    assert (again.state, again.code, again.pk == file.pk) == ("held", "trailer_total", False)
    third = take(register(row(), row(SECOND, line=2), total=OFF_BY_ONE), "third.csv")
    assert (third.state, third.code) == ("refused", "already_received")
    for answer in (held.reject, held.release):
        with pytest.raises(held.NotPossible, match="not_held"):
            answer(file, by=officers[1], at=LATER, note="x")
    held.release(again, by=officers[1], at=LATER, note="x")
    read(again)
    assert dict(File.objects.values_list("name", "state")) == {
        "register.csv": "rejected",
        "again.csv": "posted",
        "third.csv": "refused",
    }


def test_what_was_rejected_is_kept_when_it_is_refused_later(file, officers, monkeypatch):
    held.reject(file, by=officers[0], at=LATER, note="sent by mistake")

    def unreadable(stream, name):
        raise Refused(Refusal.UNREADABLE, name)

    monkeypatch.setattr(formats, "read", unreadable)
    content = path(file.sha256).read_bytes()
    assert take(content, "again.csv").state == "refused"
    assert path(file.sha256).read_bytes() == content


def test_a_corrected_file_with_all_its_references_replaces_it(file):
    corrected = take(register(row(), row(SECOND, line=2)), "corrected.csv")
    file.refresh_from_db()
    assert (corrected.state, file.state, file.replaced_by) == ("posted", "replaced", corrected)
    assert Contribution.objects.count() == 2


def test_a_file_with_some_of_its_references_does_not_replace_it():
    add_people()
    two = take(register(row(), row(SECOND, reference="R2"), total="0"))
    take(register(row(amount="1.00")), "other.csv")
    two.refresh_from_db()
    assert (two.state, two.replaced_by) == ("held", None)


def test_several_files_that_have_all_its_references_together_replace_it():
    add_people()
    two = take(register(row(), row(SECOND, reference="R2"), total="0"))
    take(register(row()), "first.csv")
    take(register(row(reference="R2"), total="1"), "held.csv")
    two.refresh_from_db()
    assert (two.state, two.replaced_by) == ("held", None)
    last = take(register(row(SECOND, reference="R2")), "last.csv")
    two.refresh_from_db()
    assert (two.state, two.answered_at, two.replaced_by) == ("replaced", AT, last)


def test_a_return_is_no_part_of_what_replaces_a_payment():
    add_people()
    two = take(register(row(), row(SECOND, reference="R2"), total="0"))
    for content in (row(reference="R2", knp="021"), row()):
        assert take(register(content)).state == "posted"
    two.refresh_from_db()
    assert (two.state, two.replaced_by) == ("held", None)


def test_a_file_is_replaced_by_none_that_has_none_of_its_references():
    add_people()
    take(register(row()), "first.csv")
    repeats = take(register(row(amount="1.00")), "repeats.csv")
    take(register(row(reference="R2")), "another.csv")
    repeats.refresh_from_db()
    assert (repeats.state, repeats.code, repeats.replaced_by) == (
        *("held", "repeated_reference"),
        None,
    )


def test_a_file_that_is_read_again_is_posted_once_nothing_stands_against_it():
    load_people()
    take_file(SAMPLES / "held" / "statement_2026-11_differs.camt053.xml")
    file = take_file(SAMPLES / "registers" / "2026-11.csv")
    assert (file.state, file.code) == ("held", "statement_amount")
    held.read_again(file)
    read(file)
    file.refresh_from_db()
    assert (file.state, file.code) == ("held", "statement_amount")
    take_file(SAMPLES / "statement_2026-11.camt053.xml")
    held.read_again(file)
    read(file)
    file.refresh_from_db()
    assert (file.state, file.code, file.differences) == ("posted", "", [])


def test_a_statement_after_a_release_leaves_what_it_was_released_with(officers):
    load_people()
    file = take_file(SAMPLES / "held" / "trailer_count.csv")
    before = file.differences
    held.release(file, by=officers[1], at=LATER, note="x")
    read(file)
    take_file(SAMPLES / "statement_2026-11.camt053.xml")
    file.refresh_from_db()
    assert [row for row in file.differences if row["code"] == "trailer_count"] == before


def test_nothing_is_answered_without_a_person(file):
    with pytest.raises(IntegrityError, match="answered_by_somebody"):
        File.objects.update(state="rejected", answer="rejected", answered_at=AT)
