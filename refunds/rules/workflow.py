"""Who may do what next with an application, with a line of it, and with a payout batch.

Three tables of steps (dossier 5.3-5.7): everything that is not a row of them is refused, by the
database too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from refunds.rules import guards as g
from refunds.rules.states import BatchState, LineState, Role, State

Guard = Callable[[Any], bool]


class Step(NamedTuple):
    name: str
    before: str
    after: str
    role: Role
    guards: tuple[Guard, ...] = ()


def _each(name: str, before: Iterable[str], after: str, role: Role, *guards: Guard) -> list[Step]:
    return [Step(name, state, after, role, guards) for state in before]


S, L, B = State, LineState, BatchState
PAYABLE = (g.under_review, g.payment_found, g.duplicate_confirmed, g.within_refundable)

APPLICATION = (
    Step("begin_check", S.RECEIVED, S.CHECK, Role.OFFICER),
    Step("return", S.CHECK, S.RETURNED, Role.OFFICER, (g.said_why,)),
    Step("complete", S.RETURNED, S.CHECK, Role.OFFICER),
    Step("send", S.CHECK, S.SENT, Role.OFFICER, (g.formally_complete,)),
    Step("register", S.SENT, S.REVIEW, Role.OFFICER, (g.complete_or_explained,)),
    *_each(
        "withdraw",
        (S.RECEIVED, S.CHECK, S.RETURNED, S.SENT, S.REVIEW, S.DECIDED, S.CONFIRMED),
        S.WITHDRAWN,
        Role.OFFICER,
        *(g.said_why, g.no_money_on_its_way),
    ),
    Step("decide", S.REVIEW, S.DECIDED, Role.SYSTEM, (g.all_decided, g.some_not_withdrawn)),
    Step("confirm", S.DECIDED, S.CONFIRMED, Role.SYSTEM, (g.all_confirmed,)),
    Step("close", S.CONFIRMED, S.CLOSED, Role.SYSTEM, (g.all_settled,)),
    Step("end", S.REVIEW, S.WITHDRAWN, Role.SYSTEM, (g.all_withdrawn,)),
    *_each("reopen", (S.DECIDED, S.CONFIRMED, S.CLOSED), S.REVIEW, Role.SYSTEM, g.some_undecided),
)

LINE = (
    *_each("approve", (L.ASKED, L.BOUNCED), L.APPROVED, Role.OFFICER, *PAYABLE, g.whole_sum),
    *_each("part", (L.ASKED, L.BOUNCED), L.PARTLY, Role.OFFICER, *PAYABLE, g.part_of_the_sum),
    *_each("refuse", (L.ASKED, L.BOUNCED), L.REFUSED, Role.OFFICER, g.under_review, g.reason_given),
    *_each("take_back", (L.APPROVED, L.PARTLY, L.REFUSED), L.ASKED, Role.OFFICER),
    *_each("send_back", (L.APPROVED, L.PARTLY, L.REFUSED), L.ASKED, Role.HEAD, g.said_why),
    *_each("confirm", (L.APPROVED, L.PARTLY), L.CONFIRMED, Role.HEAD, g.four_eyes),
    Step("confirm", L.REFUSED, L.DENIED, Role.HEAD, (g.four_eyes,)),
    *_each("reverse", (L.CONFIRMED, L.DENIED), L.ASKED, Role.OFFICER, g.in_the_fund, g.said_why),
    Step("batch", L.CONFIRMED, L.BATCHED, Role.SYSTEM, (g.batch_open,)),
    Step("unbatch", L.BATCHED, L.CONFIRMED, Role.SYSTEM, (g.batch_not_sent,)),
    Step("send", L.BATCHED, L.SENT, Role.SYSTEM, (g.batch_sent,)),
    Step("pay", L.SENT, L.PAID, Role.SYSTEM, (g.batch_sent,)),
    Step("bounce", L.SENT, L.BOUNCED, Role.SYSTEM, (g.batch_sent,)),
    *_each(
        "withdraw",
        (L.ASKED, L.APPROVED, L.PARTLY, L.REFUSED, L.CONFIRMED, L.BOUNCED),
        L.WITHDRAWN,
        Role.OFFICER,
        g.said_why,
    ),
)

BATCH = (
    Step("confirm", B.PREPARED, B.CONFIRMED, Role.HEAD, (g.has_lines, g.second_person)),
    Step("release", B.CONFIRMED, B.SENT, Role.TREASURER, (g.has_lines, g.third_person)),
    Step("cancel", B.PREPARED, B.CANCELLED, Role.OFFICER, (g.said_why,)),
    Step("cancel", B.PREPARED, B.CANCELLED, Role.HEAD, (g.said_why,)),
    Step("cancel", B.CONFIRMED, B.CANCELLED, Role.HEAD, (g.said_why,)),
    Step("cancel", B.CONFIRMED, B.CANCELLED, Role.TREASURER, (g.said_why,)),
    Step("settle", B.SENT, B.SETTLED, Role.SYSTEM, (g.all_answered,)),
)

MACHINES = {"application": APPLICATION, "line": LINE, "batch": BATCH}
BEGINNINGS: dict[str, tuple[str, ...]] = {
    "application": (S.RECEIVED, S.SENT),
    "line": (L.ASKED,),
    "batch": (B.PREPARED,),
}
"""States in which a row may begin: what the State Corporation has checked comes as sent."""


class Against(StrEnum):
    """What stands against a step before any guard is asked."""

    NO_SUCH_STEP = "no_such_step"
    NOT_YOUR_ROLE = "not_your_role"


def states_of(machine: str) -> list[str]:
    """All states, in the order of the table."""
    steps = MACHINES[machine]
    found = [
        *BEGINNINGS[machine],
        *(state for step in steps for state in (step.before, step.after)),
    ]
    return list(dict.fromkeys(map(str, found)))


def final(machine: str) -> frozenset[str]:
    """States without a step out."""
    return frozenset(states_of(machine)) - {str(step.before) for step in MACHINES[machine]}


def offered(machine: str, state: str, roles: Collection[Role]) -> list[Step]:
    """The steps out of a state that somebody with these roles may take, as far as guards let."""
    return [step for step in MACHINES[machine] if step.before == state and step.role in roles]


def chosen(
    machine: str, name: str, state: str, roles: Collection[Role], facts: Any
) -> tuple[Step | None, tuple[str, ...]]:
    """The step of that name, and the codes of what stands against it (empty: nothing)."""
    named = [step for step in MACHINES[machine] if (step.name, step.before) == (name, state)]
    if not named:
        return None, (Against.NO_SUCH_STEP.value,)
    step = next((step for step in named if step.role in roles), None)
    if step is None:
        return None, (Against.NOT_YOUR_ROLE.value,)
    return step, tuple(guard.__name__ for guard in step.guards if not guard(facts))


def diagram(machine: str) -> str:
    """The table as a Mermaid state diagram."""
    begins = [f"    [*] --> {state}" for state in BEGINNINGS[machine]]
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in MACHINES[machine]:
        arrows.setdefault((step.before, step.after), []).append(f"{step.name} ({step.role})")
    moves = [
        f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in arrows.items()
    ]
    ends = [f"    {state} --> [*]" for state in states_of(machine) if state in final(machine)]
    return "\n".join(["stateDiagram-v2", *begins, *moves, *ends])
