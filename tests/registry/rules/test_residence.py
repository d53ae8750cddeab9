from __future__ import annotations

from datetime import date

import pytest

from registry.rules.residence import residence_on

MOVED = [
    (date(2024, 5, 1), "temporary"),
    (date(2025, 2, 10), "permanent"),
    (date(2025, 2, 10), "citizen"),
    (date(2026, 1, 1), "temporary"),
]


@pytest.mark.parametrize(
    ("on", "believed"),
    [
        (date(2018, 1, 1), "temporary"),
        (date(2024, 4, 30), "temporary"),
        (date(2024, 5, 1), "temporary"),
        (date(2025, 2, 9), "temporary"),
        (date(2025, 2, 10), "citizen"),
        (date(2025, 12, 31), "citizen"),
        (date(2026, 1, 1), "temporary"),
        (date(2036, 1, 1), "temporary"),
    ],
)
def test_a_change_acts_from_the_day_the_extract_was_received(on: date, believed: str) -> None:
    """The first known residence holds before it too; of two of one day the later row."""
    assert residence_on(on, MOVED) == believed


def test_the_only_known_residence_always_holds() -> None:
    known = [(date(2024, 5, 1), "eaeu")]
    assert {residence_on(date(year, 1, 1), known) for year in (2017, 2024, 2030)} == {"eaeu"}
