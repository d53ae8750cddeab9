"""The due days of a refund application."""

from mhifund.management.answer import Answer, Answering, day
from refunds.rules.terms import terms
from registry.actions.law import calendar, law
from registry.rules.law import NotInForce


class Command(Answering):
    help = "The last days of the check, the review and the whole of a refund, and how they came."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("accepted", type=day, help="the day of acceptance: 2026-11-20")
        parser.add_argument(
            "--fund-received", type=day, help="the day the Fund received the application"
        )

    def answers(self, *, accepted, fund_received, **options):
        try:
            found = terms(accepted, fund_received, law(), calendar())
        except NotInForce as missing:
            yield Answer({"code": "no_parameter", "text": str(missing)}, done=False)
        else:
            yield Answer(found._asdict())

    def words(self, value):
        if "code" in value:
            yield value["text"]
            return
        for clock, derivation in value["derivation"].items():
            due = value[f"{clock}_due"]
            skipped = ", ".join(f"{skip['day']} ({skip['why']})" for skip in derivation["skipped"])
            yield (
                f"{clock}: {due} = {derivation['start']} + {derivation['term']} working days"
                + (f", without {skipped}" if skipped else "")
            )
