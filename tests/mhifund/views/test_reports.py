"""Reports are taken, and who took them is written down."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from mhifund.models import Report, ReportTaking
from registry.models import Run
from tests.mhifund.office import AT, ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def left():
    """Reports that a night left behind."""
    run = Run.objects.create(on=ON, state="done", started_at=AT, finished_at=AT)
    settings.REPORTS_ROOT.mkdir(parents=True, exist_ok=True)

    def leave(*kinds):
        for kind in kinds:
            name = f"2026-11-20-{kind}.csv"
            (settings.REPORTS_ROOT / name).write_text(f"{kind};1")
            Report.objects.create(
                kind=kind,
                form="csv",
                on=ON,
                run=run,
                name=name,
                sha256="0" * 64,
                size=10,
                rows=1,
                made_at=timezone.now(),
            )
        return list(Report.objects.order_by("id"))

    return leave


def test_a_report_is_taken_as_it_lies_there_and_the_taker_is_known(as_role, left):
    (report,) = left("statuses")
    client = as_role("analyst")
    answer = client.get(reverse("report", args=[report.pk]))
    assert b"".join(answer.streaming_content) == b"statuses;1"
    assert "2026-11-20-statuses.csv" in answer["Content-Disposition"]
    taken = ReportTaking.objects.values_list("report", "user__username")
    assert list(taken) == [(report.pk, "analyst-0")]
    assert "analyst-0" in client.get(reverse("reports")).content.decode()


def test_a_report_whose_file_is_gone_is_not_there(as_role, left):
    (report,) = left("receipts")
    (settings.REPORTS_ROOT / report.name).unlink()
    assert as_role("analyst").get(reverse("report", args=[report.pk])).status_code == 404
    assert not ReportTaking.objects.exists()


def test_reports_of_the_whole_country_are_not_for_a_region(as_role, left):
    (report,) = left("statuses")
    client = as_role("analyst", "63")
    text = client.get(reverse("reports"), headers={"accept-language": "en"}).content.decode()
    assert "The reports are of the whole country" in text
    assert client.get(reverse("report", args=[report.pk])).status_code == 403


@pytest.mark.parametrize("kinds", [["statuses"], ["statuses", "receipts", "exceptions"]])
def test_the_list_costs_the_same_for_one_report_and_for_three(
    as_role, left, kinds, django_assert_num_queries
):
    left(*kinds)
    client = as_role("analyst")
    with django_assert_num_queries(9):
        client.get(reverse("reports"))
