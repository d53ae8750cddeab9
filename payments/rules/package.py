"""An archive of parts, as XLSX files are, and nothing of what a hostile archive can do."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from payments.rules.totals import Refusal, Refused

BLOCK = 1 << 16
MOST_BYTES = 1 << 31  # of all parts, unpacked
LARGEST_DIRECTORY = 1 << 20
END, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 1 << 16
LARGE_END, LARGE_END_SIZE = b"PK\x06\x07", 20  # only archives beyond four gigabytes need it
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1
# What zipfile raises on a broken archive; ValueError is a negative place or a name that is no text.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
)


class Package:
    """The parts of an archive by name."""

    def __init__(self, stream: BinaryIO) -> None:
        _check_directory(stream)
        try:
            self._archive = zipfile.ZipFile(stream)
        except BROKEN as error:
            raise _broken(error) from error
        self._parts = {info.filename.lower(): info for info in self._archive.infolist()}
        if any(info.header_offset < 0 for info in self._parts.values()):
            raise Refused(Refusal.UNREADABLE, "a broken archive: a part before its beginning")
        if sum(info.file_size for info in self._parts.values()) > MOST_BYTES:
            raise Refused(Refusal.UNREADABLE, f"an archive of more than {MOST_BYTES} bytes")

    def part(self, name: str, most: int = MOST_BYTES) -> Iterator[bytes]:
        """A part in blocks, unpacked as far as they are asked for; nothing when there is none."""
        info = self._parts.get(name.lower())
        if info is None:
            return
        if info.file_size > most:
            raise Refused(Refusal.UNREADABLE, f"a part of more than {most} bytes: {name[:60]}")
        if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
            raise Refused(Refusal.UNREADABLE, "an archive that is encrypted or packed unusually")
        try:
            with self._archive.open(info) as part:
                while block := part.read(BLOCK):
                    yield block
        except BROKEN as error:
            raise _broken(error) from error


def _check_directory(stream: BinaryIO) -> None:
    """The list of parts is read as a whole: how long it is, is asked before."""
    size = stream.seek(0, 2)
    stream.seek(max(size - END_SIZE - LARGE_END_SIZE - LONGEST_COMMENT, 0))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise Refused(Refusal.UNREADABLE, "an archive that is cut off")
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    large = tail[max(at - LARGE_END_SIZE, 0) : at].startswith(LARGE_END)
    if large or directory > LARGEST_DIRECTORY:
        raise Refused(Refusal.UNREADABLE, "an archive with too many parts")


def _broken(error: Exception) -> Refused:
    return Refused(Refusal.UNREADABLE, f"a broken archive: {error}")
