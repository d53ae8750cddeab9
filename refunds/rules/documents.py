"""What may be kept as a document: its bytes tell its type, never its name or its sender."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import BinaryIO, NamedTuple
from zipfile import is_zipfile

HEAD = 4096
TAIL = 1024


class Refusal(StrEnum):
    """Why a document is not kept, or, the last two, not given out."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    MISSING = "missing"
    DAMAGED = "damaged"


class Type(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"


class Signature(NamedTuple):
    """What a file of a type begins with, and what stands near its end."""

    type: Type
    begins: tuple[bytes, ...]
    ends: bytes


SIGNATURES = (
    Signature(Type.PDF, (b"%PDF-",), b"%%EOF"),
    Signature(Type.JPEG, (b"\xff\xd8\xff",), b"\xff\xd9"),
    Signature(Type.PNG, (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",), b"\0\0\0\0IEND\xaeB`\x82"),
    Signature(Type.TIFF, (b"II*\0", b"MM\0*"), b""),
)
BOM_AND_BLANKS = b"\xef\xbb\xbf \t\r\n"
HTML = re.compile(
    rb"<(?:!doctype|html|head|body|script|style|iframe|svg|meta|form)\b", re.IGNORECASE
)


def type_of(document: BinaryIO) -> Type | None:
    """The one type it is of; none also when a browser or an archiver could take it for theirs."""
    size = document.seek(0, os.SEEK_END)
    document.seek(0)
    head = document.read(HEAD)
    document.seek(max(0, size - TAIL))
    tail = document.read()
    if HTML.search(head) or is_zipfile(document):
        return None
    return next((of.type for of in SIGNATURES if _is(of, head, tail)), None)


def _is(signature: Signature, head: bytes, tail: bytes) -> bool:
    if signature.type is Type.PDF:
        head = head.lstrip(BOM_AND_BLANKS)
    return head.startswith(signature.begins) and signature.ends in tail
