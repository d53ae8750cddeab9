"""Who handles refunds, and the sample world they work in."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection

from payments.actions import duplicates
from payments.models import Overpayment
from refunds.actions import answers, cases, lines, payouts
from refunds.models import Application, Event, Line
from tests.payments.actions.office import (
    FIRST,
    SAMPLES,
    add_people,
    load_people,
    row,
    take,
    take_file,
)
from tests.payments.actions.office import register as register_of

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PAID = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
"""When the bank answers, and the day of its payouts."""
APPLICATIONS = SAMPLES / "refund_applications.json"


def user(name, role):
    """A user of a role; the same name is the same user."""
    found, new = get_user_model().objects.get_or_create(username=name)
    if new:
        found.groups.set(Group.objects.filter(name=role))
    return found


def officer(name="officer"):
    return user(name, "refund_officer")


def head(name="head"):
    return user(name, "refund_head")


def treasurer(name="treasurer"):
    return user(name, "treasurer")


def sample_world():
    load_people()
    for path in sorted((SAMPLES / "registers").iterdir()):
        take_file(path)
    confirm_duplicates()


def confirm_duplicates():
    waiting = Overpayment.objects.filter(cause="duplicate", answer="").values_list("pk", flat=True)
    told = duplicates.confirm(
        list(waiting), by=user("reconciler", "reconciliation_officer"), at=AT, note="paid twice"
    )
    assert set(told.values()) <= {""}


def load(content=None, *, at=AT):
    content = APPLICATIONS.read_bytes() if content is None else content
    return cases.load(content, "applications.json", by=officer(), at=at)


def register(applications, *, at=AT):
    for application in applications:
        assert cases.step(application.pk, "register", by=officer(), at=at) == ""


def loaded(*, at=AT):
    """All applications of the samples, under review."""
    found = load(at=at)
    register(found.new, at=at)
    return found.new


def seen(rows):
    return {row.pk: row.version for row in rows}


def decide_as_found(wanted=None, *, at=AT, by=None):
    wishes = lines.as_found(wanted or Line.objects.values_list("pk", flat=True))
    return lines.decide(wishes, by=by or officer(), at=at)


def confirm_all(*, at=AT, by=None):
    waiting = Line.objects.filter(state__in=("approved", "partly", "refused"))
    return lines.confirm(seen(waiting), by=by or head(), at=at)


def batch_of_all(*, at=AT):
    """A released batch of everything that is to be paid."""
    waiting = Line.objects.filter(state="confirmed")
    batch, told = payouts.prepare(seen(waiting), by=officer(), at=at)
    assert set(told.values()) <= {""}
    assert payouts.step(batch.pk, "confirm", by=head(), at=at) == ""
    assert payouts.step(batch.pk, "release", by=treasurer(), at=at) == ""
    batch.refresh_from_db()
    return batch


def answer(*rows, at=PAID, name="answer.csv"):
    """The bank answers: (key, outcome) or (key, outcome, sum)."""
    told = [
        ";".join([key, outcome, f"{PAID:%Y-%m-%d}", "", *(str(sum_) for sum_ in rest)])
        for key, outcome, *rest in rows
    ]
    text = "\n".join(["key;outcome;date;text;amount" if len(rows[0]) > 2 else HEAD, *told, ""])
    return answers.take(io.BytesIO(text.encode()), name, by=treasurer(), at=at)


HEAD = "key;outcome;date;text"


def states(model=Line):
    return dict(model.objects.order_by("pk").values_list("pk", "state"))


def refuse_at_commit():
    """Asks the deferred triggers now, as a commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def application(number):
    return Application.objects.get(number=number)


MONTHS = ("072026", "082026", "092026", "102026")
OVERPAID = Decimal("5750.00")
"""What of 10 000 tenge that an independent payer paid for one of these months is too much."""


def small_world():
    """FIRST paid 10 000 tenge for himself for each of MONTHS: item 1 of R1, R2, R3 and R4."""
    add_people()
    rows = [
        row(reference=f"R{number}", payer_id=FIRST, period=period, amount="10000.00")
        for number, period in enumerate(MONTHS, 1)
    ]
    assert take(register_of(*rows)).posted == len(MONTHS)


def asks(number, *references, asked="5750.00", **others):
    """An application of FIRST, as the file of the State Corporation has it."""
    lines = [
        {
            "reference": reference,
            "line": 1,
            "iin": FIRST,
            "period": MONTHS[int(reference[1]) - 1],
            "knp": "122",
            "paid": "10000.00",
            "asked": asked,
            "reason": "erroneous",
        }
        for reference in references
    ]
    usual = {
        "number": number,
        "accepted_on": "2026-11-16",
        "channel": "state_corporation",
        "applicant": {"id": FIRST, "name": "АХМЕТОВ АСАН", "phone": "", "email": ""},
        "account": {"iban": "KZ31601A000000000001", "bic": "HSBKKZKX"},
        "lines": lines,
        "documents": [],
    }
    return usual | others


def asks_of(*wanted):
    """A file with applications of FIRST: (number, references)."""
    return json.dumps([asks(*one) for one in wanted]).encode()


def under_review(number, *references, at=AT, **others):
    """An application under review, and its lines."""
    content = json.dumps([asks(number, *references, **others)]).encode()
    (application,) = load(content, at=at).new
    register([application], at=at)
    return application, list(application.lines.all())


def decided(number, *references, **others):
    """The same, with every line approved as far as it is refundable."""
    application, asked = under_review(number, *references, **others)
    assert set(decide_as_found([line.pk for line in asked]).values()) == {""}
    return application, lines_of(application)


def confirmed(number, *references, **others):
    application, approved = decided(number, *references, **others)
    assert set(lines.confirm(seen(approved), by=head(), at=AT).values()) == {""}
    return application, lines_of(application)


def lines_of(application):
    return list(Line.objects.filter(application=application))


def sums(reference):
    """(found, amount, reserved, paid) of the overpayment of an item, in whole tenge."""
    row = Overpayment.objects.get(
        entry__in=Line.objects.filter(reference=reference).values("entry")
    )
    return tuple(map(int, (row.found, row.amount, row.reserved, row.paid)))


def story(machine, subject):
    """The steps that something took, oldest first."""
    rows = Event.objects.filter(machine=machine, subject=subject.pk, number__isnull=False)
    return list(rows.order_by("pk").values_list("step", "before", "after"))
