"""The rows of a list in a text with separators."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from registry.rules.encoding import Source

Row = tuple[int, list[str], str]  # physical line or row, cells, the line as it came

MOST_LINES, MOST_CHARACTERS = 32, 1 << 14  # of one row whose quoted cells go over several lines


class Heading(NamedTuple):
    line: int
    cells: list[str]
    separator: str


def heading(
    source: Source, separators: Sequence[str], is_heading: Callable[[list[str]], bool]
) -> Heading | None:
    """The first row with something in it, when it is the heading of a list."""
    for number, line in enumerate(source.opening.split("\n"), 1):
        if line.strip():
            readings = (Heading(number, _cells(line, by), by) for by in separators)
            return next((one for one in readings if is_heading(one.cells)), None)
    return None


class Rows:
    """The rows below the heading, in blocks; afterwards `cut` tells of a last line without end."""

    def __init__(self, source: Source, above: Heading) -> None:
        self.cut = False
        self._source = source
        self._above = above
        self._last_place = len(above.cells) - 1

    def __iter__(self) -> Iterator[list[Row]]:
        first, rest = 1, ""
        waiting: list[str] = []
        for block in self._source.blocks():
            found = (rest + block).split("\n")
            rest = found.pop()
            waiting += found
            rows, used = self._rows(first, waiting, final=False)
            first += used
            del waiting[:used]
            yield rows
        if rest:
            self.cut = True
            waiting.append(rest)
        yield self._rows(first, waiting, final=True)[0]

    def _rows(self, first: int, lines: list[str], *, final: bool) -> tuple[list[Row], int]:
        """Rows of lines from number `first` on, and how many lines they took."""
        start = max(self._above.line + 1 - first, 0)
        by = self._above.separator
        if not any('"' in line for line in lines):
            found = enumerate(lines[start:], first + start)
            return [(number, line.split(by), line) for number, line in found if line], len(lines)
        rows: list[Row] = []
        at = start
        while at < len(lines):
            span = self._span(lines, at)
            if at + span > len(lines):
                if not final:
                    break
                span = 1
            raw = lines[at] if span == 1 else "\n".join(lines[at : at + span])
            if raw:
                rows.append((first + at, _cells(raw, by), raw))
            at += span
        return rows, at

    def _span(self, lines: list[str], at: int) -> int:
        """How many lines a row takes: a quote left open goes on, but not into a row of its own."""
        raw, by = lines[at], self._above.separator
        if raw.count('"') % 2 == 0 or _quoted(raw, by) is not None:
            return 1
        for span in range(2, MOST_LINES + 1):
            if at + span > len(lines):
                return span
            line = lines[at + span - 1]
            quotes = line.count('"')
            if quotes % 2 == 0 and line.count(by) == self._last_place:
                return 1
            raw += "\n" + line
            if len(raw) > MOST_CHARACTERS:
                return 1
            if quotes % 2:
                return span if _quoted(raw, by) is not None else 1
        return 1


def _cells(raw: str, separator: str) -> list[str]:
    """Quotes that do not keep the rules of quoting are letters like others."""
    if '"' not in raw:
        return raw.split(separator)
    return _quoted(raw, separator) or raw.split(separator)


def _quoted(raw: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader((raw,), delimiter=separator, strict=True))
    except csv.Error:
        return None
