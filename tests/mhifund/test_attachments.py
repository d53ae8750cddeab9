"""What others made goes out as bytes to keep, and its name does no harm."""

import io

import pytest

from mhifund.attachments import attachment


def test_a_browser_keeps_it_and_neither_opens_nor_guesses_nor_remembers_it():
    answer = attachment(io.BytesIO(b"<script>"), "x.html", 8)
    assert b"".join(answer.streaming_content) == b"<script>"
    assert dict(answer.headers) == {
        "Content-Disposition": 'attachment; filename="x.html"',
        "Content-Type": "application/octet-stream",
        "Content-Length": "8",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a b.pdf", 'filename="a b.pdf"'),
        ('a"b;c.pdf', r'filename="a\"b;c.pdf"'),
        ("Өтініш.pdf", "filename*=utf-8''%D3%A8%D1%82%D1%96%D0%BD%D1%96%D1%88.pdf"),
        ("a\r\nSet-Cookie: b.pdf", 'filename="a__Set-Cookie: b.pdf"'),
        ("../..\\x.pdf", 'filename=".._.._x.pdf"'),
        ("\u202efdp.exe", 'filename="_fdp.exe"'),
        ("\ud800\0.pdf", 'filename="__.pdf"'),
        ("", 'filename="_"'),
        ("x" * 300 + ".pdf", f'filename="{"x" * 196}.pdf"'),
    ],
)
def test_a_name_has_any_letters_and_does_no_harm(name, written):
    answer = attachment(io.BytesIO(), name, 0)
    assert answer["Content-Disposition"] == f"attachment; {written}"


def test_a_stream_that_cannot_tell_its_length_has_the_one_that_was_kept():
    class Pipe:
        def read(self, size=-1):
            return b""

    assert attachment(Pipe(), "x.pdf", 5)["Content-Length"] == "5"
