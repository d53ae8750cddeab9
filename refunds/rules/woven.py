"""Rows of a text column by column: what is done to many cells at once costs little for each."""

from __future__ import annotations

from collections.abc import Callable

Column = list[bytes]
Columns = list[Column]


def unwoven(block: bytes, width: int) -> Columns:
    """The columns of rows with tabulators between their cells."""
    cells = block.replace(b"\n", b"\t").split(b"\t")
    return [cells[at::width] for at in range(width)]


def woven(words: Column, columns: Columns) -> bytes:
    """Rows again: the words that are the same in all of them, and between them the cells."""
    rows = len(columns[0])
    step = len(words) + len(columns)
    pieces = [b""] * (rows * step)
    for at, word in enumerate(words):
        pieces[2 * at :: step] = [word] * rows
    for at, column in enumerate(columns):
        pieces[2 * at + 1 :: step] = column
    return b"".join(pieces)


def each(column: Column, made: Callable[[bytes], bytes]) -> Column:
    """What is made of the cells, of equal ones once."""
    known = {cell: made(cell) for cell in set(column)}
    return [known[cell] for cell in column]


def changed(column: Column, sign: bytes, other: bytes) -> Column:
    """With another sign wherever one is."""
    return b"\t".join(column).replace(sign, other).split(b"\t")
