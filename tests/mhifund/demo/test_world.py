"""A made-up country is the same every time, whatever its size and day, and its files are sound."""

import io
import re
from collections import Counter
from datetime import date

import numpy as np
import pytest

from mhifund.demo import registers
from mhifund.demo.stories import ENOUGH, NAMES
from mhifund.demo.world import Size, World
from payments.rules import formats
from tests.law import CALENDAR, LAW

ON = date(2026, 11, 20)
SMALL = Size(persons=ENOUGH, months=24, seed=1, on=ON)


def files_of(size):
    world = World(size, LAW, CALENDAR)
    return {one.name: (one, b"".join(one.content)) for one in registers.all_files(world)}


def read(name, content):
    """Differences, items and total of a file of payments."""
    reading = formats.read(io.BytesIO(content), name)
    for _batch in reading:
        pass
    return list(reading.differences), reading.totals


@pytest.fixture(scope="module")
def small():
    return files_of(SMALL)


def test_the_same_size_makes_the_same_bytes(small):
    again = files_of(SMALL)
    assert {name: content for name, (_, content) in again.items()} == {
        name: content for name, (_, content) in small.items()
    }


def test_another_seed_makes_another_country(small):
    other = files_of(SMALL._replace(seed=2))
    assert other["persons.csv"][1] != small["persons.csv"][1]


def test_every_story_is_lived_in_a_country_of_a_village():
    lived = Counter(life.story for life in World(SMALL, LAW, CALENDAR).lives)
    assert lived.keys() == set(NAMES)
    assert lived.total() == ENOUGH


def test_the_formats_change_with_the_years(small):
    assert [name for name in small if not name.startswith("20")] == [
        "persons.csv",
        "categories.csv",
        "archive_2019.mt102.txt",
        "archive_2020.mt102.txt",
        "archive_2021.mt102.txt",
        "archive_2022.mt102.txt",
        "archive_2023.mt102.txt",
        "archive_2024.mt102.txt",
        "statement_2026-11.camt053.xml",
    ]
    monthly = [name.partition(".") for name in small if name.startswith("20")]
    assert [month for month, _, form in monthly if form == "mt102.txt"] == [
        "2024-12",
        "2025-01",
        "2025-02",
        "2025-03",
        "2026-10_returns",
        "2026-11_differs",
    ]
    assert [month for month, _, form in monthly if form == "xlsx"] == ["2026-10_own"]
    assert len([month for month, _, form in monthly if form == "csv"]) == 20


def test_only_the_register_that_shall_be_held_does_not_add_up(small):
    wrong = {}
    for name, (one, content) in small.items():
        if one.kind == registers.PAYMENTS and not name.startswith("statement"):
            differences, _totals = read(name, content)
            if differences:
                wrong[name] = [difference.code for difference in differences]
    assert wrong == {"2026-11_differs.mt102.txt": ["message_total"]}


def test_the_corrected_register_adds_up_to_what_the_bank_says():
    world = World(SMALL, LAW, CALENDAR)
    corrected = registers.corrected(world)
    differences, totals = read(corrected.name, b"".join(corrected.content))
    assert (corrected.name, differences) == ("2026-11_corrected.mt102.txt", [])
    assert totals.total > 0


@pytest.mark.parametrize(
    ("months", "on"),
    [
        pytest.param(1, ON, id="one month"),
        pytest.param(24, date(2026, 11, 1), id="nothing was credited in the month of the day yet"),
        pytest.param(24, date(2025, 4, 30), id="the last month is the first of the lists"),
        pytest.param(24, date(2025, 3, 31), id="the last month is the last of MT102"),
        pytest.param(120, date(2026, 11, 20), id="more months than the law has"),
        pytest.param(12, date(2020, 7, 15), id="the first months of the law"),
        pytest.param(12, date(2020, 2, 20), id="the first month of all"),
        pytest.param(12, date(2028, 2, 29), id="no minimum wage is known for the year"),
    ],
)
def test_a_country_of_any_day_can_be_read(months, on):
    found = files_of(SMALL._replace(months=months, on=on))
    items = 0
    for name, (one, content) in found.items():
        if one.kind == registers.PAYMENTS and not name.startswith("statement"):
            differences, totals = read(name, content)
            assert bool(differences) == ("differs" in name), name
            items += totals.items
    assert items > 0


@pytest.mark.parametrize("persons", [1, 2, 10, 50])
@pytest.mark.parametrize("on", [ON, date(2024, 11, 1)])
def test_a_handful_of_people_is_a_country_too(persons, on):
    found = files_of(SMALL._replace(persons=persons, months=12, on=on))
    assert found["persons.csv"][1].count(b"\n") == persons + 2
    for name, (one, content) in found.items():
        if one.kind == registers.PAYMENTS and not name.startswith("statement"):
            differences, totals = read(name, content)
            assert bool(differences) == ("differs" in name), name
            assert totals.items > 0


def test_a_large_employer_has_its_messages_in_the_statement():
    world = World(SMALL._replace(months=1, on=date(2024, 11, 20)), LAW, CALENDAR)
    world.staff = world.staff._replace(
        people=world.staff.people * 100,
        employer=np.tile(world.staff.employer, 100),
        income=np.tile(world.staff.income, 100),
        paid=np.tile(world.staff.paid, 100),
    )
    found = {one.name: b"".join(one.content) for one in registers.all_files(world)}
    references = re.findall(rb":20:(\S+)", found["2024-11.mt102.txt"].replace(b"\0", b""))
    assert [reference for reference in references if len(reference) > 15]
    entries = re.findall(rb"<NtryRef>(\S+)</NtryRef>", found["statement_2024-11.camt053.xml"])
    assert set(references) < set(entries)
