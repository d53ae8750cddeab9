import io

import pytest

from refunds.rules.documents import HEAD, TAIL, Type, type_of
from tests.refunds.documents import HTML, JPEG, PDF, PNG, TIFF, ZIP

BEGUN = PDF.removesuffix(b"%%EOF\n")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(PDF, Type.PDF, id="PDF"),
        pytest.param(b"\xef\xbb\xbf\r\n" + PDF, Type.PDF, id="PDF after a BOM and a blank line"),
        pytest.param(PDF + b"\0" * (TAIL - 6), Type.PDF, id="PDF with its end just near enough"),
        pytest.param(PDF + b"\0" * (TAIL - 5), None, id="PDF with its end too far"),
        pytest.param(BEGUN, None, id="PDF cut off"),
        pytest.param(b"MZ" + PDF, None, id="PDF after something else"),
        pytest.param(JPEG, Type.JPEG, id="JPEG"),
        pytest.param(JPEG[:-2], None, id="JPEG cut off"),
        pytest.param(PNG, Type.PNG, id="PNG"),
        pytest.param(PNG[:-1], None, id="PNG cut off"),
        pytest.param(b"\n" + PNG, None, id="PNG after a blank line"),
        pytest.param(TIFF, Type.TIFF, id="TIFF"),
        pytest.param(b"MM\0*" + TIFF[4:], Type.TIFF, id="TIFF, the other order of bytes"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"PDF", None, id="a name of a type"),
        pytest.param(ZIP, None, id="archive"),
        pytest.param(HTML, None, id="HTML"),
        pytest.param(b"MZ\x90\0", None, id="program"),
        pytest.param(b"GIF89a", None, id="GIF"),
    ],
)
def test_the_bytes_tell_the_type(content, found):
    assert type_of(io.BytesIO(content)) is found


@pytest.mark.parametrize("content", [PDF, JPEG, PNG, TIFF])
def test_what_is_an_archive_too_is_of_no_type(content):
    assert type_of(io.BytesIO(content + ZIP)) is None
    assert type_of(io.BytesIO(content + ZIP + content[-TAIL:])) is None


@pytest.mark.parametrize("markup", [HTML, b"<SCRIPT src=x>", b"<svg onload=x>", b"<Html>"])
@pytest.mark.parametrize("content", [PDF, JPEG, PNG, TIFF])
def test_what_begins_like_a_page_too_is_of_no_type(content, markup):
    inside = content[:30] + markup + content[30:]
    assert type_of(io.BytesIO(inside)) is None


def test_markup_deep_inside_is_no_page():
    assert type_of(io.BytesIO(PDF[:9] + b"0" * HEAD + HTML + PDF[9:])) is Type.PDF
