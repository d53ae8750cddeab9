"""What stands on the page of a refund application."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from mhifund import access, clocks
from mhifund.listing import ROWS
from refunds.actions import cases, lines
from refunds.actions.advance import roles_of
from refunds.actions.lines import refundable
from refunds.models import Reason
from refunds.rules import guards
from refunds.rules.states import SETTLED, State
from refunds.rules.workflow import chosen, offered
from registry.actions import law

PATH = (
    *(State.RECEIVED, State.CHECK, State.SENT, State.REVIEW),
    *(State.DECIDED, State.CONFIRMED, State.CLOSED),
)
ANY, LEAST = "x", Decimal("0.01")


class Stage(NamedTuple):
    """A state on the way: when it was reached last, and whether it is done, now, or ahead."""

    state: str
    at: object
    place: str


class Offer(NamedTuple):
    """A step somebody may take: what stands against it, and whether it asks for a note."""

    name: str
    against: str
    with_note: bool


class Counted(NamedTuple):
    """A clock with how its last day came about; `skipped`: days by why they did not count."""

    name: str
    due: object
    derivation: dict
    start: date
    skipped: list
    runs: bool


def stages(application):
    """The path of an application, as far as it went; one that was withdrawn ends there."""
    told = application.events.filter(machine="application", number__isnull=False)
    reached = dict(told.order_by("pk").values_list("after", "at"))
    now, path = application.state, list(PATH)
    if now == State.RETURNED:
        path[PATH.index(State.CHECK)] = State.RETURNED
    if now == State.WITHDRAWN:
        path = [state for state in PATH if state in reached] + [State.WITHDRAWN]
    current = path.index(now)
    return [
        Stage(state, reached.get(state) if number <= current else None, _place(number, current))
        for number, state in enumerate(path)
    ]


def _place(number, current):
    return "done" if number < current else "now" if number == current else "ahead"


def offers(application, user):
    """The steps that the roles of a user may take with an application."""
    facts = cases.facts_of(application, ANY)
    roles = roles_of(user)
    found = []
    for step in offered("application", application.state, roles):
        _step, against = chosen("application", step.name, step.before, roles, facts)
        explained = guards.complete_or_explained in step.guards and facts.open_points > 0
        with_note = guards.said_why in step.guards or explained
        found.append(Offer(step.name, against[0] if against else "", with_note))
    return found


def offers_of(line, traced, user):
    """The steps that the roles of a user may take with a line, whatever sum and reason they say."""
    roles, found = roles_of(user), {}
    for step in offered("line", line.state, roles):
        amount = line.asked - line.paid_back if step.name == "approve" else LEAST
        wish = lines.Wish(step.name, amount, ANY)
        facts = lines.facts_of(line, traced, wish, user, ANY)
        _step, against = chosen("line", step.name, step.before, roles, facts)
        found[step.name] = Offer(
            step.name, against[0] if against else "", guards.said_why in step.guards
        )
    return found


def counted(application, running):
    """All clocks of an application, with their derivation."""
    return [_counted(application, name, running) for name in application.derivation]


def _counted(application, name, running):
    derivation, skipped = application.derivation[name], defaultdict(list)
    for skip in derivation["skipped"]:
        skipped[skip["why"]].append(date.fromisoformat(skip["day"]))
    return Counted(
        name=name,
        due=getattr(application, f"{name}_due"),
        derivation=derivation,
        start=date.fromisoformat(derivation["start"]),
        skipped=list(skipped.items()),
        runs=running is not None and running.name == name,
    )


def running(application, standing):
    return clocks.running(
        application, standing=standing, on=timezone.localdate(), calendar=law.calendar()
    )


def points(application):
    """The check-list, with the name of the refusal that each point is about."""
    names = {row.pk: row.name for row in Reason.objects.filter(kind="refusal")}
    return [(point, names[point.refusal]) for point in cases.checked(application)]


class Shown(NamedTuple):
    """A line with what the books say of it; `person` only when the user may see them."""

    line: object
    traced: object
    person: object
    refundable: object


class Part(NamedTuple):
    """A page of the lines; `after` is the number of the last one where there are more."""

    rows: list
    first: bool
    after: int | None


def lines_of(application, user, after):
    """The lines after a number, as many as a page has."""
    rows = application.lines.filter(number__gt=after).order_by("number")
    found = list(rows.select_related("decision__reason", "reason")[: ROWS + 1])
    more = found[ROWS - 1].number if len(found) > ROWS else None
    return Part(shown(found[:ROWS], user), not after, more)


def shown(rows, user):
    """Lines with what the books say of them, and the persons as far as the user may see them."""
    traced = lines.traced_of(rows)
    ids = {one.person_id for one in traced.values() if one.person_id}
    persons = access.persons_for(user).in_bulk(ids)
    return [
        Shown(
            line,
            traced[line.pk],
            persons.get(traced[line.pk].person_id),
            refundable(line, traced[line.pk]) if line.state not in SETTLED else None,
        )
        for line in rows
    ]
