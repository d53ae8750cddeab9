"""Days as they are written in files."""

from datetime import date

import pytest

from registry.rules.cells import Remembered, as_typed, day, neutral


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("20.11.2026", date(2026, 11, 20)),
        ("20261120", date(2026, 11, 20)),
        (" 2026-11-20 ", date(2026, 11, 20)),
        ("1850-01-01", date(1850, 1, 1)),
        ("2199-12-31", date(2199, 12, 31)),
        ("1849-12-31", None),
        ("2200-01-01", None),
        ("2026-02-29", None),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-1120", None),
        ("202611-20", None),
        ("20-11-2026", None),
        ("11/20/2026", None),
        ("2026-11-20 00:00", None),
        ("٢٠٢٦-١١-٢٠", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_three_forms_or_not_at_all(text, expected):
    assert day(text) == expected


def test_answers_are_remembered_within_bounds():
    asked = []
    lengths = Remembered(lambda text: asked.append(text) or len(text))
    assert [lengths["ab"], lengths["ab"], lengths["x" * 40], lengths["x" * 40]] == [2, 2, 40, 40]
    assert asked == ["ab", "x" * 40, "x" * 40]


@pytest.mark.parametrize(
    ("text", "written"),
    [("=A1", "'=A1"), ("-1", "'-1"), ("'@", "''@"), ("'A", "'A"), ("", ""), ("ҮЛГІ=", "ҮЛГІ=")],
)
def test_no_spreadsheet_counts_and_the_text_comes_back(text, written):
    assert (neutral(text), as_typed(written)) == (written, text)
