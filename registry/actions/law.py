"""The law: loaded from `registry/data` where it is missing, and read back as the rules take it."""

import csv
from datetime import date
from pathlib import Path

from django.apps import apps as installed
from django.db import connection, connections, transaction
from django.db.models import Max

from registry.models import CalendarDay, Parameter, Proposal
from registry.rules.law import Law, Row, entries
from registry.rules.workdays import Calendar

DATA = Path(__file__).parent.parent / "data"


def law():
    """Every dated parameter as it stands now."""
    return kept((Parameter, _law))[0]


def calendar():
    """The days that differ from Monday to Friday."""
    return kept((CalendarDay, _calendar))[0]


def rules():
    """The law and the calendar, asked for at once."""
    return kept((Parameter, _law), (CalendarDay, _calendar))


def known(known_at):
    """The law as it was known at a moment, the calendar, and whether it has changed since."""
    now, days, changed_at = kept(
        (Parameter, _law), (CalendarDay, _calendar), (Proposal, _last_change)
    )
    if changed_at is None or changed_at <= known_at:
        return now, days, False
    return _law(Parameter.objects.known(known_at)), days, True


KEPT = {}


def kept(*pairs):
    """What small tables are read as, read again only when a row of one is another than before.

    `pairs`: a model, and what reads it.
    """
    # a row that was written has another xmin, or another place
    marks = " UNION ALL ".join(
        f"SELECT '{table}', count(*), sum(xmin::text::bigint), max(ctid) FROM {table}"
        for table in (model._meta.db_table for model, _ in pairs)
    )
    with connection.cursor() as cursor:
        cursor.execute(marks)
        found = {table: mark for table, *mark in cursor.fetchall()}
    for model, read in pairs:
        mark = found[model._meta.db_table]
        if KEPT.get(model, (None, None))[0] != mark:
            KEPT[model] = mark, read()
    return tuple(KEPT[model][1] for model, _ in pairs)


def _law(rows=None):
    rows = Parameter.objects.current() if rows is None else rows
    fields = ("code", "since", "value", "text", "unit")
    return Law.of(Row(*values) for values in rows.values_list(*fields))


def _last_change():
    confirmed = Proposal.objects.filter(state="confirmed")
    return confirmed.aggregate(at=Max("decided_at"))["at"]


def _calendar():
    days = {kind: set() for kind in ("off", "moved", "worked")}
    for day, kind in CalendarDay.objects.values_list("day", "kind"):
        days[kind].add(day)
    return Calendar(
        off=frozenset(days["off"] | days["moved"]),
        worked=frozenset(days["worked"]),
        moved=frozenset(days["moved"]),
    )


def load_law(on, apps=installed, using="default"):
    """Adds the rows of the law that are missing; a row that is there stays as the staff left it."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config('mhifund.law', 'shipped', true)")
        for model, rows in (
            ("Parameter", _parameters()),
            ("CalendarDay", _days(on, _set_by_hand(apps, using))),
            ("Region", _regions()),
            ("Category", _categories()),
            ("CategoryGroup", _groups()),
        ):
            add_missing(apps.get_model("registry", model), rows, using)
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config('mhifund.law', '', true)")


def add_missing(model, rows, using):
    """Rows as mappings of fields; those whose key is taken are left out."""
    model.objects.using(using).bulk_create([model(**row) for row in rows], ignore_conflicts=True)


def read(path):
    """The rows of a file of ours; an empty cell is None."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            yield {column: value or None for column, value in row.items()}


def names(row):
    return {field: row[field] for field in ("name_kk", "name_ru", "name_en")}


def basis(row):
    return ", ".join(filter(None, (row["act"], row["article"])))


def _parameters():
    with (DATA / "parameters.csv").open(encoding="utf-8", newline="") as file:
        return [entry._asdict() for entry in entries(csv.DictReader(file, delimiter=";"))]


def _set_by_hand(apps, using):
    """The days that the office made what they are, also those it left to the week."""
    if "calendarchange" not in apps.all_models["registry"]:
        return set()
    changes = apps.get_model("registry", "CalendarChange").objects.using(using)
    return set(changes.values_list("day", flat=True))


def _days(on, but):
    return (
        {
            "day": row["day"],
            "kind": "moved" if row["moved"] == "yes" else row["kind"],
            "entered_on": on,
            **names(row),
        }
        for row in read(DATA / "calendar.csv")
        if date.fromisoformat(row["day"]) not in but
    )


def _regions():
    return (
        {"code": row["code"], "since": row["since"], "until": row["until"], **names(row)}
        for row in read(DATA / "regions.csv")
    )


def _categories():
    first = {}
    for row in read(DATA / "categories.csv"):
        first.setdefault(row["code"], {"code": row["code"], "basis": basis(row), **names(row)})
    return first.values()


def _groups():
    return (
        {"category_id": row["code"], "since": row["since"], "group": row["group"]}
        for row in read(DATA / "categories.csv")
    )
