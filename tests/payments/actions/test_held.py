"""Files that must not be posted, each on a fresh database, and in plain words why."""

from datetime import date

import pytest

from payments.actions import statement
from payments.actions.account import account
from payments.models import ExceptionItem, File, Message, StatementEntry
from payments.rules import camt053
from payments.rules.totals import Entry
from registry.models import Contribution
from tests.payments.actions.office import (
    SAMPLES,
    add_people,
    load_people,
    register,
    row,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db

STATEMENT = SAMPLES / "statement_2026-11.camt053.xml"
DIFFERING = SAMPLES / "held" / "statement_2026-11_differs.camt053.xml"
NOVEMBER = SAMPLES / "registers" / "2026-11.csv"
DAY, NEXT_DAY = date(2026, 11, 10), date(2026, 11, 11)


@pytest.mark.parametrize(
    ("name", "state", "code", "text"),
    [
        pytest.param(
            "message_total.mt102.txt",
            "held",
            "message_total",
            "The items of a message do not add up to its total. Message GCVP25032400081, line 2894:"
            " the items make 6,200.00 tenge, the total says 6,200.01: they differ by 0.01 tenge."
            " Nothing of it was posted. Ask the sender for a corrected file and receive that.",
            id="message_total",
        ),
        pytest.param(
            "truncated.mt102.txt",
            "held",
            "truncated",
            "The file is cut off. Line 1446. Nothing of it was posted. Ask"
            " the sender for a corrected file and receive that.",
            id="truncated",
        ),
        pytest.param(
            "trailer_count.csv",
            "held",
            "trailer_count",
            "The number of items differs from the number in the last row. Line 134: the list has"
            " 132 items, the last row says 133. Nothing of it was posted. Ask the sender for a"
            " corrected file and receive that.",
            id="trailer_count",
        ),
        pytest.param(
            "no_trailer.csv",
            "held",
            "no_trailer",
            "The list has no last row with its totals. Line 133. Nothing of it was posted. Ask the"
            " sender for a corrected file and receive that.",
            id="no_trailer",
        ),
        pytest.param(
            "empty.csv",
            "refused",
            "empty",
            "The file is empty. (nothing in the file) Ask the sender for the file again.",
            id="empty",
        ),
        pytest.param(
            "not_a_register.csv",
            "refused",
            "unreadable",
            "The file is no register and no bank statement. (a text with NUL characters) Ask the"
            " sender for the file again.",
            id="not_a_register",
        ),
    ],
)
def test_a_file_with_a_fault_is_not_posted(name, state, code, text):
    load_people()
    file = take_file(SAMPLES / "held" / name)
    told = account(file)
    assert (told["state"], told["code"], told["text"]) == (state, code, text)
    assert Contribution.objects.count() == ExceptionItem.objects.count() == 0
    assert Message.objects.exists() == (state == "held")


def test_a_register_is_held_when_the_statement_before_it_differs():
    load_people()
    assert take_file(DIFFERING).state == "posted"
    file = take_file(NOVEMBER)
    assert (file.state, file.code, file.posted) == ("held", "statement_amount", 0)
    assert Contribution.objects.count() == 0


def test_a_register_is_flagged_when_the_statement_after_it_differs():
    load_people()
    register, statement = take_file(NOVEMBER), take_file(DIFFERING)
    assert (statement.state, statement.code) == ("posted", "statement_amount")
    register.refresh_from_db()
    assert (register.state, register.code) == ("posted", "statement_amount")
    assert statement.differences == register.differences


def test_a_right_statement_after_a_wrong_one_takes_the_flag_away():
    load_people()
    register, _, right = take_file(NOVEMBER), take_file(DIFFERING), take_file(STATEMENT)
    register.refresh_from_db()
    assert (register.code, register.differences) == ("", [])
    assert (right.code, right.items) == ("", StatementEntry.objects.filter(file=right).count())


def test_a_statement_of_one_day_leaves_what_another_said_of_the_same_register():
    add_people()
    file = take(register(row(), row(reference="R2", payment_date="2026-11-11")))
    for entry in (Entry("OTHER", 1, DAY, True), Entry("R2", 200_000, NEXT_DAY, True)):
        last = take(b"".join(camt053.write([entry], "1")), "bank.xml")
    file.refresh_from_db()
    told = [(one["code"], one["reference"]) for one in file.differences]
    assert (file.code, told) == ("statement_missing", [("statement_missing", "R1")])
    assert (last.code, last.differences) == ("", [])


@pytest.mark.parametrize("portion", [1, 2, 100])
@pytest.mark.parametrize("first", ["register", "statement"])
def test_a_statement_is_compared_in_any_portions(first, portion, monkeypatch):
    """Two orders of R1, on days of their own, stand apart; R2 and R3 differ."""
    add_people()
    monkeypatch.setattr(statement, "AT_ONCE", portion)
    later = {"payment_date": "2026-11-11", "order_no": "2"}
    rows = [row(), row(reference="R2"), row(reference="R3", **later), row(line=2, **later)]
    entries = [Entry("R1", 400_000, DAY, True), Entry("R2", 100, DAY, True)]
    files = {
        "register": register(*rows),
        "statement": b"".join(camt053.write([*entries, Entry("X", 1, NEXT_DAY, True)], "1")),
    }
    take(files.pop(first), first)
    ((name, content),) = files.items()
    take(content, name)
    told = File.objects.get(name="register").differences
    assert [(one["code"], one["reference"], one["expected"], one["found"]) for one in told] == [
        ("statement_amount", "R2", 100, 200_000),
        ("statement_missing", "R3", None, 200_000),
    ]


def test_of_many_differences_the_first_five_are_told():
    load_people()
    take_file(SAMPLES / "registers" / "2025-03.mt102.txt")
    text = account(take_file(SAMPLES / "held" / "message_total.mt102.txt"))["text"]
    assert text == (
        "The items of a message do not add up to its total. Message GCVP25032400081, line 2894:"
        " the items make 6,200.00 tenge, the total says 6,200.01: they differ by 0.01 tenge."
        " Message GCVP25030600001: A reference was already posted from another file."
        " Message GCVP25030600002: A reference was already posted from another file."
        " Message GCVP25030600003: A reference was already posted from another file."
        " Message GCVP25030600004: A reference was already posted from another file."
        " And 77 differences more. Nothing of it was posted. Ask the sender for a corrected file"
        " and receive that."
    )
