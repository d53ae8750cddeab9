"""The penalty on a sum that was paid late, for information."""

from decimal import Decimal, InvalidOperation

from django.core.management.base import CommandError

from mhifund.management.answer import Answer, Answering, day
from registry.actions.law import law
from registry.rules.penalty import penalty
from registry.rules.timeline import NotInForce


class Command(Answering):
    help = "The penalty on a debt: rate of the National Bank x 1.25, cut where the rate changes."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("debt", help="tenge: 5950 or 5950.00")
        parser.add_argument("due", type=day, help="the last day to pay")
        parser.add_argument("paid", type=day, help="the day of payment, which counts too")

    def answers(self, *, debt, due, paid, **options):
        try:
            sum_ = Decimal(debt)
        except InvalidOperation:
            sum_ = Decimal(0)
        if not (sum_.is_finite() and sum_ > 0):
            raise CommandError(f"no sum: {debt!r} (a sum is written 5950.00)", returncode=2)
        try:
            found = penalty(sum_, due, paid, law())
        except NotInForce as missing:
            yield Answer({"code": "no_parameter", "text": str(missing)}, done=False)
            return
        segments = [part._asdict() | {"rate": str(part.rate)} for part in found.segments]
        yield Answer({"days": found.days, "amount": found.amount, "segments": segments})

    def words(self, value):
        if "code" in value:
            yield value["text"]
            return
        yield f"{value['amount']:,.2f} tenge for {value['days']} days"
        for part in value["segments"]:
            yield f"  {part['since']} – {part['until']}: {part['days']} days at {part['rate']} %"
