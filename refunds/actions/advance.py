"""The one place that writes a state: many rows step together, each with the event that tells it."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection

from refunds.models import Application, Batch, Event, Line
from refunds.rules.states import Role
from refunds.rules.workflow import Step
from registry.actions.columns import run

MODELS = {"application": Application, "line": Line, "batch": Batch}
APPLICATION_OF = {"application": "t.id", "line": "t.application_id", "batch": "NULL::bigint"}
PERMISSIONS = {
    Role.OFFICER: "refunds.handle_case",
    Role.HEAD: "refunds.confirm_case",
    Role.TREASURER: "refunds.release_payout",
}


class Move(NamedTuple):
    """A step of the row `pk`; `also`: other fields that change with it, the same for all rows."""

    pk: int
    step: Step
    facts: Any
    also: Mapping[str, Any] = MappingProxyType({})


class Overtaken(Exception):
    """A row is not in the state from which it was to step: it was not locked."""


def roles_of(user):
    return {role for role, permission in PERMISSIONS.items() if user.has_perm(permission)}


def advance(machine, moves, *, by, at, note=""):
    """Takes the steps of rows that the caller has locked and whose guards it has asked."""
    if not moves:
        return
    model = MODELS[machine]
    also = [model._meta.get_field(name) for name in moves[0].also]
    names = "".join(f", {field.column}" for field in also)
    arrays = "".join(f", %s::{field.rel_db_type(connection)}[]" for field in also)
    sets = "".join(f", {field.column} = m.{field.column}" for field in also)
    with run(
        f"WITH moved AS (UPDATE {model._meta.db_table} t"
        f" SET state = m.after, version = t.version + 1{sets}"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[],"
        f" %s::text[]{arrays}) AS m (id, step, before, after, facts{names})"
        " WHERE t.id = m.id AND t.state = m.before RETURNING t.id, t.version,"
        f" {APPLICATION_OF[machine]} AS application_id, m.step, m.before, m.after, m.facts)"
        " INSERT INTO refunds_event (machine, subject, application_id, number, step, before,"
        " after, note, facts, at, by_id)"
        " SELECT %s, id, application_id, version, step, before, after, %s, facts::jsonb, %s, %s"
        " FROM moved ORDER BY id",
        (
            [move.pk for move in moves],
            [move.step.name for move in moves],
            [str(move.step.before) for move in moves],
            [str(move.step.after) for move in moves],
            [seen(move.facts) for move in moves],
            *([_key(move.also[field.name]) for move in moves] for field in also),
            *(machine, note, at, by and by.pk),
        ),
    ) as cursor:
        if cursor.rowcount != len(moves):
            raise Overtaken(machine)


def _key(value):
    return getattr(value, "pk", value)


def seen(facts):
    """What the guards saw, as the event keeps it."""
    return json.dumps(facts._asdict(), default=_plain)


def _plain(value):
    return sorted(value) if isinstance(value, frozenset) else str(value)


def begin(machine, rows, *, by, at):
    """Tells of rows that were just written in the state in which they begin."""
    Event.objects.bulk_create(
        Event(
            machine=machine,
            subject=row.pk,
            application_id=row.pk
            if machine == "application"
            else getattr(row, "application_id", None),
            number=0,
            step="begun",
            after=row.state,
            at=at,
            by=by,
        )
        for row in rows
    )


def tell(application, step, **told):
    """Tells of something that changed an application, or a line of it, but not its state."""
    telling(application, step, **told).save()


def telling(application, step, *, by, at, note="", facts=None, line=None):
    """The event that tells it, which is not kept yet."""
    return Event(
        machine="line" if line else "application",
        subject=line.pk if line else application.pk,
        application=application,
        step=step,
        note=note,
        facts=facts or {},
        at=at,
        by=by,
    )
