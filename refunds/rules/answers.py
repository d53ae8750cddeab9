"""What became of a payout: the bank's statement, or a list key; outcome; date; text; amount."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import chain, pairwise
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from payments.rules.camt053 import LONGEST_REFERENCE, is_statement
from payments.rules.sheet import SEPARATORS, WHOLE_SUM, TextRows
from payments.rules.totals import Refusal, Refused
from payments.rules.values import credited
from refunds.rules import debits
from refunds.rules.debits import LONGEST, LONGEST_FOUND, Broken, Transfer, fault, tenge
from refunds.rules.debits import Code as Code
from refunds.rules.debits import Fault as Fault
from registry.rules import delimited
from registry.rules.cells import day
from registry.rules.delimited import Row
from registry.rules.encoding import Source
from registry.rules.names import fold

MOST_ROWS = 200_000
BLANK = " ;,\t"


class Outcome(StrEnum):
    PAID = "paid"
    BOUNCED = "bounced"
    PARTLY = "partly"


class Answer(NamedTuple):
    """The sum is what was paid; of a bounced payout what came back."""

    key: str
    outcome: Outcome
    on: date
    amount: Decimal | None
    text: str
    where: int  # line of the list, or number of the entry in the statement


class Answers(NamedTuple):
    """`debits`: all that a statement debits but what came back in it; None of a list, and when a
    sum cannot be read.

    `balances`: the debits are the sums of the rows that were paid; a list has none to compare.
    """

    rows: tuple[Answer, ...]
    faults: tuple[Fault, ...]
    debits: Decimal | None
    balances: bool


COLUMNS = {
    "key": ("key", "ключ", "ключ выплаты", "төлем кілті", "кілт"),
    "outcome": ("outcome", "исход", "результат", "нәтиже", "нәтижесі"),
    "date": ("date", "дата", "күн", "күні"),
    "text": ("text", "текст", "примечание", "мәтін", "ескертпе"),
    "amount": ("amount", "сумма", "сома", "сомасы"),
}
NEEDED = {"key", "outcome", "date"}
OUTCOMES = {
    Outcome.PAID: ("paid", "выплачено", "оплачено", "исполнено", "төленді"),
    Outcome.BOUNCED: ("bounced", "возвращено", "возврат", "не исполнено", "қайтарылды"),
    Outcome.PARTLY: ("partly", "частично", "ішінара"),
}
_COLUMN_OF = {fold(word): name for name, words in COLUMNS.items() for word in words}
_OUTCOME_OF = {fold(word): outcome for outcome, words in OUTCOMES.items() for word in words}


def read(stream: BinaryIO, name: str) -> Answers:
    """All of a file; Refused when it is neither a statement nor a list of answers."""
    source = Source(stream, name)
    if is_statement(source):
        found = debits.read(stream)
        stays = None if found.total is None else found.total - _came_back(found.transfers)
        rows, faults = _answers(_by_key(found.transfers))
        paid = [row.amount for row in rows if row.outcome != Outcome.BOUNCED and row.amount]
        return Answers(rows, faults, stays, balances=stays == sum(paid))
    above = delimited.heading(source, SEPARATORS, _are_enough)
    if above is None:
        raise Refused(Refusal.UNREADABLE, "neither a statement nor a list of answers")
    rows, faults = _answers(_rows(TextRows(source, above), above.cells))
    return Answers(rows, faults, None, balances=True)


def _answers(found: Iterable[Answer | Fault]) -> tuple[tuple[Answer, ...], tuple[Fault, ...]]:
    """What is said twice counts once; where two rows contradict each other, neither counts."""
    rows: dict[str, Answer] = {}
    disputed: set[str] = set()
    faults: list[Fault] = []
    for number, one in enumerate(found):
        if number == MOST_ROWS:
            raise Refused(Refusal.UNREADABLE, f"more than {MOST_ROWS} answers")
        if isinstance(one, Fault):
            faults.append(one)
        elif one.key in disputed:
            faults.append(fault(Code.CONTRADICTION, one.where, one.key))
        elif (other := rows.setdefault(one.key, one))[:4] != one[:4]:
            disputed.add(one.key)
            del rows[one.key]
            faults += (fault(Code.CONTRADICTION, each.where, one.key) for each in (other, one))
    return tuple(rows.values()), tuple(faults)


def _are_enough(cells: list[str]) -> bool:
    return _places(cells).keys() >= NEEDED


def _places(cells: list[str]) -> dict[str, int]:
    """Of two columns with the same heading, the first."""
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        column = _COLUMN_OF.get(fold(cell)) if len(cell) <= LONGEST_FOUND else None
        if column:
            places.setdefault(column, at)
    return places


def _rows(rows: TextRows, heading: list[str]) -> Iterator[Answer | Fault]:
    places, last = _places(heading), len(heading) - 1
    found = (row for row in chain.from_iterable(rows) if row[2].strip(BLANK))
    for row, following in pairwise(chain(found, (None,))):
        if row is None:
            return
        at_end = following is None and rows.cut and places.get("amount") == last
        cut = at_end and _is_cut(row, last)
        yield fault(Code.BAD_ROW, row[0], row[2]) if cut else _row(row, places)


def _is_cut(row: Row, last: int) -> bool:
    """Whether the sum at the end of a file may lack digits."""
    _, cells, raw = row
    return len(cells) > last and cells[last].strip() != "" and not WHOLE_SUM.search(raw)


def _row(row: Row, places: dict[str, int]) -> Answer | Fault:
    line, cells, raw = row
    if max(places[name] for name in NEEDED) >= len(cells):
        return fault(Code.BAD_ROW, line, raw)
    values = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
    key, word, written = values["key"], values["outcome"], values.get("amount", "")
    outcome = _OUTCOME_OF.get(fold(word)) if len(word) <= LONGEST_FOUND else None
    on, paid = credited(day(values["date"])), tenge(written)
    if not 0 < len(key) <= LONGEST_REFERENCE:
        return fault(Code.BAD_KEY, line, key)
    if outcome is None:
        return fault(Code.BAD_OUTCOME, line, word)
    if on is None:
        return fault(Code.BAD_DATE, line, values["date"])
    if written and not paid:
        return fault(Code.BAD_SUM, line, written)
    if outcome == Outcome.PARTLY and not written:
        return fault(Code.NO_SUM, line, raw)
    return Answer(key, outcome, on, paid, values.get("text", "")[:LONGEST], line)


def _by_key(transfers: list[Transfer | Broken]) -> Iterator[Answer | Fault]:
    """What became of each payout: nothing is known as soon as one of its transfers is broken."""
    of_keys: dict[str, list[Transfer | Broken]] = {}
    for one in transfers:
        of_keys.setdefault(one.key, []).append(one)
    for same in of_keys.values():
        broken = [one.fault for one in same if isinstance(one, Broken)]
        yield from broken or _became([one for one in same if isinstance(one, Transfer)])


def _came_back(transfers: list[Transfer | Broken]) -> Decimal:
    """Of what the same statement debits."""
    whole = [one for one in transfers if isinstance(one, Transfer)]
    debited = {one.key for one in whole if not one.returned}
    back = [one.amount for one in whole if one.returned and (one.debit or one.key in debited)]
    return sum(back, Decimal())


def _became(same: list[Transfer]) -> Iterator[Answer | Fault]:
    """Paid by a debit, bounced when it came back, partly paid when only a part of it did."""
    match sorted(same, key=attrgetter("returned")):
        case [Transfer(returned=False) as paid]:
            yield _answer(paid, Outcome.PAID, paid.amount)
        case [Transfer(returned=True) as back]:
            yield _answer(back, Outcome.BOUNCED, back.amount)
        case [Transfer(returned=False) as paid, Transfer(returned=True) as back] if (
            back.amount == paid.amount
        ):
            yield _answer(back, Outcome.BOUNCED, back.amount)
        case [Transfer(returned=False) as paid, Transfer(returned=True) as back] if (
            back.amount < paid.amount
        ):
            yield _answer(back, Outcome.PARTLY, paid.amount - back.amount)
        case _:
            yield from (fault(Code.CONTRADICTION, one.where, one.key) for one in same)


def _answer(said: Transfer, outcome: Outcome, amount: Decimal) -> Answer:
    return Answer(said.key, outcome, said.on, amount, said.text, said.where)
