"""`make bench`: one JSON line a benchmark, its time as a ratio to the bare work in the same run.

ONLY=name runs one; SCALE=persons sets the size of all worlds. Each work runs in a process of its
own, so that its memory is its own. The status is 1 when a ratio is above its limit.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

MEMORY_MB = 400
MILLION = 1_000_000
LINES = 200_000  # of applications: one a person


class Bench(NamedTuple):
    """`own` is compared to `bare`; `before` makes what both need, in a world of so many persons."""

    limit: float
    before: str
    bare: str
    own: str
    persons: int = MILLION


BENCHES = {
    "import_csv": Bench(3.5, "write_csv", "bare_copy", "receive_csv"),
    "import_mt102": Bench(3.5, "write_mt102", "bare_copy", "receive_mt102"),
    "import_second": Bench(1.3, "write_two", "receive_first", "receive_second"),
    "import_export_slice": Bench(1 / 25, "write_third", "import_export", "receive_third"),
    "night_full": Bench(1.5, "first_night", "bare_judging", "night"),
    "night_changed": Bench(8, "first_night", "bare_judging", "night_changed"),
    "night_two_percent": Bench(0.1, "first_night", "night", "night_two_percent"),
    "night_hands": Bench(1 / 1.5, "first_night", "night_by_one", "night"),
    "one_person": Bench(1, "first_night", "twenty_milliseconds", "one_person"),
    "load_persons": Bench(5, "write_persons", "bare_copy_of_persons", "load_persons"),
    "workbench_page": Bench(1, "queue", "hundred_milliseconds", "workbench_page"),
    "overpayments_page": Bench(1, "overpaid", "hundred_milliseconds", "overpayments_page"),
    "refund_queue": Bench(1, "open_cases", "hundred_milliseconds", "refund_queue", LINES),
    "refund_case": Bench(2, "open_cases", "hundred_milliseconds", "refund_case", LINES),
    "refund_bulk": Bench(1, "open_cases", "three_seconds", "refund_bulk", LINES),
    "payout_file": Bench(3, "open_cases", "copy_payouts", "payout_file", LINES),
    "payout_batch": Bench(1, "open_cases", "one_minute", "payout_batch", LINES),
    "refund_calendar": Bench(1, "open_cases", "one_minute", "follow_calendar", LINES),
}


class Growth(NamedTuple):
    """One work in worlds of several sizes: the longest time a unit of it to the shortest."""

    limit: float
    before: str
    work: str
    sizes: tuple[float, ...]
    units: int | None = None
    """As many as there are persons, when it is None."""


GROWTHS = {
    "night_growth": Growth(1.2, "first_night", "night", (0.1, 0.3, 1)),
    "findings_growth": Growth(1.3, "nothing", "findings_of_new", (1 / 24, 1), 20_000),
}
"""The sizes are shares of a million persons, each of whom has 24 payments."""


def main() -> int:
    wanted = os.environ.get("ONLY")
    within = True
    points: dict[str, dict[int, float]] = {}
    for persons, names in sorted(worlds(wanted).items()):
        for line in measured(persons, names):
            if line["bench"] in GROWTHS:
                points.setdefault(line["bench"], {})[persons] = line["seconds"]
            else:
                within &= tell(line)
    for name, found in points.items():
        within &= tell(growth(name, found))
    return 0 if within else 1


def growth(name: str, points: dict[int, float]) -> dict:
    limit, units, largest = GROWTHS[name].limit, GROWTHS[name].units, max(points)
    rates = [seconds / (units or persons) for persons, seconds in points.items()]
    return {
        "bench": name,
        "ratio": round(max(rates) / min(rates), 2),
        "limit": limit,
        "seconds": round(points[largest], 3),
        "bare_seconds": round(min(rates) * (units or largest), 3),
        "rows": units or largest,
        "rss_mb": 0,
        "points": {persons: round(seconds, 3) for persons, seconds in points.items()},
    }


def worlds(wanted: str | None) -> dict[int, list[str]]:
    """The benchmarks by the size of the world they run in."""
    scale = int(os.environ.get("SCALE", "0"))
    found: dict[int, list[str]] = {}
    for name, bench in BENCHES.items():
        if wanted in (None, name):
            found.setdefault(scale or bench.persons, []).append(name)
    for name, one in GROWTHS.items():
        if wanted in (None, name):
            for size in one.sizes:
                found.setdefault(round((scale or MILLION) * size), []).append(name)
    return found


def measured(persons: int, names: list[str]) -> Iterator[dict]:
    """What a process with servers of its own finds out in a world of so many persons."""
    folder = tempfile.mkdtemp(prefix="mhifund-bench-")
    try:
        command = [sys.executable, "-m", "tests.bench.country", str(persons), *names]
        with subprocess.Popen(
            command, env=os.environ | {"MHIFUND_DATA": folder}, stdout=subprocess.PIPE, text=True
        ) as country:
            yield from map(json.loads, country.stdout)
        if country.returncode:
            raise SystemExit(country.returncode)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tell(line: dict) -> bool:
    print(json.dumps(line), flush=True)
    return line["ratio"] <= line["limit"] and line["rss_mb"] < MEMORY_MB


if __name__ == "__main__":
    sys.exit(main())
