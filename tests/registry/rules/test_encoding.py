"""Bytes as text, whatever they were written in."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules import encoding
from registry.rules.encoding import (
    AT_ONCE,
    BLOCK,
    LONGEST_LINE,
    Refusal,
    Refused,
    Source,
    encoded,
    lines,
)

TEXT = "iin;last_name\r\n660722369158;ҒАББАСОВА ӘҢҮҰҚӨҺІ\r\n"
LEGACY = "iin;last_name\r\n660722369158;ЄАББАСОВА ЈЅЇЎЌҐЋІ\r\n"


def read(data):
    return "".join(Source(io.BytesIO(data)).blocks())


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        pytest.param(TEXT.encode(), "utf-8", TEXT, id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), "utf-8-sig", TEXT, id="UTF-8 with a mark"),
        pytest.param(TEXT.encode("utf-16"), "utf-16", TEXT, id="UTF-16, little end first"),
        pytest.param(
            b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16", TEXT, id="UTF-16, big end first"
        ),
        pytest.param(LEGACY.encode("cp1251"), "cp1251", LEGACY, id="Windows-1251"),
        pytest.param("ТЎРСЎН;ЄАЗИЗ".encode("cp1251"), "cp1251", "ТЎРСЎН;ЄАЗИЗ", id="short 1251"),
    ],
)
def test_the_encoding_is_found_and_read(data, encoding, text):
    assert Source(io.BytesIO(data)).encoding == encoding
    assert read(data) == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", Refusal.EMPTY, id="nothing"),
        pytest.param(b"\xef\xbb\xbf", Refusal.EMPTY, id="a mark and nothing"),
        pytest.param(b" \r\n\t\r\n", Refusal.EMPTY, id="white space"),
        pytest.param(b"iin;\0;x", Refusal.UNREADABLE, id="a NUL"),
        pytest.param("iin;x".encode("utf-16-le"), Refusal.UNREADABLE, id="UTF-16 without a mark"),
        pytest.param(b"\xff\xfe\x00\xd8A\x00", Refusal.UNREADABLE, id="half of a pair in UTF-16"),
        pytest.param(b"\xef\xbb\xbf\xff", Refusal.UNREADABLE, id="marked UTF-8 with another byte"),
        pytest.param(
            TEXT.encode().replace(b"iin", b"i\xffn"), Refusal.UNREADABLE, id="damaged UTF-8"
        ),
        pytest.param(b"x" * (LONGEST_LINE + 1), Refusal.UNREADABLE, id="a line without end"),
    ],
)
def test_what_is_no_text_is_refused(data, code):
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.code == code


def test_letters_and_line_ends_survive_the_edges_of_blocks(monkeypatch):
    monkeypatch.setattr(encoding, "BLOCK", 1 << 10)
    text = "Ғ" * 30_000 + "\r\n"
    data = (text * (2 * BLOCK // len(text.encode()) + 1)).encode()
    found = [line for some in lines(Source(io.BytesIO(data)).blocks()) for line in some]
    assert set(found) == {"Ғ" * 30_000}
    assert len(found) == data.count(b"\n")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_damaged_letters_are_seen_across_the_edges_of_blocks(monkeypatch, size):
    monkeypatch.setattr(encoding, "BLOCK", size)
    with pytest.raises(Refused, match="damaged"):
        read(TEXT.encode() + b"\xff")


@given(st.binary())
def test_any_bytes_are_text_or_refused(data):
    try:
        text = read(data)
    except Refused:
        return
    assert text.strip()
    assert "\0" not in text


def test_old_fonts_stand_in_for_letters_that_cp1251_lacks():
    written = b"".join(encoded(["ӘҢҒҮҰҚӨҺ ІЁ әң"], "cp1251"))
    assert written.decode("cp1251") == "ЈЅЄЇЎЌҐЋ ІЁ јѕ"


def test_utf_16_has_one_mark_however_many_pieces():
    pieces = list(encoded(["a" * AT_ONCE, "б"], "utf-16"))
    assert len(pieces) == 2
    assert b"".join(pieces).decode("utf-16") == "a" * AT_ONCE + "б"
