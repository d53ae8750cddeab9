"""A file comes in: it is kept, read, compared at every level, and posted, held or refused."""

import hashlib
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from payments.actions import incoming, statement
from payments.actions.post import post
from payments.models import NOT_TAKEN, File
from payments.rules import formats, returns
from payments.rules.camt053 import Statement
from payments.rules.totals import Difference, Refusal, Refused
from registry.actions import book

CHUNK = 1 << 20
STORE = settings.DATA_ROOT / "files"


def nothing(step, done):
    """The progress of nobody who watches."""


def path(sha256):
    """Where the bytes of a file are kept."""
    return STORE / sha256


def receive(stream, name, *, at, by=None, progress=nothing):
    """Takes a file in and returns its File: posted, held, or refused with a code.

    A file whose receipt was cut off is taken up from its beginning when it comes again.
    `progress(step, done)` is told of bytes read and rows posted.
    """
    with _copied(stream) as copy, _locked("pg_advisory_lock", copy.sha256):
        file = _begun(copy) or _new(copy, name, at, by)
        _read(file, at, progress)
    return file


def resume(file, *, at, progress=nothing):
    """Reads a file that is kept, unless somebody did so meanwhile: waits for whoever is at it."""
    with _locked("pg_advisory_lock", file.sha256):
        file.refresh_from_db()
        _read(file, at, progress)
    return file


def take_up(*, at):
    """Finishes and yields the files whose reading was cut off."""
    return each(partial(resume, at=at), File.objects.filter(state="reading").order_by("pk"))


def each(take, files):
    """Yields what is taken in of each file; their faults are raised once all had their turn."""
    faults = []
    for file in files:
        try:
            taken = take(file)
        except Exception as fault:  # noqa: BLE001 - raised below
            fault.add_note(f"file: {file}")
            faults.append(fault)
        else:
            yield taken
    if faults:
        raise ExceptionGroup("files at fault", faults)


def accept(stream, name, *, at, by):
    """Keeps a file for a task that receives it; its row is refused when it was here before."""
    with _copied(stream) as copy, _locked("pg_try_advisory_lock", copy.sha256) as alone:
        if alone:
            return _begun(copy) or _new(copy, name, at, by)
        return _refuse(_row(copy, name, at, by), Refusal.ALREADY_RECEIVED, "", at)


class Copy(NamedTuple):
    """The bytes of a file on their way to their place; of one that is too large the beginning."""

    path: Path
    sha256: str
    size: int

    def keep(self):
        self.path.replace(path(self.sha256))


@contextmanager
def _copied(stream):
    STORE.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=STORE, prefix=".", delete=False) as copy:
        try:
            while size <= settings.LARGEST_FILE and (chunk := stream.read(CHUNK)):
                digest.update(chunk)
                size += len(chunk)
                copy.write(chunk)
            copy.flush()
            yield Copy(Path(copy.name), digest.hexdigest(), size)
        finally:
            Path(copy.name).unlink(missing_ok=True)


@contextmanager
def _locked(lock, sha256):
    """One receipt of the same bytes at a time: waits for the other, or tells that there is one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", (sha256,))
        alone = cursor.fetchone()[0] is not False
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (sha256,))


def _begun(copy):
    """The row of an attempt that was cut off, or waits for its task."""
    file = File.objects.filter(sha256=copy.sha256, state="reading").first()
    if file is not None:
        copy.keep()
    return file


def _new(copy, name, at, by):
    """A row to be read, or one that is refused: the file was here before, or is too large."""
    file = _row(copy, name, at, by)
    if copy.size > settings.LARGEST_FILE:
        return _refuse(file, Refusal.TOO_LARGE, f"more than {settings.LARGEST_FILE} bytes", at)
    before = File.objects.filter(sha256=copy.sha256).exclude(state__in=NOT_TAKEN).first()
    if before is not None:
        return _refuse(file, Refusal.ALREADY_RECEIVED, before.name, at)
    copy.keep()
    file.save()
    return file


def _row(copy, name, at, by):
    return File(
        name=PurePath(name).name.encode(errors="replace").decode()[:255],
        sha256=copy.sha256,
        size=copy.size,
        kind="register",
        received_at=at,
        received_by=by,
        state="reading",
    )


def _refuse(file, code, text, at):
    file.state, file.code, file.step, file.finished_at = "refused", code, "", at
    file.differences = [Difference(code)._asdict() | {"text": text}]
    file.save()
    return file


def _read(file, at, progress):
    if file.state != "reading":
        return
    try:
        _take_in(file, at, progress)
    except Refused as refused:
        _refuse(file, refused.code, refused.text, at)
        if not File.objects.filter(sha256=file.sha256, state="rejected").exists():
            path(file.sha256).unlink()


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
        book.lock_the_books()
        file.steps.create(step="read", items=file.items, total=file.total, at=at)
        file.messages_count = incoming.keep_messages(file)
        reading.differences.note(*statement.against_books())
        differences = [difference._asdict() for difference in reading.differences]
        if differences and not (file.answer == "released" and differences == file.differences):
            _hold(file, differences, at)
        else:
            file.code = differences[0]["code"] if differences else ""
            file.differences = differences
            post(file, at=at, progress=lambda done: progress("post", done))
            _replace_held(file, at)
        incoming.forget()


def _hold(file, differences, at):
    file.state, file.code, file.step, file.finished_at = "held", differences[0]["code"], "", at
    file.differences = differences
    file.answer, file.answered_by, file.answered_at, file.answer_note = "", None, None, ""
    file.save()


REPLACED = f"""
UPDATE payments_file h
SET state = 'replaced', answer = 'replaced', answered_at = %(at)s, replaced_by_id = %(file)s
WHERE h.state = 'held' AND EXISTS (
    SELECT FROM payments_message m JOIN payments_message p
        ON p.reference = m.reference AND (p.knp = '{returns.KNP}') = (m.knp = '{returns.KNP}')
    WHERE m.file_id = h.id AND p.file_id = %(file)s
) AND NOT EXISTS (
    SELECT FROM payments_message m WHERE m.file_id = h.id AND NOT EXISTS (
        SELECT FROM payments_message p JOIN payments_file f ON f.id = p.file_id
        WHERE p.reference = m.reference AND (p.knp = '{returns.KNP}') = (m.knp = '{returns.KNP}')
            AND f.state = 'posted'))"""


def _replace_held(file, at):
    """A held file needs no answer any more once the last of its references is posted."""
    with connection.cursor() as cursor:
        cursor.execute(REPLACED, {"file": file.pk, "at": at})
