"""Money back to the payer: applications, what was decided of their lines, and payouts."""

from refunds.models.cases import OPEN, Absence, Application, Pause, Unread
from refunds.models.events import Event
from refunds.models.lines import Decision, Line
from refunds.models.papers import Document, DocumentTaking, Letter
from refunds.models.payouts import Answer, Batch, PayoutItem
from refunds.models.reasons import Reason

__all__ = [
    "OPEN",
    "Absence",
    "Answer",
    "Application",
    "Batch",
    "Decision",
    "Document",
    "DocumentTaking",
    "Event",
    "Letter",
    "Line",
    "Pause",
    "PayoutItem",
    "Reason",
    "Unread",
]
