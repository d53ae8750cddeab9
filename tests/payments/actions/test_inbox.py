"""A folder of dropped files: received, moved, and finished after a kill."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from payments.actions import inbox
from payments.models import File
from payments.rules import formats
from registry.models import Contribution
from tests.payments.actions.office import AT, SECOND, add_people, register, row, state


def drop(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def taken(folder):
    return [(file.name, file.state) for file in inbox.take(folder, at=AT)]


GOOD = {"a_csv": register(row()), "b_csv": register(row(SECOND, reference="R2"))}
HELD = register(row(reference="R3"), total="1")


@pytest.mark.django_db
def test_files_are_received_in_order_and_moved_where_they_belong(tmp_path):
    add_people()
    drop(tmp_path, **GOOD, c_csv=HELD, d_csv=b"garbage", e_csv=GOOD["a_csv"])
    drop(tmp_path, f_csv_part=HELD, _g_csv=HELD)
    assert taken(tmp_path) == [
        ("a.csv", "posted"),
        ("b.csv", "posted"),
        ("c.csv", "held"),
        ("d.csv", "refused"),
        ("e.csv", "refused"),
    ]
    assert tree(tmp_path) == [
        ".g.csv",
        "done/a.csv",
        "done/b.csv",
        "f.csv.part",
        "held/c.csv",
        "refused/d.csv",
        "refused/e.csv",
    ]
    assert taken(tmp_path) == []


@pytest.mark.django_db
def test_files_of_one_name_stand_side_by_side(tmp_path):
    add_people()
    for content in GOOD.values():
        drop(tmp_path, a_csv=content)
        taken(tmp_path)
    assert tree(tmp_path) == ["done/a-2.csv", "done/a.csv"]


@pytest.mark.django_db
@pytest.mark.parametrize("content", [GOOD["a_csv"], HELD, b"garbage"])
def test_a_file_that_was_received_but_not_moved_is_only_moved(tmp_path, content, monkeypatch):
    add_people()
    drop(tmp_path, a_csv=content)
    move = inbox._move

    def cut_off(path, folder):
        if folder.name != inbox.TAKEN:
            raise InterruptedError
        return move(path, folder)

    monkeypatch.setattr(inbox, "_move", cut_off)
    with pytest.raises(ExceptionGroup) as told:
        taken(tmp_path)
    assert [type(fault) for fault in told.value.exceptions] == [InterruptedError]
    monkeypatch.undo()
    assert tree(tmp_path) == ["taken/a.csv"]
    (first,) = File.objects.all()
    assert taken(tmp_path) == [("a.csv", first.state)]
    assert tree(tmp_path) == [f"{inbox.PLACES[first.state]}/a.csv"]
    assert File.objects.count() == 1


@pytest.mark.django_db
def test_a_file_at_fault_stops_no_other_and_is_taken_the_next_time(tmp_path, monkeypatch):
    add_people()
    drop(tmp_path, **GOOD, c_csv=HELD)
    read = formats.read

    def at_fault(stream, name):
        if name != "c.csv":
            raise MemoryError(name)
        return read(stream, name)

    monkeypatch.setattr(formats, "read", at_fault)
    received = inbox.take(tmp_path, at=AT)
    assert next(received).name == "c.csv"
    with pytest.raises(ExceptionGroup) as told:
        next(received)
    assert [str(fault) for fault in told.value.exceptions] == ["a.csv", "b.csv"]
    assert tree(tmp_path) == ["held/c.csv", "taken/a.csv", "taken/b.csv"]
    monkeypatch.undo()
    assert taken(tmp_path) == [("a.csv", "posted"), ("b.csv", "posted")]
    assert tree(tmp_path) == ["done/a.csv", "done/b.csv", "held/c.csv"]


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert taken(tmp_path / "none") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(10))
def test_a_night_that_is_killed_takes_the_rest_the_next_time(tmp_path, seed):
    add_people()
    files = {
        f"{n:02}_csv": register(*(row(reference=f"R{n}", line=i + 1) for i in range(5)))
        for n in range(6)
    }
    drop(tmp_path, **files)
    place, name = settings.PLACE.url_host, connection.settings_dict["NAME"]
    to = os.environ | {
        "DATABASE_URL": f"postgresql://mhifund@{place}/{name}",
        "MHIFUND_INBOX": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "receive", "--inbox"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=to, stdout=subprocess.DEVNULL
    ) as doomed:
        while len(tree(tmp_path / "taken")) + len(tree(tmp_path / "done")) <= seed // 2:
            assert doomed.poll() is None
            time.sleep(0.002)
        time.sleep(random.Random(seed).uniform(0, 0.05))
        doomed.send_signal(signal.SIGKILL)
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=to, stdout=subprocess.DEVNULL)
    assert tree(tmp_path) == [f"done/{n:02}.csv" for n in range(6)]
    assert File.objects.count() == File.objects.filter(state="posted").count() == 6
    assert Contribution.objects.count() == 30
    assert len(state()["entries"]) == 30


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_moved_away(tmp_path, settings):
    drop(tmp_path, a_csv=GOOD["a_csv"])
    settings.LARGEST_FILE = 10
    assert taken(tmp_path) == [("a.csv", "refused")]
    assert tree(tmp_path) == ["refused/a.csv"]
