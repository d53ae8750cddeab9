"""MT102 texts on their way out, as mt102 reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import chain, groupby

from payments.rules.items import Message, Portion
from payments.rules.returns import STATE_CORPORATION
from payments.rules.values import digits, money, short_digits
from registry.rules.cells import Remembered
from registry.rules.encoding import UTF_8, encoded

MOST_ITEMS = 999  # of one message
BREAKS = re.compile(r"[\r\n]+")
LIKE_TAGS = re.compile(r"[/:].*[/:]")
MARKS = str.maketrans("/:", "  ")


def write(portions: Iterable[Portion], encoding: str = UTF_8) -> Iterator[bytes]:
    """A message for each portion, or several of 999 items.

    Where a reference comes in several messages, each has its number at the end.
    """
    return encoded(_texts(portions), encoding)


def parts(portion: Portion) -> Iterator[Portion]:
    """Portions for which a message has room."""
    message, items = portion
    if len(items) > MOST_ITEMS:
        message = message._replace(declared=None)
    for start in range(0, len(items), MOST_ITEMS):
        yield Portion(message, items[start : start + MOST_ITEMS])


def numbered(portions: Iterable[Portion]) -> Iterator[Portion]:
    """Portions of one reference, which come together, under one of its own each."""
    for reference, same in groupby(portions, key=lambda portion: portion.message.reference):
        yield from _apart(reference, same)


def _apart(reference: str, portions: Iterator[Portion]) -> Iterator[Portion]:
    first, second = next(portions), next(portions, None)
    if second is None:
        yield first
        return
    for number, (message, items) in enumerate(chain((first, second), portions), 1):
        yield Portion(message._replace(reference=f"{reference}{number:02}"), items)


def value(text: str) -> str:
    """A text in which nobody finds another tag."""
    text = BREAKS.sub(" ", text)
    return text.translate(MARKS) if LIKE_TAGS.search(text) else text


def middle_name(text: str) -> str:
    """Its line, if there is one."""
    return f"/FT/{value(text)}\n" if text else ""


@lru_cache(maxsize=1 << 16)
def birth_date(on: date | None) -> str:
    return f"/DT/{digits(on)}\n" if on else ""


VALUES, MIDDLE_NAMES = Remembered(value), Remembered(middle_name)


def _texts(portions: Iterable[Portion]) -> Iterator[str]:
    """The hot loop writes what it has met before without looking at it again."""
    values, middles = VALUES, MIDDLE_NAMES
    for message, items in numbered(chain.from_iterable(map(parts, portions))):
        total = sum([item.amount for item in items])
        declared = total if message.declared is None else message.declared
        body = [
            f":21:{number}\n:32B:KZT{money(amount)}\n:70:/FM/{values[last]}\n"
            f"/NM/{values[first]}\n{middles[middle]}{birth_date(born)}"
            f"/IDN/{iin if iin.isalnum() else values[iin]}\n/PERIOD/{values[period]}\n"
            for number, (_, _, iin, last, first, middle, born, period, _, amount, _) in enumerate(
                items, 1
            )
        ]
        ending = f":32A:{short_digits(message.credited_on)}KZT{money(declared)}\n-}}\n"
        yield _header(message, items[0].period) + "".join(body) + ending


def _header(message: Message, period: str) -> str:
    return (
        "{1:F01K059470000000010066410}\n{2:I102SGROSS000000U3003}\n{4:\n"
        f":20:{value(message.reference)}\n:50:/D/KZ31601A000000000001\n"
        f"/NAME/{value(message.payer_name)}\n/IDN/{value(message.payer_id)}\n/IRS/1\n/SECO/7\n"
        ":52B:HSBKKZKX\n:57B:GCVPKZ2A\n:59:KZ92009MEDS368609103\n"
        f"/NAME/НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»\n/IDN/{STATE_CORPORATION}\n/IRS/1\n/SECO/1\n"
        f":70:/NUM/{value(message.order_no)}\n/DATE/{short_digits(message.order_date)}\n"
        f"/SEND/07\n/VO/01\n/KNP/{value(message.knp)}\n/PSO/01\n/PRT/50\n"
        f"/PERIOD/{value(period)}\n/ASSIGN/ВЗНОСЫ НА ОСМС\n"
    )
