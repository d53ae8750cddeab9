"""`manage.py demo` builds a small country once; everything the law knows happens in it."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from mhifund.demo import build
from mhifund.models import Report
from payments.models import ExceptionItem, File, Finding, Return
from refunds.models import Answer, Application, Unread
from registry.actions import runs
from registry.models import Person, Recheck, Run, Tally, Verdict, VerdictChange

ARGUMENTS = ("--persons", "200", "--months", "13", "--on", "2026-11-20")


def demo(*arguments):
    told = StringIO()
    call_command("demo", *arguments, "--json", stdout=told)
    return json.loads(told.getvalue())


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A folder of the demo's own: several processes test at the same time."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "ROOM", folder)
        patch.setattr(build, "BEGUN", folder / "begun.json")
        patch.setattr(build, "PASSWORD", folder / "password")
        yield folder


def test_a_country_of_which_the_brake_holds_every_night_is_built_all_the_same(
    tmp_path, monkeypatch, settings
):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name, place in (("ROOM", ""), ("BEGUN", "begun.json"), ("PASSWORD", "password")):
        monkeypatch.setattr(build, name, tmp_path / place)
    monkeypatch.setattr(runs, "brake", lambda on: 0)
    told = demo("--persons", "60", "--months", "13", "--on", "2026-11-20")
    assert told["persons"] == 60
    assert {*Run.objects.values_list("state", flat=True)} == {"done"}
    answered = Run.objects.exclude(answered_by=None)
    assert {*answered.values_list("answered_by__username", flat=True)} == {"operator"}


@pytest.fixture(scope="module")
def account(room, django_db_setup, django_db_blocker):
    """What the command told of a country that stays for all tests of this file."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), transaction.atomic():
        with quick:
            told = demo(*ARGUMENTS)
        yield told
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def codes(rows, column):
    return set(rows.order_by().values_list(column, flat=True).distinct())


def test_the_account_balances(account):
    registers = File.objects.filter(kind="register", state="posted")
    assert account["registers"] == {"posted": 22, "held": 1, "refused": 0}
    became = account["posted"] + account["exceptions"] + account["returned"]
    assert account["items"] == became > 2_000
    assert account["different"] == []
    sums = ("posted_total", "exceptions_total", "returned_total")
    became = sum(float(account[one]) for one in sums)
    assert float(account["total"]) == pytest.approx(became, abs=0.001)
    assert sum(file.items for file in registers) == account["items"]


def test_everybody_is_judged(account):
    assert (account["persons"], account["on"]) == (200, "2026-11-20")
    assert sum(account["counts"].values()) == 200 == Person.objects.count()
    assert account["counts"]["insured"] > 150
    assert account["counts"]["not_in_force"] == 0


def test_the_night_is_timed_apart_from_the_building(account):
    run = Run.objects.latest("id")
    assert account["night_seconds"] == round((run.finished_at - run.started_at).total_seconds(), 1)
    assert account["night_seconds"] < account["seconds"]


def test_every_reason_of_today_occurs(account):
    assert codes(Verdict.objects, "reason") == {
        *("exempt", "state_paid", "local_paid", "twelve_months", "prepaid", "grace"),
        *("deceased", "no_right", "never_paid", "gap"),
    }


def test_some_have_three_months_of_grace_and_some_six(account):
    until = {str(day) for day in codes(Verdict.objects.filter(status="grace"), "until")}
    three_after_august, six_after_june = "2026-11-30", "2026-12-31"
    assert until == {three_after_august, six_after_june}


def test_every_exception_occurs(account):
    found = {code for item in ExceptionItem.objects.all() for code in item.codes}
    assert found == {
        *("bad_iin", "unknown_iin", "name_mismatch", "bad_payer", "deceased", "no_right"),
        *("bad_period", "unknown_knp", "bad_amount", "no_parameter"),
    }


def test_every_finding_occurs(account):
    assert codes(Finding.objects.filter(dropped_at=None), "code") == {
        *("wrong_knp", "exempt_category", "duplicate", "over_cap", "over_due", "under_due"),
        *("base_mismatch", "late"),
    }


def test_one_register_is_held_and_says_which_message_differs(account):
    held = File.objects.get(state="held")
    assert (held.name, held.code) == ("2026-11_differs.mt102.txt", "message_total")
    assert [one["code"] for one in held.differences] == ["message_total"]


def test_the_statement_has_an_entry_for_every_message_of_its_month(account):
    statement = File.objects.get(kind="statement")
    assert (statement.state, statement.code, statement.differences) == ("posted", "", [])


def test_the_nights_of_a_year_left_their_reports(account):
    nights = Run.objects.filter(state="done")
    assert [str(run.on) for run in nights.order_by("on")][-2:] == ["2026-11-01", "2026-11-20"]
    assert nights.count() == 13
    assert Report.objects.count() == 13 * 4 * 2
    assert not Recheck.objects.exists()


def test_nothing_but_the_corrected_register_lies_around(account, room):
    assert {path.name for path in room.iterdir()} == {"password", "2026-11_corrected.mt102.txt"}


def test_there_is_a_user_for_every_role(account):
    assert get_user_model().objects.count() == len(account["users"]) == 11
    assert get_user_model().objects.get(username="analyst").check_password(account["password"])


def test_the_same_command_again_changes_nothing(account):
    before = state()
    again = demo(*ARGUMENTS)
    assert {**again, "seconds": 0} == {**account, "seconds": 0}
    assert state() == before


def test_another_country_is_refused(account):
    with pytest.raises(CommandError, match="empty") as refused:
        demo(*ARGUMENTS, "--seed", "2")
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [("--persons", "0"), ("--months", "0"), ("--on", "soon"), ("--on", "2020-01-31")],
)
def test_wrong_use_is_told(arguments):
    with pytest.raises(CommandError):
        call_command("demo", *arguments)


def state():
    """What counts at the end, without the moments at which it came to be."""
    return {
        "files": list(
            File.objects.order_by("name").values_list("name", "state", "posted", "total")
        ),
        "verdicts": list(
            Verdict.objects.order_by("person__iin").values_list(
                "person__iin", "on", "status", "reason", "until", "window", "missing", "changes_on"
            )
        ),
        "history": sorted(
            VerdictChange.objects.values_list(
                "person__iin", "run__on", "reason", "until", "missing"
            ),
            key=str,
        ),
        "tallies": sorted(Tally.objects.values_list("run__on", "region", "reason", "persons")),
        "reports": sorted(Report.objects.values_list("on", "kind", "form", "rows")),
    }


def test_some_items_were_sent_back_of_a_payment_that_is_here(account):
    sent_back = Return.objects.order_by("pk")
    assert [row.reason for row in sent_back] == [
        "ИИН не соответствует указанным Ф.И.О.",
        "ИИН не найден",
    ]
    assert account["returned"] == 2
    assert {row.original.file.name for row in sent_back} == {"2026-10.csv"}
    assert {row.original.payer for row in sent_back} == {row.payer for row in sent_back}


@pytest.mark.usefixtures("account")
def test_refund_cases_wait_in_every_room():
    states = Counter(Application.objects.values_list("state", flat=True))
    assert {"review", "confirmed", "closed"} <= states.keys()
    assert not Unread.objects.exists()
    assert {*Answer.objects.values_list("name", flat=True)} == {"paid.csv", "bounced.csv"}
    assert [answer.faults for answer in Answer.objects.all()] == [[], []]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
