"""A file comes in: it is kept, read, compared at every level, and posted, held or refused."""

import hashlib
import os
from contextlib import contextmanager
from decimal import Decimal
from pathlib import PurePath

from django.conf import settings
from django.db import connection, transaction

from payments.actions import incoming, statement
from payments.actions.derive import lock_the_books
from payments.actions.post import post
from payments.models import File
from payments.rules import formats
from payments.rules.camt053 import Statement
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
        file = _begin(alone, name=name, sha256=sha256, size=size, at=at, by=by)
        if file.state == "reading":
            try:
                _take_in(file, at, progress)
            except Refused as refused:
                _refuse(file, refused.code, refused.text, at)
                path(sha256).unlink(missing_ok=True)
    return file


def accept(stream, name, *, at, by):
    """Keeps a file for a task that receives it; its row is refused when it was here before."""
    sha256, size = keep(stream)
    with _alone(sha256) as alone:
        return _begin(alone, name=name, sha256=sha256, size=size, at=at, by=by)


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


def _begin(alone, *, name, sha256, size, at, by):
    """The row of a file that is to be read, perhaps of an attempt that was cut off."""
    before = File.objects.filter(sha256=sha256).exclude(state="refused").first()
    if alone and before is not None and before.state == "reading":
        return before
    file = File(
        name=PurePath(name).name[:255],
        sha256=sha256,
        size=size,
        kind="register",
        received_at=at,
        received_by=by,
        state="reading",
    )
    if before is None and alone:
        file.save()
    else:
        _refuse(file, Refusal.ALREADY_RECEIVED, before.name if before else "", at)
    return file


def _refuse(file, code, text, at):
    file.state, file.code, file.step, file.finished_at = "refused", code, "", at
    file.differences = [{"code": code, "text": text}]
    file.save()


def _take_in(file, at, progress):
    with path(file.sha256).open("rb") as stream:
        reading = formats.read(stream, file.name)
        if isinstance(reading, Statement):
            statement.take_in(file, reading, at)
            return
        file.format, file.encoding, file.step = reading.format, reading.encoding, "read"
        file.save()
        incoming.fill(reading, lambda: progress("read", stream.tell()))
    file.items = reading.totals.items
    file.total = Decimal(reading.totals.total).scaleb(-2)
    with transaction.atomic():
        lock_the_books()
        file.messages_count = incoming.keep_messages(file)
        reading.differences.note(*statement.against_books())
        if reading.differences:
            _hold(file, reading.differences, at)
        else:
            post(file, at=at, progress=lambda done: progress("post", done))


def _hold(file, differences, at):
    file.state, file.code, file.step, file.finished_at = "held", differences[0].code, "", at
    file.differences = [difference._asdict() for difference in differences]
    file.save()
