"""The formats of files, a row each: how it is read and how it is written.

What a file is, its content says, never its name: a register of payments, or a bank statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from payments.rules import camt053, mt102, mt102_out, sheet, workbook
from payments.rules.camt053 import Statement
from payments.rules.reading import Reading
from payments.rules.totals import Refusal, Refused
from registry.rules.encoding import Source


class Format(NamedTuple):
    """`write` takes the portions of a register, or the entries of a statement."""

    name: str
    open: Callable[[str, Source], Reading | Statement | None]  # None: the file is of another format
    write: Callable[..., Iterator[bytes]]


FORMATS = (
    Format("camt053", camt053.open_statement, camt053.write),
    Format("xlsx", workbook.open_workbook, workbook.write),
    Format("csv", sheet.open_text, sheet.write),
    Format("mt102", mt102.open_messages, mt102_out.write),
)


def read(stream: BinaryIO, name: str) -> Reading | Statement:
    """A register to be iterated, or the whole of a statement; Refused when it is neither."""
    source = Source(stream, name)
    for form in FORMATS:
        found = form.open(form.name, source)
        if found is not None:
            return found
    raise Refused(Refusal.UNREADABLE, "neither a list of items with its heading nor MT102 messages")
