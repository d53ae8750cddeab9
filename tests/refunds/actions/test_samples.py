"""The applications of the sample world, from the file to the money."""

import csv

import pytest

from refunds.models import Application, Line
from registry.models import Contribution
from tests.payments.actions.office import SAMPLES
from tests.refunds.actions.office import (
    answer,
    batch_of_all,
    confirm_all,
    decide_as_found,
    load,
    loaded,
    refuse_at_commit,
    sample_world,
)

pytestmark = pytest.mark.django_db


def expected():
    with (SAMPLES / "expected" / "refunds.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["application"], row["reference"], row["line"], row["refundable"])
            for row in csv.DictReader(file, delimiter=";")
        ]


def told(field):
    return [
        (line.application.number, line.reference, str(line.item_line), f"{getattr(line, field)}")
        for line in Line.objects.select_related("application").order_by("application__number")
    ]


def test_every_application_is_paid_what_the_findings_say_and_no_more():
    sample_world()
    loaded()
    assert set(decide_as_found().values()) == {""}
    assert told("approved") == expected()
    assert set(confirm_all().values()) == {""}
    batch = batch_of_all()
    took = answer(*((item.key, "paid") for item in batch.items.all()))
    assert (took.answer.applied, took.answer.faults) == (30, [])
    assert told("paid_back") == expected()
    assert set(Application.objects.values_list("state", flat=True)) == {"closed"}
    assert [batch.state for batch in took.batches] == ["settled"]
    refuse_at_commit()
    booked = Contribution.objects.exclude(reverses=None)
    assert sum(-entry.amount for entry in booked) == took.answer.total


def test_the_same_file_again_brings_nothing():
    sample_world()
    assert len(load().new) == 30
    again = load()
    assert (again.new, again.again, again.unread) == ([], 30, [])
    refuse_at_commit()
