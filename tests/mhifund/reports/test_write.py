"""Reports lie where their rows say, whole, and are written once."""

import hashlib

import pytest
from django.conf import settings

from mhifund import night
from mhifund.models import Report
from mhifund.reports.write import write
from tests.mhifund.office import AIDOS, AT, ON, known

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    known(AIDOS)
    return night.through(ON, at=AT)


def contents():
    return {
        report.name: (settings.REPORTS_ROOT / report.name).read_bytes()
        for report in Report.objects.all()
    }


def test_a_night_leaves_every_report_in_both_forms(run):
    assert sorted(Report.objects.values_list("kind", "form")) == [
        (kind, form)
        for kind in ("exceptions", "files", "receipts", "statuses")
        for form in ("csv", "xlsx")
    ]
    assert {report.on for report in Report.objects.all()} == {ON}


def test_the_row_of_a_report_knows_its_file(run):
    report = Report.objects.get(kind="statuses", form="csv")
    content = (settings.REPORTS_ROOT / report.name).read_bytes()
    assert report.name == f"2026-11-20/statuses-2026-11-20-{run.pk}.csv"
    assert (report.size, report.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert report.rows == 3 == content.count(b"\r\n") - 1


def test_nothing_else_lies_beside_them(run):
    folder = settings.REPORTS_ROOT / "2026-11-20"
    ours = [path.name for path in folder.iterdir() if f"-{run.pk}." in path.name]
    assert len(ours) == 8
    assert not [name for name in ours if name.startswith(".")]


def test_the_reports_of_a_run_are_left_as_they_were_written(run):
    known_before, rows = contents(), list(Report.objects.order_by("pk").values())
    assert write(run, at=AT) == 0
    assert (contents(), list(Report.objects.order_by("pk").values())) == (known_before, rows)


@pytest.mark.parametrize("lost", ["row", "file"])
def test_what_is_missing_of_a_report_is_written_again(run, lost):
    report = Report.objects.get(kind="receipts", form="xlsx")
    known_before = contents()
    if lost == "row":
        report.delete()
    else:
        (settings.REPORTS_ROOT / report.name).unlink()
    assert write(run, at=AT) == 1
    assert contents() == known_before
