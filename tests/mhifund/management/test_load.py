"""`manage.py load` fills the registry from files, whatever happens on the way."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from registry.models import Awaiting, CategorySpan, Person, PersonRecord, Recheck
from registry.rules.iin import is_iin

ROWS = 20_000
PERSONS = "iin;last_name;first_name;middle_name;birth_date;sex;residence;region;died_on\n"
CATEGORIES = "iin;category;valid_from;valid_to;received_on;source\n"
ROW = "660722369158;ҒАББАСОВ;АЙДОС;;1966-07-22;M;citizen;62;\n"
SPAN = "660722369158;student;2025-09-01;;2025-09-10;test\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.django_db
def test_the_outcome_is_told_in_words(written, capsys):
    call_command("load", "persons", written(PERSONS + ROW + ROW))
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2 rows: 1 new, 0 changed, 0 unchanged, 1 rejected"
    assert second.startswith("line 3: ")
    assert second.endswith(": 660722369158")
    assert second.isascii()  # in English, whatever the language of the site


@pytest.mark.django_db
def test_only_the_first_rejected_rows_are_told(written, capsys):
    call_command("load", "persons", written(PERSONS + ROW + "x\n" * 30))
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[-1]) == (22, "… and 10 more")


@pytest.mark.django_db
def test_the_outcome_is_told_as_one_json_object(written, capsys):
    call_command("load", "persons", written(PERSONS + ROW), "--json")
    call_command("load", "categories", written(CATEGORIES + SPAN + "x\n"), "--json")
    persons, categories = map(json.loads, capsys.readouterr().out.splitlines())
    assert persons == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "rejected": []}
    assert [row.pop("text") != "" for row in categories["rejected"]] == [True]
    assert categories == {
        "rows": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "ended": 0,
        "rejected": [{"line": 3, "code": "bad_row"}],
    }
    assert not Recheck.objects.exists()


@pytest.mark.django_db
def test_a_snapshot_tells_how_many_it_ended(written, capsys):
    call_command("load", "persons", written(PERSONS + ROW))
    call_command("load", "categories", written(CATEGORIES + SPAN))
    Awaiting.objects.all().delete()
    capsys.readouterr()
    other = SPAN.replace("student", "disabled").replace("09-10", "09-12")
    call_command("load", "categories", written(CATEGORIES + other), "--snapshot")
    assert capsys.readouterr().out == (
        "1 rows: 1 new, 0 changed, 0 unchanged, 0 rejected, 1 ended\n"
    )
    call_command("load", "categories", written(CATEGORIES + other), "--snapshot", "--json")
    assert json.loads(capsys.readouterr().out)["ended"] == 0
    assert not Awaiting.objects.exists()  # they are judged at once
    assert not Recheck.objects.exists()


@pytest.mark.django_db
def test_a_snapshot_with_unreadable_rows_tells_that_it_ends_nobody(written, capsys):
    call_command("load", "persons", written(PERSONS + ROW))
    call_command("load", "categories", written(CATEGORIES + SPAN))
    for form in ("--json",), ():
        capsys.readouterr()
        call_command("load", "categories", written(CATEGORIES + "x\n"), "--snapshot", *form)
        out = capsys.readouterr().out
        told = json.loads(out)["text"] if form else out.splitlines()[1]
        assert told.startswith("nobody is ended: ")
    assert CategorySpan.objects.get().valid_to is None


@pytest.mark.django_db
def test_a_mixed_snapshot_is_refused(written, capsys):
    mixed = CATEGORIES + SPAN + SPAN.replace("test", "other")
    with pytest.raises(SystemExit) as ended:
        call_command("load", "categories", written(mixed), "--snapshot", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (ended.value.code, told["code"], told["ended"]) == (1, "mixed_snapshot", 0)


def test_a_snapshot_of_persons_is_wrong_use():
    with pytest.raises(CommandError) as wrong:
        call_command("load", "persons", __file__, "--snapshot")
    assert wrong.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), ("a;b\n", "columns"), (PERSONS + "\0", "unreadable")]
)
def test_a_file_that_is_none_is_refused(written, capsys, text, code):
    with pytest.raises(SystemExit) as ended:
        call_command("load", "persons", written(text), "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["code"] == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [("persons", "/nowhere.csv"), ("people", __file__), ("persons", "/"), ("persons",)],
)
def test_wrong_use_is_told(arguments):
    with pytest.raises(CommandError):
        call_command("load", *arguments)


@pytest.mark.django_db
def test_the_day_of_receipt_can_be_told(written):
    call_command("load", "persons", written(PERSONS + ROW), "--received", "10.11.2026")
    assert str(PersonRecord.objects.get().received_on) == "2026-11-10"


@pytest.mark.django_db(transaction=True)
def test_a_load_that_was_killed_is_done_by_the_same_command_again(written):
    numbers = [number for number in map(with_check_digit, range(ROWS)) if is_iin(number)]
    persons = PERSONS + "".join(map(a_person, numbers))
    categories = CATEGORIES + "".join(map(two_spans, numbers))
    for what, text, model, moment, none in (
        ("persons", persons, Person, "INSERT INTO registry_", {}),
        ("categories", categories, CategorySpan, "COPY staged_", {"ended": 0}),
    ):
        path = written(text)
        killed = running("load", what, path)
        wait_for(moment)
        killed.kill()
        assert killed.wait() == -signal.SIGKILL
        assert running("load", what, path).wait() == 0
        assert json.loads(running("load", what, path, "--json").communicate()[0]) == none | {
            "rows": text.count("\n") - 1,
            "new": 0,
            "changed": 0,
            "unchanged": text.count("\n") - 1,
            "rejected": [],
        }
        assert model.objects.count() == text.count("\n") - 1
    assert PersonRecord.objects.count() == len(numbers)


def with_check_digit(serial):
    day, serial = divmod(serial, 1_000)
    digits = f"9001{day + 1:02}3{serial:04}"
    rest = sum(int(digit) * weight for weight, digit in enumerate(digits, 1)) % 11
    return f"{digits}{rest % 10}"


def a_person(iin):
    return f"{iin};ТЕСТОВ;СЫНАҚ;;1990-01-01;M;citizen;75;\n"


def two_spans(iin):
    return (
        f"{iin};student;2020-09-01;2024-06-30;2020-09-10;\n{iin};student;2025-09-01;;2025-09-10;\n"
    )


def running(*arguments):
    """manage.py of its own, on the database of the tests."""
    place = settings.PLACE.url_host
    return subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
        env=os.environ
        | {"DATABASE_URL": f"postgresql://mhifund@{place}/{connection.settings_dict['NAME']}"},
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(statement):
    """Until another session of the database is at it."""
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database() AND state = 'active' AND query LIKE %s",
                (f"%{statement}%",),
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.005)
    pytest.fail(f"nobody came to {statement}")
