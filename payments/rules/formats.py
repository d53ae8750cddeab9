"""What a file is, by its content: a register of payments, or a bank statement."""

from __future__ import annotations

from typing import BinaryIO

from payments.rules import camt053, register
from payments.rules.camt053 import Statement
from payments.rules.reading import Reading
from registry.rules.encoding import Source


def read(stream: BinaryIO, name: str) -> Reading | Statement:
    """A register to be iterated, or the whole of a statement; Refused when it is neither."""
    if camt053.is_statement(Source(stream, name)):
        return camt053.read(stream)
    return register.read(stream, name)
