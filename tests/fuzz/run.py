"""One target in a process of its own: `python -m tests.fuzz.run NAME CORPUS -options`.

Whatever is read twice, in blocks of another size or tag by tag, says the same; all that is refused
is refused with a code.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from typing import BinaryIO
from unittest.mock import patch

import atheris

from registry.rules.iin import are_iins, is_bin, is_iin, payer_kind  # its arrays leak when traced

with atheris.instrument_imports(include=["refunds.rules", "payments.rules", "registry.rules"]):
    from payments.rules import camt053, cells, columns, formats, mt102, package, values
    from payments.rules.camt053 import Statement
    from payments.rules.reading import Reading
    from payments.rules.totals import Differences, Held, Refused
    from refunds.rules import answers, applications, debits, fields
    from registry.rules import encoding, extract
    from registry.rules.names import fold

from tests.fuzz.seeds import packed

STREAM = os.fdopen(os.memfd_create("input"), "r+b")
NEVER = re.compile(r"(?!)")
ON = date(2026, 11, 20)


def main() -> None:
    _, name, *arguments = sys.argv
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def stream(data: bytes) -> BinaryIO:
    """A real file: those seek and fail otherwise than bytes in memory."""
    STREAM.seek(0)
    STREAM.truncate()
    STREAM.write(data)
    STREAM.flush()
    return STREAM


def in_blocks(size: int) -> ExitStack:
    """Everything is read in blocks of so many bytes."""
    stack = ExitStack()
    for module in (encoding, camt053, debits, package):
        stack.enter_context(patch.object(module, "BLOCK", size))
    return stack


def tried(read: Callable[[bytes], object], data: bytes) -> object:
    """What is read, or the code of the refusal."""
    try:
        return read(data)
    except Refused as refused:
        return refused.code


def file(data: bytes) -> object:
    """All that a register or statement says, after a look at whether it balances."""
    found = formats.read(stream(data), "file")
    return statement(found) if isinstance(found, Statement) else register(found, len(data))


def statement(found: Statement) -> object:
    assert storable(entry.reference for entry in found.entries)
    assert all(abs(entry.amount) < 10**15 for entry in found.entries)
    return found


def register(reading: Reading, size: int) -> object:
    items, messages = [], []
    for batch in reading:
        items += batch.items
        messages += batch.messages
    messages.sort()
    totals = reading.totals
    assert [one.number for one in messages] == list(range(totals.messages))
    counts, sums = [0] * len(messages), [0] * len(messages)
    for one in items:
        counts[one.message] += 1
        sums[one.message] += one.amount
    assert [(one.items, one.total) for one in messages] == list(zip(counts, sums, strict=True))
    assert (totals.items, totals.total) == (len(items), sum(sums))
    assert len(items) + len(messages) <= size
    assert len(reading.differences) <= Differences.MANY
    assert all(Held(one.code) for one in reading.differences)
    assert all(0 <= (one.line or 0) < 1 << 31 for one in reading.differences)
    assert all(0 <= one.line < 1 << 31 for one in items)
    assert storable(text for one in (*items, *messages) for text in one if isinstance(text, str))
    assert sum(len(one.raw) for one in items) <= 256 * size
    differences = Counter(reading.differences)  # their order within a block is not sworn to
    return reading.format, reading.encoding, items, messages, differences, totals


def storable(texts: Iterable[str]) -> bool:
    together = "".join(texts)
    return "\0" not in together and together.encode().decode() == together


def same_in_any_blocks(read: Callable[[bytes], object], data: bytes) -> object:
    found = tried(read, data)
    with in_blocks(len(data) % 29 + 1):
        assert tried(read, data) == found
    return found


def any_file(data: bytes) -> None:
    same_in_any_blocks(file, data)


def messages(data: bytes) -> None:
    found = same_in_any_blocks(file, data)
    with ExitStack() as stack:
        for name in ("HEAD", "ITEM", "TAIL"):
            stack.enter_context(patch.object(mt102, name, NEVER))
        assert tried(file, data) == found


def workbook(data: bytes) -> None:
    archive = packed(data)
    same_in_any_blocks(lambda _: file(archive), data)


def persons(data: bytes) -> None:
    check = extract.PersonCheck(ON, {"62", "63"})
    columns, optional = extract.PERSON_COLUMNS, (extract.FORMER_IIN,)
    same_in_any_blocks(lambda data: listed(data, columns, optional, check), data)


def categories(data: bytes) -> None:
    check = extract.CategoryCheck({"entrepreneur"}, ON)
    same_in_any_blocks(lambda data: listed(data, extract.CATEGORY_COLUMNS, (), check), data)


def listed(
    data: bytes, columns: tuple[str, ...], optional: tuple[str, ...], check: extract.Check
) -> object:
    found = []
    for block in extract.rows(encoding.Source(stream(data)), columns, optional):
        checked = list(check.block(block))
        for (_, kept), (_, row) in zip(checked, block, strict=True):
            assert row is None or check(row) == kept
            if not isinstance(kept, extract.Fault):
                together = "".join(filter(None, kept))
                assert storable(together)
                assert together.isprintable() or not re.search("[\\x00-\\x1f\\x7f]", together)
        found += checked
    return found


def cell(data: bytes) -> None:
    """Each reader of one cell alone."""
    text = data.decode(errors="replace")
    for read in (values.amount, values.number, values.ordinal):
        found = read(text)
        assert found is None or abs(found) <= 10**14
    for read in (values.day, values.short_day, values.period, columns.is_total, cells.place):
        read(text)
    assert storable([cells.unescaped(text), cells.decimal(text)]) or "\0" in text
    assert fold(fold(text)) == fold(text)
    if "\0" not in text:
        assert are_iins([text]) == [is_iin(text)]
    assert (payer_kind(text) is None) == (not is_bin(text) and not is_iin(text))


def asked(data: bytes) -> None:
    """Each application is whole or says what is wrong with it."""
    found = tried(applications.read, data)
    numbers = set()
    for one in found if isinstance(found, list) else ():
        assert len(one.number) <= 40
        if isinstance(one, applications.Faulty):
            assert 0 < len(one.faults) <= fields.MOST_FAULTS
            assert storable([one.number, one.raw, *(text for each in one.faults for text in each)])
        else:
            assert one.number not in numbers
            numbers.add(one.number)
            assert all(line.paid >= line.asked > 0 for line in one.lines)
            assert storable(texts(one))


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for one in value for text in texts(one)] if isinstance(value, tuple) else []


def answered(data: bytes) -> None:
    found = same_in_any_blocks(lambda data: answers.read(stream(data), "answer"), data)
    if isinstance(found, answers.Answers):
        assert len({row.key for row in found.rows}) == len(found.rows) <= len(data)
        assert all(row.amount is None or row.amount > 0 for row in found.rows)
        assert storable(texts((found.rows, found.faults)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "mt102": messages,
    "sheet": any_file,
    "workbook": workbook,
    "package": any_file,
    "camt053": any_file,
    "persons": persons,
    "categories": categories,
    "applications": asked,
    "answers": answered,
    "values": cell,
}

if __name__ == "__main__":
    main()
