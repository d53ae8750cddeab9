"""The insured status of one person on a day, as known at a moment, with its explanation."""

from datetime import UTC, datetime

from django.core.management.base import CommandError
from django.utils import timezone, translation

from mhifund import sentences
from mhifund.card import held, spans_of
from mhifund.management.answer import Answer, Answering, day, moment
from registry.actions.explain import NotKnown, explain
from registry.actions.identity import holder
from registry.rules import iin as identifiers
from registry.rules import months
from registry.rules.entitlement import entitled


class Command(Answering):
    help = "Shows the insured status of a person with its reason, month by month."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("iin", help="IIN, 12 digits")
        parser.add_argument("--on", type=day, help="the day asked about (today without it)")
        parser.add_argument("--known-at", type=moment, help="what the Fund knew at that moment")

    def answers(self, iin, on, known_at, **options):
        if not identifiers.is_form(iin):
            raise CommandError(f"no IIN: {iin!r} (an IIN has 12 digits)", returncode=2)
        person = holder(iin, known_at)
        try:
            if person is None:
                raise NotKnown(iin)
            found = explain(
                person,
                on=on or timezone.localdate(),
                known_at=known_at or datetime.now(UTC),
            )
        except NotKnown:
            yield Answer({"iin": iin, "code": "unknown_iin", "text": UNKNOWN}, done=False)
            return
        yield Answer(as_value(iin, found) | in_words(person, found))

    def words(self, value):
        if "code" in value:
            yield f"{value['iin']}: {value['text']}"
            return
        until = f" until {value['until']}" if value["until"] else ""
        yield f"{value['iin']} on {value['on']}: {value['status']} ({value['reason']}){until}"
        yield f"  {value['sentence']['en']} {value['article']}".rstrip()
        for month in value["months"]:
            by = ", ".join(month["by"]) or "-"
            mark = "covered" if month["covered"] else "missing"
            yield f"  {month['month']}  {mark}  {month['why']}  {by}  {month['paid']}"
        back = value["ways_back"]
        if back["missing"]:
            yield f"  To pay for the missing months: {back['missing_total'] or 'unknown'}"
            yield (
                f"  Or {back['ahead']['since']} to {back['ahead']['until']} ahead: "
                f"{back['ahead']['total'] or 'unknown'}"
            )


def in_words(person, found):
    """The verdict in a sentence of each language, its article, and the care it gives."""
    spans = spans_of(person, found.known_at)
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = sentences.sentence(found, person, held(spans, found.on))
    return {
        "sentence": told,
        "article": sentences.article(found.reason),
        "entitled_to": [
            {"care": one.care, "decree": one.decree}
            for one in entitled(found.status, found.reason, found.on)
        ],
    }


LANGUAGES = ("kk", "ru", "en")
UNKNOWN = "The registry has no person with this IIN."


def as_value(iin, found):
    """An Explanation as the JSON object of the command."""
    back = found.ways_back
    return {
        "iin": iin,
        "on": found.on,
        "known_at": found.known_at,
        "status": found.status,
        "reason": found.reason,
        "until": found.until,
        "entitled_until": found.entitled_until,
        "changes_on": found.changes_on,
        "missing": [months.text(month) for month in found.missing],
        "months": [{**line._asdict(), "month": months.text(line.month)} for line in found.months],
        "ways_back": {
            "missing": [
                {"month": months.text(debt.month), "sum": debt.sum} for debt in back.missing
            ],
            "missing_total": back.missing_total,
            "ahead": {
                "since": months.text(back.ahead_since),
                "until": months.text(back.ahead_until),
                "month": back.ahead_month,
                "total": back.ahead_total,
            },
        },
    }
