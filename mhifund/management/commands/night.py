"""Does by hand what the night does by the clock."""

from django.core.management.base import CommandError
from django.utils import timezone
from tqdm import tqdm

from mhifund import night
from mhifund.management.answer import Answer, Answering, day
from registry.actions.judge import AlreadyRunning, counts
from registry.models import Person


class Command(Answering):
    help = (
        "Derives what changed, judges every person for a day, and writes the report of the night."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--on", type=day, help="the day to judge for (today without it)")

    def answers(self, on, **options):
        at = timezone.now()
        with tqdm(total=Person.objects.count(), desc="night", unit=" persons", disable=None) as bar:
            try:
                run = night.through(
                    on or timezone.localdate(),
                    at=at,
                    progress=lambda done: bar.update(done - bar.n),
                )
            except AlreadyRunning as busy:
                raise CommandError("Another night is running; try again when it is over.") from busy
        yield Answer(
            {
                "on": run.on,
                "judged": run.judged,
                "changed": run.changed,
                "counts": counts(run),
                "seconds": round((timezone.now() - at).total_seconds(), 3),
            }
        )

    def words(self, value):
        yield f"Judged {value['judged']} persons for {value['on']:%d.%m.%Y} in {value['seconds']} s"
        yield f"  verdicts changed: {value['changed']}"
        for status, persons in value["counts"].items():
            yield f"  {status}: {persons}"
