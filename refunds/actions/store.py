"""Documents, each kept once under its SHA-256, where the web serves nothing from."""

import hashlib
import logging
import os
import re
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings

from refunds.rules.documents import Refusal, type_of

CHUNK = 1 << 20
A_DAY = 24 * 3600
LONGEST_SCAN = 20
CLEAN, INFECTED = 0, 1
SHA256 = re.compile("[0-9a-f]{64}")

logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    sha256: str
    size: int
    type: str


class Refused(Exception):
    """A document is not kept, or not given out, for the reason of the code."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def keep(stream):
    """Keeps a document, or raises Refused; the same bytes twice are one file."""
    with _copied(stream) as copy:
        kept = _examined(copy)
        os.fsync(copy.fileno())
        place = path(kept.sha256)
        place.parent.mkdir(exist_ok=True)
        Path(copy.name).replace(place)
    for folder in (place.parent, settings.DOCUMENTS_ROOT):
        _sync(folder)
    return kept


def open_kept(sha256):
    """A document as it was kept, at its beginning; Refused when it is missing or damaged."""
    try:
        stream = path(sha256).open("rb")
    except FileNotFoundError:
        raise Refused(Refusal.MISSING) from None
    if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
        stream.close()
        raise Refused(Refusal.DAMAGED)
    stream.seek(0)
    return stream


def verify(sha256):
    """Raises Refused when a document is missing or damaged."""
    open_kept(sha256).close()


def path(sha256):
    """Where the bytes are kept."""
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return settings.DOCUMENTS_ROOT / sha256[:2] / sha256[2:]


@contextmanager
def _copied(stream):
    """The bytes on their way to their place; of a document that is too large the beginning."""
    root = settings.DOCUMENTS_ROOT
    root.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=root, prefix=".", delete=False) as copy:
        try:
            _sweep(Path(copy.name))
            while copy.tell() <= settings.LARGEST_DOCUMENT and (chunk := stream.read(CHUNK)):
                copy.write(chunk)
            copy.flush()
            yield copy
        finally:
            Path(copy.name).unlink(missing_ok=True)


def _sweep(copy):
    """Removes copies that were cut off a day before this one."""
    begun = copy.stat().st_mtime
    for left in copy.parent.glob(".*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < begun - A_DAY:
                left.unlink()


def _examined(copy):
    size = copy.tell()
    if not size:
        raise Refused(Refusal.EMPTY)
    if size > settings.LARGEST_DOCUMENT:
        raise Refused(Refusal.TOO_LARGE)
    if (kind := type_of(copy)) is None:
        raise Refused(Refusal.TYPE_NOT_ALLOWED)
    _scan(copy.name)
    copy.seek(0)
    return Kept(hashlib.file_digest(copy, "sha256").hexdigest(), size, kind)


def _scan(file):
    """Only what a scanner calls clean passes it, where there is one."""
    if not settings.ANTIVIRUS:
        return
    command = [*settings.ANTIVIRUS, file]
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_SCAN,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired) as fault:
        logger.exception("A document was not scanned")
        raise Refused(Refusal.NOT_SCANNED) from fault
    if answer == INFECTED:
        raise Refused(Refusal.INFECTED)
    if answer != CLEAN:
        logger.error("A document was not scanned: %s ended with %s", command, answer)
        raise Refused(Refusal.NOT_SCANNED)


def _sync(folder):
    """A name that was given in a folder outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
