"""Refund cases of the made-up country: some in each state that an officer may meet."""

import io
import json
from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import make_aware

from payments.models import OPEN, Overpayment
from refunds.actions import answers, cases, clocks, lines, payouts
from refunds.models import Application, Line

ACCOUNT = {"iban": "KZ31601A000000000001", "bic": "HSBKKZKX"}
OF_EACH, MOST_LINES, CHECKED, OLD = 3, 4, 7, 30
DAYS = {
    "paid": 14,
    "bounced": 13,
    "sent": 12,
    "late": 11,
    "ready": 9,
    "signed": 9,
    "prepared": 8,
    "decided": 6,
    "refused": 5,
    "review": 3,
    "standing": 2,
    "new": 0,
}
"""How far applications are, and how many days ago the Fund received them."""

IN_BATCHES = ("paid", "bounced", "sent", "signed", "prepared")


@transaction.atomic
def leave(on):
    """Takes applications of payers as far as DAYS says, and opens some that nobody asked for."""
    if Application.objects.exists():
        return
    by_payer = _by_payer(OF_EACH * (len(DAYS) + 1), on - timedelta(days=OLD))
    each = max(1, min(OF_EACH, len(by_payer) // (len(DAYS) + 1)))
    for stage, ago in DAYS.items():
        some = [by_payer.pop() for _ in range(min(each, len(by_payer)))]
        if some:
            _leave(stage, some, on - timedelta(days=ago))
    cases.open_from_overpayments(
        [row.pk for rows in by_payer for row in rows], by=_user("refunds"), at=_noon(on)
    )


def _by_payer(count, credited):
    """Overpayments that nobody has asked back yet, those of one payer together; of old payments."""
    asked = Line.objects.filter(entry=OuterRef("entry"))
    rows = Overpayment.objects.filter(~Exists(asked), OPEN, entry__credited_on__lte=credited)
    rows = rows.exclude(cause="duplicate", answer="")
    found = {}
    for row in rows.select_related("entry__person").order_by("pk").iterator():
        found.setdefault(row.entry.payer, []).append(row)
        if len(found) > count:
            break
    return [rows[:MOST_LINES] for rows in found.values()][:count]


def _leave(stage, by_payer, received):
    content = [_asked(stage, n, rows, received) for n, rows in enumerate(by_payer, 1)]
    found = cases.load(
        json.dumps(content).encode(), f"{stage}.json", by=_user("refunds"), at=_noon(received)
    )
    if stage == "new":
        return
    for row in found.new:
        cases.step(row.pk, "register", by=_user("refunds"), at=_noon(received))
    if stage == "standing":
        at, note = _noon(received, 1), "Consent of the person"
        clocks.pause(found.new[0].pk, "documents", by=_user("refunds"), at=at, note=note)
    if stage not in ("late", "review", "standing"):
        _decide(stage, found.new, received)


def _asked(stage, n, rows, received):
    """An application as the State Corporation writes it."""
    entry, places = rows[0].entry, cases.places_of([row.entry for row in rows])
    name = places[entry.pk][0].payer_name or entry.payer
    return {
        "number": f"{received.year}-{100 * [*DAYS].index(stage) + n:05}",
        "accepted_on": (received - timedelta(days=CHECKED)).isoformat(),
        "channel": "state_corporation",
        "applicant": {"id": entry.payer, "name": name},
        "account": ACCOUNT,
        "lines": [_line(row, *places[row.entry_id]) for row in rows],
        "documents": [
            {"kind": kind, "name": f"{kind}.pdf", "sha256": f"{entry.pk:063x}{place}"}
            for place, kind in enumerate(("form", "consent", "payment_order"))
        ],
    }


def _line(row, message, number):
    return {
        "reference": message.reference,
        "line": number,
        "iin": row.entry.person.iin,
        "period": f"{row.entry.period:%m%Y}",
        "knp": row.entry.knp,
        "paid": str(row.entry.amount),
        "asked": str(row.left),
        "reason": cases.REASONS[row.cause],
    }


def _decide(stage, applications, received):
    waiting = Line.objects.filter(application__in=applications)
    officer, head = _user("refunds"), _user("head")
    wishes = lines.as_found(waiting.values_list("pk", flat=True))
    if stage == "refused":
        wishes = {pk: lines.Wish("refuse", reason="incomplete_documents") for pk in wishes}
    lines.decide(wishes, by=officer, at=_noon(received, 1), note="")
    if stage == "decided":
        return
    lines.confirm(dict.fromkeys(wishes), by=head, at=_noon(received, 2))
    if stage in IN_BATCHES:
        batch, _told = payouts.prepare(dict.fromkeys(wishes), by=officer, at=_noon(received, 2))
        if stage != "prepared" and batch:
            _pay(stage, batch, received)


def _pay(stage, batch, received):
    payouts.step(batch.pk, "confirm", by=_user("head"), at=_noon(received, 3))
    if stage == "signed":
        return
    payouts.step(batch.pk, "release", by=_user("treasurer"), at=_noon(received, 3))
    if stage != "sent":
        paid_on = received + timedelta(days=4)
        rows = [f"{key};{stage};{paid_on};" for key in batch.items.values_list("key", flat=True)]
        content = "\n".join(["key;outcome;date;text", *rows, ""]).encode()
        answers.take(
            io.BytesIO(content), f"{stage}.csv", by=_user("treasurer"), at=_noon(received, 4)
        )


def _noon(on, later=0):
    return make_aware(datetime.combine(on + timedelta(days=later), time(12)))


def _user(name):
    return get_user_model().objects.get(username=name)
