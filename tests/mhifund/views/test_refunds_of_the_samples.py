"""The applications of the sample world go from their file to the money through the pages."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from refunds.models import Application, Batch, Line
from tests.mhifund.office import staff
from tests.refunds.actions.office import APPLICATIONS, sample_world
from tests.refunds.actions.test_samples import expected, told

pytestmark = pytest.mark.django_db


def seat(role):
    client = Client()
    client.force_login(staff(role))
    return client


def post(client, name, *args, **facts):
    answer = client.post(reverse(name, args=args), facts, follow=True)
    assert answer.status_code == 200
    return answer


def rows(found):
    return [f"{row.pk}:{row.version}" for row in found]


def test_every_case_is_paid_what_is_refundable():
    sample_world()
    officer, head, treasurer = map(seat, ("refund_officer", "refund_head", "treasurer"))
    with APPLICATIONS.open("rb") as file:
        post(officer, "refunds_load", file=file)
    waiting = rows(Application.objects.filter(state="sent"))
    post(officer, "act_on_refunds", act="register", row=waiting)
    for application in Application.objects.filter(state="review"):
        chosen = rows(application.lines.all())
        post(officer, "act_on_lines", application.pk, act="as_found", row=chosen)
        post(head, "act_on_lines", application.pk, act="confirm", row=rows(application.lines.all()))
    assert told("approved") == expected()
    post(officer, "prepare_payout", lines="all")
    batch = Batch.objects.get()
    post(head, "step_payout", batch.pk, step="confirm", version=0)
    post(treasurer, "step_payout", batch.pk, step="release", version=1)
    on = timezone.localdate()
    keys = batch.items.values_list("key", flat=True)
    text = "\n".join(["key;outcome;date;text", *(f"{key};paid;{on};" for key in keys), ""])
    file = io.BytesIO(text.encode())
    file.name = "answer.csv"
    post(treasurer, "bank_answers", file=file)
    assert told("paid_back") == expected()
    assert set(Line.objects.values_list("state", flat=True)) == {"paid"}
    assert set(Application.objects.values_list("state", flat=True)) == {"closed"}
