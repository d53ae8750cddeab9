"""The law and the calendar as the project ships them, for tests of the rules."""

import csv
from datetime import date
from pathlib import Path

from registry.rules.law import Law, entries
from registry.rules.workdays import Calendar

ROOT = Path(__file__).parent.parent


def table(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def calendar(rows: list[dict[str, str]]) -> Calendar:
    def days(**wanted: str) -> frozenset[date]:
        return frozenset(
            date.fromisoformat(row["day"]) for row in rows if wanted.items() <= row.items()
        )

    return Calendar(off=days(kind="off"), worked=days(kind="worked"), moved=days(moved="yes"))


LAW = Law.of(entry.row for entry in entries(table("registry/data/parameters.csv")))
CALENDAR = calendar(table("registry/data/calendar.csv"))
