"""Items that the State Corporation sent back to their payer before the Fund had their money."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from payments.rules import tags, values

KNP = "021"
"""Alone tells a return from a payment, in every format: the words of a return are free text."""
STATE_CORPORATION = "160440007161"

# With a digit, lest the next word stand for a number that was left out.
WORD = r"([^\s,;]{0,60}[0-9][^\s,;]{0,60})"
ORDER_NO = re.compile(rf"№\s*{WORD}")
ORDER_DATE = re.compile(r"\bот\s*([0-9][0-9.-]*[0-9])", re.IGNORECASE)
REFERENCE = re.compile(rf"\bреференс[а-я]*[\s:№]*{WORD}", re.IGNORECASE)
SOMEBODY = re.compile(r"(?:ИИН\s*)?\[?[0-9]{12}\]?|\[ИИН\]", re.IGNORECASE)


class Original(NamedTuple):
    """The payment of which items came back, as far as it is told."""

    reference: str
    order_no: str
    order_date: date | None


def original(purpose: str) -> Original:
    """What the /ASSIGN/ of a message of returns says of the payment."""
    return Original(
        _word(REFERENCE, purpose),
        _word(ORDER_NO, purpose),
        values.SHORT_DAYS[_word(ORDER_DATE, purpose)],
    )


def reason(raw: str) -> str:
    """Why an item of a message came back, in its own words but for the IIN; "" in a list."""
    for _, found in tags.pieces(raw):
        for item in tags.grouped(found)[1]:
            if tags.FREE in item:
                return SOMEBODY.sub("ИИН", item[tags.FREE])
    return ""


def _word(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].rstrip(".") if match else ""
