"""What a row about a category changes, told by the rows before it."""

from datetime import date, timedelta
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.spans import Outcome, Span, judge

NEW, CHANGED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED


def span(since, until, received, source=""):
    """Days of one month; None for no end."""
    return Span(day(since), day(until), day(received), source)


def day(number):
    return None if number is None else date(2026, 3, number)


@pytest.mark.parametrize(
    ("known", "news", "expected"),
    [
        pytest.param([], [span(1, 9, 1)], [NEW], id="the first row"),
        pytest.param([span(1, 9, 1)], [span(1, 9, 1)], [UNCHANGED], id="the same row again"),
        pytest.param([span(1, 9, 1)], [span(1, 9, 2)], [CHANGED], id="confirmed on a later day"),
        pytest.param([span(1, 9, 1)], [span(1, 5, 2)], [CHANGED], id="shortened"),
        pytest.param([span(1, 9, 1)], [span(1, 9, 1, "x")], [CHANGED], id="another source"),
        pytest.param([span(1, 9, 2)], [span(1, 5, 1)], [CHANGED], id="an older row, late"),
        pytest.param([span(2, 9, 1)], [span(2, 1, 2)], [CHANGED], id="withdrawn"),
        pytest.param([], [span(2, 1, 1)], [NEW], id="withdrawn before it came"),
        pytest.param([span(1, 9, 1)], [span(10, 12, 1)], [NEW], id="the day after"),
        pytest.param([span(1, 9, 1)], [span(9, 12, 1)], [span(1, 9, 1)], id="one day in common"),
        pytest.param([span(9, 12, 1)], [span(1, 9, 1)], [span(9, 12, 1)], id="… from below"),
        pytest.param([span(1, None, 1)], [span(9, 9, 1)], [span(1, None, 1)], id="endless"),
        pytest.param(
            [span(9, 9, 1)], [span(1, None, 1)], [span(9, 9, 1)], id="endless, from below"
        ),
        pytest.param(
            [span(1, 9, 1)],
            [span(1, 5, 2), span(6, 9, 2)],
            [CHANGED, NEW],
            id="a shortened span frees its days for a later row",
        ),
        pytest.param(
            [span(1, 9, 1)],
            [span(6, 9, 2), span(1, 5, 2)],
            [span(1, 9, 1), CHANGED],
            id="… and not for an earlier one",
        ),
        pytest.param(
            [span(1, 5, 1), span(6, 9, 1)],
            [span(1, 7, 2)],
            [span(6, 9, 1)],
            id="lengthened into the next one",
        ),
        pytest.param(
            [span(2, 9, 1)], [span(2, 1, 2), span(1, 9, 2)], [CHANGED, NEW], id="withdrawn days"
        ),
        pytest.param(
            [span(1, 3, 2), span(5, 9, 1)],
            [span(1, 9, 1)],
            [CHANGED],
            id="a late row is not current and takes no days",
        ),
        pytest.param(
            [], [span(1, 9, 1), span(1, 5, 1)], [NEW, CHANGED], id="on one day the later row wins"
        ),
        pytest.param(
            [span(1, 9, 1), span(1, 5, 1)],
            [span(1, 9, 1), span(1, 5, 1)],
            [UNCHANGED, UNCHANGED],
            id="… and both again change nothing",
        ),
        pytest.param(
            [span(1, 9, 1), span(1, 5, 1)], [span(1, 9, 1)], [CHANGED], id="… and one takes it back"
        ),
        pytest.param(
            [span(8, 9, 1), span(1, 5, 1), span(1, 4, 1)],
            [span(1, 5, 1), span(1, 8, 1)],
            [CHANGED, span(8, 9, 1)],
            id="… even before one that is rejected",
        ),
        pytest.param(
            [],
            [span(1, 9, 1), span(1, 5, 1), span(1, 9, 1)],
            [NEW, CHANGED, CHANGED],
            id="there and back on one day",
        ),
    ],
)
def test_each_row_is_judged_by_what_is_current_before_it(known, news, expected):
    assert judge(known, news) == expected


days = st.dates(date(2026, 1, 1), date(2026, 1, 8))
spans = st.builds(Span, days, st.none() | days, days)


@given(st.lists(spans, max_size=12), st.integers(0, 12))
def test_current_spans_never_overlap_and_the_same_rows_again_change_nothing(rows, cut):
    kept = []
    for part in (rows[:cut], rows[cut:]):
        outcomes = judge(kept, part)
        kept += [row for row, out in zip(part, outcomes, strict=True) if out in (NEW, CHANGED)]
    current = {}
    for row in sorted(kept, key=lambda row: row.received_on):
        current[row.since] = row
    taken = [days_of(row) for row in current.values()]
    assert not any(one & other for one, other in combinations(taken, 2))


@given(st.lists(spans, max_size=8))
def test_the_accepted_rows_of_a_file_change_nothing_when_they_come_again(rows):
    kept = [
        row for row, out in zip(rows, judge([], rows), strict=True) if not isinstance(out, Span)
    ]
    assert judge(judged_new(kept), kept) == [UNCHANGED] * len(kept)


@given(st.lists(st.builds(Span, st.just(date(2026, 1, 1)), days, days), max_size=4, unique=True))
def test_rows_of_one_span_are_never_refused_in_any_order(rows):
    for order in permutations(rows):
        assert not any(isinstance(outcome, Span) for outcome in judge([], order))


def judged_new(rows):
    return [row for row, out in zip(rows, judge([], rows), strict=True) if out != UNCHANGED]


def days_of(row):
    last = row.until or date(2026, 2, 1)
    return {row.since + timedelta(ahead) for ahead in range((last - row.since).days + 1)}
