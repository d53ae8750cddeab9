"""The works that are measured, each run in a process of its own: prints seconds and peak memory."""

import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  models exist once Django is set up
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402
from import_export.widgets import DateWidget, ForeignKeyWidget  # noqa: E402
from tablib import Dataset  # noqa: E402

from mhifund import hands  # noqa: E402
from mhifund.demo import files  # noqa: E402
from mhifund.filters import ExceptionFilter, OverpaymentFilter  # noqa: E402
from payments.actions.receive import receive  # noqa: E402
from payments.models import ExceptionItem, Overpayment  # noqa: E402
from payments.rules import mt102_out, sheet  # noqa: E402
from registry.actions import runs  # noqa: E402
from registry.actions.load import load_persons as load  # noqa: E402
from registry.models import Contribution, Person, Run  # noqa: E402
from registry.rules.encoding import encoded  # noqa: E402
from registry.rules.law import Code  # noqa: E402
from tests.bench import pages, world  # noqa: E402
from tests.bench.__main__ import GROWTHS  # noqa: E402
from tests.registry.proposals import changed  # noqa: E402

RUNS = 3
ITEMS_OF_AN_ORDER = 500
CSV, MT102, FIRST, SECOND, THIRD = (date(2026, 11, day) for day in (20, 19, 18, 17, 16))
PERIODS = {CSV: "112026", MT102: "122026", FIRST: "012027", SECOND: "022027", THIRD: "032027"}
"""Each register pays for a month for which nothing has come yet."""
SLICE = 20_000
BARE_JUDGING = """
    SELECT count(*) FROM (
        SELECT person_id, bit_or(1::bigint << (period - DATE '1970-01-01') / 31 % 64)
        FROM registry_contribution GROUP BY person_id) months
"""
FALSIFY = """
    UPDATE registry_verdict SET reason = CASE reason WHEN 'gap' THEN 'grace' ELSE 'gap' END,
        status = CASE reason WHEN 'gap' THEN 'grace' ELSE 'not_insured' END
"""
COLUMNS = (
    "key, person_id, payer, knp, period, amount, credited_on, order_no, order_date, recorded_at,"
    " rank, kind, reference_day"
)


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


def write_csv(persons: int) -> None:
    _write(register(CSV), sheet.write, persons, CSV)


def write_mt102(persons: int) -> None:
    _write(register(MT102), mt102_out.write, persons, MT102)


def write_two(persons: int) -> None:
    for day in (FIRST, SECOND):
        _write(register(day), sheet.write, persons, day)


def write_third(persons: int) -> None:
    _write(register(THIRD), sheet.write, persons, THIRD)


def _write(path: Path, write: Callable, persons: int, day: date) -> None:
    with path.open("wb") as file:
        file.writelines(write(files.portions(orders(persons, day))))
    world.vacuum("contribution")


def orders(persons: int, day: date) -> list[files.Order]:
    """A payment of an employer for everybody, 500 employees to an order."""
    people = world.people(persons)
    return [
        files.Order(
            reference=f"GCVP{day:%y%m%d}{number:05}",
            number=number,
            day=day,
            knp="122",
            payer="160940025485",
            payer_name="ТОО «ҮЛГІ»",
            lines=[files.Line(person, PERIODS[day], 1_000_020) for person in part],
        )
        for number, part in enumerate(
            (people[at : at + ITEMS_OF_AN_ORDER] for at in range(0, persons, ITEMS_OF_AN_ORDER)), 1
        )
    ]


def bare_copy(persons: int) -> float:
    """COPY of the same rows into the same indexed tables, undone afterwards: the median.

    Contributions, and the marks of the persons who await a verdict now.
    """
    moment = timezone.now().isoformat()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_person ORDER BY id")
        known = [person for (person,) in cursor.fetchall()]
        entries = "".join(
            f"bare:{row}\t{person}\t160940025485\t122\t2026-11-01\t10000.20\t{CSV}\t1\t{CSV}\t"
            f"{moment}\t{row}\temployee\t2026-11-01\n"
            for row, person in enumerate(known)
        )
        awaiting = "".join(f"{person}\n" for person in known)
        taken = [_copied(cursor, entries, awaiting) for _ in range(RUNS)]
    world.vacuum("contribution", "awaiting")
    return median(taken)


def _copied(cursor: object, entries: str, awaiting: str) -> float:
    def copy() -> None:
        with cursor.copy(f"COPY registry_contribution ({COLUMNS}) FROM STDIN") as stream:
            stream.write(entries)
        with cursor.copy("COPY registry_awaiting (person_id) FROM STDIN") as stream:
            stream.write(awaiting)
        # the checks of foreign keys are part of the work
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with transaction.atomic():
        taken = seconds(copy)
        transaction.set_rollback(True)
    return taken


def receive_csv(persons: int) -> float:
    return _receive(register(CSV), persons)


def receive_mt102(persons: int) -> float:
    return _receive(register(MT102), persons)


def receive_first(persons: int) -> float:
    return _receive(register(FIRST), persons)


def receive_second(persons: int) -> float:
    return _receive(register(SECOND), persons)


def receive_third(persons: int) -> float:
    return _receive(register(THIRD), persons)


def _receive(path: Path, persons: int) -> float:
    with path.open("rb") as stream:
        started = perf_counter()
        file = receive(stream, path.name, at=timezone.now())
        taken = perf_counter() - started
    if (file.state, file.posted) != ("posted", persons):
        raise RuntimeError(f"{file.state} {file.code}: {file.posted} of {persons} posted")
    return taken


def import_export(persons: int) -> float:
    """What the default path of django-import-export would take for as many rows as there are.

    Measured on a slice; the rows are undone afterwards.
    """
    with register(THIRD).open(encoding="utf-8-sig") as file:
        rows = [line.rstrip("\n") for line in islice(file, 1 + min(SLICE, persons))]
    data = Dataset().load("\n".join(rows), format="csv", delimiter=";")
    places = zip(data["reference"], data["line"], strict=True)
    data.append_col([f"{reference}:{line}" for reference, line in places], header="key")
    with transaction.atomic():
        taken = seconds(lambda: ByRow().import_data(data, raise_errors=True))
        transaction.set_rollback(True)
    return taken / len(data) * persons


WRITTEN = "%d.%m.%Y"


class ByRow(ModelResource):
    """A row of a register as an entry, one object after the other."""

    person = Field("person", "iin", ForeignKeyWidget(Person, "iin"))
    credited_on = Field("credited_on", "payment_date", DateWidget(WRITTEN))
    order_date = Field("order_date", "order_date", DateWidget(WRITTEN))
    payer = Field("payer", "payer_id")

    class Meta:
        model = Contribution
        import_id_fields = ("key",)
        fields = (
            *("key", "person", "payer", "knp", "period", "amount"),
            *("credited_on", "order_no", "order_date"),
        )

    def before_import_row(self, row: dict, **_: object) -> None:
        row["period"] = f"{row['period'][2:]}-{row['period'][:2]}-01"

    def before_save_instance(self, instance: Contribution, row: dict, **_: object) -> None:
        instance.rank, instance.recorded_at = int(row["line"]), timezone.now()
        instance.kind, instance.reference_day = "employee", instance.period


def nothing(persons: int) -> None:
    """A work that needs nothing made before."""


def findings_of_new(persons: int) -> float:
    """The findings of twenty thousand payments of as many persons, undone afterwards."""
    return min(world.derive_new(GROWTHS["findings_growth"].units, persons) for _ in range(RUNS))


def register(day: date) -> Path:
    return settings.DATA_ROOT / f"register-{day}"


def seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def peak_mb() -> float:
    """Of this process and of the largest it started."""
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(resource.getrusage(one).ru_maxrss for one in who) / 1024


if __name__ == "__main__":
    name, persons = sys.argv[1], int(sys.argv[2])
    taken = globals()[name](persons)
    print(json.dumps({"seconds": taken or 0.0, "rss_mb": peak_mb()}))
