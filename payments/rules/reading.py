"""A register while it is being read: batches now, and at the end what holds it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from operator import itemgetter

from payments.rules.items import Batch, Item, Message
from payments.rules.totals import (
    ITEMS_OF_A_FILE,
    Difference,
    Differences,
    Held,
    Totals,
    beyond_count,
    within_bounds,
)

MOST_ITEMS, MOST_BLOCKS, MOST_CHARACTERS = 8192, 64, 1 << 22  # of one batch
AMOUNT, RAW = map(itemgetter, map(Item._fields.index, ("amount", "raw")))


class Reading(ABC):
    """Iterate it once; then `totals`, `differences` and `code` are complete."""

    def __init__(self, form: str, encoding: str, name: str) -> None:
        self.format = form
        self.encoding = encoding
        self.name = name
        self.differences = Differences()
        self.totals = Totals()

    def __iter__(self) -> Iterator[Batch]:
        """Batches of bounded size; Refused when the file turns out to be broken."""
        items: list[Item] = []
        messages: list[Message] = []
        blocks = count = size = moved = 0
        for block in self.blocks():
            items += block.items
            messages += block.messages
            blocks += 1
            size += sum(map(len, map(RAW, block.items)))
            moved = within_bounds(moved + sum(map(abs, map(AMOUNT, block.items))))
            count += len(block.items)
            if count > ITEMS_OF_A_FILE:
                beyond_count("items")
            many = len(items) + len(messages) > MOST_ITEMS
            if many or blocks == MOST_BLOCKS or size > MOST_CHARACTERS:
                yield Batch(items, messages)
                items, messages, blocks, size = [], [], 0, 0
        if items or messages:
            yield Batch(items, messages)

    @abstractmethod
    def blocks(self) -> Iterator[Batch]:
        """What one block of the file after the other holds."""

    @property
    def code(self) -> Held | None:
        """The first difference names the file's code."""
        return self.differences[0].code if self.differences else None

    def hold(self, code: Held, reference: str = "", line: int | None = None) -> None:
        self.differences.note(Difference(code, reference, line=line))
