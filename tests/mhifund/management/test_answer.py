"""What a command is given to work on, and what it tells in words."""

import os
from argparse import ArgumentTypeError

import pytest

from mhifund.management.answer import file, moment
from mhifund.management.commands.receive import Command


def test_a_file_to_read_is_a_regular_one(tmp_path):
    written = tmp_path / "register.csv"
    written.touch()
    assert file(str(written)) == written
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for other in (tmp_path, tmp_path / "none", pipe, "/dev/zero"):
        with pytest.raises(ArgumentTypeError):
            file(str(other))


@pytest.mark.parametrize("offset", ["+14:00", "-12:00", "Z", ""])
def test_a_moment_of_any_clock_on_earth(offset):
    assert moment(f"2026-11-20T18:00{offset}").tzinfo is not None


@pytest.mark.parametrize("offset", ["+23:59", "-16:00"])
def test_no_moment_with_an_offset_that_the_database_cannot_read(offset):
    with pytest.raises(ArgumentTypeError):
        moment(f"2026-11-20T18:00{offset}")


def test_an_item_with_two_reasons_is_one_exception_in_words():
    account = {
        **{"file": "a.csv", "state": "posted", "code": "", "text": "", "messages": 1},
        **{"items": 3, "posted": 1, "returned": 1, "total": "30.00", "findings": {}},
        "exceptions": {"bad_iin": 1, "bad_period": 1},
    }
    assert "  posted 1, exceptions 1, sent back 1" in list(Command().words(account))
