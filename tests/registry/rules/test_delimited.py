"""Rows of a list with their physical lines."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.delimited import Rows, heading
from registry.rules.encoding import Source


def read(text):
    source = Source(io.BytesIO(text.encode()))
    return [
        (line, cells)
        for block in Rows(source, heading(source, (";",), bool))
        for line, cells, _raw in block
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a;b\n1;2\n3;4\n", [(2, ["1", "2"]), (3, ["3", "4"])], id="plain"),
        pytest.param("a;b\r\n1;2\r\n3;4", [(2, ["1", "2"]), (3, ["3", "4"])], id="no last end"),
        pytest.param("a;b\r1;2\r3;4\r", [(2, ["1", "2"]), (3, ["3", "4"])], id="old Macintosh"),
        pytest.param("\n\na;b\n\n1;2\n", [(5, ["1", "2"])], id="blank lines count"),
        pytest.param('a;b\n"1;x";2\n3;4\n', [(2, ["1;x", "2"]), (3, ["3", "4"])], id="quoted"),
        pytest.param('a;b\n"1\nx\n";2\n3;4\n', [(2, ["1\nx\n", "2"]), (5, ["3", "4"])], id="long"),
        pytest.param('a;b\n"1""x";2\n', [(2, ['1"x', "2"])], id="a quote in quotes"),
        pytest.param('a;b\nЖШС "Ай;2\n3;4\n', [(2, ['ЖШС "Ай', "2"]), (3, ["3", "4"])], id="stray"),
        pytest.param(
            'a;b\n"Ай;2\n3;4\n5;6\n',
            [(2, ['"Ай', "2"]), (3, ["3", "4"]), (4, ["5", "6"])],
            id="a quote that is never closed takes no other row along",
        ),
        pytest.param("a;b\n", [], id="the heading alone"),
    ],
)
def test_rows_have_the_line_they_begin_in(text, expected):
    assert read(text) == expected


@given(st.lists(st.lists(st.text("ab \"'", max_size=3), min_size=2, max_size=2), max_size=8))
def test_stray_quotes_lose_no_row(rows):
    text = "a;b\n" + "".join(";".join(row) + "\n" for row in rows)
    found = read(text)
    lines = [line for line, _cells in found]
    assert lines == sorted(set(lines))
    assert len(found) >= len([row for row in rows if '"' not in "".join(row)])
