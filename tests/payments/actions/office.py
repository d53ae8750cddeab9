"""What an office does with files, for tests: loading, receiving, and what the books then say."""

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import connection

from payments.actions.receive import receive
from payments.models import ExceptionItem, Finding
from registry.actions.load import load_categories, load_persons
from registry.rules.extract import PERSON_COLUMNS

SAMPLES = Path(__file__).parents[2] / "samples"
AT, LATER = datetime(2026, 11, 20, 6, 0, tzinfo=UTC), datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
NOTES = ("late", "base_mismatch")


def load_people(folder=SAMPLES):
    with (folder / "persons.csv").open("rb") as stream:
        loaded = load_persons(stream, received_on=date(2026, 11, 20), at=AT)
        assert not loaded.rejected
    load_spans(folder)


def load_spans(folder=SAMPLES):
    with (folder / "categories.csv").open("rb") as stream:
        assert not load_categories(stream, at=AT).rejected


PEOPLE = {
    "990101300003": ("АХМЕТОВ", "АСАН", "1999-01-01"),
    "990101300409": ("СЕРІКОВ", "БЕРІК", "1999-01-01"),
    "890131200076": ("ИВАНОВА", "АННА", "1889-01-31"),
}
FIRST, SECOND, THIRD = PEOPLE
EMPLOYER, OTHER_EMPLOYER = "000140000012", "990140000007"


def add_people(people=PEOPLE):
    rows = [
        f"{iin};{last};{first};;{born};M;citizen;75;" for iin, (last, first, born) in people.items()
    ]
    text = "\n".join([";".join(PERSON_COLUMNS), *rows, ""])
    loaded = load_persons(io.BytesIO(text.encode()), received_on=date(2020, 1, 1), at=AT)
    assert loaded.new == len(people)


def row(iin=FIRST, **cells):
    """A right row of a register; the names are those of the person."""
    last, first, born = PEOPLE.get(iin, ("", "", ""))
    usual = {
        "reference": "R1",
        "line": 1,
        "order_no": "1",
        "order_date": "2026-11-10",
        "payment_date": "2026-11-10",
        "knp": "122",
        "payer_id": EMPLOYER,
        "payer_name": "ТОО «АЛҒА»",
        "iin": iin,
        "last_name": last,
        "first_name": first,
        "middle_name": "",
        "birth_date": born,
        "period": "102026",
        "amount": "2000.00",
    }
    return usual | cells


def register(*rows, total=None):
    """A list as CSV, with its last row."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(row())
    for one in rows:
        writer.writerow(one.values())
    if total is None:
        total = sum((Decimal(one["amount"]) for one in rows), Decimal(0))
    writer.writerow(["ИТОГО", len(rows), *[""] * 12, f"{total}"])
    return out.getvalue().encode()


def take(content, name="register.csv", **others):
    return receive(io.BytesIO(content), name, at=AT, **others)


def take_file(path):
    with path.open("rb") as stream:
        return receive(stream, path.name, at=AT)


def items():
    """Every item of every file as `expected/items.csv` lists it."""
    found = defaultdict(list)
    for entry, code in Finding.objects.filter(dropped_at=None).values_list("entry__key", "code"):
        found[entry].append(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.key, f.name, m.reference, split_part(c.key, ':', 2)::int, p.iin, c.knp,"
            " to_char(c.period, 'MMYYYY'), c.amount FROM registry_contribution c"
            " JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint"
            " JOIN payments_file f ON f.id = m.file_id JOIN registry_person p ON p.id = c.person_id"
        )
        for key, *row in cursor.fetchall():
            codes = [code for code in found[key] if code not in NOTES]
            yield line(*row, "yes", codes)
    queue = ExceptionItem.objects.values_list(
        "message__file__name",
        "message__reference",
        "line",
        "iin",
        "knp",
        "period",
        "amount",
        "codes",
    )
    for *row, codes in queue:
        yield line(*row, "no", codes)


def line(file, reference, number, iin, knp, period, amount, posted, codes):
    cells = (file, reference, number, iin, knp, period, f"{amount:.2f}", posted, " ".join(codes))
    return ";".join(map(str, cells))


def state():
    """Everything that follows from the files, without the numbers that the database gave out."""
    tables = {
        "entries": "SELECT m.reference, split_part(c.key, ':', 2)::int, p.iin, c.payer, c.knp,"
        " c.period, c.amount, c.credited_on, c.kind, c.reference_day, c.due, c.share"
        " FROM registry_contribution c JOIN registry_person p ON p.id = c.person_id"
        " JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint",
        "findings": "SELECT m.reference, split_part(c.key, ':', 2)::int, f.code, f.amount, f.days"
        " FROM payments_finding f JOIN registry_contribution c ON c.id = f.entry_id"
        " JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint"
        " WHERE f.dropped_at IS NULL",
        "exclusions": "SELECT m.reference, split_part(c.key, ':', 2)::int, x.cause, x.since,"
        " x.until FROM registry_exclusion x JOIN registry_contribution c ON c.id = x.entry_id"
        " JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint"
        " WHERE x.dropped_at IS NULL",
        "exceptions": "SELECT m.reference, e.line, e.raw, e.iin, e.codes, e.amount, e.state"
        " FROM payments_exceptionitem e JOIN payments_message m ON m.id = e.message_id",
        "messages": "SELECT f.name, m.number, m.reference, m.items, m.total"
        " FROM payments_message m JOIN payments_file f ON f.id = m.file_id",
        "files": "SELECT name, sha256, state, code, items, total, posted, posted_total"
        " FROM payments_file WHERE state <> 'refused'",
        "paid": "SELECT p.iin, encode(m.records, 'hex') FROM registry_paidmonths m"
        " JOIN registry_person p ON p.id = m.person_id",
    }
    with connection.cursor() as cursor:
        return {name: rows(cursor, query) for name, query in tables.items()}


def rows(cursor, query):
    cursor.execute(query)
    return sorted(map(str, cursor.fetchall()))
