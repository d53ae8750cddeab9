"""How many persons had which verdict on a day, as known at a moment."""

from django.utils import timezone
from tqdm import tqdm

from mhifund.counts import by_region
from mhifund.management.answer import Answer, Answering, day, moment
from registry.actions import sweeps


class Command(Answering):
    help = "Counts persons by region, status and reason on any day, as known at any moment."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--on", type=day, help="the day asked about (today without it)")
        parser.add_argument("--known-at", type=moment, help="what the Fund knew at that moment")

    def answers(self, on, known_at, **options):
        at = timezone.now()
        sweep = sweeps.begin(
            "counts", on=on or timezone.localdate(at), known_at=min(known_at or at, at), at=at
        )
        with tqdm(total=sweep.last, desc="counts", unit=" persons", disable=None) as bar:
            sweep = sweeps.walk(
                sweep, progress=lambda sweep: bar.update(min(sweep.position, sweep.last) - bar.n)
            )
        yield Answer(
            {
                "on": sweep.on,
                "known_at": sweep.known_at,
                "persons": sweep.persons,
                "counts": [
                    {"region": region, "status": status, "reason": reason, "persons": persons}
                    for region, status, reason, persons in by_region(sweep)
                ],
            }
        )

    def words(self, value):
        known = timezone.localtime(value["known_at"])
        yield f"{value['persons']} persons on {value['on']:%d.%m.%Y}"
        yield f"  as known at {known:%d.%m.%Y %H:%M}"
        for row in value["counts"]:
            yield f"  {row['region']}  {row['status']} ({row['reason']}): {row['persons']}"
