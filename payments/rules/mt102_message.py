"""One message of an MT102 text: its tags and items as they come, and what it says once it ends."""

from __future__ import annotations

import re
from datetime import date

from payments.rules import returns, tags, values
from payments.rules.items import Message
from payments.rules.totals import Difference, Held, within_bounds
from payments.rules.values import AMOUNTS, SHORT_DAYS

CURRENCY = "KZT"
TOTAL = re.compile(r"(\S*?)\s*([A-Z]{3})(.*)", re.DOTALL)


class Opened:
    """A message whose end has not come yet."""

    def __init__(self, number: int, line: int, *, whole: bool) -> None:
        self.number = number
        self.line = line
        self.total_line = line
        self.whole = whole
        self.tags: dict[str, str] = {}
        self.items = 0
        self.total = 0
        self.sums_are_sure = True
        self.disorder: Difference | None = None

    @property
    def reference(self) -> str:
        return self.tags.get("20", "")

    def number_item(self, ordinal: int | None, line: int) -> None:
        """Items are numbered 1 … n; only the first break says something."""
        self.items += 1
        if ordinal != self.items and self.disorder is None:
            self.disorder = Difference(Held.MESSAGE_COUNT, "", self.items, ordinal, line)


def tenge(text: str) -> int | None:
    """Tiyn of a sum with its currency; None in another currency."""
    return AMOUNTS[text[3:]] if text[:3].upper() == CURRENCY else None


def identifier(found: dict[str, str], party: str) -> str:
    """The IIN or BIN; an RNN keeps its name before it, for it must never pass as one of them."""
    rnn = found.get(f"{party}RNN")
    return found.get(f"{party}IDN") or (f"RNN {rnn}" if rnn else "")


def total_of(text: str) -> tuple[date | None, int | None]:
    """The day of crediting and the sum of a :32A:."""
    match = TOTAL.fullmatch(text)
    if match is None:
        return None, None
    return values.credited(SHORT_DAYS[match[1]]), tenge(match[2] + match[3])


def message_of(opened: Opened) -> Message:
    credited_on, declared = total_of(opened.tags.get("32A", ""))
    knp = opened.tags.get("KNP", "")
    payer = payer_of(opened, knp)
    return Message(
        number=opened.number,
        reference=opened.reference,
        order_no=opened.tags.get("NUM", ""),
        order_date=SHORT_DAYS[opened.tags.get("DATE", "")],
        credited_on=credited_on,
        knp=knp,
        payer_id=identifier(opened.tags, payer),
        payer_name=opened.tags.get(f"{payer}NAME", ""),
        items=opened.items,
        total=within_bounds(opened.total),
        declared=declared,
        purpose=opened.tags.get(tags.FREE, "") if knp == returns.KNP else "",
    )


def payer_of(opened: Opened, knp: str) -> str:
    """The party that paid: of what the State Corporation itself sends back, the beneficiary."""
    if knp != returns.KNP or identifier(opened.tags, tags.PAYER) != returns.STATE_CORPORATION:
        return tags.PAYER
    return tags.BENEFICIARY
