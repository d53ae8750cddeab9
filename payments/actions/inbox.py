"""A folder into which others drop files; each is moved once what came of it is in the database."""

from functools import partial
from hashlib import file_digest
from pathlib import Path

from django.db import connection

from payments.actions.receive import each, nothing, receive
from payments.models import File

LOCK = 20200102
TAKEN = "taken"
PLACES = {
    "posted": "done",
    "replaced": "done",
    "held": "held",
    "rejected": "refused",
    "refused": "refused",
}


def take(folder, *, at, progress=nothing):
    """Receives the files of a folder by their names and yields their File rows.

    What is being written has a name that begins with a dot or ends with `.part`. A file stands in
    `taken` while it is received: one that stands there already was cut off, and is finished first;
    one at fault stays there.
    While somebody else takes files there is nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
        if not cursor.fetchone()[0]:
            return
        try:
            yield from each(
                partial(_take, folder, at=at, progress=progress),
                [*_files(folder / TAKEN), *_files(folder)],
            )
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _take(folder, path, *, at, progress):
    file = None
    if path.parent == folder / TAKEN:
        file = _known(path)
    else:
        path = _move(path, folder / TAKEN)
    if file is None:
        with path.open("rb") as stream:
            file = receive(stream, path.name, at=at, progress=progress)
    _move(path, folder / PLACES[file.state])
    return file


def _files(folder):
    """The files in it that are whole, in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".part"
    )


def _known(path):
    """The row of a file whose receipt came to its end before it was moved."""
    with path.open("rb") as stream:
        sha256 = file_digest(stream, "sha256").hexdigest()
    ended = File.objects.filter(sha256=sha256).exclude(state__in=("reading", "rejected"))
    return ended.order_by("-id").first()


def _move(path: Path, folder: Path):
    """Into a folder, beside others of the same name."""
    folder.mkdir(exist_ok=True)
    place, turn = folder / path.name, 1
    while place.exists():
        turn += 1
        place = folder / f"{path.stem}-{turn}{path.suffix}"
    return path.rename(place)
