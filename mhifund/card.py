"""What stands on the card of a person."""

from itertools import zip_longest

from django.db.models import Prefetch, Q
from django.utils import timezone

from mhifund import access, sentences, timeline
from mhifund.forms import AsOf
from payments.models import Finding, Overpayment
from refunds.models import Line
from registry.actions import identity, law
from registry.actions.explain import NotKnown, explain
from registry.models import CategorySpan, Contribution, PersonEvent, VerdictChange
from registry.rules import months
from registry.rules.explain import Why
from registry.rules.law import Code

FIRST_MONTH = months.from_period("012020")
SHOWN = 100
GOOD, OPEN, BAD = ("is-good", "check"), ("", "minus"), ("is-bad", "x")


def card(person, query, user):
    """The context of the card for the query of its page, as far as the user may see."""
    asked, on, known_at = asked_of(query)
    who = _as_known(person, known_at) if query.get("known") else person
    spans = spans_of(person, known_at)
    tab = query.get("tab") if query.get("tab") in TABS else "categories"
    return {
        "person": person,
        "who": who,
        "on": on,
        "asked": asked,
        "tab": tab,
        "categories": timeline.bars(spans, on),
        "rows": TABS[tab](person, on, known_at, user),
        "all_years": "years" in query,
    } | _status(person, who, on, known_at, spans, "years" in query)


def _as_known(person, known_at):
    """What extracts had said of a person by a moment; the person as of today before the first."""
    records = person.records.filter(recorded_at__lte=known_at).select_related("region")
    return records.order_by("received_on", "id").last() or person


def asked_of(query):
    """The form of the day and the moment, and both; today and now where they cannot be read."""
    asked = AsOf(query)
    if asked.is_valid():
        return asked, asked.day(), asked.known_at()
    return asked, timezone.localdate(), timezone.now()


def spans_of(person, known_at):
    """The spans of categories that were known of a person at a moment, superseded as known then."""
    spans = list(
        CategorySpan.objects.filter(person=person, recorded_at__lte=known_at)
        .select_related("category")
        .order_by("category", "valid_from", "received_on", "id")
    )
    for span, later in zip_longest(spans, spans[1:]):
        same = later and (later.category, later.valid_from) == (span.category, span.valid_from)
        span.superseded_on = later.received_on if same else None
    return spans


def held(spans, on):
    """The names of the categories that hold on a day."""
    return [span.category.name for span in spans if _holds(span, on)]


def _status(person, who, on, known_at, spans, all_years):
    try:
        explained = explain(
            person, on=on, known_at=known_at, since=_first(on) if all_years else None
        )
    except NotKnown:
        return {"explained": None}
    lines = [_tile(line) for line in explained.months]
    return {
        "explained": explained,
        "sentence": sentences.sentence(explained, who, held(spans, on)),
        "article": sentences.article(explained.reason),
        "entitled": sentences.entitled(explained),
        "tiles": lines[-12:],
        "years": _years(lines) if all_years else None,
        "ways_back": _ways_back(explained),
        "payee": _payee(on),
    }


PAYEE = {
    "bin": Code.SC_BIN,
    "account": Code.SC_MHI_ACCOUNT,
    "bic": Code.SC_BIC,
    "kbk": Code.KBK_MHI,
}


def _payee(on):
    """Whom contributions are paid to on a day, as far as the law knows it."""
    rules = law.law()
    return {name: rules[code].get(on) for name, code in PAYEE.items()}


def tiles(person):
    """The twelve months of a person as known now; None where nothing is known."""
    try:
        explained = explain(person, on=timezone.localdate(), known_at=timezone.now())
    except NotKnown:
        return None
    return [_tile(line) for line in explained.months][-12:]


def _first(on):
    """The first month of the insurance, or of the window of an early day."""
    return min(FIRST_MONTH, months.number(on) - 12)


def _holds(span, on):
    begun = span.received_on <= on and span.valid_from <= on
    superseded = span.superseded_on is not None and span.superseded_on <= on
    return begun and not superseded and (span.valid_to is None or on <= span.valid_to)


def _tile(line):
    look, icon = GOOD if line.covered else OPEN if _is_open(line) else BAD
    return {
        "line": line,
        "first": months.first(line.month),
        "period": months.period(line.month),
        "look": look,
        "icon": icon,
        "before": line.month < FIRST_MONTH,
        "by": line.by[0] if line.by else None,
        "short": line.lacking if line.why == Why.UNDERPAID else None,
    }


def _is_open(line):
    """Whether nobody can miss the month: it is not due yet, or lies before the insurance."""
    return line.why == Why.NOT_DUE or line.month < FIRST_MONTH


def _years(tiles):
    """Tiles by year, newest first, each year with its twelve places."""
    rows = {}
    for tile in tiles:
        rows.setdefault(tile["first"].year, [None] * 12)[tile["first"].month - 1] = tile
    return sorted(rows.items(), reverse=True)


def _ways_back(explained):
    if not explained.missing:
        return None
    back = explained.ways_back
    return {
        "missing": [(months.first(debt.month), debt.sum) for debt in back.missing],
        "missing_total": back.missing_total,
        "since": months.first(back.ahead_since),
        "until": months.first(back.ahead_until),
        "month": back.ahead_month,
        "total": back.ahead_total,
    }


def entries(person, on, known_at):
    """Entries up to a day, with what was noticed on them, as known at a moment; newest first."""
    still = Q(dropped_at=None) | Q(dropped_at__gt=known_at)
    noticed = Finding.objects.filter(still, recorded_at__lte=known_at).order_by("id")
    return (
        Contribution.objects.standing(known_at)
        .filter(person=person, credited_on__lte=on, recorded_at__lte=known_at)
        .order_by("-period", "-rank")
        .prefetch_related(Prefetch("findings", noticed))
    )


def _payments(person, on, known_at, user):
    return list(entries(person, on, known_at)[:SHOWN])


def _history(person, on, known_at, user):
    """What was decided about days up to the one asked about."""
    decided = VerdictChange.objects.filter(person=person, on__lte=on, decided_at__lte=known_at)
    return list(decided.order_by("-id")[:SHOWN])


def _corrections(person, on, known_at, user):
    """Corrections of who the person is, of which the last can be undone, and what extracts told."""
    events = PersonEvent.objects.filter(Q(person=person) | Q(other=person), at__lte=known_at)
    rows = list(events.select_related("person", "other", "by", "undone_by")[:SHOWN])
    for row in rows:
        if row.undone_at and row.undone_at > known_at:
            row.undone_at = row.undone_by = None
    last = next((row for row in rows if row.undone_at is None), None)
    told = person.records.filter(recorded_at__lte=known_at).select_related("region")
    return {
        "events": [(row, row is last) for row in rows],
        "records": told.order_by("-received_on", "-id")[:SHOWN],
    }


def _looks(person, on, known_at, user):
    return list(person.looks.select_related("user")[:SHOWN])


def _refunds(person, on, known_at, user):
    """What was overpaid for the person, and the lines of applications that ask it back."""
    asked = Line.objects.filter(
        iin__in=identity.numbers(person.iin),
        application__in=access.applications_for(user),
        application__recorded_at__lte=known_at,
    )
    overpaid = Overpayment.objects.filter(entry__person=person, recorded_at__lte=known_at)
    return {
        "lines": asked.select_related("application", "decision__reason").order_by("-pk")[:SHOWN],
        "overpayments": overpaid.select_related("entry").order_by("-pk")[:SHOWN]
        if user.has_perm("payments.view_file")
        else [],
    }


TABS = {
    "categories": lambda person, on, known_at, user: None,
    "payments": _payments,
    "refunds": _refunds,
    "history": _history,
    "corrections": _corrections,
    "looks": _looks,
}
