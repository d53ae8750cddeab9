"""What came in: files, their messages, what could not be posted, and what was noticed."""

from payments.models.exceptions import ExceptionEvent, ExceptionItem
from payments.models.files import FILE_RANKS, NOT_TAKEN, File, FileStep, Message, StatementEntry
from payments.models.findings import OPEN, Finding, Overpayment
from payments.models.returns import Return

__all__ = [
    "FILE_RANKS",
    "NOT_TAKEN",
    "OPEN",
    "ExceptionEvent",
    "ExceptionItem",
    "File",
    "FileStep",
    "Finding",
    "Message",
    "Overpayment",
    "Return",
    "StatementEntry",
]
