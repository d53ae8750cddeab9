"""What happened to an application, in words."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from mhifund.written import NOTHING, day, tenge
from refunds import labels
from refunds.models import Application, Line


class Told(NamedTuple):
    """`line`: which one, when it is about one; `facts`: what changed otherwise than the state."""

    event: object
    what: str
    line: str
    before: str
    after: str
    facts: list[str]


def told(events):
    """Events with their words, in their order."""
    about = [event.subject for event in events if event.machine == "line"]
    numbers = dict(Line.objects.filter(pk__in=about).values_list("pk", "number"))
    users = _users(events)
    return [
        Told(
            event,
            _what(event),
            _("line %(number)d") % {"number": numbers[event.subject]}
            if event.machine == "line"
            else "",
            labels.STATES[event.machine].get(event.before, ""),
            labels.STATES[event.machine].get(event.after, ""),
            [*_facts(event, users)],
        )
        for event in events
    ]


def _what(event):
    words = labels.STEPS[event.machine] | labels.TOLD[event.machine]
    return words.get(event.step) or labels.EVENTS[event.step]


def _users(events):
    facts = [event.facts for event in events if event.step == "owner"]
    ids = {fact[name] for fact in facts for name in ("from", "to") if fact[name]}
    users = get_user_model().objects.filter(pk__in=ids)
    return {user.pk: user.get_full_name() or user.username for user in users}


def _facts(event, users):
    facts = event.facts
    if event.step == "deadlines":
        yield from (_moved(name, *days) for name, days in sorted(facts.items()))
    elif event.step == "corrected":
        yield from (_changed(name, *values) for name, values in sorted(facts.items()))
    elif event.step == "owner":
        yield f"{users.get(facts['from'], NOTHING)} → {users.get(facts['to'], _('nobody yet'))}"
    elif event.step == "paused":
        yield str(labels.PAUSES[facts["reason"]])
    elif event.step == "established":
        yield tenge(Decimal(facts["amount"]))
    elif event.step == "document":
        yield facts["name"]
    elif event.step == "letter":
        yield f"№ {facts['number']}"
    elif event.machine == "line" and Decimal(facts.get("amount", 0)):
        yield tenge(Decimal(facts["amount"]))


def _moved(name, before, after):
    days = [day(value and date.fromisoformat(value)) for value in (before, after)]
    return f"{_name(name)}: {days[0]} → {days[1]}"


def _changed(name, before, after):
    if name == "language":
        before, after = labels.LANGUAGES[before], labels.LANGUAGES[after]
    return f"{_name(name)}: {before or NOTHING} → {after or NOTHING}"


def _name(field):
    return Application._meta.get_field(field).verbose_name
