"""A file is posted, held or refused as a whole; nothing is lost and nothing is twice."""

import csv
import io
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from payments.actions import receive as receiving
from payments.actions.account import account, exception_codes
from payments.actions.receive import accept, receive, take_up
from payments.models import ExceptionItem, File
from registry.models import Contribution
from tests.payments.actions.office import (
    AT,
    FIRST,
    SAMPLES,
    SECOND,
    THIRD,
    add_people,
    load_people,
    register,
    row,
    state,
    take,
)

pytestmark = pytest.mark.django_db

ONE = register(row(amount="2000.00"), row(SECOND, line=2, amount="1999.99"))
WRONG_TOTAL = register(
    row(amount="2000.00"), row(SECOND, line=2, amount="1999.99"), total="4000.00"
)


def outcome(file):
    return file.state, file.code, file.posted


def test_a_file_is_posted_with_its_account():
    add_people()
    told = account(take(ONE, "folder/октябрь.csv"))
    assert told.pop("sha256") == File.objects.get().sha256
    assert told == {
        "file": "октябрь.csv",
        "state": "posted",
        "code": "",
        "text": "",
        "messages": 1,
        "items": 2,
        "posted": 2,
        "returned": 0,
        "exceptions": {},
        "findings": {},
        "total": Decimal("3999.99"),
    }


def test_messages_are_counted_by_reference_not_by_payment_order():
    add_people()
    file = take(register(row(order_no="1"), row(SECOND, line=2, order_no="2"), row(reference="R2")))
    assert (file.messages_count, file.messages.count()) == (2, 2)
    assert list(file.messages.values_list("reference", "items")) == [("R1", 2), ("R2", 1)]


@pytest.mark.parametrize("name", ["register.csv", "another.txt"])
def test_the_same_bytes_are_received_once_under_any_name(name):
    add_people()
    take(ONE)
    before = state()
    again = take(ONE, name)
    assert outcome(again) == ("refused", "already_received", 0)
    assert isinstance(account(again)["total"], Decimal)
    assert account(again)["text"] == (
        "The same file was received before. (register.csv) There is nothing to do: what came of it"
        " then still holds."
    )
    assert again.differences == [
        {
            "code": "already_received",
            "reference": "",
            "expected": None,
            "found": None,
            "line": None,
            "text": "register.csv",
        }
    ]
    assert state() == before


def test_a_held_file_makes_room_for_the_corrected_one():
    add_people()
    held = take(WRONG_TOTAL)
    assert outcome(held) == ("held", "trailer_total", 0)
    assert account(held)["text"] == (
        "The messages do not add up to the total of the file. Line 4: the items make 3,999.99"
        " tenge, the last row says 4,000.00: they differ by 0.01 tenge. Nothing of it was posted."
        " Ask the sender for a corrected file and receive that."
    )
    assert outcome(take(WRONG_TOTAL)) == ("refused", "already_received", 0)
    assert outcome(take(ONE)) == ("posted", "", 2)


def test_a_reference_is_posted_from_one_file_only():
    add_people()
    take(ONE)
    again = take(register(row(SECOND, amount="5000.00"), row(reference="R2")))
    assert outcome(again) == ("held", "repeated_reference", 0)
    assert account(again)["text"] == (
        "A reference was already posted from another file. Message R1. Nothing of it was posted."
        " Ask the sender for a corrected file and receive that."
    )


def test_a_reference_of_a_held_file_may_come_again():
    add_people()
    take(WRONG_TOTAL)
    assert outcome(take(register(row(amount="1.00")))) == ("posted", "", 1)


def test_bytes_that_are_refused_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "STORE", tmp_path)
    for content in (b"", b"\0" * 100, b"garbage"):
        assert take(content).state == "refused"
    add_people()
    file = take(ONE)
    take(ONE)
    assert [path.name for path in tmp_path.iterdir()] == [file.sha256]


def test_a_file_waits_for_its_task_and_is_then_received(django_user_model):
    add_people()
    officer = django_user_model.objects.create(username="officer")
    waiting = accept(io.BytesIO(ONE), "one.csv", at=AT, by=officer)
    assert (waiting.state, waiting.received_by) == ("reading", officer)
    assert accept(io.BytesIO(ONE), "one.csv", at=AT, by=officer) == waiting
    file = receive(io.BytesIO(ONE), "one.csv", at=AT, by=officer)
    assert (file.pk, *outcome(file)) == (waiting.pk, "posted", "", 2)
    assert accept(io.BytesIO(ONE), "one.csv", at=AT, by=officer).code == "already_received"


def test_a_name_that_is_no_text_is_kept_as_one():
    add_people()
    assert take(ONE, "\udcff" + "я" * 300).name == "?" + "я" * 254


def test_a_payment_from_before_the_insurance_is_an_exception_not_an_error():
    add_people()
    file = take(register(row(payment_date="2017-02-01", period="012017")))
    assert exception_codes(file) == {"bad_period": 1}


# cut off


@pytest.mark.parametrize(
    "name",
    ["registers/2026-11.csv", "registers/2024-09.mt102.txt", "statement_2026-11.camt053.xml"],
)
def test_a_file_cut_off_anywhere_is_never_posted_in_part(name):
    load_people()
    whole = (SAMPLES / name).read_bytes()
    for size in range(0, len(whole) - 10, 1000):
        with transaction.atomic():
            check(take(whole[:size], name))
            transaction.set_rollback(True)


def check(file):
    """Everything is posted or in the queue, or nothing is."""
    queued = ExceptionItem.objects.filter(message__file=file)
    entries = Contribution.objects.all()
    if file.state == "posted" and file.kind == "register":
        assert file.posted == entries.count()
        assert file.items == file.posted + queued.count()
        assert file.posted_total == sum(entry.amount for entry in entries)
        assert file.total == file.posted_total + sum(item.amount for item in queued)
        assert file.total == sum(message.total for message in file.messages.all())
    else:
        assert file.state in ("held", "refused")
        assert file.code
        assert (entries.count(), queued.count()) == (0, 0)
    account(file)


# whatever comes


LIST = register(row(), row(SECOND, line=2), row(THIRD, reference="R2", knp="121"))
MESSAGES = (SAMPLES / "registers" / "2020-04.mt102.txt").read_bytes()[:1500] + b"\n-}\n"
STATEMENT = (SAMPLES / "statement_2026-11.camt053.xml").read_bytes()[:1200]
SEEDS = [b"", LIST, LIST.decode().encode("utf-16"), LIST.decode().encode("cp1251", "replace")]
SEEDS += [MESSAGES, STATEMENT, "reference;line;iin;amount\n".encode("utf-8-sig")]


@st.composite
def broken(draw):
    """A file of one of the formats with bytes put in, taken out and put elsewhere."""
    content = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        content = content[:start] + draw(st.binary(max_size=20)) + content[end:]
    return content


@pytest.fixture
def people():
    add_people()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), broken(), broken()))
@pytest.mark.usefixtures("people")
def test_any_bytes_are_posted_held_or_refused(content):
    with transaction.atomic():
        file = take(content)
        if file.kind == "register":
            check(file)
        transaction.set_rollback(True)


LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
TEXTS = st.text(LETTERS, max_size=12)
HARD = [
    "",
    " ",
    "0",
    "-1",
    "'",
    '"',
    ";",
    "\n",
    "\r",
    "\t",
    "\\",
    "\\N",
    "\\.",
    "NaN",
    "１２２",
    "٣",
]
HARD += ["9" * 12, "9" * 40, "999999999999.99", "2147483648", "0001-01-01", "9999-12-31", "ИТОГО"]
CELLS = st.one_of(TEXTS, st.sampled_from(HARD))
COLUMNS = list(row())


@st.composite
def rows_with_anything(draw):
    rows = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        one = row(draw(st.sampled_from((FIRST, SECOND))), line=number)
        for column in draw(st.lists(st.sampled_from(COLUMNS), max_size=3)):
            one[column] = draw(CELLS)
        rows.append(one)
    return rows


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_with_anything())
@example(rows=[row(amount="999999999999.99"), row(SECOND, line=2, amount="999999999999.99")])
@example(
    rows=[row(payer_name="я" * 5000, order_no="9" * 5000, last_name="Ә" * 5000, iin="1" * 5000)]
)
@example(rows=[row(payment_date="2099-12-31", period="122099")])
@example(rows=[row(payment_date="2017-01-01", period="072017")])
@example(rows=[row(birth_date="0001-01-01", order_date="9999-12-31")])
@pytest.mark.usefixtures("people")
def test_any_text_in_any_column_loses_nothing(rows):
    with transaction.atomic():
        file = take(as_csv(rows))
        check(file)
        if file.state == "posted":
            assert file.items == len(rows)
        transaction.set_rollback(True)


def as_csv(rows):
    """Every cell in quotes; the totals are right where the sums can be read."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([one.values() for one in rows])
    writer.writerow(["ИТОГО", len(rows), *[""] * 12, sum(map(readable, rows))])
    return out.getvalue().encode()


def readable(one):
    try:
        found = Decimal(one["amount"])
    except ArithmeticError:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


class Endless(io.RawIOBase):
    """Nobody knows its end; `taken` bytes were read."""

    taken = 0

    def read(self, size=-1):
        self.taken += size
        return b"x" * size


def test_a_file_without_end_is_refused_and_no_more_of_it_is_kept_than_allowed(settings):
    settings.LARGEST_FILE = 3 * receiving.CHUNK
    for receive_from in (receive, partial(accept, by=None)):
        endless = Endless()
        file = receive_from(endless, "endless.csv", at=AT)
        assert outcome(file) == ("refused", "too_large", 0)
        assert file.differences[0]["text"] == "more than 3145728 bytes"
        assert endless.taken == file.size == 4 * receiving.CHUNK
    assert list(receiving.STORE.glob(".*")) == []
    assert not receiving.path(file.sha256).exists()


def test_a_file_of_the_largest_size_is_received(settings):
    add_people()
    settings.LARGEST_FILE = len(ONE)
    assert take(ONE).state == "posted"


@pytest.mark.parametrize(
    ("content", "state"),
    [
        pytest.param(register(row(reference="R2")), "posted", id="posted"),
        pytest.param(b"garbage", "refused", id="refused"),
    ],
)
def test_what_somebody_else_has_read_meanwhile_is_left_alone(content, state):
    add_people()
    for text in (register(row()), content):
        accept(io.BytesIO(text), "r.csv", at=AT, by=None)
    files = take_up(at=AT)
    assert next(files).state == "posted"
    meanwhile = take(content)
    assert [(file.pk, file.state) for file in files] == [(meanwhile.pk, state)]
    assert File.objects.count() == 2
