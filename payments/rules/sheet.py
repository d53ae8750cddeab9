"""A list: one row a person line below a heading, the last row with the totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import compress, repeat
from operator import itemgetter
from typing import NamedTuple, Protocol

from payments.rules import columns, values
from payments.rules.items import Batch, Item, Message, Portion
from payments.rules.orders import Header, Orders
from payments.rules.ordinals import Repeats
from payments.rules.reading import Reading
from payments.rules.totals import Differences, Held, against_trailer, within_bounds
from payments.rules.values import AMOUNTS, DAYS, ORDINALS, PERIODS, dotted, money
from registry.rules import delimited
from registry.rules.cells import Remembered, as_typed, neutral
from registry.rules.delimited import Row
from registry.rules.encoding import UTF_8_BOM, Source, encoded

SEPARATORS = (";", ",", "\t")
NO_PERSON = -1
KEPT_HEADERS, KEPT_CHARACTERS = 4096, 512
TO_QUOTE = re.compile(r'[;"\r\n]')
WHOLE_SUM = re.compile(r"[.,][0-9]{2}\"?\s*\Z")


class Rows(Protocol):
    """The rows of a list below its heading, in blocks; `cut`: the last one had no end of line."""

    cut: bool

    def __iter__(self) -> Iterator[list[Row]]: ...


def open_text(form: str, source: Source) -> Reading | None:
    """None when the first row is no heading of a list."""
    above = delimited.heading(source, SEPARATORS, columns.are_enough)
    if above is None:
        return None
    rows = TextRows(source, above)
    return Sheet(form, source.encoding, source.name, above.cells, rows)


class TextRows(delimited.Rows):
    """What was written so that no spreadsheet takes it for a formula is read as it was."""

    def __iter__(self) -> Iterator[list[Row]]:
        for rows in super().__iter__():
            if any("'" in raw for _, _, raw in rows):
                yield [(line, list(map(as_typed, cells)), raw) for line, cells, raw in rows]
            else:
                yield rows


class Persons(NamedTuple):
    """Columns over the same rows."""

    lines: Sequence[int]
    cells: Sequence[list[str]]
    raws: Sequence[str]
    headers: Sequence[tuple[str, ...]]
    messages: Sequence[int]


class Sheet(Reading):
    """A list in whatever form its rows come."""

    def __init__(self, form: str, encoding: str, name: str, heading: list[str], rows: Rows) -> None:
        super().__init__(form, encoding, name)
        places = columns.places(heading)
        nowhere = len(heading)  # an empty cell that `_fitted` adds
        self._rows = rows
        self._width = len(heading)
        self._exact = self._width if len(places) == len(columns.COLUMNS) else -1
        self._header_of = itemgetter(*(places.get(name, nowhere) for name in columns.HEADER))
        self._person_of = itemgetter(*(places.get(name, nowhere) for name in columns.PERSON))
        self._amount_at = places["amount"]
        self._orders = Orders()
        self._known: dict[tuple[str, ...], int] = {}
        self._repeats = Repeats()
        self._sums_are_sure = True
        self._last: Row | None = None
        self._totals_row: Row | None = None
        self._totals_text = ""

    def blocks(self) -> Iterator[Batch]:
        for block in self._rows:
            if items := self._items(block):
                yield Batch(items, [])
        yield from self._messages()
        self.totals.messages = len(self._orders)
        within_bounds(self.totals.total)
        self._compare()

    def _items(self, block: list[Row]) -> list[Item]:
        """The hot path takes whole columns: what was met before costs next to nothing."""
        lines, rows, raws, headers, messages = self._persons(block)
        if not rows:
            return []
        columns_of = zip(*map(self._person_of, rows), strict=True)
        iins, lasts, firsts, middles, borns, periods, numbers, amounts = columns_of
        references = list(map(str.strip, map(itemgetter(0), headers)))
        tiyns = list(map(AMOUNTS.__getitem__, amounts))
        ordinals = list(map(ORDINALS.__getitem__, numbers))
        if None in tiyns or None in ordinals:
            self._hold_faults(lines, references, tiyns, ordinals)
        sums = [tiyn or 0 for tiyn in tiyns]
        places = [ordinal or -line for ordinal, line in zip(ordinals, lines, strict=True)]
        self._repeats.note(zip(references, places, strict=True), messages, lines)
        self._orders.add(messages, sums)
        self.totals.items += len(rows)
        self.totals.total += sum(sums)
        fields = zip(
            messages,
            [ordinal or 0 for ordinal in ordinals],
            map(str.strip, iins),
            map(str.strip, lasts),
            map(str.strip, firsts),
            map(str.strip, middles),
            map(DAYS.__getitem__, borns),
            *zip(*map(PERIODS.__getitem__, periods), strict=True),
            sums,
            raws,
            strict=True,
        )
        return list(map(tuple.__new__, repeat(Item), fields))

    def _persons(self, block: list[Row]) -> Persons:
        """The rows of persons, fitted to the heading; the others are dealt with."""
        lines, rows, raws = zip(*block, strict=True) if block else ((), (), ())
        if set(map(len, rows)) != {self._exact}:
            rows = tuple(map(self._fitted, rows))
        headers = list(map(self._header_of, rows))
        messages = self._message_numbers(block, rows, headers)
        for row, message in zip(reversed(block), reversed(messages), strict=True):
            if message != NO_PERSON or row is self._totals_row:
                self._last = row
                break
        if NO_PERSON not in messages:
            return Persons(lines, rows, raws, headers, messages)
        kept = [message != NO_PERSON for message in messages]
        return Persons(
            list(compress(lines, kept)),
            list(compress(rows, kept)),
            list(compress(raws, kept)),
            list(compress(headers, kept)),
            list(compress(messages, kept)),
        )

    def _fitted(self, cells: list[str]) -> list[str]:
        """As wide as the heading and one empty cell; what goes beyond makes the sum unsure."""
        row = [*cells[: self._width], *[""] * (self._width + 1 - len(cells)), ""]
        if any(cell.strip() for cell in cells[self._width :]):
            row[self._amount_at] = ""
        return row

    def _message_numbers(
        self, block: list[Row], rows: Sequence[list[str]], headers: list[tuple[str, ...]]
    ) -> list[int]:
        known = self._known
        with suppress(KeyError):
            return list(map(known.__getitem__, headers))
        return [
            known[header] if header in known else self._message(row, cells, header)
            for row, cells, header in zip(block, rows, headers, strict=True)
        ]

    def _message(self, row: Row, cells: list[str], header: tuple[str, ...]) -> int:
        """The payment order of a row; NO_PERSON for the row of totals and for an empty one."""
        if columns.is_total(cells[0]):
            self._take_totals(row)
            return NO_PERSON
        found = Header(*map(str.strip, header))
        named = bool(found.reference) or any(found)
        if not named and not any(cell.strip() for cell in cells):
            return NO_PERSON
        before = len(self._orders)
        number = self._orders.number(found)
        if number == before:
            self._check(found, row[0])
        if named and sum(map(len, header)) <= KEPT_CHARACTERS:
            if len(self._known) >= KEPT_HEADERS:
                self._known.clear()
            self._known[header] = number
        return number

    def _check(self, header: Header, line: int) -> None:
        if not header.reference:
            self.hold(Held.MESSAGE_COUNT, line=line)
        if values.credited(DAYS[header.payment_date]) is None:
            self.hold(Held.BAD_DATE, header.reference, line)

    def _hold_faults(
        self,
        lines: Sequence[int],
        references: Sequence[str],
        tiyns: Sequence[int | None],
        ordinals: Sequence[int | None],
    ) -> None:
        for line, reference, tiyn, ordinal in zip(lines, references, tiyns, ordinals, strict=True):
            if tiyn is None:
                self._sums_are_sure = False
                self.hold(Held.BAD_SUM, reference, line)
            if ordinal is None:
                self.hold(Held.MESSAGE_COUNT, reference, line)

    def _take_totals(self, row: Row) -> None:
        cells = [cell.strip() for cell in row[1]]
        self._totals_text = next(filter(None, reversed(cells[2:])), "")
        self.totals.declared_items = values.number(cells[1]) if len(cells) > 1 else None
        self.totals.declared_total = values.amount(self._totals_text)
        self._totals_row = row

    def _messages(self) -> Iterator[Batch]:
        """All payment orders, now that they are complete, and the lines that came twice in one."""
        again = self._repeats.found(Differences.MANY)
        owners = {place.owner for place in again}
        references: dict[int, str] = {}
        for messages in self._orders.messages():
            for message in messages:
                if message.number in owners:
                    references[message.number] = message.reference
            yield Batch([], messages)
        for owner, line in again:
            self.hold(Held.MESSAGE_COUNT, references[owner], line)

    def _compare(self) -> None:
        if self._last is None:
            self.hold(Held.NO_TRAILER)
            return
        line = self._last[0]
        if self._is_cut(self._last):
            self.differences.forget(line)
            self.hold(Held.TRUNCATED, line=line)
        elif self._last is not self._totals_row:
            self.hold(Held.NO_TRAILER, line=line)
        elif self.totals.declared_total is None:
            self.hold(Held.BAD_SUM, line=line)
        else:
            found = against_trailer(self.totals, line)
            unsure = () if self._sums_are_sure else (Held.TRAILER_TOTAL,)
            self.differences.note(*(one for one in found if one.code not in unsure))

    def _is_cut(self, last: Row) -> bool:
        """Whether the last row ends before it should: not when it is the right row of totals."""
        _, cells, raw = last
        cut = self._rows.cut and not WHOLE_SUM.search(raw)
        if last is not self._totals_row:
            return cut or len(cells) < self._width
        if self.totals.declared_total == self.totals.total:
            return False
        return cut or not self._totals_text


def write(
    portions: Iterable[Portion],
    encoding: str = UTF_8_BOM,
    heading: Sequence[str] = columns.CODES,
) -> Iterator[bytes]:
    """A list in a text, with semicolons."""
    return encoded(_lines(portions, heading), encoding)


def cell(text: str) -> str:
    text = neutral(text)
    return '"' + text.replace('"', '""') + '"' if TO_QUOTE.search(text) else text


CELLS = Remembered(cell)


def _lines(portions: Iterable[Portion], heading: Sequence[str]) -> Iterator[str]:
    yield ";".join(heading) + "\n"
    cells = CELLS
    items = total = 0
    for message, some in portions:
        reference, order = cell(message.reference), ";".join(map(cell, order_of(message)))
        items += len(some)
        total += sum([item.amount for item in some])
        yield "".join(
            [
                f"{reference};{line};{order};{iin if iin.isalnum() else cells[iin]};{cells[last]};"
                f"{cells[first]};{cells[middle]};{dotted(born)};{cells[period]};{money(amount)}\n"
                for _, line, iin, last, first, middle, born, period, _, amount, _ in some
            ]
        )
    yield f"{columns.TOTALS};{items}{';' * (len(heading) - 2)}{money(total)}\n"


def order_of(message: Message) -> tuple[str, ...]:
    """What the rows of one payment order share behind the reference and the line."""
    days = dotted(message.order_date), dotted(message.credited_on)
    return (message.order_no, *days, message.knp, message.payer_id, message.payer_name)
