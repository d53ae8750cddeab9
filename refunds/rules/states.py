"""The states of an application, of its lines and of payout batches, and who takes steps."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """`SYSTEM` steps follow by themselves from what somebody did elsewhere."""

    OFFICER = "officer"
    HEAD = "head"
    TREASURER = "treasurer"
    SYSTEM = "system"


class State(StrEnum):
    """Of an application."""

    RECEIVED = "received"
    CHECK = "check"
    RETURNED = "returned"
    SENT = "sent"
    REVIEW = "review"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class LineState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    PARTLY = "partly"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    BATCHED = "batched"
    SENT = "sent"
    PAID = "paid"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


class BatchState(StrEnum):
    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    SENT = "sent"
    SETTLED = "settled"
    CANCELLED = "cancelled"


UNDECIDED = frozenset({LineState.ASKED, LineState.BOUNCED})
PROPOSED = frozenset({LineState.APPROVED, LineState.PARTLY, LineState.REFUSED})
MONEY_MOVES = frozenset({LineState.BATCHED, LineState.SENT, LineState.PAID})
SETTLED = frozenset({LineState.PAID, LineState.DENIED, LineState.WITHDRAWN})
HOLDING = frozenset(
    {
        LineState.APPROVED,
        LineState.PARTLY,
        LineState.CONFIRMED,
        LineState.BATCHED,
        LineState.SENT,
    }
)
"""States in which a line holds what was decided of an overpayment."""

IN_A_BATCH = frozenset({LineState.BATCHED, LineState.SENT, LineState.PAID})
