"""What every register says, whatever its format: payment orders and their person lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Message(NamedTuple):
    """A payment order with its items; sums in tiyn."""

    number: int  # 0-based ordinal in the file
    reference: str
    order_no: str
    order_date: date | None
    credited_on: date | None  # None: cannot be read, or absurd
    knp: str
    payer_id: str
    payer_name: str
    items: int
    total: int
    declared: int | None  # the order's own total; a list has none
    purpose: str = ""  # in words, of returns only


class Item(NamedTuple):
    """One person line as read; `amount` in tiyn with its sign."""

    message: int  # Message.number
    line: int  # 0: cannot be read
    iin: str
    last_name: str
    first_name: str
    middle_name: str
    birth_date: date | None
    period: str
    month: int | None
    amount: int  # 0: cannot be read, the file is held
    raw: str


class Batch(NamedTuple):
    """The next items of a file, and the messages that are complete by now."""

    items: list[Item]
    messages: list[Message]


class Portion(NamedTuple):
    """The next items of a message that is to be written, as many as are in memory.

    What the message says of their number and sum is counted anew.
    """

    message: Message
    items: Sequence[Item]
