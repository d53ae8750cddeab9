"""Receives registers and bank statements, as the officer's upload does."""

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from tqdm import tqdm

from mhifund.management.answer import Answer, Answering, file
from payments.actions.account import account
from payments.actions.inbox import take
from payments.actions.receive import receive
from registry.actions import runs


class Command(Answering):
    help = (
        "Receives payment registers (MT102, CSV, XLSX) and bank statements (camt.053): each file "
        "is posted, held or refused as a whole."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("files", nargs="*", type=file, metavar="FILE")
        parser.add_argument(
            "--inbox",
            action="store_true",
            help="what was dropped into the folder MHIFUND_INBOX, as the night does",
        )

    def answers(self, files, inbox, **options):
        if inbox == bool(files):
            raise CommandError("name files, or give --inbox", returncode=2)
        if inbox and settings.INBOX is None:
            raise CommandError("MHIFUND_INBOX names no folder", returncode=2)
        taken = take(settings.INBOX, at=timezone.now()) if inbox else self._received(files)
        for received in taken:
            yield Answer(account(received), received.state == "posted")
        at = timezone.now()
        runs.judge_news(on=timezone.localdate(at), at=at)

    @staticmethod
    def _received(files):
        for path in files:
            with path.open("rb") as stream, tqdm(desc=path.name, disable=None) as bar:
                yield receive(stream, path.name, at=timezone.now(), progress=_shown_on(bar))

    def words(self, value):
        yield f"{value['file']}: {value['state']}" + (
            f" ({value['code']})" if value["code"] else ""
        )
        if value["text"]:
            yield f"  {value['text']}"
        if value["state"] != "refused":
            yield f"  messages {value['messages']}, items {value['items']}, total {value['total']}"
        if value["state"] == "posted":
            queued = value["items"] - value["posted"] - value["returned"]
            yield (
                f"  posted {value['posted']}, exceptions {queued}, sent back {value['returned']}"
            )
            for kind in ("exceptions", "findings"):
                for code, count in value[kind].items():
                    yield f"  {kind[:-1]} {code}: {count}"


def _shown_on(bar):
    def progress(step, done):
        bar.set_postfix_str(step)
        bar.update(done - bar.n)

    return progress
