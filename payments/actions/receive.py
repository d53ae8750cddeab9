"""A file comes in: it is kept, read, compared at every level, and posted, held or refused."""

import hashlib
import os
from contextlib import contextmanager
from decimal import Decimal
from pathlib import PurePath

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from payments import labels
from payments.actions import incoming, statement
from payments.actions.post import post
from payments.models import File
from payments.rules import formats
from payments.rules.totals import Refusal, Refused

CHUNK = 1 << 20
STORE = settings.DATA_ROOT / "files"


def nothing(step, done):
    """The progress of nobody who watches."""


def keep(stream):
    """Stores the bytes of a file under their SHA-256; returns it with their number."""
    STORE.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    unnamed = STORE / f".{os.getpid()}-{id(stream)}"
    with unnamed.open("wb") as copy:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    unnamed.replace(path(digest.hexdigest()))
    return digest.hexdigest(), size


def path(sha256):
    return STORE / sha256


def receive(stream, name, *, at, by=None, progress=nothing):
    """Takes a file in and returns its File: posted, held, or refused with a code.

    A file whose receipt was cut off is taken up from its beginning when it comes again.
    `progress(step, done)` is told of bytes read and rows posted.
    """
    sha256, size = keep(stream)
    with _alone(sha256) as alone:
        if not alone or File.objects.filter(sha256=sha256, state__in=("posted", "held")).exists():
            return _refuse(_new(name, sha256, size, at, by), Refusal.ALREADY_RECEIVED, at)
        file = File.objects.filter(sha256=sha256, state="reading").first()
        file = file or _new(name, sha256, size, at, by)
        try:
            _take_in(file, at, progress)
        except Refused as refused:
            return _refuse(file, refused.code, at)
    return file


def accept(stream, name, *, at, by):
    """Keeps a file for a task that receives it; returns its row, refused when it was here before."""
    sha256, size = keep(stream)
    if File.objects.filter(sha256=sha256, state__in=("posted", "held")).exists():
        return _refuse(_new(name, sha256, size, at, by), Refusal.ALREADY_RECEIVED, at)
    file = File.objects.filter(sha256=sha256, state="reading").first()
    file = file or _new(name, sha256, size, at, by)
    file.save()
    return file


@contextmanager
def _alone(sha256):
    """Whether nobody else is receiving the same bytes at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (sha256,))
        alone = cursor.fetchone()[0]
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (sha256,))


def _new(name, sha256, size, at, by):
    return File(
        name=PurePath(name).name[:255],
        sha256=sha256,
        size=size,
        kind="register",
        received_at=at,
        received_by=by,
        state="reading",
    )


def _refuse(file, code, at):
    file.state, file.code, file.step, file.finished_at = "refused", code, "", at
    file.save()
    return file


def _take_in(file, at, progress):
    with path(file.sha256).open("rb") as stream:
        reading = formats.read(stream, file.name)
        file.kind, file.format, file.encoding = "register", reading.format, reading.encoding
        file.step = "read"
        file.save()
        if file.kind == "statement":
            statement.take_in(file, reading, at)
            return
        incoming.fill(reading, lambda: progress("read", stream.tell()))
    file.messages_count, file.items = reading.totals.messages, reading.totals.items
    file.total = Decimal(reading.totals.total).scaleb(-2)
    differences = list(reading.differences) + statement.against_books()
    if differences:
        _hold(file, differences, at)
    else:
        post(file, at=at, progress=lambda done: progress("post", done))


@transaction.atomic
def _hold(file, differences, at):
    incoming.keep_messages(file)
    file.state, file.code, file.step, file.finished_at = "held", differences[0].code, "", at
    file.differences = [difference._asdict() for difference in differences]
    file.save()


def account(file):
    """What came of a file, as its commands and pages tell it."""
    with translation.override("en"):
        told = str(labels.FILE_CODES.get(file.code, ""))
    places = [_place(difference) for difference in file.differences[:5]]
    return {
        "file": file.name,
        "sha256": file.sha256,
        "state": file.state,
        "code": file.code,
        "text": " ".join(filter(None, (told, "; ".join(filter(None, places))))),
        "messages": file.messages_count,
        "items": file.items,
        "posted": file.posted,
        "exceptions": file.exception_codes(),
        "findings": file.finding_codes(),
        "total": file.total,
    }


def _place(difference):
    """Where a difference is, and how large."""
    where = " ".join(
        filter(
            None,
            (
                difference["reference"],
                f"line {difference['line']}" if difference["line"] else "",
            ),
        )
    )
    if difference["expected"] is None or difference["found"] is None:
        return where
    return f"{where}: {difference['found']} instead of {difference['expected']}"
