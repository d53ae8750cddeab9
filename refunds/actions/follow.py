"""What follows by itself: an application goes where its lines are, and a decided one is told."""

from collections import defaultdict

from django.utils.timezone import localdate

from refunds.actions import clocks, letters
from refunds.actions.advance import Move, advance
from refunds.models import Application, Line
from refunds.rules.guards import ApplicationFacts
from refunds.rules.states import Role, State
from refunds.rules.workflow import chosen, offered

DAYS = {"confirm": "confirmed_on", "close": "closed_on"}


def follow(pks, *, by, at):
    """Takes the steps of locked applications that follow from the states of their lines."""
    lines = defaultdict(set)
    for pk, state in Line.objects.filter(application__in=pks).values_list("application", "state"):
        lines[pk].add(state)
    waiting = list(pks)
    while waiting:
        rows = Application.objects.filter(pk__in=waiting).order_by("pk")
        moves = [move for row in rows if (move := _next(row, lines[row.pk], localdate(at)))]
        for name in {move.step.name for move in moves}:
            advance("application", [m for m in moves if m.step.name == name], by=by, at=at)
        confirmed = [move.pk for move in moves if move.step.name == "confirm"]
        letters.write(confirmed, by=by, at=at)
        reopened = [move.pk for move in moves if move.step.before == State.CLOSED]
        for application in Application.objects.filter(pk__in=reopened).order_by("pk"):
            clocks.derive(application, by=by, at=at)
        waiting = [move.pk for move in moves]


def _next(application, states, on):
    facts = ApplicationFacts(note="", open_points=0, lines=frozenset(states))
    for step in offered("application", application.state, (Role.SYSTEM,)):
        _step, against = chosen("application", step.name, step.before, (Role.SYSTEM,), facts)
        if not against:
            day = DAYS.get(step.name)
            first = day and (getattr(application, day) or on)
            return Move(application.pk, step, facts, {day: first} if day else {})
    return None
