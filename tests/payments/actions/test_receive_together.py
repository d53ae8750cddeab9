"""Receipts at the same time, and receipts that are killed, on connections of their own."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Barrier
from time import monotonic, sleep
from urllib.parse import quote

import pytest
from django.db import connection, connections, transaction

from payments.actions.receive import accept, receive, take_up
from payments.models import Finding
from registry.actions.book import BOOKS
from registry.models import Contribution
from tests.payments.actions.office import (
    AT,
    EMPLOYER,
    FIRST,
    OTHER_EMPLOYER,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    state,
    take,
)

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[3]


def at_once(*contents):
    """Receives all of them at the same moment, each on a connection of its own."""
    start = Barrier(len(contents))

    def one(content):
        try:
            start.wait()
            return take(content)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(one, contents))


def test_the_same_file_twice_at_once_is_posted_once():
    add_people()
    files = at_once(*[register(row(), row(SECOND, line=2))] * 3)
    assert sorted((file.state, file.code) for file in files) == [
        ("posted", ""),
        ("refused", "already_received"),
        ("refused", "already_received"),
    ]
    assert Contribution.objects.count() == 2


def test_the_same_garbage_twice_at_once_is_refused_twice():
    assert [file.code for file in at_once(b"garbage", b"garbage")] == ["unreadable"] * 2


def test_a_reference_in_two_files_at_once_is_posted_from_one():
    add_people()
    files = at_once(register(row()), register(row(SECOND)))
    assert sorted((file.state, file.code) for file in files) == [
        ("held", "repeated_reference"),
        ("posted", ""),
    ]
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_files_for_the_same_persons_at_once_are_as_one_after_the_other(attempt):
    add_people()
    paid = [
        row(FIRST, line=1, amount="20000.00"),
        row(SECOND, line=2, amount="20000.00"),
        row(THIRD, line=3, knp="121", amount="30000.00"),
    ]
    contents = [register(*(one | {"reference": f"R{number}"} for one in paid)) for number in (1, 2)]
    earlier, later = sorted(at_once(*contents), key=lambda file: file.pk)
    assert (earlier.state, later.state) == ("posted", "posted")
    found = Finding.objects.filter(dropped_at=None)
    assert {
        (file.pk, code): found.filter(
            entry__gte=file.first_entry, entry__lte=file.last_entry, code=code
        ).count()
        for file in (earlier, later)
        for code in ("duplicate", "late", "over_cap")
    } == {
        (earlier.pk, "duplicate"): 0,
        (earlier.pk, "late"): 0,
        (earlier.pk, "over_cap"): 0,
        (later.pk, "duplicate"): 3,
        (later.pk, "late"): 0,
        (later.pk, "over_cap"): 0,
    }


def test_a_file_that_is_being_received_is_not_accepted_beside():
    content = register(row())
    other = connection.copy()
    with other.cursor() as cursor:
        key = sha256(content).hexdigest()
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (key,))
        file = accept(io.BytesIO(content), "r.csv", at=AT, by=None)
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (key,))
    other.close()
    assert (file.state, file.code) == ("refused", "already_received")
    assert accept(io.BytesIO(content), "r.csv", at=AT, by=None).state == "reading"


def test_a_file_whose_reading_was_cut_off_is_taken_up():
    add_people()
    content = register(row(), row(SECOND, line=2))
    accept(io.BytesIO(content), "r.csv", at=AT, by=None)
    accept(io.BytesIO(b"garbage"), "g.csv", at=AT, by=None)
    assert [(file.name, file.state, file.code) for file in take_up(at=AT)] == [
        ("r.csv", "posted", ""),
        ("g.csv", "refused", "unreadable"),
    ]
    assert Contribution.objects.count() == 2
    assert list(take_up(at=AT)) == []


# killed


def many_rows():
    """Persons, months and sums that meet often enough for findings of every kind."""
    for number in range(1500):
        iin = (FIRST, SECOND, THIRD)[number % 3]
        yield row(
            iin,
            reference=f"R{number // 2}",
            line=number % 2 + 1,
            knp=("121", "122", "777")[number % 7 % 3],
            payer_id=(EMPLOYER, OTHER_EMPLOYER, iin)[number % 5 % 3],
            period=f"{number % 12 + 1:02}2025",
            amount=f"{(3000, 4250, 17000)[number % 11 % 3]}.00",
        )


def is_reading(cursor):
    cursor.execute("SELECT EXISTS (SELECT FROM payments_file WHERE state = 'reading')")
    return cursor.fetchone()[0]


def is_posting(cursor):
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database"
        " WHERE locktype = 'advisory' AND objid = %s AND datname = current_database())",
        (BOOKS,),
    )
    return cursor.fetchone()[0]


def is_posted(cursor):
    cursor.execute("SELECT EXISTS (SELECT FROM payments_file WHERE state = 'posted')")
    return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("moment", "later", "status"),
    [
        pytest.param(is_reading, 0, {0}, id="while it is read"),
        pytest.param(is_posting, 0, {0}, id="at the beginning of the posting"),
        pytest.param(is_posted, 0, {1}, id="before it could tell that it is posted"),
        *(
            pytest.param(moment, Random(seed).uniform(0, 0.3), {0, 1}, id=f"somewhere, {seed}")
            for seed in range(5)
            for moment in (is_reading, is_posting)
        ),
    ],
)
def test_a_receipt_that_is_killed_is_done_by_the_same_command(moment, later, status, tmp_path):
    add_people()
    path = tmp_path / "register.csv"
    path.write_bytes(register(*many_rows()))
    with transaction.atomic():
        with path.open("rb") as stream:
            receive(stream, path.name, at=AT)
        undisturbed = state()
        transaction.set_rollback(True)
    kill_at(moment, later, command(path))
    finished = command(path)
    said, _ = finished.communicate(timeout=60)
    assert finished.returncode in status, said
    assert state() == undisturbed


def command(path):
    """`manage.py receive` on the database of the test."""
    to = connection.settings_dict
    who = ":".join(filter(None, (to["USER"], to["PASSWORD"])))
    where = ":".join(filter(None, (quote(to["HOST"], safe=""), str(to["PORT"]))))
    url = f"postgresql://{who}@{where}/{to['NAME']}"
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "receive", path],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_at(moment, later, process):
    with process, connection.cursor() as cursor:
        end = monotonic() + 30
        while not moment(cursor):
            assert process.poll() is None, process.stdout.read()
            assert monotonic() < end
        sleep(later)
        process.kill()
