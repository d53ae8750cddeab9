"""What a posting counts is what its rows are, step by step: the database refuses anything else."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from payments.actions import held, post
from payments.actions.receive import resume
from payments.models import ExceptionItem, File, FileStep, Message, Return
from tests.payments.actions.office import AT, LATER, SECOND, add_people, register, row, take

pytestmark = pytest.mark.django_db

ONE = Decimal(2000)
WRONG = {"period": "132026"}


def execute(sql, values=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def commit():
    """What the database compares at the commit, while the test is one transaction."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def committed(*statements):
    for sql, *values in statements:
        execute(sql, values)
    commit()


def steps(file):
    return list(file.steps.values_list("step", "items", "total", "at"))


def test_each_step_leaves_what_it_let_through():
    add_people()
    file = take(register(row(), row(SECOND, line=2, **WRONG), row(reference="R2", knp="021")))
    assert steps(file) == [
        ("read", 3, 3 * ONE, AT),
        ("match", 1, ONE, AT),
        ("post", 1, ONE, AT),
    ]


def test_a_file_without_items_has_its_steps_too():
    assert steps(take(register())) == [(step, 0, 0, AT) for step in ("read", "match", "post")]
    commit()


def test_a_held_file_was_read_and_is_read_again_once_it_is_released():
    add_people()
    brings, answers = (get_user_model().objects.create(username=name) for name in "ab")
    file = take(register(row(), total="1"), by=brings)
    assert steps(file) == [("read", 1, ONE, AT)]
    held.release(file, by=answers, at=LATER, note="x")
    resume(file, at=LATER)
    assert steps(file) == [
        ("read", 1, ONE, AT),
        *((step, 1, ONE, LATER) for step in ("read", "match", "post")),
    ]
    commit()


def aggregates(plan):
    """How often each aggregate of a plan was run."""
    if plan["Node Type"] == "Aggregate":
        yield plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from aggregates(part)


def test_what_came_is_counted_once_however_many_messages_there_are(monkeypatch):
    """While the file is posted nobody has told the database how many rows its tables have."""
    add_people()
    balance, told = post.BALANCE, []

    def explained(file):
        values = {"file": file.pk, "first": file.first_entry, "last": file.last_entry}
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {balance}", values)
            told.extend(cursor.fetchone()[0])

    monkeypatch.setattr(post, "_balance", explained)
    rows = [
        row(reference=f"R{number}", period=f"{number % 24 + 1:02}2025") for number in range(300)
    ]
    take(register(*rows))
    assert list(aggregates(told[0]["Plan"])) == [1, 1, 1]


FORGED = """
UPDATE payments_message m SET posted = f.posted, posted_total = f.posted_total,
    excepted = f.excepted, excepted_total = f.excepted_total, returned = f.returned,
    returned_total = f.returned_total
FROM (VALUES {}) f (reference, posted, posted_total, excepted, excepted_total, returned,
    returned_total)
WHERE m.reference = f.reference AND m.file_id = %(file)s"""
FORGERIES = {
    "posted in another message": "('R1', 0, 0, 2, 4000, 0, 0), ('R2', 2, 4000, 0, 0, 0, 0)",
    "another sum posted": "('R1', 1, 2001, 1, 1999, 0, 0), ('R2', 1, 1999, 1, 2001, 0, 0)",
    "sent back, not left out": "('R1', 1, 2000, 0, 0, 1, 2000), ('R2', 1, 2000, 1, 2000, 0, 0)",
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_messages_that_are_counted_otherwise_than_their_rows_are_refused(forged, monkeypatch):
    """Each message balances, and both together make the file."""
    add_people()
    monkeypatch.setattr(post, "BALANCE", FORGED.format(forged))
    both = (row(), row(SECOND, line=2, **WRONG))
    assert take(register(*both, *(one | {"reference": "R2"} for one in both))).posted == 2
    with pytest.raises(IntegrityError, match="not what the books hold"):
        commit()


@pytest.mark.parametrize(
    "entries",
    ["last_entry = first_entry - 1", "first_entry = first_entry - 1", "first_entry = NULL"],
)
def test_a_file_with_fewer_or_other_entries_than_it_counts_is_refused(entries):
    add_people()
    take(register(row(reference="R0")))
    file = take(register(row(SECOND)))
    commit()
    with pytest.raises(IntegrityError, match="not what the books hold"):
        committed((f"UPDATE payments_file SET {entries} WHERE id = %s", file.pk))


@pytest.mark.parametrize(
    "step",
    [("read", 1, ONE), ("match", 2, ONE), ("post", 1, ONE + 1), ("read", 3, 2 * ONE)],
)
def test_a_file_whose_steps_do_not_add_up_is_refused(step):
    add_people()
    file = take(register(row(), row(SECOND, line=2, **WRONG)))
    commit()
    with pytest.raises(IntegrityError, match="the steps of a posted register"):
        committed(
            (
                "INSERT INTO payments_filestep (file_id, step, items, total, at)"
                " VALUES (%s, %s, %s, %s, now())",
                *(file.pk, *step),
            ),
            ("UPDATE payments_file SET state = 'posted' WHERE id = %s", file.pk),
        )


def test_a_file_without_a_step_is_not_posted():
    facts = {"name": "x", "sha256": "x", "size": 1, "kind": "register", "received_at": AT}
    file = File.objects.create(state="reading", **facts)
    with pytest.raises(IntegrityError, match="the steps of a posted register"):
        committed(("UPDATE payments_file SET state = 'posted' WHERE id = %s", file.pk))


def test_a_step_is_never_rewritten():
    add_people()
    take(register(row()))
    for act in (lambda: FileStep.objects.update(items=2), FileStep.objects.all().delete):
        with pytest.raises(Exception, match="Cannot update or delete rows"), transaction.atomic():
            act()


def test_what_came_of_a_message_is_counted_once():
    add_people()
    take(register(row(), row(SECOND, line=2, **WRONG)))
    with pytest.raises(IntegrityError, match="as it was counted"), transaction.atomic():
        execute(
            "UPDATE payments_message SET posted = 0, posted_total = 0, excepted = 2,"
            " excepted_total = 4000"
        )


@pytest.mark.parametrize("model", [ExceptionItem, Return])
def test_no_row_comes_to_a_message_that_is_counted(model):
    add_people()
    take(register(row(SECOND, **WRONG), row(reference="R2", knp="021")))
    one = model.objects.get()
    one.pk, one.line = None, 9
    with pytest.raises(IntegrityError, match="as it was counted"), transaction.atomic():
        one.save(force_insert=True)
    assert (model.objects.count(), Message.objects.count()) == (1, 2)
