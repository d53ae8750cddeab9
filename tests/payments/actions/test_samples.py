"""The whole of the sample world comes out as it must, item by item and person by person."""

import csv
from datetime import date

import pytest
from django.db import transaction

from mhifund.night import through
from payments.actions.account import account
from payments.models import ExceptionItem, File, Message, StatementEntry
from registry.models import Contribution, Verdict
from registry.rules import months
from tests.payments.actions.office import AT, SAMPLES, items, load_people, take, take_file

STATEMENT = SAMPLES / "statement_2026-11.camt053.xml"
DIFFERING = SAMPLES / "held" / "statement_2026-11_differs.camt053.xml"
NOVEMBER = SAMPLES / "registers" / "2026-11.csv"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Everything loaded and received once, and forgotten afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_people()
        for path in sorted((SAMPLES / "registers").iterdir()):
            assert take_file(path).state == "posted"
        take_file(STATEMENT)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("world")
def test_every_item_is_posted_or_not_with_its_findings():
    expected = (SAMPLES / "expected" / "items.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(items()) == sorted(expected[1:])


def expected_statuses():
    with (SAMPLES / "expected" / "statuses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    days = sorted({row["on"] for row in rows})
    return [pytest.param(day, [row for row in rows if row["on"] == day], id=day) for day in days]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("day", "expected"), expected_statuses())
def test_every_person_has_the_status_of_the_day(day, expected):
    through(date.fromisoformat(day), at=AT)
    assert sorted(verdicts(day), key=str) == sorted(expected, key=str)


def verdicts(day):
    for verdict in Verdict.objects.select_related("person"):
        yield {
            "iin": verdict.person.iin,
            "on": day,
            "status": verdict.status,
            "reason": verdict.reason,
            "until": verdict.until.isoformat() if verdict.until else "",
            "missing": " ".join(missing(verdict)),
        }


def missing(verdict):
    if verdict.window is None:
        return []
    window = months.number(verdict.window)
    return [months.text(window - 12 + bit) for bit in range(12) if verdict.missing >> bit & 1]


@pytest.mark.usefixtures("world")
def test_the_statement_agrees_with_the_registers():
    assert list(File.objects.exclude(code="").values_list("name", "code")) == []
    assert File.objects.get(kind="statement").state == "posted"


@pytest.mark.usefixtures("world")
def test_no_item_and_no_tenge_is_lost():
    for file in File.objects.filter(kind="register"):
        queued = ExceptionItem.objects.filter(message__file=file)
        assert file.posted + queued.count() == file.items
        assert file.posted_total + sum(item.amount for item in queued) == file.total
        assert sum(message.total for message in file.messages.all()) == file.total
        assert file.messages_count == file.messages.count()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["2020-04.mt102.txt", "2026-11.csv"])
def test_a_register_a_second_time_is_refused(name):
    before = Contribution.objects.count()
    file = take((SAMPLES / "registers" / name).read_bytes(), "under another name")
    assert (file.state, file.code) == ("refused", "already_received")
    assert Contribution.objects.count() == before


# what is held, each file on a fresh database


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_a_register_is_held_when_the_statement_before_it_differs():
    load_people()
    assert take_file(DIFFERING).state == "posted"
    file = take_file(NOVEMBER)
    assert (file.state, file.code, file.posted) == ("held", "statement_amount", 0)
    assert Contribution.objects.count() == 0


@pytest.mark.django_db
def test_a_register_is_flagged_when_the_statement_after_it_differs():
    load_people()
    register, statement = take_file(NOVEMBER), take_file(DIFFERING)
    assert (statement.state, statement.code) == ("posted", "statement_amount")
    register.refresh_from_db()
    assert (register.state, register.code) == ("posted", "statement_amount")
    assert statement.differences == register.differences


@pytest.mark.django_db
def test_a_right_statement_after_a_wrong_one_takes_the_flag_away():
    load_people()
    register, _, right = take_file(NOVEMBER), take_file(DIFFERING), take_file(STATEMENT)
    register.refresh_from_db()
    assert (register.code, register.differences) == ("", [])
    assert (right.code, right.items) == ("", StatementEntry.objects.filter(file=right).count())
