"""The clocks of applications: their deadlines with derivation, and when they stand."""

from django.db import transaction
from django.utils.timezone import localdate

from refunds.actions.advance import tell
from refunds.models import OPEN, Application, Pause
from refunds.rules import terms
from registry.actions import law

DUES = ("check_due", "review_due", "overall_due")


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


def derive(application, *, by, at):
    """Derives the deadlines of an application that is locked; an event tells when one moved."""
    _derive(application, law.rules(), by, at)


def follow_calendar(*, by=None, at):
    """Derives the deadlines of all open applications; returns how many moved."""
    rules = law.rules()
    moved = 0
    ids = Application.objects.filter(OPEN).order_by("pk").values_list("pk", flat=True)
    for pk in list(ids):
        moved += _follow_one(pk, rules, by, at)
    return moved


@transaction.atomic
def _follow_one(pk, rules, by, at):
    application = Application.objects.select_for_update(no_key=True).filter(OPEN, pk=pk).first()
    return application is not None and _derive(application, rules, by, at)


def _derive(application, rules, by, at):
    columns = terms_of(application, application.pauses.all(), rules)
    before = {name: getattr(application, name) for name in columns}
    if before == columns:
        return False
    Application.objects.filter(pk=application.pk).update(**columns)
    moved = {name for name in DUES if before[name] != columns[name]}
    if moved:
        facts = {name: [_text(before[name]), _text(columns[name])] for name in sorted(moved)}
        tell(application, "deadlines", by=by, at=at, facts=facts)
    for name, value in columns.items():
        setattr(application, name, value)
    return bool(moved)


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
    derive(application, by=by, at=at)
    return ""
