"""Does by hand what the night does by the clock."""

from django.utils import timezone
from tqdm import tqdm

from mhifund import night
from mhifund.management.answer import Answer, Answering, day
from registry.actions import runs, tally

PARTS = 1_000


class Command(Answering):
    help = (
        "Derives what changed, judges every person whom news or the day ask for, and writes the"
        " report of the night. Status 1 when the brake held it, or a full one found a fault."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--on", type=day, help="the day to judge for (today without it)")
        parser.add_argument(
            "--full",
            action="store_true",
            help="judge everybody: a verdict that differs without news or a day for it is a fault",
        )

        parser.add_argument(
            "--workers",
            type=int,
            choices=range(1, 65),
            default=1,
            metavar="N",
            help="processes that judge side by side (default: 1)",
        )

    def answers(self, on, full, workers, **options):
        at = timezone.now()
        with tqdm(total=PARTS, desc="night", disable=None, bar_format=BAR) as bar:
            run = night.through(
                on or timezone.localdate(at),
                scope="full" if full else "night",
                at=at,
                hands=workers,
                progress=lambda run: bar.update(int(PARTS * runs.share_done(run)) - bar.n),
            )
        value = {
            "on": run.on,
            "judged": run.judged,
            "changed": run.changed,
            "counts": tally.counts(run),
            "seconds": round((timezone.now() - at).total_seconds(), 3),
        }
        if full:
            value["faults"] = run.faults
        if run.state == "held":
            value |= {"held": {"moved": run.moved, "limit": run.limit}}
        yield Answer(value, done=run.state == "done" and not run.faults)

    def words(self, value):
        if "held" in value:
            yield (
                f"HELD: {value['held']['moved']} persons would change their status, more than the"
                f" brake allows ({value['held']['limit']}). Nothing of it is written. Let it write"
                " or drop it on the page of the night."
            )
            return
        yield f"Judged {value['judged']} persons for {value['on']:%d.%m.%Y} in {value['seconds']} s"
        yield f"  verdicts changed: {value['changed']}"
        for status, persons in value["counts"].items():
            yield f"  {status}: {persons}"
        if value.get("faults"):
            yield f"  FAULTS: {value['faults']} verdicts differed without news or a day for it"


BAR = "night {percentage:3.0f}%|{bar}| {elapsed}"
