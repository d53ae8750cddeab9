"""The made-up country goes through the same doors as real files, one file after the other."""

import hashlib
import json
import secrets
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from mhifund import night, roles
from mhifund.demo import cases, registers
from mhifund.demo.world import Size, World
from payments.actions.derive import derive_rechecks
from payments.actions.receive import receive
from payments.models import File
from registry.actions import law, runs
from registry.actions.load import load_categories, load_persons
from registry.models import Person
from registry.rules import months

ROOM = settings.DATA_ROOT / "demo"
BEGUN = ROOM / "begun.json"
PASSWORD = ROOM / "password"
NIGHTS_OF_MONTHS = 12
WHY = "A month of the demo world comes at once."


class NotEmpty(Exception):
    """The database holds persons who do not live in the world that is to be built."""


def begun():
    """The size of a world whose building was cut off, or None."""
    with suppress(FileNotFoundError):
        found = json.loads(BEGUN.read_text())
        return Size(**found | {"on": date.fromisoformat(found["on"])})
    return None


def is_wanted():
    """Whether the database waits for its first persons, or for the rest of a world."""
    return BEGUN.exists() or not Person.objects.exists()


def build(size, *, now, show=lambda name, share: None):
    """Builds a world, or the rest of one that was cut off; returns the Run of its last night.

    `now()` tells the moment of each act; `show(name, share)` is told the file at hand and how much
    of the way is done, from 0 to 1.
    """
    world = World(size, *law.rules())
    _refuse_others(world)
    ROOM.mkdir(exist_ok=True)
    BEGUN.write_text(json.dumps(size._asdict(), default=str))
    roles.demo_users(password())
    before = world.earliest
    for incoming in registers.all_files(world):
        if incoming.month is not None:
            _nights(range(before + 1, incoming.month + 1), world, now)
            before = max(before, incoming.month)
        show(incoming.name, (before - world.earliest) / (world.month - world.earliest))
        _take_in(incoming, world, now)
    cases.leave(size.on)
    run = _night(size.on, now)
    _leave_corrected(world)
    show("", 1)
    BEGUN.unlink()
    return run


def password():
    """Of all demo users; made once for an installation."""
    if not PASSWORD.exists():
        ROOM.mkdir(exist_ok=True)
        PASSWORD.touch(mode=0o600)
        PASSWORD.write_text(secrets.token_urlsafe(9))
    return PASSWORD.read_text()


def _refuse_others(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM registry_person WHERE iin <> ALL(%s))",
            ([person.iin for person in world.persons],),
        )
        if cursor.fetchone()[0]:
            raise NotEmpty


def _take_in(incoming, world, now):
    """Writes the file, hands it to its door unless it went through before, and takes it away."""
    path = ROOM / incoming.name
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in incoming.content:
            digest.update(piece)
            file.write(piece)
    with path.open("rb") as stream:
        if incoming.kind == registers.PERSONS:
            load_persons(stream, received_on=world.size.on, at=now())
        elif incoming.kind == registers.CATEGORIES:
            at = now()
            load_categories(stream, at=at)
            derive_rechecks(at=at)
            _analyze()
        elif not File.objects.filter(
            sha256=digest.hexdigest(), state__in=("posted", "held")
        ).exists():
            receive(stream, incoming.name, at=now())
    path.unlink()


def _analyze():
    """The first registers come seconds later: the planner would still take the tables for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_person, registry_personrecord, registry_categoryspan")


def _nights(of_months, world, now):
    """The first nights of months, of the last year only: the past is judged once."""
    for month in of_months:
        if month > world.month - NIGHTS_OF_MONTHS and months.first(month) < world.size.on:
            _night(months.first(month), now)


def _night(on, now):
    """The night of a day, or what is left to do of it."""
    run = night.last_run(on) or night.through(on, at=now())
    if run.state == "held":
        operator = get_user_model().objects.get(username="operator")
        run = runs.answer(run, let=True, by=operator, at=now(), note=WHY)
        run = runs.work(run, at=now())
    night.report(run, at=now())
    return run


def _leave_corrected(world):
    """The register that was held, as it should be: to be tried by whoever looks around."""
    incoming = registers.corrected(world)
    if incoming:
        (ROOM / incoming.name).write_bytes(b"".join(incoming.content))
