"""Commands that answer, in words or as a JSON object: status 0 done, 1 refused, 2 wrong use."""

import json
from argparse import ArgumentTypeError
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from registry.rules import cells

REFUSED = 1
NO_OFFSET, WIDEST_OFFSET = timedelta(), timedelta(hours=15)  # the database reads none of 16 hours


class Answer(NamedTuple):
    """What is shown, and whether it was done."""

    value: dict
    done: bool = True


class Answering(BaseCommand):
    """A command has `answers(**options)`, which yields Answers, and `words(value)`, its lines."""

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="answer with a JSON object")

    def handle(self, *args, **options):
        done = True
        for answer in self.answers(**options):
            done = done and answer.done
            if options["json"]:
                self.stdout.write(json.dumps(answer.value, default=plain, ensure_ascii=False))
            else:
                for line in self.words(answer.value):
                    self.stdout.write(line)
        if not done:
            raise SystemExit(REFUSED)


def plain(value):
    """Days and moments as ISO texts, sums as texts with two places."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def day(text):
    """The type of an argument that is a day."""
    found = cells.day(text)
    if found is None:
        raise ArgumentTypeError(f"no day: {text!r} (a day is written 2026-11-20)")
    return found


def moment(text):
    """The type of an argument that is a moment; without an offset it is Almaty's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as fault:
        raise ArgumentTypeError(f"no moment: {text!r} (2026-11-20T18:00:00)") from fault
    if abs(found.utcoffset() or NO_OFFSET) > WIDEST_OFFSET:
        raise ArgumentTypeError(f"no moment: {text!r} (no clock on earth is that far from UTC)")
    return found if found.tzinfo else timezone.make_aware(found)


def file(text):
    """The type of an argument that is a file to read."""
    path = Path(text)
    try:
        # asked before it is opened: a pipe would wait for ever, a device may have no end
        if not S_ISREG(path.stat().st_mode):
            raise ArgumentTypeError(f"{text}: not a regular file")
        path.open("rb").close()
    except OSError as error:
        raise ArgumentTypeError(f"{text}: {error.strerror}") from error
    return path


def bar(path):
    """Shows on a terminal how much of a file was read."""
    return tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=path.name, disable=None)
