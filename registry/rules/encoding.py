"""The bytes of a file as text: its encoding, nothing that cannot be kept, in bounded blocks."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from typing import BinaryIO

BLOCK = 1 << 16  # small: what becomes of a block stays in the cache of the processor
OPENING = 1 << 16
LONGEST_LINE = 1 << 16

UTF_8, UTF_8_BOM, UTF_16, CYRILLIC = "utf-8", "utf-8-sig", "utf-16", "cp1251"
# A file that was cut off inside a letter is still of its encoding; 0x98 means nothing in cp1251.
LENIENT = {CYRILLIC: "backslashreplace"}
HIGH = bytes(range(0x80, 0x100))
# A Russian or Kazakh letter as UTF-8 writes it; as cp1251 reads it, two signs that seldom meet.
CYRILLIC_PAIR = re.compile(rb"[\xd0-\xd3][\x80-\xbf]")
# What old fonts showed as the letters that cp1251 lacks.
AS_CYRILLIC = str.maketrans("ӘҢҒҮҰҚӨҺәңғүұқөһ", "ЈЅЄЇЎЌҐЋјѕєїўќґћ")
AT_ONCE = 1 << 20
DAMAGED = 0.4  # of a pair are two bytes, so whole UTF-8 gives about a half


class Refusal(StrEnum):
    """Why a file is not what it should be."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    COLUMNS = "columns"
    MIXED_SNAPSHOT = "mixed_snapshot"


class Refused(Exception):
    """The file cannot be read as what it should be."""

    def __init__(self, code: StrEnum, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Source:
    """A file that is being read, from its start as often as needed."""

    def __init__(self, stream: BinaryIO, name: str = "") -> None:
        self.stream = stream
        self.name = name

    @cached_property
    def head(self) -> bytes:
        self.stream.seek(0)
        return self.stream.read(OPENING)

    @cached_property
    def encoding(self) -> str:
        return detect(self.stream)

    @cached_property
    def opening(self) -> str:
        """The first lines, the last of them perhaps in part."""
        return self._decoder().decode(self.head)

    def blocks(self) -> Iterator[str]:
        """The whole text, every line end as a newline."""
        decoder = self._decoder()
        self.stream.seek(0)
        while chunk := self.stream.read(BLOCK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)

    def _decoder(self) -> io.IncrementalNewlineDecoder:
        lenient = LENIENT.get(self.encoding, "replace")
        letters = codecs.getincrementaldecoder(self.encoding)(lenient)
        return io.IncrementalNewlineDecoder(letters, translate=True)


def detect(stream: BinaryIO) -> str:
    """The encoding of a text, in one pass over all of it; Refused when it is none."""
    stream.seek(0)
    mark = stream.read(3)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _marked(stream, UTF_16)
    if mark == codecs.BOM_UTF8:
        return _marked(stream, UTF_8_BOM)
    return _unmarked(stream)


def lines(blocks: Iterator[str]) -> Iterator[list[str]]:
    """The lines of a text without their ends; a last line without one comes alone, at the end."""
    rest = ""
    for block in blocks:
        found = (rest + block).split("\n")
        rest = found.pop()
        if found:
            yield found
    if rest:
        yield [rest]


def encoded(texts: Iterable[str], encoding: str) -> Iterator[bytes]:
    """Bytes of texts, about a megabyte at once; what cp1251 lacks comes as old fonts had it."""
    encoder = codecs.getincrementalencoder(encoding)()
    gathered: list[str] = []
    size = 0
    for text in texts:
        gathered.append(text)
        size += len(text)
        if size >= AT_ONCE:
            yield encoder.encode(_fitted("".join(gathered), encoding))
            gathered, size = [], 0
    yield encoder.encode(_fitted("".join(gathered), encoding))


def _fitted(text: str, encoding: str) -> str:
    return text.translate(AS_CYRILLIC) if encoding == CYRILLIC else text


def _marked(stream: BinaryIO, encoding: str) -> str:
    text = _Text()
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    while chunk := stream.read(BLOCK):
        try:
            text.add(decoder.decode(chunk))
        except UnicodeDecodeError as error:
            raise Refused(Refusal.UNREADABLE, f"not {error.encoding}: {error.reason}") from error
    text.end()
    return encoding


def _unmarked(stream: BinaryIO) -> str:
    """UTF-8 as long as nothing speaks against it; a half letter at the end alone does not.

    What is UTF-8 but for a damaged byte is refused: read as cp1251 every letter of it would
    silently become two others.
    """
    text = _Text()
    decoder = codecs.getincrementaldecoder(UTF_8)()
    utf_8 = True
    letters = False
    stream.seek(0)
    while chunk := stream.read(BLOCK):
        text.add(chunk.decode("latin-1"))
        if utf_8:
            try:
                letters = not decoder.decode(chunk).isascii() or letters
            except UnicodeDecodeError:
                utf_8 = False
    text.end()
    cut = utf_8 and bool(decoder.getstate()[0])
    if utf_8 and (letters or not cut):
        return UTF_8
    if is_damaged(stream):
        raise Refused(Refusal.UNREADABLE, "UTF-8 with damaged letters")
    return CYRILLIC


def is_damaged(stream: BinaryIO) -> bool:
    """Whether what is not quite UTF-8 is still mostly written in its pairs of bytes."""
    high = pairs = 0
    last = b""
    stream.seek(0)
    while chunk := stream.read(BLOCK):
        high += len(chunk) - len(chunk.translate(None, HIGH))
        pairs += len(CYRILLIC_PAIR.findall(last + chunk))
        last = chunk[-1:]
    return pairs > DAMAGED * high


class _Text:
    """Sees all of a file once: with a NUL or an endless line it is no text, with nothing empty."""

    def __init__(self) -> None:
        self._length = 0  # of the line that has not ended yet
        self._blank = True

    def add(self, text: str) -> None:
        if "\0" in text:
            raise Refused(Refusal.UNREADABLE, "a text with NUL characters")
        self._blank = self._blank and not text.strip()
        start, room = 0, LONGEST_LINE - self._length
        while len(text) - start > room:
            end = _last_end(text, start, start + room + 1)
            if end < 0:
                raise Refused(Refusal.UNREADABLE, f"a line of more than {LONGEST_LINE} characters")
            start, room = end + 1, LONGEST_LINE
        end = _last_end(text, max(start - 1, 0), len(text))
        self._length = len(text) - end - 1 if end >= 0 else self._length + len(text)

    def end(self) -> None:
        if self._blank:
            raise Refused(Refusal.EMPTY, "nothing in the file")


def _last_end(text: str, start: int, stop: int) -> int:
    return max(text.rfind("\n", start, stop), text.rfind("\r", start, stop))
