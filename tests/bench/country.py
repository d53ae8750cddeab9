"""A world of some size on servers of its own, and the benchmarks that run in it."""

import json
import os
import subprocess
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")

import django
from django.conf import settings
from django.core.management import call_command

from mhifund.servers import using
from tests.bench.__main__ import BENCHES, GROWTHS


def main(persons: str, *names: str) -> None:
    django.setup()
    with using(settings.PLACE):
        call_command("migrate", verbosity=0)
        work("lay_world", persons)
        for name in names:
            found = growth(name, persons) if name in GROWTHS else compared(name, persons)
            print(json.dumps(found), flush=True)


def growth(name: str, persons: str) -> dict:
    work(GROWTHS[name].before, persons)
    return {"bench": name, "seconds": work(GROWTHS[name].work, persons)["seconds"]}


def compared(name: str, persons: str) -> dict:
    bench = BENCHES[name]
    work(bench.before, persons)
    bare, own = work(bench.bare, persons), work(bench.own, persons)
    return {
        "bench": name,
        "ratio": round(own["seconds"] / bare["seconds"], 3),
        "limit": round(bench.limit, 2),
        "seconds": round(own["seconds"], 4),
        "bare_seconds": round(bare["seconds"], 4),
        "rows": int(persons),
        "rss_mb": round(own["rss_mb"]),
    }


def work(name: str, persons: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.works", name, persons],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
