"""Refund applications from the file of the State Corporation to the answer of the bank.

Each act is somebody's: --by names the user, whose roles and signature it has.
"""

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.utils import timezone, translation

from mhifund.management.answer import Answer, Answering, file
from payments.labels import FILE_CODES, NOT_DONE
from payments.rules.totals import Refused
from refunds.actions import answers, cases, lines, payouts
from refunds.actions.advance import roles_of
from refunds.labels import AGAINST
from refunds.models import Application, Batch, Line
from refunds.rules import payout_out
from refunds.rules.applications import Unreadable
from refunds.rules.states import Role
from registry.actions import runs

TEXTS = NOT_DONE | AGAINST
NEEDS = {"load": Role.OFFICER, "order": Role.TREASURER, "answer": Role.TREASURER}
"""Whose acts no step of a state stands against."""

FORMS = {"mt102": payout_out.mt102_of, "pain001": payout_out.pain001_of}


class Command(Answering):
    help = "Takes refund applications through their steps, from the file to the money."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--by", required=True, type=user, help="the user who acts")
        acts = parser.add_subparsers(dest="act", required=True)
        act = acts.add_parser("load", help="take the applications of a file")
        act.add_argument("file", type=file)
        for name, words in (
            ("register", "register applications that are sent to the Fund"),
            ("decide", "approve what the books say is refundable"),
            ("confirm", "confirm what another person decided"),
            ("prepare", "put what is to be paid into a payout batch"),
        ):
            act = acts.add_parser(name, help=words)
            act.add_argument("numbers", nargs="*", metavar="NUMBER", help="none: all that wait")
            act.add_argument("--note", default="")
        act = acts.add_parser("duplicates", help="confirm the suspected duplicates that are asked")
        act.add_argument("numbers", nargs="*", metavar="NUMBER", help="none: all that wait")
        act.add_argument("--note", required=True)
        act = acts.add_parser("batch", help="confirm, release or cancel a payout batch")
        act.add_argument("step", choices=("confirm", "release", "cancel"))
        act.add_argument("batch", type=int)
        act.add_argument("--note", default="")
        act = acts.add_parser("order", help="print the order of a released batch")
        act.add_argument("batch", type=int)
        act.add_argument("--form", choices=FORMS, default="mt102")
        act = acts.add_parser("answer", help="read what the bank says of payouts")
        act.add_argument("file", type=file)

    def answers(self, act, by, **options):
        with translation.override("en"):
            if act in NEEDS and NEEDS[act] not in roles_of(by):
                yield _refused(act, "not_your_role", AGAINST["not_your_role"])
            else:
                yield from getattr(self, f"_{act}")(by, timezone.now(), options)

    def _load(self, by, at, options):
        path = options["file"]
        try:
            found = cases.load(path.read_bytes(), path.name, by=by, at=at)
        except Unreadable as fault:
            yield _refused(path.name, "unreadable", fault)
            return
        yield Answer(
            {
                "file": path.name,
                "new": [row.number for row in found.new],
                "again": found.again,
                "unread": [{"number": row.number, "faults": row.faults} for row in found.unread],
            },
            done=not found.unread,
        )

    def _register(self, by, at, options):
        for row in _applications(options["numbers"], state="sent"):
            code = cases.step(row.pk, "register", by=by, at=at, note=options["note"])
            yield _told(row.number, "register", code)

    def _duplicates(self, by, at, options):
        for line in _lines(options["numbers"], state="asked"):
            code = lines.confirm_duplicate(line.pk, by=by, at=at, note=options["note"])
            if code not in ("not_duplicate", "answered", "payment_found"):
                yield _told(str(line), "duplicate", code)

    def _decide(self, by, at, options):
        waiting = _lines(options["numbers"], state__in=("asked", "bounced"))
        wishes = lines.as_found([line.pk for line in waiting])
        told = lines.decide(wishes, by=by, at=at, note=options["note"])
        for line in waiting:
            wish = wishes.get(line.pk)
            code = told[line.pk] if wish else "within_refundable"
            yield _told(str(line), wish.step if wish else "approve", code, wish and wish.amount)

    def _confirm(self, by, at, options):
        waiting = _lines(options["numbers"], state__in=("approved", "partly", "refused"))
        seen = {line.pk: line.version for line in waiting}
        told = lines.confirm(seen, by=by, at=at, note=options["note"])
        for line in waiting:
            yield _told(str(line), "confirm", told[line.pk], line.approved)

    def _prepare(self, by, at, options):
        waiting = _lines(options["numbers"], state="confirmed")
        batch, told = payouts.prepare({line.pk: line.version for line in waiting}, by=by, at=at)
        for line in waiting:
            if told[line.pk]:
                yield _told(str(line), "batch", told[line.pk])
        if batch:
            yield _batch(batch)
        elif not waiting:
            yield _refused("lines", "not_to_be_paid", "No line is to be paid.")

    def _batch(self, by, at, options):
        code = payouts.step(options["batch"], options["step"], by=by, at=at, note=options["note"])
        yield _told(str(options["batch"]), options["step"], code)

    def _order(self, by, at, options):
        batch = Batch.objects.filter(pk=options["batch"], state__in=("sent", "settled")).first()
        if batch is None:
            raise CommandError(f"no released batch {options['batch']}", returncode=1)
        head = payouts.header(batch)
        for piece in FORMS[options["form"]](head, payouts.rows(batch)):
            self.stdout.buffer.write(piece)
        yield from ()

    def _answer(self, by, at, options):
        path = options["file"]
        try:
            with path.open("rb") as stream:
                found = answers.take(stream, path.name, by=by, at=at)
        except Refused as fault:
            yield _refused(path.name, "unreadable", fault)
            return
        if found.answer is None:
            yield _refused(path.name, "already_received", FILE_CODES["already_received"])
            return
        runs.judge_news(on=timezone.localdate(at), at=at, by=by)
        yield Answer(
            {
                "file": found.answer.name,
                "items": found.answer.items,
                "applied": found.answer.applied,
                "total": found.answer.total,
                "faults": found.answer.faults,
                "batches": {str(batch): batch.state for batch in found.batches},
            },
            done=not found.answer.faults,
        )

    def words(self, value):
        if "code" in value:
            sum_ = f" {value['amount']:.2f}" if "amount" in value else ""
            why = f": {value['text']} ({value['code']})" if value["code"] else ""
            yield f"{value['what']}: {value['step']}{sum_}{why}"
        elif "new" in value:
            counts = len(value["new"]), value["again"], len(value["unread"])
            yield "{}: {} new, {} known already, {} at fault".format(value["file"], *counts)
            for one in value["unread"]:
                for fault in one["faults"]:
                    yield f"  {one['number']}, {fault['where']}: {fault['code']} {fault['found']}"
        elif "batch" in value:
            yield "batch {batch}, {state}: {lines} lines, {total:.2f}".format(**value)
        else:
            yield "{file}: {applied} of {items} payouts, {total:.2f}".format(**value)
            for fault in value["faults"]:
                yield f"  {fault['where']}: {fault['code']} {fault['found']}"
            for batch, state in value["batches"].items():
                yield f"  batch {batch}: {state}"


def user(name):
    found = get_user_model().objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"no user {name}", returncode=2)
    return found


def _applications(numbers, **where):
    rows = Application.objects.filter(**where).order_by("pk")
    return rows.filter(number__in=numbers) if numbers else rows


def _lines(numbers, **where):
    rows = Line.objects.filter(**where).select_related("application").order_by("pk")
    return list(rows.filter(application__number__in=numbers) if numbers else rows)


def _told(what, step, code, amount=None):
    value = {"what": what, "step": step, "code": code, "text": str(TEXTS[code]) if code else ""}
    return Answer(value | ({"amount": amount} if amount else {}), done=not code)


def _refused(what, code, text):
    return Answer({"what": what, "step": "refused", "code": code, "text": str(text)}, done=False)


def _batch(batch):
    head = payouts.header(batch)
    return Answer(
        {"batch": batch.pk, "state": batch.state, "lines": head.count, "total": head.total}
    )
