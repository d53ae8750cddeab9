"""Random items beside a small registry, and the arrays in which the rules read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from payments.rules.matching import (
    BIN_PAYER,
    HELD_BY,
    IIN_PAYER,
    INCOMING,
    NO_MONTH,
    NO_PAYER,
    decide,
    named,
)
from registry.rules import due, months
from registry.rules.days import NEVER, day_number
from registry.rules.due import KINDS, SELF_PAYING
from registry.rules.iin import PayerKind, is_iin, payer_kind
from registry.rules.names import fold
from tests.law import LAW
from tests.payments.rules.oracle_of_items import Item, Person, Settled, Span

DAY = timedelta(days=1)
ONE, TWO, THREE, STRANGER = "990101300003", "990101300409", "050228500120", "890131200076"
COMPANY, BRANCH = "000140000012", "990140000007"
FAULTY = ["", "12", "050229500126", "990101300004", "784033048790", "99010130000Х", ONE + "0"]
NAMES = ["СЕРІКОВ", "СЕРИКОВ", "CEPIKOB", "Әлия", "АЛИЯ", "АХМЕТОВ", "", "-"]
BIRTHS = [date(1999, 1, 1), date(1999, 1, 2), date(2005, 2, 28)]


def registries() -> st.SearchStrategy[dict[str, Person]]:
    return st.fixed_dictionaries({ONE: persons(), TWO: persons(), THREE: persons()})


def persons() -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        last=st.sampled_from(NAMES[:6]),
        first=st.sampled_from(NAMES[:6]),
        born=st.sampled_from(BIRTHS),
        died=st.sampled_from((None, None, date(2023, 12, 31), date(2024, 1, 1))),
        temporary=st.sampled_from((False, False, False, True)),
        spans=st.lists(payer_spans(), max_size=2).map(tuple),
    )


@st.composite
def payer_spans(draw: st.DrawFn) -> Span:
    """Around the months of PERIODS; withdrawn and superseded ones too."""
    since = date(draw(st.sampled_from((2020, 2024))), 1, 1) + draw(st.integers(-1, 1)) * DAY
    until = draw(st.sampled_from((None, -1, 0, 30, 1461)))
    return Span(
        category=draw(st.sampled_from((*sorted(SELF_PAYING), "self_employed", *["pensioner"] * 3))),
        since=since,
        until=None if until is None else since + until * DAY,
        received=since,
        superseded=draw(st.sampled_from((None, None, since))),
    )


PERIODS = ["072017", "062017", "122019", "012020", "122023", "012024", "022024", "012027", "022027"]
BROKEN = ["", "132024", "002024", "01.2024", "2024", "012024 ", "０12024", "120000"]
DAYS = [
    date(2016, 12, 31),
    date(2017, 7, 31),
    date(2019, 12, 31),
    date(2020, 2, 1),
    date(2020, 2, 29),
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2023, 12, 31),
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 2, 29),
    date(2026, 2, 1),
    date(2026, 2, 28),
    date(2027, 2, 1),
]


@st.composite
def items(
    draw: st.DrawFn,
    registry: dict[str, Person],
    days: Sequence[date] = DAYS,
    more: Sequence[int] = (),
) -> Item:
    """Mostly right, so that what is wrong is often wrong alone; `more` are sums to draw from."""
    credited = draw(st.sampled_from(days))
    iin = mostly(draw, sorted(registry), [STRANGER, *FAULTY])
    person = registry.get(iin, Person("", "", BIRTHS[0]))
    crossed = draw(st.integers(0, 4)) == 0
    last, first = (person.first, person.last) if crossed else (person.last, person.first)
    return Item(
        iin=iin,
        last=mostly(draw, [last, last.lower()], NAMES),
        first=mostly(draw, [first], NAMES),
        born=mostly(draw, [person.born, None], BIRTHS),
        payer=mostly(draw, [COMPANY, BRANCH, iin, iin, ONE, TWO, STRANGER], FAULTY),
        knp=mostly(draw, ["121", "122", "122", "122", "123", "124"], ["120", "125", "777", ""]),
        period=mostly(draw, near(credited), [*PERIODS, *BROKEN]),
        amount=mostly(draw, [595_000, 1, *more], [0, -1]),
        credited=credited,
    )


def near(credited: date) -> list[str]:
    """The month before, this one, and those on both sides of a year ahead."""
    month = months.number(credited)
    return [months.period(month + by) for by in (-1, -1, -1, 0, 1, 12, 13)]


def mostly(draw, right, wrong):
    return draw(st.sampled_from(wrong if draw(st.integers(0, 7)) == 7 else right))


# what the rules make of them


def incoming(found: Sequence[Item], registry: dict[str, Person]) -> np.ndarray:
    numbers = {iin: number for number, iin in enumerate(sorted(registry), 1)}
    rows = np.zeros(len(found), INCOMING)
    for number, (row, item) in enumerate(zip(rows, found, strict=True), 1):
        person = registry.get(item.iin)
        month = months.from_period(item.period)
        row["row"], row["iin_ok"] = number, is_iin(item.iin)
        row["person"] = numbers.get(item.iin, 0)
        row["payer_person"] = numbers.get(item.payer, 0)
        row["payer_kind"] = {None: NO_PAYER, PayerKind.BIN: BIN_PAYER}.get(
            payer_kind(item.payer), IIN_PAYER
        )
        row["amount"], row["month"] = item.amount, NO_MONTH if month is None else month
        row["credited"] = day_number(item.credited)
        row["knp"] = int(item.knp) if item.knp in ("121", "122", "123", "124") else 0
        row["died"] = day_number(person.died) if person and person.died else NEVER
        if person:
            beside(row, item, person)
    return rows


def beside(row: np.void, item: Item, person: Person) -> None:
    last, first = fold(item.last), fold(item.first)
    row["last_same"] = last == fold(person.last)
    row["first_same"] = first == fold(person.first)
    row["crossed"] = (last, first) == (fold(person.first), fold(person.last))
    row["born_differs"] = item.born not in (None, person.born)
    row["temporary"] = person.temporary


def held_by(registry: dict[str, Person]) -> np.ndarray:
    rows = [
        (number, day_number(span.since), day_number(span.until) if span.until else NEVER)
        for number, iin in enumerate(sorted(registry), 1)
        for span in registry[iin].spans
        if span.category in SELF_PAYING and span.superseded is None
        if span.until is None or span.until >= span.since
    ]
    return np.array(rows, HELD_BY)


def decided(
    found: Sequence[Item], registry: dict[str, Person]
) -> list[list[str] | tuple[str, date, int | None, int | None]]:
    """For each item its codes, or how it is settled."""
    masks, kinds, settled = decide(incoming(found, registry), held_by(registry), LAW)
    answers = []
    for at, mask in enumerate(masks.tolist()):
        sums = (int(column[at]) for column in (settled.due, settled.share))
        posted = (
            str(KINDS[kinds[at]]),
            date(1970, 1, 1) + int(settled.reference_day[at]) * DAY,
            *(None if value == due.NO_SUM else value for value in sums),
        )
        answers.append([str(fault) for fault in named(mask)] if mask else posted)
    return answers


def as_stored(settled: Settled) -> tuple[str, date, int | None, int | None]:
    """The share in thousand-millionths."""
    share = None if settled.share is None else round_half_up(settled.share * due.WHOLE)
    return settled.kind, settled.reference, settled.due, share


def round_half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()
