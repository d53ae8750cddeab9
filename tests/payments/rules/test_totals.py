from datetime import date

import pytest

from payments.rules.items import Message
from payments.rules.totals import (
    LARGEST,
    Credit,
    Difference,
    Differences,
    Entry,
    Held,
    Refusal,
    Refused,
    Totals,
    against_declared,
    against_statement,
    against_trailer,
    within_bounds,
)
from registry.rules.encoding import Refusal as TextRefusal

DAY, NEXT = date(2026, 11, 13), date(2026, 11, 14)


def test_codes_are_those_of_the_formats():
    assert list(Held) == [
        "message_total",
        "message_count",
        "truncated",
        "trailer_total",
        "trailer_count",
        "no_trailer",
        "bad_sum",
        "bad_date",
        "repeated_reference",
        "statement_amount",
        "statement_missing",
    ]
    assert list(Refusal) == ["empty", "unreadable", "already_received", "too_large"]
    assert {TextRefusal.EMPTY, TextRefusal.UNREADABLE} < set(Refusal)


@pytest.mark.parametrize(
    ("total", "declared", "expected"),
    [
        (100, 100, []),
        (100, None, []),
        (100, 101, [Difference(Held.MESSAGE_TOTAL, "R1", 101, 100, 7)]),
        (-100, 100, [Difference(Held.MESSAGE_TOTAL, "R1", 100, -100, 7)]),
    ],
)
def test_the_items_of_a_message_make_its_total(total, declared, expected):
    message = Message(0, "R1", "", None, DAY, "122", "", "", 1, total, declared)
    assert list(against_declared(message, 7)) == expected


@pytest.mark.parametrize(
    ("items", "total", "expected"),
    [
        (2, 300, []),
        (3, 300, [Difference(Held.TRAILER_COUNT, "", 3, 2, 9)]),
        (None, 300, [Difference(Held.TRAILER_COUNT, "", None, 2, 9)]),
        (2, 301, [Difference(Held.TRAILER_TOTAL, "", 301, 300, 9)]),
        (2, None, []),
        (
            1,
            200,
            [
                Difference(Held.TRAILER_TOTAL, "", 200, 300, 9),
                Difference(Held.TRAILER_COUNT, "", 1, 2, 9),
            ],
        ),
    ],
)
def test_the_messages_of_a_file_make_its_last_row(items, total, expected):
    totals = Totals(1, 2, 300, items, total)
    assert list(against_trailer(totals, 9)) == expected


def entry(reference: str, tiyn: int, *, credit: bool = True) -> Entry:
    return Entry(reference, tiyn, DAY, credit)


@pytest.mark.parametrize(
    ("credits", "entries", "expected"),
    [
        pytest.param([Credit("A", DAY, 100)], [entry("A", 100)], [], id="equal"),
        pytest.param(
            [Credit("A", DAY, 100)],
            [entry("A", 101)],
            [Difference(Held.STATEMENT_AMOUNT, "A", 101, 100)],
            id="another sum",
        ),
        pytest.param(
            [Credit("A", DAY, 60), Credit("A", DAY, 40)], [entry("A", 100)], [], id="two messages"
        ),
        pytest.param(
            [Credit("A", DAY, 100)], [entry("A", 60), entry("A", 40)], [], id="two entries"
        ),
        pytest.param(
            [Credit("A", DAY, 100)],
            [entry("B", 100)],
            [Difference(Held.STATEMENT_MISSING, "A", None, 100)],
            id="missing on a day of the statement",
        ),
        pytest.param(
            [Credit("A", NEXT, 100)], [entry("B", 100)], [], id="missing on a day without statement"
        ),
        pytest.param([Credit("A", None, 100)], [entry("B", 100)], [], id="missing without a day"),
        pytest.param(
            [Credit("A", NEXT, 60), Credit("A", DAY, 40)],
            [],
            [Difference(Held.STATEMENT_MISSING, "A", None, 100)],
            id="missing for one of its messages",
        ),
        pytest.param(
            [Credit("A", NEXT, 100)],
            [entry("A", 99)],
            [Difference(Held.STATEMENT_AMOUNT, "A", 99, 100)],
            id="another sum on another day",
        ),
        pytest.param(
            [Credit("A", DAY, 100)],
            [entry("A", 100, credit=False)],
            [Difference(Held.STATEMENT_MISSING, "A", None, 100)],
            id="a debit is no receipt",
        ),
        pytest.param([Credit("A", DAY, 0)], [entry("A", 0)], [], id="nothing came"),
        pytest.param([], [entry("A", 100)], [], id="an entry of something else"),
    ],
)
def test_the_file_is_what_the_bank_booked(credits, entries, expected):
    assert against_statement(credits, entries, {DAY}) == expected


def test_the_first_thousand_differences_are_kept():
    differences = Differences()
    for line in range(2000):
        differences.note(
            Difference(Held.BAD_SUM, line=line), Difference(Held.MESSAGE_COUNT, line=line)
        )
    assert len(differences) == 1000
    assert differences[-1] == Difference(Held.MESSAGE_COUNT, line=499)


def test_what_was_wrong_in_a_line_is_forgotten_with_it():
    differences = Differences()
    differences.note(Difference(Held.BAD_SUM, line=2), Difference(Held.BAD_SUM, line=3))
    differences.forget(3)
    assert differences == [Difference(Held.BAD_SUM, line=2)]


def test_totals_beyond_what_the_books_hold_are_refused():
    assert within_bounds(-LARGEST) == -(10**18) + 1
    with pytest.raises(Refused):
        within_bounds(LARGEST + 1)


def test_a_code_that_comes_late_is_not_lost_behind_a_thousand_others():
    differences = Differences()
    for line in range(Differences.MANY):
        differences.note(Difference(Held.MESSAGE_TOTAL, line=line))
    late = Difference(Held.BAD_DATE, line=5000)
    differences.note(Difference(Held.MESSAGE_TOTAL, line=4000), late, late)
    assert differences[Differences.MANY :] == [late]
