"""The processes of a running system, started and stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

FIRST_ANSWER = 60
LAST_WORK = 20
PARENT_DEATH_SIGNAL = 1
LIBC = ctypes.CDLL(None)


class Died(Exception):
    """A process ended that should not have."""


class Children:
    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(exist_ok=True)

    def start(self, name: str, *command: str, keep: tuple[int, ...] = ()) -> None:
        """In a session of its own: the terminal's Ctrl-C reaches the parent alone."""
        with self.log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=keep,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads here
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        for name, child in self.running.items():
            if child.poll() is not None:
                last = self.log(name).read_text(errors="replace").splitlines()[-15:]
                raise Died("\n".join([f"{name} ended with status {child.returncode}:", *last]))

    def watch(self) -> None:
        while True:
            self.check()
            time.sleep(0.5)

    def wait_for_answer(self, address: str) -> None:
        deadline = time.monotonic() + FIRST_ANSWER
        while time.monotonic() < deadline:
            self.check()
            try:
                urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - our own address
            except urllib.error.HTTPError:
                return
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise Died(f"{address} does not answer; see {self.log('web')}.")

    def stop(self) -> None:
        """First ask; whoever is still at it after a while, and all that they left, is killed."""
        for child in self.running.values():
            child.terminate()
        deadline = time.monotonic() + LAST_WORK
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.clear()


def end_with_parent() -> None:
    """The kernel passes it on, also when the parent is killed."""
    if sys.platform == "linux":
        LIBC.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
