"""XML read as it streams by, safe from what a hostile file can do with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NoReturn
from xml.parsers import expat

from payments.rules.totals import Refusal, Refused

DEEPEST = 64
LONGEST_TAG = 1 << 20  # bytes that one tag may keep waiting
LONGEST_TEXT = 1 << 16
MOST_NAMES = 1 << 16  # characters of all names: the parser never forgets one


class Markup:
    """A parser that refuses document types, so that no entity can grow or point outside."""

    def __init__(self, encoding: str | None = None) -> None:
        self.parser = expat.ParserCreate(encoding)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self._fed = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self.parser.Parse(chunk, final)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise Refused(Refusal.UNREADABLE, f"broken XML: {error}") from error
        self._fed += len(chunk)
        if self._fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise Refused(Refusal.UNREADABLE, "XML with a tag without end")
        if sum(map(len, self.parser.intern)) > MOST_NAMES:
            raise Refused(Refusal.UNREADABLE, "XML with names without end")


def too_deep() -> NoReturn:
    raise Refused(Refusal.UNREADABLE, "XML with endless nesting")


def local(name: str) -> str:
    """The name of a tag or attribute without the prefix of its namespace."""
    return name.rpartition(":")[2]


def tags(chunks: Iterable[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of a document with their attributes, in their order."""
    markup, found, depth = Markup(), [], 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            too_deep()
        found.append((local(name), attributes))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    markup.parser.StartElementHandler = start
    markup.parser.EndElementHandler = end
    for chunk in chunks:
        markup.feed(chunk)
        yield from found
        found.clear()
    markup.feed(b"", final=True)


def _refuse_document_type(*_: object) -> None:
    raise Refused(Refusal.UNREADABLE, "XML with a document type")
