"""Small persons that live near the days on which the law changes, for hypothesis."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from registry.rules.due import Kind
from registry.rules.months import first, last, number
from tests.registry.rules import oracle
from tests.registry.rules.oracle import Excluded, Item, Person, Refund, Row

DAY = timedelta(days=1)
FIRST_MONTH = number(date(2020, 1, 1))
FIRST_DAY, LAST_DAY = date(2020, 1, 2), date(2026, 12, 20)
"""The first and the last day on which anything is credited."""

TURNS = [
    date(2020, 1, 1),
    date(2020, 6, 30),
    date(2020, 7, 1),
    date(2020, 12, 15),
    date(2021, 3, 26),
    date(2021, 6, 30),
    date(2021, 7, 1),
    date(2021, 12, 15),
    date(2022, 9, 4),
    date(2022, 9, 5),
    date(2023, 12, 26),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2026, 1, 26),
    date(2026, 4, 30),
    date(2026, 8, 15),
]

DUES = {2022: (420_000, 300_000), 2023: (490_000, 350_000)}
"""Tiyn a month of an entrepreneur and of an independent payer: below before, above after."""

PERHAPS = st.booleans()
MOSTLY = st.sampled_from([True] * 4 + [False])
SELDOM = st.integers(0, 15).map(lambda number_: number_ == 15)
KINDS = st.sampled_from([Kind.EMPLOYER, Kind.EMPLOYEE, Kind.ENTREPRENEUR, Kind.INDEPENDENT])
DAYS_OF_MONTH = st.sampled_from([1, 2, 15, 24, 25, 26, 27, 28])
TURN = st.sampled_from(TURNS)
MONTHS_AWAY = st.integers(-4, 8)
NEAR = st.sampled_from(["the turn", "before", "after", "end of month"])
AROUND = st.sampled_from([-14, -13, -12, -6, -2, -1, 0, 0, 1, 2, 5, 12, 13])
LENGTHS = st.sampled_from([1, 2, 3, 11, 12, 13, 14, 24, 24, 59, 60, 61, 62])
BEGINS = st.integers(-14, 2)
ENDS = st.sampled_from([-7, -6, -5, -4, -3, -3, -2, -2, -1, -1, -1, 0, 1, 2, 11, 12, 13])
CREDITED = st.sampled_from([*3 * ["month by month"], "on the eve", "on the eve", "on a day"])
SKIPPED = st.sampled_from([None, None, None, None, -14, -13, -12, -11, -4, -3, -2, -1, 0, 1])
PARTS = st.sampled_from([(1,), (1,), (1,), (1,), (1,), (2, 2), (3, 3, 3), (2,)])
RUNS = st.sampled_from([1, 1, 1, 1, 2, 2, 3, 0])
FAULTS = st.sampled_from(
    [
        *3 * [()],
        *2 * [("refund",)],
        ("refund of a part",),
        ("excluded",),
        ("late",),
        ("hair",),
        ("refund", "refund"),
        ("late", "excluded", "refund of a part"),
    ]
)
PLACE = st.integers(0, 1000)
HAIR = st.integers(-1, 1)
ROWS = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3])
CATEGORIES = st.sampled_from(sorted(oracle.GROUPS))
ROW_ENDS = st.sampled_from(["none", "a day", "a day", "the year", "far"])
PLACES = st.sampled_from(["citizen", "temporary"])


@st.composite
def days(draw: st.DrawFn) -> date:
    """A day near one on which the law changes, mostly at the turn of a month or of a due day."""
    turn = draw(TURN)
    month = number(turn) + draw(MONTHS_AWAY)
    if draw(PERHAPS):
        return first(month).replace(day=draw(DAYS_OF_MONTH))
    near = {
        "the turn": turn,
        "before": turn - DAY,
        "after": turn + DAY,
        "end of month": last(month),
    }
    return near[draw(NEAR)]


def around(draw: st.DrawFn, day: date) -> date:
    return first(number(day) + draw(AROUND)).replace(day=draw(DAYS_OF_MONTH))


def due(kind: Kind, month: int, credited: date) -> int | None:
    """What is due by the reference day; None for kinds without a fixed sum."""
    if kind in (Kind.EMPLOYER, Kind.EMPLOYEE):
        return None
    year = min(first(month), credited).year
    sums = DUES.get(year, (297_500, 212_500) if year < 2022 else (595_000, 425_000))
    return sums[kind is Kind.INDEPENDENT]


def item(kind: Kind, month: int, credited: date, part: int = 1) -> Item:
    """The whole sum or one of several parts of it."""
    credited = min(max(credited, FIRST_DAY), LAST_DAY)
    sum_ = due(kind, month, credited)
    return Item(kind, month, (sum_ or 100_000) // part, sum_, credited)


def run(draw: st.DrawFn, day: date) -> list[Item]:
    """Months one after the other, paid one by one or at once, perhaps with a gap or too little."""
    m, length, kind, parts = number(day), draw(LENGTHS), draw(KINDS), draw(PARTS)
    begin = m + (draw(ENDS) - length + 1 if draw(MOSTLY) else draw(BEGINS))
    begin = max(begin, FIRST_MONTH - 2 * (kind is Kind.EMPLOYER))
    how = draw(CREDITED)
    day_of_all = around(draw, day) if how == "on a day" else first(begin) - DAY
    skipped = draw(SKIPPED)
    return [
        item(
            kind,
            month,
            first(month + 1).replace(day=20) if how == "month by month" else day_of_all,
            part,
        )
        for month in range(begin, begin + length)
        if skipped is None or month != m + skipped
        for part in parts
    ]


def spoilt(draw: st.DrawFn, day: date, whole: Item, fault: str) -> Item:
    """Refunded, counting nowhere for a time, credited later, or a hair's breadth from enough."""
    moment = around(draw, day)
    later = max(moment, whole.credited)
    if fault == "late":
        return item(whole.kind, whole.month, moment)
    if fault == "excluded":
        until = max(around(draw, day), later) if draw(PERHAPS) else date.max
        return whole._replace(excluded=(Excluded(later, until),))
    if fault == "hair":
        return whole._replace(
            amount=whole.due * 9995 // 10000 + draw(HAIR) if whole.due else whole.amount
        )
    sum_ = whole.amount if fault == "refund" else whole.amount // 2
    return whole._replace(refunds=(Refund(later, sum_),))


def row(draw: st.DrawFn, day: date, before: Row | None) -> Row:
    """A span of a category, or what supersedes an earlier one."""
    received = around(draw, day) if draw(PERHAPS) else date(2019, 12, 1)
    ends = {
        "none": None,
        "a day": around(draw, day),
        "the year": date(2025, 12, 31),
        "far": date(2199, 12, 31),
    }
    until = ends[draw(ROW_ENDS)]
    if before and draw(PERHAPS):
        return before._replace(
            until=before.since - DAY if draw(PERHAPS) else until,
            received=before.received if draw(PERHAPS) else received,
        )
    since = date(2017, 8, 1) if draw(SELDOM) else around(draw, day)
    return Row(draw(CATEGORIES), since, until, received)


@cache
@st.composite
def persons(draw: st.DrawFn, day: date) -> Person:
    """To make a strategy costs more than to draw from it: one for each day."""
    items: list[Item] = []
    for _ in range(draw(RUNS)):
        items += run(draw, day)
    for fault in draw(FAULTS) if items else []:
        recent = [at for at, one in enumerate(items) if one.month >= number(day) - 14]
        among = recent or range(len(items))
        at = among[draw(PLACE) % len(among)]
        items[at] = spoilt(draw, day, items[at], fault)
    rows: list[Row] = []
    for _ in range(draw(ROWS)):
        rows.append(row(draw, day, rows[-1] if rows else None))
    residences = [(date(2020, 1, 1), "citizen")]
    if draw(SELDOM):
        residences = sorted((around(draw, day), draw(PLACES)) for _ in range(2))
    return Person(
        items=tuple(items),
        rows=tuple(rows),
        died=around(draw, day) if draw(SELDOM) else None,
        residences=tuple(residences),
    )


@st.composite
def asked(draw: st.DrawFn) -> tuple[Person, date]:
    """A person, and the day about which is asked."""
    day = draw(DAYS)
    return draw(persons(day)), day


DAYS = days()
PAID_AHEAD = st.integers(-14, 12)
AGO = st.integers(0, 400)


@st.composite
def asked_with_a_payment(draw: st.DrawFn) -> tuple[Person, date, Item]:
    """A person, a day, and one more whole payment that was credited by that day.

    In the year of transition by an independent payer: an employer's payment, added to theirs,
    makes the law ask for twelve months in place of three.
    """
    person, day = draw(asked())
    month = max(number(day) + draw(PAID_AHEAD), FIRST_MONTH)
    kind = Kind.INDEPENDENT if day <= oracle.THREE_MONTHS_UNTIL else draw(KINDS)
    return person, day, item(kind, month, day - draw(AGO) * DAY)


MARCH = date(2026, 3, 1)
MARCH_DAYS = st.integers(0, 12).map(lambda at: MARCH + at * DAY)
TWO_MONTHS = st.sampled_from([number(date(2026, 1, 1)), number(date(2026, 2, 1))])
AMOUNTS = st.sampled_from([(10_000, 0), (5_000, 0), (9_995, -1), (9_995, 0), (9_995, 1), (34, 0)])
HOLES = st.lists(st.builds(Excluded, MARCH_DAYS, st.just(date.max) | MARCH_DAYS), max_size=2)
BACK = st.lists(st.sampled_from([1, 2]), max_size=2)


@st.composite
def booked(draw: st.DrawFn) -> Item:
    """An item of one of two months, in March 2026 credited, refunded, and excluded for a time."""
    found = item(draw(KINDS), draw(TWO_MONTHS), draw(MARCH_DAYS))
    share, hair = draw(AMOUNTS)
    left = amount = (found.due or 300) * share // 10_000 + hair
    refunds = []
    for part in draw(BACK):
        refunds.append(Refund(max(draw(MARCH_DAYS), found.credited), left // part))
        left -= left // part
    return found._replace(
        amount=amount,
        refunds=tuple(refund for refund in refunds if refund.amount),
        excluded=tuple(hole for hole in draw(HOLES) if hole.since < hole.until),
    )


BOOKS = st.lists(booked(), max_size=6).map(lambda items: Person(items=tuple(items)))
