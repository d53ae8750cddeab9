"""A file on its way into the database: its rows checked one by one, the good ones copied."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from registry import labels
from registry.rules import extract
from registry.rules.extract import Fault

NULL = r"\N"
LISTED = 10_000
SHOWN = 120


class Rejected(NamedTuple):
    """A row that was not kept: its physical line, a code, and the reason in words."""

    line: int
    code: str
    text: str


@dataclass
class Loaded:
    """rows = new + changed + unchanged + rejected_count; `rejected` lists the first of them.

    `ended` are spans that a snapshot lacks; one with rows that cannot be read ends nobody.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected_count: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    ended: int = 0
    ends_nobody: bool = False

    def reject(self, line, fault):
        self.rejected_count += 1
        if len(self.rejected) < LISTED:
            self.rejected.append(Rejected(line, fault.code.value, in_words(fault)))

    def reject_all(self, code, rows):
        """Rows: line, the value that shows why, and how many there are of them in all."""
        for line, value, _count in rows[: LISTED - len(self.rejected)]:
            self.rejected.append(Rejected(line, code.value, in_words(Fault(code, value))))
        self.rejected_count += rows[0][2] if rows else 0

    def finish(self):
        self.unchanged = self.rows - self.new - self.changed - self.rejected_count
        self.rejected.sort()
        return self


def in_words(fault):
    """The reason with the value that shows it, without what a terminal would obey."""
    words = str(labels.REJECTIONS[fault.code])
    value = "".join(letter if letter.isprintable() else "·" for letter in fault.value[:SHOWN])
    return f"{words}: {value}" if value else words


def stage(table, source, columns, check, loaded, progress, optional=()):
    """Counts and checks every row; those that can be kept go into the table, with their line."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for block in extract.rows(source, columns, optional):
                loaded.rows += len(block)
                copy.write("".join(_lines(check.block(block), loaded)))
                progress(source.stream.tell())
        cursor.execute(f"ANALYZE {table}")


def _lines(checked, loaded):
    """Lines for COPY; in a cell that is kept a backslash is all it would not take as it is."""
    for line, kept in checked:
        if type(kept) is Fault:
            loaded.reject(line, kept)
        else:
            cells = (NULL if cell is None else cell.replace("\\", r"\\") for cell in kept)
            yield "\t".join((str(line), *cells)) + "\n"
