"""A night and uploads at once, each on a connection of its own: the end is that of one by one."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.db.models import F, Sum

from mhifund import night
from payments.models import ExceptionItem, File, Message
from registry.actions.load import load_persons
from registry.models import Contribution, Verdict
from registry.rules.extract import PERSON_COLUMNS
from tests.payments.actions.office import (
    AT,
    FIRST,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    state,
    take,
)

ON = date(2026, 11, 20)
AFTER = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEWCOMER = "880115300126"
NAMES = {NEWCOMER: {"last_name": "ЖАҢА", "first_name": "ЖАН", "birth_date": "1988-01-15"}}
MONTHS = [f"{month:02}2026" for month in range(1, 11)]


def months_of(reference, *people):
    """A register of ten months of each person, one of whom nobody knows."""
    lines = [(iin, period) for iin in people for period in MONTHS]
    return register(
        *(
            row(iin, reference=reference, line=number, period=period, **NAMES.get(iin, {}))
            for number, (iin, period) in enumerate(lines, 1)
        )
    )


BEFORE = months_of("R0", NEWCOMER)
UPLOADS = [months_of("R1", FIRST, NEWCOMER), months_of("R2", SECOND), months_of("R3", THIRD)]


def nights_work():
    night.through(ON, at=AFTER)


def newcomer_is_known():
    cells = f"{NEWCOMER};ЖАҢА;ЖАН;;1988-01-15;M;citizen;75;"
    extract = "\n".join([";".join(PERSON_COLUMNS), cells, ""]).encode()
    load_persons(io.BytesIO(extract), received_on=ON, at=AT)


@pytest.fixture
def before(transactional_db, tmp_path, settings):
    """An exception of somebody who is in the registry meanwhile: the night will post it."""
    settings.REPORTS_ROOT = tmp_path
    add_people()
    take(BEFORE)
    newcomer_is_known()


def outcome():
    verdicts = Verdict.objects.order_by("person__iin").values_list("person__iin", "reason", "until")
    return state() | {"verdicts": list(verdicts)}


def in_turn():
    for content in UPLOADS:
        take(content)
    nights_work()
    found = outcome()
    transaction.set_rollback(True)
    return found


def together(*works):
    start = Barrier(len(works))

    def one(work):
        try:
            start.wait()
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


@pytest.mark.parametrize("attempt", range(3))
def test_a_night_and_uploads_together_end_as_one_after_the_other(before, attempt):
    with transaction.atomic():
        expected = in_turn()
    together(nights_work, *(lambda content=content: take(content) for content in UPLOADS))
    nights_work()
    assert outcome() == expected
    assert File.objects.filter(state="posted").count() == 4
    messages = Message.objects.aggregate(
        total=Sum("total"), apart=Sum(F("posted_total") + F("excepted_total"))
    )
    assert messages["total"] == messages["apart"]
    assert messages["total"] == Contribution.objects.aggregate(total=Sum("amount"))["total"]
    assert not ExceptionItem.objects.exclude(state="posted").exists()
