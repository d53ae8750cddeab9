"""What is told to an applicant when all lines are decided and confirmed."""

from django.db import connection
from django.utils.timezone import localdate

from refunds.actions.advance import tell
from refunds.models import Application, Letter, Line
from registry.models import Person

NAMES = "code", "name_kk", "name_ru", "basis"


def write(pks, *, by, at):
    """Leaves a letter with number and date for each of the applications, by their ids."""
    for application in Application.objects.filter(pk__in=pks).order_by("pk"):
        on = localdate(at)
        letter = Letter.objects.create(
            application=application,
            number=_number(on),
            on=on,
            language=application.language,
            said=said(application),
            at=at,
        )
        tell(application, "letter", by=by, at=at, facts={"number": letter.number})


def _number(on):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('refunds_letter_number')")
        return f"{on.year}-{cursor.fetchone()[0]:06}"


def said(application):
    """The decision of an application as a letter tells it: plain values, to be kept."""
    lines = list(
        Line.objects.filter(application=application)
        .select_related("decision__reason", "decision__confirmed_by")
        .exclude(state="withdrawn")
        .order_by("number")
    )
    names = {
        person.iin: person.full_name
        for person in Person.objects.filter(iin__in={line.iin for line in lines})
    }
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
