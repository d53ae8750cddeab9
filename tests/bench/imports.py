"""Registers of any size: read and posted, beside the bare work and beside django-import-export."""

from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, ForeignKeyWidget
from tablib import Dataset

from mhifund.demo import files
from payments.actions.receive import receive
from payments.rules import mt102_out, sheet
from registry.models import Contribution, Person
from tests.bench import world
from tests.bench.measure import RUNS, seconds

ITEMS_OF_AN_ORDER = 500
CSV, MT102, FIRST, SECOND, THIRD = (date(2026, 11, day) for day in (20, 19, 18, 17, 16))
PERIODS = {CSV: "112026", MT102: "122026", FIRST: "012027", SECOND: "022027", THIRD: "032027"}
"""Each register pays for a month for which nothing has come yet."""
SLICE = 20_000
COLUMNS = (
    "key, person_id, payer, knp, period, amount, credited_on, order_no, order_date, recorded_at,"
    " rank, kind, reference_day"
)


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


def register(day: date) -> Path:
    return settings.DATA_ROOT / f"register-{day}"
