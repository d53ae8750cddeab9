"""On which days a month was paid: whole records, on both sides of each event."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from registry.rules.days import day_number, day_of
from registry.rules.due import Kind, code
from registry.rules.paid import ALONE, ENTRY, EXCLUDED, FOREVER, OTHERS, paid
from tests.registry.rules.builders import day, month
from tests.registry.rules.oracle import Excluded, Item, Refund
from tests.registry.rules.persons import entries

WHOLE = 425_000
EMPLOYER, EMPLOYEE = Kind.EMPLOYER, Kind.EMPLOYEE
ENTREPRENEUR, INDEPENDENT = Kind.ENTREPRENEUR, Kind.INDEPENDENT


def item(
    kind: Kind, amount: int, credited: str, *, back: str = "", out: str = "", of: str = "2026-01"
) -> Item:
    """`back`: "02-10 1000, 02-12 500" paid back; `out`: "02-10…02-12, 02-20…" counts nowhere."""
    refunds = [part.split() for part in back.split(", ") if part]
    holes = [part.split("…") for part in out.split(", ") if part]
    return Item(
        kind,
        month(of),
        amount,
        None if kind in (EMPLOYER, EMPLOYEE) else WHOLE,
        at(credited),
        tuple(Excluded(at(since), at(until) if until else date.max) for since, until in holes),
        tuple(Refund(at(paid_out), int(sum_)) for paid_out, sum_ in refunds),
    )


def at(text: str) -> date:
    return day(f"2026-{text}")


def records(*items: Item) -> list[tuple[str, str, str, str]]:
    """Month, plane, and the days from which and until which."""
    booked, excluded = entries(items)
    persons, found = paid(np.array(booked, ENTRY), np.array(excluded, EXCLUDED))
    assert set(persons.tolist()) <= {0}
    return [
        (
            f"{number // 12 + 1970}-{number % 12 + 1:02}",
            {ALONE: "alone", OTHERS: "others"}[plane],
            f"{day_of(since):%m-%d}",
            "" if until == FOREVER else f"{day_of(until):%m-%d}",
        )
        for number, plane, since, until in found.tolist()
    ]


def january(*spans: tuple[str, str, str]) -> list[tuple[str, str, str, str]]:
    return [("2026-01", *span) for span in spans]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [item(EMPLOYER, 1, "02-10")],
            january(("others", "02-10", "")),
            id="a tiyn of an employer",
        ),
        pytest.param(
            [item(EMPLOYEE, 1, "02-10")],
            january(("others", "02-10", "")),
            id="a tiyn of an employee",
        ),
        pytest.param(
            [item(ENTREPRENEUR, WHOLE, "02-10")],
            january(("others", "02-10", "")),
            id="an entrepreneur's whole sum",
        ),
        pytest.param(
            [item(INDEPENDENT, WHOLE, "02-10")],
            january(("alone", "02-10", "")),
            id="an independent payer's whole sum",
        ),
        pytest.param(
            [item(INDEPENDENT, 424_788, "02-10")],
            january(("alone", "02-10", "")),
            id="within the tolerance",
        ),
        pytest.param([item(INDEPENDENT, 424_787, "02-10")], [], id="not within the tolerance"),
        pytest.param(
            [item(INDEPENDENT, 200_000, "02-10"), item(INDEPENDENT, 225_000, "02-12")],
            january(("alone", "02-12", "")),
            id="two parts: paid with the second",
        ),
        pytest.param(
            [item(INDEPENDENT, 225_000, "02-10"), item(ENTREPRENEUR, 225_000, "02-12")],
            [],
            id="two parts of two kinds are not added",
        ),
        pytest.param(
            [
                item(INDEPENDENT, 225_000, "02-10"),
                item(INDEPENDENT, 225_000, "02-10", of="2026-02"),
            ],
            [],
            id="two parts of two months are not added",
        ),
        pytest.param(
            [
                item(EMPLOYER, 1, "03-10", of="2026-02"),
                item(INDEPENDENT, WHOLE, "02-11"),
                item(EMPLOYER, 1, "02-10"),
            ],
            [
                ("2026-01", "others", "02-10", ""),
                ("2026-01", "alone", "02-11", ""),
                ("2026-02", "others", "03-10", ""),
            ],
            id="in the order of month and plane, whatever came first",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-12 500")],
            january(("others", "02-10", "02-12")),
            id="paid back: the days before are unchanged",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-12 499")],
            january(("others", "02-10", "")),
            id="paid back but for a tiyn",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-10 500")], [], id="paid back on the same day"
        ),
        pytest.param(
            [item(INDEPENDENT, WHOLE, "02-10", back="02-12 212")],
            january(("alone", "02-10", "")),
            id="paid back within the tolerance",
        ),
        pytest.param(
            [item(INDEPENDENT, WHOLE, "02-10", back="02-12 213")],
            january(("alone", "02-10", "02-12")),
            id="paid back to less than enough",
        ),
        pytest.param(
            [
                item(INDEPENDENT, WHOLE, "02-10", back="02-12 213"),
                item(INDEPENDENT, 213, "02-20", back="02-25 213"),
            ],
            january(("alone", "02-10", "02-12"), ("alone", "02-20", "02-25")),
            id="paid, opened, paid again and opened again",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-12 500"), item(EMPLOYER, 500, "02-12")],
            january(("others", "02-10", "")),
            id="paid back and paid again on one day",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-12 500"), item(ENTREPRENEUR, WHOLE, "02-11")],
            january(("others", "02-10", "")),
            id="another kind of the plane pays on",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", back="02-12 500"), item(INDEPENDENT, WHOLE, "02-11")],
            january(("others", "02-10", "02-12"), ("alone", "02-11", "")),
            id="the other plane pays on",
        ),
        pytest.param(
            [item(Kind.PENALTY_DEDUCTION, WHOLE, "02-10")], [], id="a penalty covers no month"
        ),
        pytest.param(
            [item(Kind.PENALTY_CONTRIBUTION, WHOLE, "02-10")],
            [],
            id="nor does a penalty on contributions",
        ),
    ],
)
def test_a_month_is_paid(items: list[Item], expected: list[tuple[str, ...]]) -> None:
    assert records(*items) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([item(EMPLOYER, 500, "02-10", out="02-10…")], [], id="never"),
        pytest.param([item(EMPLOYER, 500, "02-10", out="02-01…")], [], id="known before it came"),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-12…")],
            january(("others", "02-10", "02-12")),
            id="until it is found",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-10…02-12")],
            january(("others", "02-12", "")),
            id="from when it is found otherwise",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-11…02-12, 02-20…")],
            january(("others", "02-10", "02-11"), ("others", "02-12", "02-20")),
            id="twice",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-11…02-15, 02-13…02-20")],
            january(("others", "02-10", "02-11"), ("others", "02-20", "")),
            id="by two findings that overlap",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-11…02-20, 02-13…02-15")],
            january(("others", "02-10", "02-11"), ("others", "02-20", "")),
            id="by two findings, one within the other",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-11…02-15, 02-15…02-20")],
            january(("others", "02-10", "02-11"), ("others", "02-20", "")),
            id="by two findings, one after the other",
        ),
        pytest.param(
            [item(EMPLOYER, 500, "02-10", out="02-10…02-15, 02-15…")],
            [],
            id="by two findings, never",
        ),
        pytest.param(
            [
                item(EMPLOYER, 500, "02-10", out="02-10…"),
                item(EMPLOYER, 500, "02-11", out="02-12…"),
                item(EMPLOYER, 500, "02-13"),
            ],
            january(("others", "02-11", "02-12"), ("others", "02-13", "")),
            id="other items do count",
        ),
        pytest.param(
            [
                item(EMPLOYER, 500, "02-10"),
                item(EMPLOYER, 500, "02-11", out="02-11…", back="02-15 500"),
            ],
            january(("others", "02-10", "")),
            id="what did not count is paid back without a trace",
        ),
        pytest.param(
            [
                item(EMPLOYER, 500, "02-10"),
                item(EMPLOYER, 500, "02-11", out="02-12…02-20", back="02-15 500"),
            ],
            january(("others", "02-10", "")),
            id="paid back while it did not count",
        ),
        pytest.param(
            [
                item(INDEPENDENT, WHOLE, "02-10", back="02-15 400000", out="02-12…02-20"),
                item(INDEPENDENT, 400_000, "02-18"),
            ],
            january(("alone", "02-10", "02-12"), ("alone", "02-20", "")),
            id="the rest of it counts again",
        ),
    ],
)
def test_an_item_counts_nowhere(items: list[Item], expected: list[tuple[str, ...]]) -> None:
    assert records(*items) == expected


def test_persons_do_not_touch_each_other() -> None:
    """Their entries come in any order; the records are in that of the persons."""
    rows = [
        (8, 4, 672, code(EMPLOYER), day_number(at("02-12")), -500, 0, 0),
        (9, 3, 672, code(EMPLOYER), day_number(at("02-11")), 500, 0, 0),
        (8, 4, 672, code(EMPLOYER), day_number(at("02-10")), 500, 0, 0),
        (7, 5, 672, code(EMPLOYER), day_number(at("02-13")), 500, 0, 0),
    ]
    excluded = [(5, day_number(at("02-14")), FOREVER), (99, day_number(at("02-01")), FOREVER)]
    persons, found = paid(np.array(rows, ENTRY), np.array(excluded, EXCLUDED))
    assert persons.tolist() == [7, 8, 9]
    assert [f"{day_of(since):%m-%d}" for since in found["since"]] == ["02-13", "02-10", "02-11"]
    assert found["until"].tolist() == [day_number(at("02-14")), day_number(at("02-12")), FOREVER]


def test_a_month_without_tolerance_is_not_paid_by_nothing() -> None:
    """`enough` is 0 where the law has no tolerance; a share of 0 is none."""
    entry = (1, 1, 672, code(INDEPENDENT), day_number(at("02-10")), 1, 0, 0)
    persons, found = paid(np.array([entry], ENTRY), np.empty(0, EXCLUDED))
    assert (len(persons), len(found)) == (0, 0)
