"""Where the embedded servers of one data folder live, and who is using them."""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

NOBODY = pwd.getpwnam("nobody").pw_uid
SHORT_AND_PLAIN = re.compile(r"[\w./-]{1,90}", re.ASCII)
PATIENCE = 120


class Missing(Exception):
    """Something the machine lacks, told together with the remedy."""


@dataclass(frozen=True)
class Place:
    data: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def sockets(self) -> Path:
        """The kernel takes about 100 characters; not TMPDIR, in which two users may differ."""
        inside = self.data / "sockets"
        if SHORT_AND_PLAIN.fullmatch(str(inside)):
            return inside
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path("/tmp") / f"mhifund-{os.getuid()}-{digest}"  # noqa: S108 - its owner is checked

    @property
    def url_host(self) -> str:
        """The socket folder as the host of an address."""
        return quote(str(self.sockets), safe="")

    @property
    def broker(self) -> Path:
        return self.sockets / "valkey"

    def make(self) -> None:
        """The data folder alone, usable and ours."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            os.utime(self.data)
        except OSError as error:
            raise Missing(
                f"The data folder {self.data} cannot be used: {error.strerror}. "
                "Set MHIFUND_DATA to a folder you may write to, on a disk with 1 GB free."
            ) from error
        for folder in (self.postgres, self.valkey, self.sockets):
            if folder.exists() and folder.stat().st_uid not in {os.getuid(), self.server_uid()}:
                raise Missing(
                    f"{folder} belongs to user {folder.stat().st_uid}. "
                    "Work as that user, or set MHIFUND_DATA to a folder of your own."
                )

    def make_rooms(self) -> None:
        for folder in (self.valkey, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
            # what a shell's umask took away, or another hand gave
            folder.chmod(0o700)

    def clear(self) -> None:
        """Nothing stays outside the data folder."""
        if self.sockets.parent != self.data:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def server_uid(self) -> int:
        """Root may have had to give the database files to nobody."""
        return NOBODY if os.getuid() == 0 else os.getuid()

    def join(self) -> TextIO:
        """A user's mark: the kernel takes it back however that user ends."""
        mark = (self.data / "users.lock").open("a")
        fcntl.flock(mark, fcntl.LOCK_SH)
        return mark

    def leave(self, mark: TextIO) -> bool:
        """True for the last user; nobody joins until the mark is closed."""
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Of the users one at a time starts servers."""
        with (self.data / "gate.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def living_in(folder: Path) -> list[int]:
    """Processes that work in the folder: unlike the number in a pid file it cannot be stale."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if str((entry / "cwd").readlink()) == str(folder):
                    found.append(int(entry.name))
    return found


def end(folder: Path, number: signal.Signals) -> None:
    """Ask the server that lives in the folder to end, and wait until it has."""
    for pid in living_in(removed(folder)):
        send(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    inside = living_in(folder)
    for pid in inside:
        if parent(pid) not in inside:
            send(pid, number)
    while left := [*living_in(folder), *living_in(removed(folder))]:
        if time.monotonic() > deadline:
            for pid in left:
                send(pid, signal.SIGKILL)
        time.sleep(0.02)


def removed(folder: Path) -> Path:
    """How the kernel names a folder that was removed while processes worked in it."""
    return Path(f"{folder} (deleted)")


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
