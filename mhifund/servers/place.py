"""Where the embedded servers of one data folder live, and who is using them."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

SOCKET_PATH_LIMIT = 90


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
        """Short, as the kernel takes about 100 characters; the same for users with another TMPDIR."""
        inside = self.data / "sockets"
        if len(str(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path("/tmp") / f"mhifund-{os.getuid()}-{digest}"  # noqa: S108 - private, see below

    @property
    def url_host(self) -> str:
        """The socket folder as the host of an address."""
        return quote(str(self.sockets), safe="")

    @property
    def broker(self) -> Path:
        return self.sockets / "valkey"

    def make_data(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.data):
                pass
        except OSError as error:
            raise Missing(
                f"The data folder {self.data} cannot be used: {error.strerror}. "
                "Set MHIFUND_DATA to a folder you may write to, on a disk with 1 GB free."
            ) from error

    def make(self) -> None:
        self.make_data()
        for folder in (self.valkey, self.sockets):
            folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.sockets.lstat().st_uid
        if owner not in (os.getuid(), self.owner()):
            raise Missing(f"{self.sockets} belongs to another user (uid {owner}). Remove it.")

    def owner(self) -> int:
        """Whose server files these are; a new place is its first user's."""
        return self.postgres.stat().st_uid if self.postgres.exists() else os.getuid()

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Only one at a time starts or stops servers."""
        with (self.data / "gate.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def join(self) -> TextIO:
        """A user's mark: the kernel takes it back however that user ends."""
        mark = (self.data / "users.lock").open("a")
        fcntl.flock(mark, fcntl.LOCK_SH)
        return mark

    def leave(self, mark: TextIO) -> bool:
        """Take the mark back; true for the last user."""
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            mark.close()


def living_in(folder: Path) -> list[int]:
    """Processes that work in the folder: unlike a number in a pid file, this outlives no reboot."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                cwd = str((entry / "cwd").readlink())
            except OSError:
                continue
            if cwd.removesuffix(" (deleted)") == str(folder):
                found.append(int(entry.name))
    return found
