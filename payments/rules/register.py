"""Registers of payments in any format, which is what the content says, never the name."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from payments.rules.items import Batch as Batch
from payments.rules.items import Item as Item
from payments.rules.items import Message as Message
from payments.rules.mt102 import open_messages
from payments.rules.reading import Reading as Reading
from payments.rules.sheet import open_text
from payments.rules.totals import Refusal, Refused
from payments.rules.workbook import open_workbook
from registry.rules.encoding import Source


class Format(NamedTuple):
    name: str
    open: Callable[[str, Source], Reading | None]  # None: the file is of another format


FORMATS = (
    Format("xlsx", open_workbook),
    Format("csv", open_text),
    Format("mt102", open_messages),
)


def read(stream: BinaryIO, name: str) -> Reading:
    """A register to be iterated; Refused when it is empty or no register."""
    source = Source(stream, name)
    for form in FORMATS:
        reading = form.open(form.name, source)
        if reading is not None:
            return reading
    raise Refused(Refusal.UNREADABLE, "neither a list of items with its heading nor MT102 messages")
