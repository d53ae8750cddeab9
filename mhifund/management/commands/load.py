"""Extracts of persons and lists of categories, from a file into the registry."""

from functools import partial

from django.core.management.base import CommandError
from django.utils import timezone, translation

from mhifund.management.answer import Answer, Answering, bar, day, file
from payments.actions import exceptions
from payments.actions.derive import derive_rechecks
from registry import labels
from registry.actions import runs
from registry.actions.load import load_categories, load_persons
from registry.actions.staging import Loaded
from registry.rules.encoding import Refused

SHOWN = 20
ENDS_NOBODY = "nobody is ended: with rows that cannot be read the snapshot may not be complete"


class Command(Answering):
    help = "Load an extract of persons, or a list of categories (CSV with semicolons)."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("what", choices=("persons", "categories"))
        parser.add_argument("file", type=file, metavar="FILE")
        parser.add_argument(
            "--received",
            type=day,
            metavar="DATE",
            help="the day on which the file was received (default: today); with it, categories"
            " that were received later are rejected",
        )
        parser.add_argument(
            "--snapshot",
            action="store_true",
            help="the list of categories is all its source says: what is missing ends on that day",
        )

    def answers(self, *, what, file, received, snapshot, **options):
        if snapshot and what == "persons":
            raise CommandError("--snapshot is for categories", returncode=2)
        categories = partial(self.categories, is_snapshot=snapshot)
        verb = {"persons": self.persons, "categories": categories}[what]
        with translation.override("en"), file.open("rb") as stream, bar(file) as shown:
            try:
                loaded = verb(stream, received, lambda read: shown.update(read - shown.n))
            except Refused as refused:
                text = f"{labels.REFUSALS[refused.code]} ({refused.text})"
                told = counted(what, Loaded()) | {"code": refused.code, "text": text}
                yield Answer(told, done=False)
                return
        yield Answer(counted(what, loaded))
        at = timezone.now()
        runs.judge_news(on=timezone.localdate(at), at=at)

    def persons(self, stream, received, progress):
        at = timezone.now()
        received_on = received or timezone.localdate(at)
        loaded = load_persons(stream, received_on=received_on, at=at, progress=progress)
        exceptions.retry(at=at)
        return loaded

    def categories(self, stream, received, progress, *, is_snapshot):
        at = timezone.now()
        loaded = load_categories(
            stream, at=at, loaded_on=received, is_snapshot=is_snapshot, progress=progress
        )
        derive_rechecks(at=at)
        return loaded

    def words(self, value):
        if "code" in value:
            yield value["text"]
            return
        rejected = value["rows"] - value["new"] - value["changed"] - value["unchanged"]
        yield (
            f"{value['rows']} rows: {value['new']} new, {value['changed']} changed,"
            f" {value['unchanged']} unchanged, {rejected} rejected"
            + (f", {value['ended']} ended" if "ended" in value else "")
        )
        if "text" in value:
            yield value["text"]
        for row in value["rejected"][:SHOWN]:
            yield f"line {row['line']}: {row['text']}"
        if rejected > SHOWN:
            yield f"… and {rejected - SHOWN} more"


def counted(what, loaded):
    numbers = ("rows", "new", "changed", "unchanged", *(["ended"] if what == "categories" else []))
    return (
        {number: getattr(loaded, number) for number in numbers}
        | {"rejected": [row._asdict() for row in loaded.rejected]}
        | ({"text": ENDS_NOBODY} if loaded.ends_nobody else {})
    )
