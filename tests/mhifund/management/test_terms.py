"""`manage.py terms` tells the due days of a refund."""

import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_the_due_days_are_told_in_words(capsys):
    call_command("terms", "2026-03-06")
    assert capsys.readouterr().out.splitlines()[0] == (
        "check: 2026-03-16 = 2026-03-06 + 5 working days, without 2026-03-07 (weekend),"
        " 2026-03-08 (weekend), 2026-03-09 (moved), 2026-03-14 (weekend), 2026-03-15 (weekend)"
    )


def test_the_due_days_are_told_as_one_json_object(capsys):
    call_command("terms", "2026-03-06", "--fund-received", "12.03.2026", "--json")
    answer = json.loads(capsys.readouterr().out)
    derivation = answer.pop("derivation")
    assert answer == {
        "check_due": "2026-03-16",
        "review_due": "2026-03-26",
        "overall_due": "2026-04-02",
    }
    assert list(derivation) == ["check", "review", "overall"]


def test_a_day_before_the_law_is_refused(capsys):
    with pytest.raises(SystemExit) as exit_:
        call_command("terms", "1999-01-01", "--json")
    assert exit_.value.code == 1
    assert json.loads(capsys.readouterr().out) == {
        "code": "no_parameter",
        "text": "REFUND_SC_CHECK is not in force on 1999-01-01",
    }


def test_no_day_is_wrong_use():
    with pytest.raises(CommandError, match="no day"):
        call_command("terms", "2026-02-30")
