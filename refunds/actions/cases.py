"""Applications: how they come in, and the steps of a whole application."""

from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.timezone import localdate

from payments.actions.trace import trace
from payments.models import Message, Overpayment
from refunds import labels
from refunds.actions import clocks
from refunds.actions.advance import Move, advance, begin, roles_of, tell
from refunds.actions.follow import follow
from refunds.actions.lines import withdraw_all
from refunds.models import Application, Document, Line, Reason, Unread
from refunds.rules import applications as files
from refunds.rules import checklist
from refunds.rules.guards import ApplicationFacts
from refunds.rules.states import State
from refunds.rules.workflow import chosen
from registry.actions import law
from registry.models import Person

REASONS = {
    "duplicate": "paid_twice",
    "exempt_category": "exempt_category",
    "wrong_knp": "wrong_knp",
    "over_cap": "over_cap",
    "over_due": "erroneous",
    "established": "erroneous",
}
"""The reason of a refund that the Fund opens itself, by the cause of the overpayment."""

CORRECTABLE = (State.RECEIVED, State.CHECK, State.RETURNED, State.SENT)
DETAILS = ("applicant_name", "phone", "email", "language", "iban", "bic")


class Loaded(NamedTuple):
    """Applications that are new, how many were there already, and those at fault."""

    new: list
    again: int
    unread: list


@transaction.atomic
def load(content, name, *, by, at):
    """Takes the applications of a file of the State Corporation; Unreadable when it is none.

    One with a fault is kept as it came and keeps no other back; one that is there is left alone.
    """
    new, again, unread = [], 0, []
    reasons = set(Reason.objects.filter(kind="refund").values_list("code", flat=True))
    rows = files.read(content)
    numbers = [row.number for row in rows]
    known = {row.number: row for row in Application.objects.filter(number__in=numbers)}
    fit = []
    for row in rows:
        faults = row.faults if isinstance(row, files.Faulty) else _faults(row, reasons, at)
        if not faults and row.number in known and _is_same(known[row.number], row):
            again += 1
        elif faults or row.number in known:
            faults = faults or [files.Fault("number_taken", "number", row.number)]
            unread.append(_keep_unread(row, faults, name, by, at))
        else:
            fit.append(row)
    traced = trace([(line.reference, line.line) for row in fit for line in row.lines])
    rules = law.rules()
    for row in fit:
        new.append(_open(row, traced, rules, by, at))
    return Loaded(new, again, unread)


def _faults(row, reasons, at):
    faults = [
        files.Fault("unknown_reason", f"lines[{number}].reason", line.reason)
        for number, line in enumerate(row.lines)
        if line.reason not in reasons
    ]
    if row.accepted_on > localdate(at):
        faults.append(files.Fault("day_ahead", "accepted_on", row.accepted_on.isoformat()))
    if row.channel not in labels.CHANNELS:
        faults.append(files.Fault("unknown_channel", "channel", row.channel))
    return faults


def _is_same(application, row):
    lines = {(line.reference, line.item_line, line.asked) for line in application.lines.all()}
    return (application.accepted_on, application.applicant_id) == (
        row.accepted_on,
        row.applicant.id,
    ) and lines == {(line.reference, line.line, line.asked) for line in row.lines}


def _keep_unread(row, faults, name, by, at):
    return Unread.objects.create(
        file=name,
        number=row.number[:255],
        raw=row.raw,
        faults=[fault._asdict() for fault in faults],
        recorded_at=at,
        recorded_by=by,
    )


def settle_unread(pk, *, at):
    """Says that an application at fault is done with: it came again, or its payer was told."""
    return Unread.objects.filter(pk=pk, settled_at=None).update(settled_at=at)


def _open(row, traced, rules, by, at):
    application = Application(
        number=row.number,
        channel=row.channel,
        accepted_on=row.accepted_on,
        fund_received_on=localdate(at),
        applicant_id=row.applicant.id,
        applicant_name=row.applicant.name,
        phone=row.applicant.phone,
        email=row.applicant.email,
        language="kk",
        iban=row.iban,
        bic=row.bic,
        state=State.SENT,
    )
    lines = [
        Line(
            number=number,
            reference=line.reference,
            item_line=line.line,
            iin=line.iin,
            period=line.period,
            knp=line.knp,
            paid=line.paid,
            asked=line.asked,
            reason_id=line.reason,
            entry_id=traced[line.reference, line.line].entry_id,
        )
        for number, line in enumerate(row.lines, 1)
    ]
    _keep(application, lines, rules, by, at)
    Document.objects.bulk_create(
        Document(
            application=application,
            kind=paper.kind if paper.kind in labels.DOCUMENTS else "other",
            name=paper.name,
            sha256=paper.sha256,
            at=at,
        )
        for paper in row.documents
    )
    return application


def _keep(application, lines, rules, by, at):
    for name, value in clocks.terms_of(application, (), rules).items():
        setattr(application, name, value)
    application.region_id = region_of(lines)
    application.recorded_at, application.recorded_by = at, by
    application.save()
    for line in lines:
        line.application, line.state = application, "asked"
    Line.objects.bulk_create(lines)
    begin("application", [application], by=by, at=at)
    begin("line", lines, by=by, at=at)


def region_of(lines):
    """The region of all persons of the lines, when it is the same and all are known."""
    iins = {line.iin for line in lines}
    found = dict(Person.objects.filter(iin__in=iins).values_list("iin", "region_id"))
    regions = set(found.values())
    return regions.pop() if len(regions) == 1 and len(found) == len(iins) else None


@transaction.atomic
def open_from_overpayments(ids, *, by, at):
    """Opens an application for each payer of overpayments of which something is left.

    Returns the applications, and the answer for each of the ids: "" or a code of AGAINST.
    """
    rows = (
        Overpayment.objects.filter(pk__in=ids)
        .select_related("entry__person")
        .order_by("entry__payer", "pk")
    )
    answers, by_payer = dict.fromkeys(ids, "gone"), {}
    places = places_of([row.entry for row in rows])
    asked = set(
        Line.objects.filter(entry__overpayment__in=ids)
        .exclude(state__in=("paid", "denied", "withdrawn"))
        .values_list("entry_id", flat=True)
    )
    for row in rows:
        if row.left <= 0 or row.entry_id in asked:
            answers[row.pk] = "asked_back"
        else:
            answers[row.pk] = ""
            by_payer.setdefault(row.entry.payer, []).append(row)
    rules = law.rules()
    opened = [_open_for(payer, found, places, rules, by, at) for payer, found in by_payer.items()]
    return opened, answers


def places_of(entries):
    """(Message, line) of each entry, by its id: as its key tells."""
    keys = {entry.pk: entry.key.split(":")[:2] for entry in entries}
    messages = Message.objects.in_bulk({int(message) for message, _line in keys.values()})
    return {pk: (messages[int(message)], int(line)) for pk, (message, line) in keys.items()}


def _open_for(payer, overpayments, places, rules, by, at):
    person = Person.objects.filter(iin=payer).first()
    message = places[overpayments[0].entry_id][0]
    application = Application(
        number=_number(at),
        channel="fund",
        accepted_on=localdate(at),
        applicant_id=payer,
        applicant_name=person.full_name if person else message.payer_name,
        language="kk",
        iban="",
        state=State.RECEIVED,
    )
    lines = [
        Line(
            number=number,
            reference=places[row.entry_id][0].reference,
            item_line=places[row.entry_id][1],
            iin=row.entry.person.iin,
            period=row.entry.period,
            knp=row.entry.knp,
            paid=row.entry.amount,
            asked=row.left,
            reason_id=REASONS[row.cause],
            entry_id=row.entry_id,
        )
        for number, row in enumerate(overpayments, 1)
    ]
    _keep(application, lines, rules, by, at)
    return application


def _number(at):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('refunds_application_number')")
        return f"{localdate(at).year}-F{cursor.fetchone()[0]:05}"


def checked(application):
    """The points of the check-list, met or not."""
    lines = application.lines.exclude(state="withdrawn")
    return checklist.check(
        checklist.Formal(
            applicant_id=application.applicant_id,
            iban=application.iban,
            bic=application.bic,
            persons=tuple(lines.values_list("iin", flat=True).distinct().order_by("iin")),
            reasons=tuple(lines.values_list("reason_id", flat=True).distinct().order_by()),
            documents=tuple(application.documents.values_list("kind", flat=True)),
            accepted_on=application.accepted_on,
            on=date.max,
        )
    )


def facts_of(application, note):
    return ApplicationFacts(
        note=note,
        open_points=sum(point.hard and not point.met for point in checked(application)),
        lines=frozenset(application.lines.values_list("state", flat=True)),
    )


@transaction.atomic
def step(pk, name, *, by, at, note="", seen=None):
    """Takes a step of an application; "" or the code of what stands against it."""
    application = Application.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if application is None:
        return "gone"
    if seen not in (None, application.version):
        return "changed"
    facts = facts_of(application, note.strip())
    taken, against = chosen("application", name, application.state, roles_of(by), facts)
    if against:
        return against[0]
    on = localdate(at)
    days = {"send": {"checked_on": on, "fund_received_on": on}}.get(name, {})
    advance("application", [Move(pk, taken, facts, days)], by=by, at=at, note=note.strip())
    application.refresh_from_db()
    if name == "return":
        clocks.stop(application, "returned", by=by, at=at, note=note)
    elif name == "complete":
        clocks.start(application, by=by, at=at, note=note)
    elif name == "send":
        clocks.derive(application, by=by, at=at)
    elif name == "register":
        follow([pk], by=by, at=at)
    elif name == "withdraw":
        withdraw_all(application, by=by, at=at, note=note)
    return ""


@transaction.atomic
def correct(pk, details, *, by, at, seen=None):
    """Corrects the DETAILS of an application that is not under review yet."""
    application = Application.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if application is None:
        return "gone"
    if application.state not in CORRECTABLE:
        return "no_such_step"
    if seen not in (None, application.version):
        return "changed"
    before = {name: getattr(application, name) for name in DETAILS}
    changed = {name: details[name] for name in DETAILS if details[name] != before[name]}
    if changed:
        Application.objects.filter(pk=pk).update(**changed)
        facts = {name: [before[name], value] for name, value in changed.items()}
        tell(application, "corrected", by=by, at=at, facts=facts)
    return ""


class New(NamedTuple):
    """What a form says of an application on paper; lines are (reference, line, asked, reason)."""

    number: str
    channel: str
    accepted_on: date
    applicant_id: str
    details: dict
    lines: list


@transaction.atomic
def open_by_form(new, *, by, at):
    """Opens an application that came on paper; its payments are looked up by reference and line.

    Returns the application and nothing, or nothing and the (reference, line) that were not found.
    """
    traced = trace([(reference, line) for reference, line, _asked, _reason in new.lines])
    missing = [place for place, found in traced.items() if found.entry_id is None]
    if missing:
        return None, missing
    application = Application(
        number=new.number or _number(at),
        channel=new.channel,
        accepted_on=new.accepted_on,
        applicant_id=new.applicant_id,
        state=State.RECEIVED,
        **new.details,
    )
    lines = [
        Line(
            number=number,
            reference=reference,
            item_line=line,
            iin=traced[reference, line].iin,
            period=traced[reference, line].period,
            knp=traced[reference, line].knp,
            paid=traced[reference, line].amount,
            asked=asked or traced[reference, line].left or traced[reference, line].amount,
            reason_id=reason,
            entry_id=traced[reference, line].entry_id,
        )
        for number, (reference, line, asked, reason) in enumerate(new.lines, 1)
    ]
    _keep(application, lines, law.rules(), by, at)
    return application, []
