"""`manage.py refunds` takes applications from the file to the money, each act by somebody."""

import csv
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from payments.models import Overpayment
from refunds.models import Application, Batch, Line, PayoutItem
from tests.payments.actions.office import SAMPLES, load_people, take_file
from tests.refunds.actions.office import (
    APPLICATIONS,
    AT,
    HEAD,
    asks,
    head,
    officer,
    small_world,
    treasurer,
    user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT)
    officer(), head(), treasurer()


@pytest.fixture
def refunds(capsysbinary):
    """Runs the command and returns its status and what it printed."""

    def run(by, *arguments):
        capsysbinary.readouterr()
        try:
            call_command("refunds", "--by", by, *map(str, arguments))
        except SystemExit as end:
            return end.code, capsysbinary.readouterr().out.decode()
        return 0, capsysbinary.readouterr().out.decode()

    return run


def as_json(said):
    status, text = said
    return status, [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def written(tmp_path):
    def write(content, name="file"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def answer(*outcomes, on=AT):
    rows = [f"{key};{outcome};{timezone.localdate(on)};" for key, outcome in outcomes]
    return "\n".join([HEAD, *rows, ""])


def applications(*asked):
    return json.dumps(asked)


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


def test_the_samples_are_paid_exactly_what_is_refundable(refunds, written):
    load_people()
    for path in sorted((SAMPLES / "registers").iterdir()):
        take_file(path)
    assert refunds("officer", "load", APPLICATIONS) == (
        0,
        "refund_applications.json: 30 new, 0 known already, 0 at fault\n",
    )
    status, said = refunds("officer", "register")
    assert (status, said.splitlines()[0], len(said.splitlines())) == (
        *(0, "2026-00001: register"),
        30,
    )
    before = refunds("officer", "decide")
    assert (before[0], before[1].count("(duplicate_confirmed)")) == (1, 6)
    assert refunds("officer", "duplicates", "--note", "paid twice")[0] == 0
    assert Overpayment.objects.filter(cause="duplicate", answer="").count() == 0
    assert refunds("officer", "decide")[0] == 0
    assert told("approved") == expected()
    assert refunds("officer", "confirm")[0] == 1
    assert refunds("head", "confirm")[0] == 0
    status, said = refunds("officer", "prepare")
    batch, total = Batch.objects.get(), sum(line.approved for line in Line.objects.all())
    assert (status, said) == (0, f"batch {batch.pk}, prepared: 30 lines, {total}\n")
    assert refunds("head", "batch", "confirm", batch.pk)[0] == 0
    assert refunds("treasurer", "batch", "release", batch.pk)[0] == 0
    keys = list(PayoutItem.objects.order_by("key").values_list("key", flat=True))
    for form in ("mt102", "pain001"):
        status, order = refunds("treasurer", "order", batch.pk, "--form", form)
        assert (status, sorted(key for key in keys if key in order)) == (0, keys)
    path = written(answer(*((key, "paid") for key in keys)), "answer.csv")
    batch.refresh_from_db()
    assert refunds("treasurer", "answer", path) == (
        0,
        f"answer.csv: 30 of 30 payouts, {total}\n  batch {batch}: settled\n",
    )
    assert told("paid_back") == expected()
    assert set(Application.objects.values_list("state", flat=True)) == {"closed"}


def test_who_is_nobody_acts_on_nothing(refunds):
    with pytest.raises(CommandError, match="no user ghost") as refused:
        refunds("ghost", "decide")
    assert refused.value.returncode == 2
    user("gone", "refund_officer")
    type(officer()).objects.filter(username="gone").update(is_active=False)
    with pytest.raises(CommandError, match="no user gone"):
        refunds("gone", "decide")


def test_each_act_is_refused_to_the_wrong_role(refunds, written):
    small_world()
    path = written(applications(asks("A1", "R1")), "a.json")
    refusal = "Your role does not take this step. (not_your_role)\n"
    assert refunds("treasurer", "load", path) == (1, f"load: refused: {refusal}")
    refunds("officer", "load", path)
    assert refunds("head", "register") == (1, f"A1: register: {refusal}")
    refunds("officer", "register")
    assert refunds("head", "decide") == (1, f"A1 / 1: approve 5750.00: {refusal}")
    refunds("officer", "decide")
    assert refunds("officer", "confirm") == (1, f"A1 / 1: confirm 5750.00: {refusal}")
    refunds("head", "confirm")
    assert refunds("treasurer", "prepare") == (1, f"A1 / 1: batch: {refusal}")
    refunds("officer", "prepare")
    batch = Batch.objects.get().pk
    assert refunds("treasurer", "batch", "confirm", batch) == (1, f"{batch}: confirm: {refusal}")
    refunds("head", "batch", "confirm", batch)
    assert refunds("head", "batch", "release", batch) == (1, f"{batch}: release: {refusal}")
    refunds("treasurer", "batch", "release", batch)
    assert refunds("head", "order", batch) == (1, f"order: refused: {refusal}")
    paid = written(answer((PayoutItem.objects.get().key, "paid")))
    assert refunds("officer", "answer", paid) == (1, f"answer: refused: {refusal}")
    assert Line.objects.get().state == "sent"


def test_files_that_are_none_are_refused(refunds, written):
    garbage = written("number;accepted_on", "x.csv")
    status, said = refunds("officer", "load", garbage)
    assert (status, said[: len("x.csv: refused: ")]) == (1, "x.csv: refused: ")
    assert said.endswith("(unreadable)\n")
    assert refunds("treasurer", "answer", garbage) == (
        1,
        "x.csv: refused: neither a statement nor a list of answers (unreadable)\n",
    )
    with pytest.raises(CommandError, match="No such file"):
        refunds("officer", "load", garbage.parent / "nowhere.json")


def test_a_second_time_brings_nothing(refunds, written):
    small_world()
    path = written(applications(asks("A1", "R1")), "a.json")
    refunds("officer", "load", path)
    assert as_json(refunds("officer", "--json", "load", path)) == (
        0,
        [{"file": "a.json", "new": [], "again": 1, "unread": []}],
    )
    for by, act in (("officer", "register"), ("officer", "decide"), ("head", "confirm")):
        assert refunds(by, act)[0] == 0
        assert refunds(by, act) == (0, "")
    refunds("officer", "prepare")
    batch, item = Batch.objects.get(), PayoutItem.objects.get()
    assert refunds("officer", "prepare") == (
        1,
        "lines: refused: No line is to be paid. (not_to_be_paid)\n",
    )
    with pytest.raises(CommandError, match=f"no released batch {batch.pk}"):
        refunds("treasurer", "order", batch.pk)
    refunds("head", "batch", "confirm", batch.pk)
    assert as_json(refunds("head", "--json", "batch", "confirm", batch.pk)) == (
        1,
        [
            {
                "what": str(batch.pk),
                "step": "confirm",
                "code": "no_such_step",
                "text": "It is in another state: this step is not open to it.",
            }
        ],
    )
    refunds("treasurer", "batch", "release", batch.pk)
    path = written(answer((item.key, "paid")), "answer.csv")
    batch.refresh_from_db()
    assert as_json(refunds("treasurer", "--json", "answer", path)) == (
        0,
        [
            {
                "file": "answer.csv",
                "items": 1,
                "applied": 1,
                "total": "5750.00",
                "faults": [],
                "batches": {str(batch): "settled"},
            }
        ],
    )
    assert refunds("treasurer", "answer", path) == (
        1,
        "answer.csv: refused: The same file was received before. (already_received)\n",
    )
    other = written(answer((item.key, "bounced")), "other.csv")
    assert refunds("treasurer", "answer", other) == (
        1,
        f"other.csv: 0 of 1 payouts, 0.00\n  2: answered_already {item.key}\n",
    )


def test_what_is_at_fault_is_told_with_its_place(refunds, written):
    small_world()
    ahead = asks("A2", "R2", accepted_on=f"{AT.date() + timedelta(days=1)}")
    path = written(applications(asks("A1", "R1"), ahead), "a.json")
    assert refunds("officer", "load", path) == (
        1,
        "a.json: 1 new, 0 known already, 1 at fault\n  A2, accepted_on: day_ahead 2026-11-24\n",
    )
