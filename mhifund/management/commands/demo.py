"""Fills an empty database with a made-up country."""

from argparse import ArgumentTypeError

from django.core.management.base import CommandError
from django.utils import timezone
from tqdm import tqdm

from mhifund import roles
from mhifund.account import account, words
from mhifund.demo import build
from mhifund.demo.world import FIRST_MONTH, Size
from mhifund.management.answer import Answer, Answering, day
from registry.rules import months as months_

DEFAULTS = {"persons": 20_000, "months": 24, "seed": 1}


def at_least(least):
    """The type of an argument that is a whole number from `least` on."""

    def number(text):
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"{text!r} is no whole number from {least} on")
        return int(text)

    return number


class Command(Answering):
    help = (
        "Build a made-up country in an empty database: persons, categories, registers, a bank "
        "statement and nights. What was cut off is built on, with the same values."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--persons",
            type=at_least(1),
            metavar="N",
            help="(default: 20000; from 200 on, all that can happen happens)",
        )
        parser.add_argument(
            "--months", type=at_least(1), metavar="M", help="of payments (default: 24)"
        )
        parser.add_argument(
            "--seed",
            type=at_least(0),
            metavar="S",
            help="another one makes other people (default: 1)",
        )
        parser.add_argument("--on", type=day, help="the day it is there (default: today)")

    def answers(self, persons, months, seed, on, **options):
        given = {"persons": persons, "months": months, "seed": seed, "on": on}
        given = {name: value for name, value in given.items() if value is not None}
        begun = build.begun()
        rest = begun._asdict() if begun else DEFAULTS | {"on": timezone.localdate()}
        size = Size(**rest | given)
        if months_.number(size.on) <= FIRST_MONTH:
            raise CommandError("Months count from January 2020: --on a later month.", returncode=2)
        started = timezone.now()
        with tqdm(
            total=100, bar_format="demo {percentage:3.0f}%|{bar}| {elapsed} {desc}", disable=None
        ) as bar:

            def show(name, share):
                bar.set_description_str(name, refresh=False)
                bar.update(int(100 * share) - bar.n)

            try:
                run = build.build(size, now=timezone.now, show=show)
            except build.NotEmpty as refused:
                raise CommandError(
                    "The database holds persons who are not of this world: the demo needs an empty "
                    "one. Set MHIFUND_DATA to an empty folder."
                ) from refused
        seconds = round((timezone.now() - started).total_seconds(), 1)
        users = {"users": [*roles.DEMO_USERS], "password": build.password()}
        yield Answer({**size._asdict(), **account(run), "seconds": seconds, **users})

    def words(self, value):
        yield from words(value)
        yield f"Built in {value['seconds']} s."
        yield f"Sign in as {', '.join(value['users'])}; the password of each: {value['password']}"
