"""The whole of the sample world comes out as it must, item by item and person by person."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from mhifund.night import through
from payments.actions.trace import trace
from payments.models import ExceptionItem, File
from registry.models import Contribution, Verdict
from registry.rules import months
from registry.rules.verdicts import missing_months
from tests.payments.actions.office import AT, SAMPLES, items, load_people, take, take_file

STATEMENT = SAMPLES / "statement_2026-11.camt053.xml"


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Everything loaded and received once, and forgotten afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_people()
        for path in sorted((SAMPLES / "registers").iterdir()):
            assert take_file(path).state == "posted"
        take_file(STATEMENT)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("world")
def test_every_item_is_posted_or_not_with_its_findings():
    expected = (SAMPLES / "expected" / "items.csv").read_text(encoding="utf-8").splitlines()
    assert sorted(items()) == sorted(expected[1:])


def expected_statuses():
    with (SAMPLES / "expected" / "statuses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    days = sorted({row["on"] for row in rows})
    return [pytest.param(day, [row for row in rows if row["on"] == day], id=day) for day in days]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("day", "expected"), expected_statuses())
def test_every_person_has_the_status_of_the_day(day, expected):
    through(date.fromisoformat(day), at=AT)
    assert sorted(verdicts(day), key=str) == sorted(expected, key=str)


def verdicts(day):
    for verdict in Verdict.objects.select_related("person"):
        yield {
            "iin": verdict.person.iin,
            "on": day,
            "status": verdict.status,
            "reason": verdict.reason,
            "until": verdict.until.isoformat() if verdict.until else "",
            "missing": " ".join(missing(verdict)),
        }


def missing(verdict):
    if verdict.window is None:
        return []
    return map(months.text, missing_months(verdict.missing, months.number(verdict.window)))


@pytest.mark.usefixtures("world")
def test_the_statement_agrees_with_the_registers():
    assert list(File.objects.exclude(code="").values_list("name", "code")) == []
    assert File.objects.get(kind="statement").state == "posted"


@pytest.mark.usefixtures("world")
def test_no_item_and_no_tenge_is_lost():
    for file in File.objects.filter(kind="register"):
        queued = ExceptionItem.objects.filter(message__file=file)
        assert file.posted + queued.count() == file.items
        assert file.posted_total + sum(item.amount for item in queued) == file.total
        assert sum(message.total for message in file.messages.all()) == file.total
        assert file.messages_count == file.messages.count()


@pytest.mark.usefixtures("world")
def test_the_books_name_what_can_be_paid_back_of_each_line_of_an_application():
    cases = json.loads((SAMPLES / "refund_applications.json").read_text(encoding="utf-8"))
    lines = [(case["number"], line) for case in cases for line in case["lines"]]
    traced = trace((line["reference"], line["line"]) for _number, line in lines)
    told = []
    for number, line in lines:
        one = traced[line["reference"], line["line"]]
        assert (one.state, one.iin, one.knp) == ("posted", line["iin"], line["knp"])
        assert f"{one.period:%m%Y}" == line["period"]
        refundable = min(Decimal(line["asked"]), one.left)
        sums = f"{one.amount};{line['asked']};{refundable}"
        told.append(f"{number};{line['reference']};{line['line']};{sums};{one.cause}")
    expected = (SAMPLES / "expected" / "refunds.csv").read_text(encoding="utf-8").splitlines()
    assert told == expected[1:]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["2020-04.mt102.txt", "2026-11.csv"])
def test_a_register_a_second_time_is_refused(name):
    before = Contribution.objects.count()
    file = take((SAMPLES / "registers" / name).read_bytes(), "under another name")
    assert (file.state, file.code) == ("refused", "already_received")
    assert Contribution.objects.count() == before
