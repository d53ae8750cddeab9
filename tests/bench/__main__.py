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
GROWTH = "night_growth"


class Bench(NamedTuple):
    """`own` is compared to `bare`; `before` makes what both need, in a world of so many persons."""

    limit: float
    before: str
    bare: str
    own: str
    persons: int = 1_000_000


BENCHES = {
    "import_csv": Bench(6, "write_csv", "bare_copy", "receive_csv", 200_000),
    "import_mt102": Bench(6, "write_mt102", "bare_copy", "receive_mt102", 200_000),
    "night_full": Bench(1.5, "first_night", "bare_judging", "night"),
    "night_changed": Bench(8, "first_night", "bare_judging", "night_changed"),
    "night_two_percent": Bench(0.1, "first_night", "night", "night_two_percent"),
    "night_hands": Bench(1 / 1.5, "first_night", "night_by_one", "night"),
    "one_person": Bench(1, "first_night", "twenty_milliseconds", "one_person"),
    "load_persons": Bench(5, "write_persons", "bare_copy_of_persons", "load_persons"),
}
GROWTH_LIMIT = 1.2
"""Of the longest time a person to the shortest, of all sizes."""


def main() -> int:
    wanted = os.environ.get("ONLY")
    within = True
    growth: dict[int, float] = {}
    for persons, names in sorted(worlds(wanted).items()):
        for line in measured(persons, names):
            if line["bench"] == GROWTH:
                growth[persons] = line["seconds"]
            else:
                within &= tell(line)
    if growth:
        large = max(growth)
        rates = [seconds / size for size, seconds in growth.items()]
        each = min(rates) * large
        within &= tell(
            {
                "bench": GROWTH,
                "ratio": round(max(rates) / min(rates), 2),
                "limit": GROWTH_LIMIT,
                "seconds": round(growth[large], 3),
                "bare_seconds": round(each, 3),
                "rows": large,
                "rss_mb": 0,
                "points": {size: round(seconds, 3) for size, seconds in growth.items()},
            }
        )
    return 0 if within else 1


def worlds(wanted: str | None) -> dict[int, list[str]]:
    """The benchmarks by the size of the world they run in."""
    scale = int(os.environ.get("SCALE", "0"))
    found: dict[int, list[str]] = {}
    for name, bench in BENCHES.items():
        if wanted in (None, name):
            found.setdefault(scale or bench.persons, []).append(name)
    if wanted in (None, GROWTH):
        country = scale or 1_000_000
        for size in (country // 10, country * 3 // 10, country):
            found.setdefault(size, []).append(GROWTH)
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
