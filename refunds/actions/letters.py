"""What is told to applicants when all lines are decided and confirmed."""

from collections import defaultdict

from django.db import connection
from django.utils.timezone import localdate

from refunds.actions.advance import telling
from refunds.models import Application, Event, Letter, Line
from registry.models import Person

NAMES = "code", "name_kk", "name_ru", "basis"


def write(pks, *, by, at):
    """Leaves a letter with number and date for each of the applications, by their ids."""
    if not pks:
        return
    on, lines = localdate(at), _lines(pks)
    iins = {line.iin for some in lines.values() for line in some}
    names = {one.iin: one.full_name for one in Person.objects.filter(iin__in=iins)}
    applications = Application.objects.filter(pk__in=pks).order_by("pk")
    letters = Letter.objects.bulk_create(
        Letter(
            application=application,
            number=number,
            on=on,
            language=application.language,
            said=_said(application, lines[application.pk], names),
            at=at,
        )
        for application, number in zip(applications, _numbers(len(pks), on), strict=True)
    )
    Event.objects.bulk_create(
        telling(letter.application, "letter", by=by, at=at, facts={"number": letter.number})
        for letter in letters
    )


def _lines(pks):
    """The lines to tell of, by application."""
    lines = defaultdict(list)
    rows = Line.objects.filter(application__in=pks).exclude(state="withdrawn").order_by("number")
    for line in rows.select_related("decision__reason", "decision__confirmed_by"):
        lines[line.application_id].append(line)
    return lines


def _numbers(count, on):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('refunds_letter_number') FROM generate_series(1, %s)", (count,)
        )
        return [f"{on.year}-{number:06}" for (number,) in cursor.fetchall()]


def _said(application, lines, names):
    """The decision of an application as a letter tells it: plain values, to be kept."""
    confirmed = [line.decision.confirmed_by for line in lines if line.decision.confirmed_by]
    return {
        "applicant": {"id": application.applicant_id, "name": application.applicant_name},
        "application": {
            "number": application.number,
            "accepted_on": application.accepted_on.isoformat(),
        },
        "account": application.iban,
        "lines": [_line(line, names.get(line.iin, "")) for line in lines],
        "total_asked": str(sum(line.asked for line in lines)),
        "total_approved": str(sum(line.decision.amount for line in lines)),
        "confirmed_by": confirmed[-1].get_full_name() or confirmed[-1].username,
    }


def _line(line, person):
    decision, reason = line.decision, line.decision.reason
    return {
        "number": line.number,
        "person": person,
        "iin": line.iin,
        "period": line.period.isoformat(),
        "knp": line.knp,
        "paid": str(line.paid),
        "asked": str(line.asked),
        "approved": str(decision.amount),
        "outcome": decision.outcome,
        "reason": reason and {name: getattr(reason, name) for name in NAMES},
    }
