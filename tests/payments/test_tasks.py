"""A task reads what was accepted, and its row tells how far it is."""

import io

import pytest
from django.utils import timezone

from payments import tasks
from payments.actions.receive import accept
from payments.models import File
from tests.mhifund.office import AIDOS, HEAD, item, known


@pytest.mark.django_db
def test_an_accepted_file_is_read_to_its_end():
    known(AIDOS)
    line = item("U1", AIDOS, "092026", "100.00")
    text = "\r\n".join([HEAD, line, f"ИТОГО;1{';' * 13}100.00", ""])
    file = accept(io.BytesIO(text.encode()), "brought.csv", at=timezone.now(), by=None)
    assert file.state == "reading"
    tasks.read_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.posted, file.name) == ("posted", 1, "brought.csv")


@pytest.mark.django_db(transaction=True)
def test_the_row_shows_the_progress_while_the_posting_is_one_transaction():
    file = File.objects.create(
        name="r.csv",
        sha256="1" * 64,
        size=9,
        kind="register",
        state="reading",
        received_at=timezone.now(),
    )
    with tasks.shown_in_row(file.pk) as progress:
        progress("post", 50_000)
        progress("post", 60_000)
    file.refresh_from_db()
    assert (file.step, file.done) == ("post", 50_000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "state"), [("", "refused"), (f"{HEAD}\r\nИТОГО;0{';' * 13}0\r\n", "posted")]
)
def test_a_task_that_comes_back_after_its_work_does_nothing(text, state):
    file = accept(io.BytesIO(text.encode()), "brought.csv", at=timezone.now(), by=None)
    tasks.read_file(file.pk)
    tasks.read_file(file.pk)
    assert File.objects.get().state == state
