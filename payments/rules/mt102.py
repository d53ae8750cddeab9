"""MT102 texts: several messages in a file, each from {4: to -}, its items numbered by :21:."""

from __future__ import annotations

from collections.abc import Iterator

from payments.rules import tags
from payments.rules.items import Batch, Item, Message
from payments.rules.mt102_message import Opened, identifier, message_of, tenge
from payments.rules.ordinals import Ordinals
from payments.rules.patterns import (
    HEAD,
    HEAD_TAGS,
    ITEM,
    PARTS,
    TAIL,
    TYPICAL,
    UNUSUAL_PARTS,
)
from payments.rules.reading import Reading
from payments.rules.totals import (
    MESSAGES_OF_A_FILE,
    Difference,
    Held,
    Refusal,
    Refused,
    against_declared,
    beyond_count,
    within_bounds,
)
from payments.rules.values import AMOUNTS, DAYS, ORDINALS, PERIODS
from registry.rules.encoding import Source

LONGEST_PART = 1 << 18  # characters from one item, total or end to the next
ANNOUNCING = ("{1:", "{2:", "{3:")


def open_messages(form: str, source: Source) -> Reading | None:
    """None when no line of the beginning is one of an MT message."""
    return Messages(form, source) if TYPICAL.search(source.opening) else None


class Messages(Reading):
    """The messages of a text as they end."""

    def __init__(self, form: str, source: Source) -> None:
        super().__init__(form, source.encoding, source.name)
        self._source = source
        self._opened: Opened | None = None
        self._announced: int | None = None  # line of a {1: whose {4: has not come yet
        self._references = Ordinals()
        self._declared = 0
        self._line = 1  # where the part that is being read begins
        self._unusual_item: tuple[Opened | None, int, int] = (None, 0, 0)
        self._items: list[Item] = []
        self._messages: list[Message] = []

    def blocks(self) -> Iterator[Batch]:
        rest = ""
        for block in self._source.blocks():
            parts = PARTS.split(rest + block)
            rest = parts.pop()
            if len(rest) > LONGEST_PART:
                raise Refused(Refusal.UNREADABLE, "an item or a header without end")
            if parts:
                yield self._batch(parts)
        batch = self._batch([rest])
        self._close(whole=False)
        if self._announced is not None:
            self.hold(Held.TRUNCATED, line=self._announced)
        yield batch

    def _batch(self, parts: list[str]) -> Batch:
        """The hot loop: the usual item costs one match and a few lookups in what was met before."""
        items: list[Item] = []
        messages: list[Message] = []
        self._items, self._messages = items, messages
        usual, append, new = ITEM.fullmatch, items.append, tuple.__new__
        amounts, days, periods, ordinals = AMOUNTS, DAYS, PERIODS, ORDINALS
        opened = self._opened
        for part in parts:
            match = usual(part)
            if match is None or opened is None:
                self._part(part)
                opened = self._opened
            else:
                number, amount, last, first, middle, born, iin, period = match.groups()
                ordinal, tiyn = ordinals[number], amounts[amount] or 0
                opened.total += tiyn
                if ordinal == opened.items + 1:
                    opened.items = ordinal
                else:
                    opened.number_item(ordinal, self._line)
                names = (last.strip(), first.strip(), middle.strip() if middle else "")
                head = (opened.number, ordinal or 0, iin, *names, days[born])
                append(new(Item, (*head, *periods[period], tiyn, part)))
            self._line += part.count("\n") + 1
        return Batch(items, messages)

    def _part(self, part: str) -> None:
        if self._opened is None:
            head = HEAD.fullmatch(part) if self._announced is None else None
            if head is not None:
                found = zip(HEAD_TAGS, map(str.strip, head.groups()), strict=True)
                self._open(whole=True).tags = dict(found)
                return
        elif (tail := TAIL.fullmatch(part)) is not None:
            self._opened.tags.setdefault("32A", tail[1].strip())
            self._opened.total_line = self._line
            self._close(whole=True)
            return
        start = self._line
        for piece in UNUSUAL_PARTS.split(part):
            self._unusual(piece)
            self._line += piece.count("\n") + 1
        self._line = start

    def _unusual(self, part: str) -> None:
        if part.startswith("{"):
            self._block(part)
        elif part.startswith("-}"):
            self._end(part)
        elif self._opened is not None:
            self._inside(self._opened, part)
        else:
            self._outside(part)

    def _block(self, part: str) -> None:
        """{1: and {2: announce a message, {4: begins it, {5: may follow its end."""
        self._close(whole=False)
        first, _, further = part.partition("\n")
        at = first.find("{4:")
        if at >= 0:
            self._inside(self._open(whole=True), part[at + 3 :].removeprefix("\n"))
            return
        if first.startswith("{1:") and self._announced is not None:
            self.hold(Held.TRUNCATED, line=self._announced)
            self._announced = None
        if first.startswith(ANNOUNCING):
            self._announced = self._announced or self._line
        self._outside(further)

    def _end(self, part: str) -> None:
        if self._opened is None:
            self.hold(Held.TRUNCATED, line=self._line)
        self._close(whole=True)
        further = part[2:].lstrip()
        if further.startswith("{"):
            self._block(further)
        else:
            self._outside(further)

    def _outside(self, part: str) -> None:
        """Tags without a beginning are of a message that lost it: read, and held."""
        if any(line.startswith((":", "/")) for line in part.split("\n")):
            self._inside(self._open(whole=False), part)

    def _inside(self, opened: Opened | None, part: str) -> None:
        for raw, found in tags.pieces(part):
            if opened is None:
                self._outside(raw)
                opened = self._opened
                continue
            message, items = tags.grouped(found)
            opened.total_line = self._line if "32A" in message else opened.total_line
            closed = message.get("32A", "").endswith("-}")
            if closed:
                message["32A"] = message["32A"].removesuffix("-}")
            for tag, value in message.items():
                opened.tags.setdefault(tag, value)
            for item in items:
                self._item(opened, item, raw)
            if closed:
                self._close(whole=True)
                opened = None

    def _item(self, opened: Opened, item: dict[str, str], raw: str) -> None:
        ordinal = ORDINALS[item.get("21", "")]
        opened.number_item(ordinal, self._line)
        self._unusual_item = opened, opened.items, self._line
        tiyn = tenge(item.get("32B", ""))
        if tiyn is None:
            opened.sums_are_sure = False
            self.hold(Held.BAD_SUM, opened.reference, self._line)
        opened.total += tiyn or 0
        period, month = PERIODS[item.get("PERIOD") or opened.tags.get("PERIOD", "")]
        self._items.append(
            Item(
                message=opened.number,
                line=ordinal or 0,
                iin=identifier(item, ""),
                last_name=item.get("FM", ""),
                first_name=item.get("NM", ""),
                middle_name=item.get("FT", ""),
                birth_date=DAYS[item.get("DT", "")],
                period=period,
                month=month,
                amount=tiyn or 0,
                raw=raw,
            )
        )

    def _open(self, *, whole: bool) -> Opened:
        line, self._announced = self._announced or self._line, None
        self._opened = Opened(self.totals.messages, line, whole=whole)
        self.totals.messages += 1
        if self.totals.messages > MESSAGES_OF_A_FILE:
            beyond_count("messages")
        return self._opened

    def _close(self, *, whole: bool) -> None:
        opened, self._opened = self._opened, None
        if opened is None:
            return
        self.totals.items += opened.items
        self.totals.total = within_bounds(self.totals.total + opened.total)
        message = message_of(opened)
        self._declared = within_bounds(self._declared + abs(message.declared or 0))
        self._messages.append(message)
        if not (whole and opened.whole):
            of, items, line = self._unusual_item
            if not whole and of is opened and items == opened.items:
                self.differences.forget(line)
            self.hold(Held.TRUNCATED, opened.reference, opened.line)
        else:
            self.differences.note(*self._against(opened, message))

    def _against(self, opened: Opened, message: Message) -> Iterator[Difference]:
        """What is wrong with a message that has its end."""
        reference, line = opened.reference, opened.total_line
        if opened.sums_are_sure:
            yield from against_declared(message, line)
        if opened.disorder:
            yield opened.disorder._replace(reference=reference)
        before = len(self._references)
        if not reference or self._references.of(reference.encode()) < before:
            yield Difference(Held.MESSAGE_COUNT, reference, line=opened.line)
        if message.declared is None:
            yield Difference(Held.BAD_SUM, reference, line=line)
        if message.credited_on is None:
            yield Difference(Held.BAD_DATE, reference, line=line)
