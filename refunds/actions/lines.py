"""Lines are decided by one and confirmed by another, many at once.

Lines are named by id with the version that was seen, or None. Each gets an answer: "" when it was
done, or a code of labels.AGAINST; what stands against one keeps nobody else.
"""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from payments.actions import duplicates, refunding
from payments.actions.trace import trace
from payments.models import Overpayment
from refunds.actions.advance import Move, advance, roles_of, tell
from refunds.actions.follow import follow
from refunds.models import Application, Decision, Line
from refunds.rules.guards import LineFacts
from refunds.rules.states import HOLDING, UNDECIDED, LineState, Role, State
from refunds.rules.workflow import chosen

HELD = {"over_left": "within_refundable", "unconfirmed": "duplicate_confirmed", "gone": "gone"}
NOTHING = Decimal(0)


class Wish(NamedTuple):
    """What an officer wants of a line: the step, the sum, and of a refusal the reason's code."""

    step: str
    amount: Decimal = NOTHING
    reason: str = ""


class Locked(NamedTuple):
    """Lines under lock, what the books say of each by its id, and whoever acts."""

    lines: list
    traced: dict
    by: object
    at: object
    note: str


@transaction.atomic
def decide(wishes, *, by, at, note="", seen=None):
    """Decides lines as wished, {id: Wish}; what is approved is held of the overpayment at once."""
    locked = lock(wishes, by=by, at=at, note=note)
    answers, moves = _asked(locked, wishes, seen)
    kept = _hold(locked, moves, wishes, answers)
    decisions = Decision.objects.bulk_create(
        Decision(
            line=line,
            outcome=move.step.after,
            amount=wishes[line.pk].amount,
            reason_id=wishes[line.pk].reason or None,
            note=note,
            reverses=_reversed(line),
            decided_at=at,
            decided_by=by,
        )
        for line, move in kept
    )
    moves = [
        move._replace(
            also={
                "approved": decision.amount,
                "decision": decision.pk,
                "entry": locked.traced[line.pk].entry_id,
            }
        )
        for (line, move), decision in zip(kept, decisions, strict=True)
    ]
    _take(locked, moves)
    return answers


def lock(wanted, *, by, at, note):
    """Locks lines with their applications, in the order of their ids, and traces their payments."""
    cases = Line.objects.filter(pk__in=wanted).values("application")
    list(Application.objects.select_for_update(no_key=True).filter(pk__in=cases).order_by("pk"))
    lines = list(
        Line.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=wanted)
        .select_related("application", "decision", "batch")
        .defer("application__derivation")
        .order_by("pk")
    )
    return Locked(lines, traced_of(lines), by, at, note.strip())


def traced_of(lines):
    """What the books say of the items that lines ask back, by their ids."""
    places = {line.pk: (line.reference, line.item_line) for line in lines}
    traced = trace([*places.values()])
    return {pk: traced[place] for pk, place in places.items()}


def refundable(line, traced):
    """What of a line can be given back: what is asked, as far as it is overpaid and free."""
    if traced.overpayment_id is None:
        return NOTHING
    return min(line.asked - line.paid_back, traced.left + line.approved * (line.state != "paid"))


def overpayments_of(lines):
    """Of what lines hold something, by their ids: of the entries on which it was decided."""
    entries = {line.entry_id for line in lines if line.entry_id}
    of = dict(Overpayment.objects.filter(entry__in=entries).values_list("entry", "pk"))
    return {line.pk: of[line.entry_id] for line in lines if line.entry_id in of}


def facts_of(line, traced, wish, by, note):
    return LineFacts(
        actor=by and by.pk,
        note=note,
        application=line.application.state,
        found=traced.entry_id is not None,
        asked=line.asked - line.paid_back,
        amount=wish.amount,
        left=traced.left,
        to_be_confirmed=traced.cause == "duplicate" and traced.answer != "confirmed",
        reason=wish.reason,
        decided_by=line.decision and line.decision.decided_by_id,
        batch=line.batch.state if line.batch else "",
    )


def _asked(locked, wishes, seen, roles=None):
    """Answers for all lines that are wanted, and (line, move) of those against which nothing is."""
    roles = roles_of(locked.by) if roles is None else roles
    answers, fit = dict.fromkeys(wishes, "gone"), []
    for line in locked.lines:
        wish = wishes[line.pk]
        facts = facts_of(line, locked.traced[line.pk], wish, locked.by, locked.note)
        step, against = chosen("line", wish.step, line.state, roles, facts)
        if seen and seen.get(line.pk) not in (None, line.version):
            against = ("changed",)
        answers[line.pk] = against[0] if against else ""
        if not against:
            fit.append((line, Move(line.pk, step, facts)))
    return answers, fit


def _hold(locked, moves, wishes, answers):
    """Those of the moves that hold nothing, or got what they are to hold."""
    turns = defaultdict(list)
    for line, move in moves:
        held = locked.traced[line.pk].overpayment_id if move.step.after in HOLDING else None
        turns[held].append((line, move))
    kept = turns.pop(None, [])
    while turns:
        first = {held: queue.pop(0) for held, queue in turns.items()}
        told = refunding.hold({held: wishes[line.pk].amount for held, (line, _) in first.items()})
        for held, (line, move) in first.items():
            answers[line.pk] = HELD.get(told[held], told[held])
            if not told[held]:
                kept.append((line, move))
        turns = {held: queue for held, queue in turns.items() if queue}
    return sorted(kept, key=lambda pair: pair[0].pk)


def _reversed(line):
    """The confirmed decision in whose place a new one comes, or nothing."""
    last = line.decision
    if last is None or line.state != LineState.ASKED:
        return None
    return last if last.confirmed_by_id else last.reverses


def _take(locked, moves):
    advance("line", moves, by=locked.by, at=locked.at, note=locked.note)
    follow(sorted({line.application_id for line in locked.lines}), by=locked.by, at=locked.at)


@transaction.atomic
def confirm(wanted, *, by, at, note=""):
    """Confirms what another person decided, {id: version}."""
    locked = lock(wanted, by=by, at=at, note=note)
    answers, moves = _asked(locked, dict.fromkeys(wanted, Wish("confirm")), wanted)
    Decision.objects.filter(pk__in=[line.decision_id for line, _move in moves]).update(
        confirmed_by=by, confirmed_at=at
    )
    _take(locked, [move for _line, move in moves])
    return answers


@transaction.atomic
def undo(step, wanted, *, by, at, note=""):
    """`take_back`, `send_back`, `reverse` or `withdraw`, {id: version}: lets go of what is held."""
    locked = lock(wanted, by=by, at=at, note=note)
    answers, moves = _asked(locked, dict.fromkeys(wanted, Wish(step)), wanted)
    let_go(locked, moves)
    return answers


def let_go(locked, moves):
    """Takes steps after which lines hold nothing."""
    _release([line for line, _move in moves])
    _take(locked, [move._replace(also={"approved": NOTHING}) for _line, move in moves])


def _release(lines):
    """Gives back to the overpayments what lines hold of them."""
    held, of = defaultdict(Decimal), overpayments_of(lines)
    for line in lines:
        if line.state in HOLDING:
            held[of[line.pk]] += line.approved
    if held:
        refunding.release(dict(held))


@transaction.atomic
def withdraw_all(application, *, by, at, note):
    """Withdraws the lines of an application that has just been withdrawn."""
    wanted = dict.fromkeys(application.lines.values_list("pk", flat=True))
    locked = lock(wanted, by=by, at=at, note=note)
    _answers, moves = _asked(locked, dict.fromkeys(wanted, Wish("withdraw")), wanted)
    let_go(locked, moves)


def step_by_itself(locked, step, also):
    """A step of lines that follows from a step of their batch; `also` by id of the line."""
    wishes = dict.fromkeys([line.pk for line in locked.lines], Wish(step))
    answers, moves = _asked(locked, wishes, None, (Role.SYSTEM,))
    _take(locked, [move._replace(also=also[move.pk]) for _line, move in moves])
    return answers


@transaction.atomic
def confirm_duplicate(pk, *, by, at, note):
    """Confirms that the item of a line is a repeat, so that it can be paid back."""
    line, traced, against = _alone(pk, by, at, note)
    if against:
        return against
    if traced.overpayment_id is None:
        return "payment_found"
    answer = duplicates.confirm([traced.overpayment_id], by=by, at=at, note=note)
    code = answer[traced.overpayment_id]
    if not code:
        tell(line.application, "duplicate", by=by, at=at, note=note, line=line)
    return code


@transaction.atomic
def establish(pk, amount, *, by, at, note):
    """Says on documents what of the item of a line is overpaid, where no finding shows it."""
    line, traced, against = _alone(pk, by, at, note)
    against = against or _against_establishing(line, traced)
    if against:
        return against
    try:
        refunding.establish(traced.entry_id, amount, at=at)
    except refunding.NotEstablished as fault:
        return str(fault)
    facts = {"amount": str(amount)}
    tell(line.application, "established", by=by, at=at, note=note, facts=facts, line=line)
    return ""


def _alone(pk, by, at, note):
    """A line under lock, what the books say of it, and the code of what stands against an act."""
    if not note.strip():
        return None, None, "said_why"
    locked = lock([pk], by=by, at=at, note=note)
    if not locked.lines:
        return None, None, "gone"
    (line,) = locked.lines
    against = "" if Role.OFFICER in roles_of(by) else "not_your_role"
    return line, locked.traced[pk], against


def _against_establishing(line, traced):
    if line.application.state != State.REVIEW:
        return "under_review"
    if line.state not in UNDECIDED:
        return "no_such_step"
    return "" if traced.entry_id else "payment_found"


def as_found(pks):
    """What the books say should be decided, {id: Wish}: whole or in part, as far as refundable.

    A line of which nothing is refundable gets no wish: somebody finds the reason of its refusal.
    """
    lines = list(Line.objects.filter(pk__in=pks, state__in=UNDECIDED).order_by("pk"))
    traced, wishes = traced_of(lines), {}
    for line in lines:
        amount = refundable(line, traced[line.pk])
        if amount > 0:
            whole = amount == line.asked - line.paid_back
            wishes[line.pk] = Wish("approve" if whole else "part", amount)
    return wishes
