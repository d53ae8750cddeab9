"""`make bench`: one JSON line a benchmark, its time as a ratio to the bare work in the same run.

ONLY=name runs one; SCALE=persons sets the size (200,000 without it). Each work runs in a process
of its own, so that its memory is its own. The status is 1 when a ratio is above its limit.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

os.environ["MHIFUND_DATA"] = tempfile.mkdtemp(prefix="mhifund-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")

import django
from django.conf import settings
from django.core.management import call_command

from mhifund.servers import using

MEMORY_MB = 400


class Bench(NamedTuple):
    """`own` is compared to `bare`; `before` makes what both need."""

    limit: float
    before: str
    bare: str
    own: str


BENCHES = {
    "night_full": Bench(4, "first_night", "bare_judging", "night"),
    "import_csv": Bench(6, "write_csv", "bare_copy", "receive_csv"),
    "import_mt102": Bench(6, "write_mt102", "bare_copy", "receive_mt102"),
}


def main() -> int:
    wanted = os.environ.get("ONLY")
    persons = os.environ.get("SCALE", "200000")
    folder = Path(os.environ["MHIFUND_DATA"])
    within = True
    django.setup()
    try:
        with using(settings.PLACE):
            call_command("migrate", verbosity=0)
            work("lay_world", persons)
            for name, bench in BENCHES.items():
                if wanted in (None, name):
                    within &= report(name, bench, persons)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if within else 1


def report(name: str, bench: Bench, persons: str) -> bool:
    work(bench.before, persons)
    bare, own = work(bench.bare, persons), work(bench.own, persons)
    ratio = own["seconds"] / bare["seconds"]
    line = {
        "bench": name,
        "ratio": round(ratio, 2),
        "limit": bench.limit,
        "seconds": round(own["seconds"], 3),
        "bare_seconds": round(bare["seconds"], 3),
        "rows": int(persons),
        "rss_mb": round(own["rss_mb"]),
    }
    print(json.dumps(line), flush=True)
    return ratio <= bench.limit and own["rss_mb"] < MEMORY_MB


def work(name: str, persons: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.works", name, persons],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
