"""The works that are measured, each run in a process of its own: prints seconds and peak memory."""

import json
import os
import resource
import sys
from statistics import median
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  models exist once Django is set up
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from mhifund import hands  # noqa: E402
from mhifund.demo import files  # noqa: E402
from mhifund.filters import ExceptionFilter, OverpaymentFilter  # noqa: E402
from payments.models import ExceptionItem, Overpayment  # noqa: E402
from registry.actions import runs  # noqa: E402
from registry.actions.load import load_persons as load  # noqa: E402
from registry.models import Run  # noqa: E402
from registry.rules.encoding import encoded  # noqa: E402
from registry.rules.law import Code  # noqa: E402
from tests.bench import imports, pages, refunding, world  # noqa: E402
from tests.bench.__main__ import GROWTHS  # noqa: E402
from tests.bench.measure import RUNS, seconds  # noqa: E402
from tests.registry.proposals import changed  # noqa: E402

BARE_JUDGING = """
    SELECT count(*) FROM (
        SELECT person_id, bit_or(1::bigint << (period - DATE '1970-01-01') / 31 % 64)
        FROM registry_contribution GROUP BY person_id) months
"""
FALSIFY = """
    UPDATE registry_verdict SET reason = CASE reason WHEN 'gap' THEN 'grace' ELSE 'gap' END,
        status = CASE reason WHEN 'gap' THEN 'grace' ELSE 'not_insured' END
"""


def lay_world(persons: int) -> None:
    world.fill(persons)


def first_night(persons: int) -> None:
    """Every verdict is good for the day; the brake lets everything pass."""
    changed(Code.NIGHT_BRAKE_SHARE, 100)
    judged("night")
    world.vacuum("verdict", "verdictchange", "contribution")


def judged(scope: str, workers: int = 2) -> Run:
    at = timezone.now()
    run = hands.work(runs.begin(world.ON, scope, at=at), at=at, hands=workers)
    if run.state != "done":
        raise RuntimeError(f"the run is {run.state}")
    return run


def bare_judging(persons: int) -> float:
    with connection.cursor() as cursor:
        return min(seconds(lambda: cursor.execute(BARE_JUDGING)) for _ in range(RUNS))


def night(persons: int) -> float:
    """Everybody is judged, and nothing has changed."""
    return min(seconds(lambda: judged("full")) for _ in range(RUNS))


def night_by_one(persons: int) -> float:
    return min(seconds(lambda: judged("full", workers=1)) for _ in range(RUNS))


def night_changed(persons: int) -> float:
    """Everybody gets another status than is on record, and a row of history."""
    taken = []
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(FALSIFY)
        world.vacuum("verdict", "verdictchange")
        taken.append(seconds(lambda: judged("full")))
    return min(taken)


def night_two_percent(persons: int) -> float:
    """Two in a hundred paid one more month since the night before."""
    taken = []
    for number in range(RUNS):
        world.pay_one_more(number)
        taken.append(seconds(lambda: judged("night")))
    return min(taken)


def twenty_milliseconds(persons: int) -> float:
    return 0.020


def one_person(persons: int) -> float:
    """A payment is entered, its findings derived, and its person judged: the median."""
    step = max(persons // 200, 1)
    return median(
        seconds(lambda person=person: world.pay(person)) for person in range(1, persons, step)
    )


def hundred_milliseconds(persons: int) -> float:
    return 0.100


def queue(persons: int) -> None:
    pages.queue(persons)


def workbench_page(persons: int) -> float:
    """The slowest page of the exceptions that an officer can ask for."""
    return pages.slowest("exceptions", ExceptionFilter, ExceptionItem)


def overpaid(persons: int) -> None:
    pages.overpaid(persons)


def overpayments_page(persons: int) -> float:
    return pages.slowest("overpayments", OverpaymentFilter, Overpayment)


def write_persons(persons: int) -> None:
    """An extract of as many persons again, none of whom is known."""
    with (settings.DATA_ROOT / "persons.csv").open("wb") as file:
        file.writelines(encoded(files.persons_csv(world.newcomers(persons)), "utf-8"))


def bare_copy_of_persons(persons: int) -> float:
    """COPY of the same rows into the same indexed table, undone afterwards."""
    return min(world.copy_newcomers(persons) for _ in range(RUNS))


def load_persons(persons: int) -> float:
    with (settings.DATA_ROOT / "persons.csv").open("rb") as stream:
        started = perf_counter()
        loaded = load(stream, received_on=world.ON, at=timezone.now())
        taken = perf_counter() - started
    if loaded.new != persons:
        raise RuntimeError(f"{loaded.new} of {persons} are new: {loaded.rejected[:3]}")
    return taken


def nothing(persons: int) -> None:
    """A work that needs nothing made before."""


def findings_of_new(persons: int) -> float:
    """The findings of twenty thousand payments of as many persons, undone afterwards."""
    return min(world.derive_new(GROWTHS["findings_growth"].units, persons) for _ in range(RUNS))


def peak_mb() -> float:
    """Of this process and of the largest it started."""
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(resource.getrusage(one).ru_maxrss for one in who) / 1024


if __name__ == "__main__":
    name, persons = sys.argv[1], int(sys.argv[2])
    works = globals() | vars(imports) | vars(refunding)
    taken = works[name](persons)
    print(json.dumps({"seconds": taken or 0.0, "rss_mb": peak_mb()}))
