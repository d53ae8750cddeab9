"""The clocks of applications: their deadlines with derivation, and when they stand."""

from collections import defaultdict
from datetime import date
from json import dumps

from django.db import transaction
from django.utils.timezone import localdate

from refunds.actions.advance import tell, telling
from refunds.models import OPEN, Application, Event, Pause
from refunds.rules import terms
from refunds.rules.terms import Clock
from registry.actions import law
from registry.actions.columns import run

DUES = ("check_due", "review_due", "overall_due")
READ = (*DUES, "derivation", "accepted_on", "fund_received_on", "confirmed_on")
AT_ONCE = 1_000
"""So many applications are locked together while their deadlines follow the calendar."""


def terms_of(application, pauses, rules):
    """The columns that say until when, by the law and calendar of `rules`."""
    found = terms.terms(
        application.accepted_on,
        application.fund_received_on,
        *rules,
        [terms.Pause(pause.since, pause.until, pause.reason) for pause in pauses if pause.until],
    )
    return {
        "check_due": found.check_due,
        "review_due": found.review_due,
        "overall_due": found.overall_due,
        "derivation": found.derivation,
    }


def derive(application, *, by, at, since=None):
    """Derives the deadlines of an application that is locked; an event tells when one moved.

    A pause that began on the day `since` moves also deadlines that were met while it lasted.
    """
    columns = terms_of(application, application.pauses.all(), law.rules())
    _write([(application, _but_ended(columns, application, since))], by, at)


def follow_calendar(*, by=None, at):
    """Derives the deadlines of all open applications; returns how many of these moved."""
    rules, known, moved, last = law.rules(), {}, 0, 0
    while chunk := _open_after(last):
        moved += _follow(chunk, rules, known, by, at)
        last = chunk[-1]
    return moved


def _open_after(last):
    rows = Application.objects.filter(OPEN, pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _follow(pks, rules, known, by, at):
    """`known`: terms by what they follow from, which is the same for many applications."""
    rows = Application.objects.select_for_update(no_key=True).filter(OPEN, pk__in=pks)
    rows, pauses = list(rows.only(*READ).order_by("pk")), defaultdict(list)
    for pause in Pause.objects.filter(application__in=rows, until__isnull=False):
        pauses[pause.application_id].append(pause)
    derived = []
    for row in rows:
        stood = tuple((pause.since, pause.until, pause.reason) for pause in pauses[row.pk])
        follows_from = row.accepted_on, row.fund_received_on, stood
        if follows_from not in known:
            known[follows_from] = terms_of(row, pauses[row.pk], rules)
        derived.append((row, _but_ended(known[follows_from], row)))
    return _write(derived, by, at)


def _but_ended(columns, application, since=None):
    """The columns as derived, but as they are of clocks that came to their end before `since`."""
    ends = {Clock.CHECK: application.fund_received_on, Clock.REVIEW: application.confirmed_on}
    over = [clock.value for clock, end in ends.items() if end and (since is None or end <= since)]
    derivation = {clock: application.derivation[clock] for clock in over}
    return (
        columns
        | {f"{clock}_due": getattr(application, f"{clock}_due") for clock in over}
        | {"derivation": columns["derivation"] | derivation}
    )


WRITE = """
UPDATE refunds_application a SET check_due = n.check_due, review_due = n.review_due,
    overall_due = n.overall_due, derivation = n.derivation
FROM jsonb_to_recordset(%s::jsonb)
    AS n (id bigint, check_due date, review_due date, overall_due date, derivation jsonb)
WHERE a.id = n.id"""


def _write(derived, by, at):
    """Writes what differs of (application, columns), with an event for each that got another day.

    Returns how many did.
    """
    changed, events = [], []
    for row, columns in derived:
        before = {name: getattr(row, name) for name in columns}
        if before == columns:
            continue
        changed.append({"id": row.pk} | columns)
        facts = {
            name: [_text(before[name]), _text(columns[name])]
            for name in sorted(DUES)
            if before[name] != columns[name]
        }
        if facts:
            events.append(telling(row, "deadlines", by=by, at=at, facts=facts))
        for name, value in columns.items():
            setattr(row, name, value)
    if changed:
        run(WRITE, (dumps(changed, default=date.isoformat),)).close()
        Event.objects.bulk_create(events)
    return len(events)


def _text(day):
    return day and day.isoformat()


@transaction.atomic
def pause(pk, reason, *, by, at, note):
    """Stops the clocks of an application from today; the code of what stands against it, or ""."""
    application = Application.objects.select_for_update(no_key=True).filter(OPEN, pk=pk).first()
    if application is None:
        return "gone"
    if not note.strip():
        return "said_why"
    return stop(application, reason, by=by, at=at, note=note)


def stop(application, reason, *, by, at, note):
    if application.pauses.filter(until=None).exists():
        return "standing"
    on = localdate(at)
    Pause.objects.create(application=application, since=on, reason=reason, note=note, begun_by=by)
    tell(application, "paused", by=by, at=at, note=note, facts={"reason": reason})
    return ""


@transaction.atomic
def resume(pk, *, by, at, note=""):
    """Lets the clocks run again from today."""
    application = Application.objects.select_for_update(no_key=True).filter(pk=pk).first()
    return "gone" if application is None else start(application, by=by, at=at, note=note)


def start(application, *, by, at, note=""):
    standing = application.pauses.filter(until=None).first()
    if standing is None:
        return "running"
    standing.until, standing.ended_by = localdate(at), by
    standing.save()
    tell(application, "resumed", by=by, at=at, note=note)
    derive(application, by=by, at=at, since=standing.since)
    return ""
