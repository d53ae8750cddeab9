"""The running system as a whole, begun and ended the way a person does it."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from kombu import Connection
from redis import Redis

from mhifund.management.commands.serve import take_back_tasks
from mhifund.servers import Place, using
from mhifund.servers.place import living_in


@pytest.fixture(autouse=True)
def no_servers_of_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def serve(place: Place, port: int) -> subprocess.Popen[str]:
    """With the static files as people get them, not as the other tests do."""
    environment = {name: text for name, text in os.environ.items() if name != "STATIC_STORAGE"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", f"--port={port}", "--persons=0"],
        cwd=settings.BASE_DIR,
        env={**environment, "MHIFUND_DATA": str(place.data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def address(system: subprocess.Popen[str]) -> str:
    assert system.stdout
    said = []
    for line in system.stdout:
        said.append(line)
        if found := re.search(r"answers at (http://\S+)", line):
            return found[1]
    pytest.fail("".join(said))


def children_of(system: subprocess.Popen[str]) -> list[int]:
    children = Path(f"/proc/{system.pid}/task/{system.pid}/children").read_text().split()
    return [int(pid) for pid in children]


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_the_system_takes_the_next_free_port_and_ends_with_ctrl_c(
    place: Place, busy_port: int
) -> None:
    system = serve(place, busy_port)
    found = address(system)
    assert not found.endswith(f":{busy_port}/")
    with urllib.request.urlopen(f"{found}admin/login/") as page:
        assert page.status == 200
    children = children_of(system)
    assert len(children) == 3
    again = serve(place, busy_port)
    assert "The system already runs on" in again.communicate(timeout=60)[0]
    assert again.returncode == 2
    system.send_signal(signal.SIGINT)
    system.communicate(timeout=60)
    assert system.returncode == 0
    assert not [pid for pid in children if alive(pid)]
    assert not living_in(place.postgres)
    assert not living_in(place.valkey)


def test_a_process_that_dies_is_reported_and_ends_the_system(place: Place, busy_port: int) -> None:
    system = serve(place, busy_port)
    address(system)
    children = children_of(system)
    os.kill(children[1], signal.SIGKILL)
    assert "worker ended with status -9" in system.communicate(timeout=60)[0]
    assert system.returncode == 1
    assert not [pid for pid in children if alive(pid)]
    assert not living_in(place.postgres)


def test_a_task_that_a_killed_worker_had_begun_waits_again(place: Place) -> None:
    begin_and_die = (
        "import os, sys; from kombu import Connection; broker = Connection(sys.argv[1]);"
        "queue = broker.SimpleQueue('celery'); queue.put({}); queue.get(); os._exit(0)"
    )
    with using(place):
        url = f"redis+socket://{place.broker}"
        subprocess.run([sys.executable, "-c", begin_and_die, url], check=True)
        kept = Redis(unix_socket_path=str(place.broker))
        assert (kept.llen("celery"), kept.hlen("unacked")) == (0, 1)
        with Connection(url) as broker:
            take_back_tasks(broker)
        assert (kept.llen("celery"), kept.hlen("unacked")) == (1, 0)
