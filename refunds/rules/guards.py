"""What is asked before a step: a guard is one question to the facts.

Its name is the code of what stands against the step when the answer is no.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from refunds.rules.states import (
    MONEY_MOVES,
    PROPOSED,
    SETTLED,
    UNDECIDED,
    BatchState,
    LineState,
    State,
)


class ApplicationFacts(NamedTuple):
    """`open_points`: hard points of the check-list not met; `lines`: the states that lines have."""

    note: str
    open_points: int
    lines: frozenset[str]


class LineFacts(NamedTuple):
    """Sums in tenge. `left`: what of the overpayment nobody has asked back yet, with what this
    line holds of it; `decided_by`: who made the decision that waits; `actor`: who acts now.
    """

    actor: int | None
    note: str
    application: str
    found: bool
    asked: Decimal
    amount: Decimal
    left: Decimal
    to_be_confirmed: bool
    reason: str
    decided_by: int | None
    batch: str


class BatchFacts(NamedTuple):
    """`lines`: how many the batch has; `unanswered`: how many of them the bank has not answered."""

    actor: int | None
    note: str
    prepared_by: int | None
    confirmed_by: int | None
    lines: int
    unanswered: int


def said_why(facts: ApplicationFacts | LineFacts | BatchFacts) -> bool:
    return bool(facts.note)


def formally_complete(facts: ApplicationFacts) -> bool:
    """Nothing is missing for which the Fund would have to refuse."""
    return facts.open_points == 0


def complete_or_explained(facts: ApplicationFacts) -> bool:
    return facts.open_points == 0 or bool(facts.note)


def no_money_on_its_way(facts: ApplicationFacts) -> bool:
    return facts.lines.isdisjoint(MONEY_MOVES)


def all_decided(facts: ApplicationFacts) -> bool:
    return facts.lines.isdisjoint(UNDECIDED)


def some_undecided(facts: ApplicationFacts) -> bool:
    return not all_decided(facts)


def all_confirmed(facts: ApplicationFacts) -> bool:
    return facts.lines.isdisjoint(UNDECIDED | PROPOSED)


def some_unconfirmed(facts: ApplicationFacts) -> bool:
    return all_decided(facts) and not all_confirmed(facts)


def all_settled(facts: ApplicationFacts) -> bool:
    return facts.lines <= SETTLED


def all_withdrawn(facts: ApplicationFacts) -> bool:
    return facts.lines == {LineState.WITHDRAWN}


def some_not_withdrawn(facts: ApplicationFacts) -> bool:
    return not all_withdrawn(facts)


def under_review(facts: LineFacts) -> bool:
    return facts.application == State.REVIEW


def in_the_fund(facts: LineFacts) -> bool:
    return facts.application in (State.REVIEW, State.DECIDED, State.CONFIRMED, State.CLOSED)


def payment_found(facts: LineFacts) -> bool:
    return facts.found


def duplicate_confirmed(facts: LineFacts) -> bool:
    """A suspected repeat is paid back once a person has confirmed that it is one."""
    return not facts.to_be_confirmed


def whole_sum(facts: LineFacts) -> bool:
    return facts.amount == facts.asked


def part_of_the_sum(facts: LineFacts) -> bool:
    return 0 < facts.amount < facts.asked


def within_refundable(facts: LineFacts) -> bool:
    """Never more than was overpaid, whoever else asks it back."""
    return facts.amount <= facts.left


def reason_given(facts: LineFacts) -> bool:
    return bool(facts.reason)


def four_eyes(facts: LineFacts) -> bool:
    """Whoever decided a line does not confirm the decision."""
    return facts.actor is not None and facts.actor != facts.decided_by


def batch_open(facts: LineFacts) -> bool:
    return facts.batch == BatchState.PREPARED


def batch_not_sent(facts: LineFacts) -> bool:
    return facts.batch in (BatchState.PREPARED, BatchState.CONFIRMED, BatchState.CANCELLED)


def batch_sent(facts: LineFacts) -> bool:
    return facts.batch == BatchState.SENT


def has_lines(facts: BatchFacts) -> bool:
    return facts.lines > 0


def second_person(facts: BatchFacts) -> bool:
    """Whoever prepared a batch does not confirm it."""
    return facts.actor is not None and facts.actor != facts.prepared_by


def third_person(facts: BatchFacts) -> bool:
    """Whoever prepared or confirmed a batch does not release it."""
    return facts.actor is not None and facts.actor not in (facts.prepared_by, facts.confirmed_by)


def all_answered(facts: BatchFacts) -> bool:
    return facts.unanswered == 0
