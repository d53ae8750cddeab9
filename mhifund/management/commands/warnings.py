"""Who is about to lose the right to care, childhood, studies or a category."""

from itertools import islice

from django.utils import timezone

from mhifund.management.answer import Answer, Answering, day
from registry.actions.warnings import Kind, warned
from registry.models import Person

AT_ONCE = 1_000
MOST_DAYS = 366


class Command(Answering):
    help = "List the persons for whom something ends within some days, one a line."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("kind", choices=[kind.value for kind in Kind])
        parser.add_argument("--on", type=day, help="the day to count from (today without it)")
        parser.add_argument(
            "--days",
            type=int,
            choices=range(1, MOST_DAYS + 1),
            default=30,
            metavar="N",
            help="(default: 30)",
        )

    def answers(self, *, kind, on, days, **options):
        found = warned(Kind(kind), on=on or timezone.localdate(), days=days)
        while some := list(islice(found, AT_ONCE)):
            iins = dict(
                Person.objects.filter(pk__in=[row.person for row in some]).values_list("id", "iin")
            )
            for row in some:
                value = {"iin": iins[row.person], "last_day": row.last}
                yield Answer(value | ({"category": row.category} if row.category else {}))

    def words(self, value):
        yield " ".join([value["iin"], f"{value['last_day']}", value.get("category", "")]).strip()
