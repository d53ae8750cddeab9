"""Pages to print: what they say is read back from them."""

import io

import pytest
from django.utils import translation
from pypdf import PdfReader

from mhifund.pdf import pdf

SAID = {
    "office": "Қор",
    "title": "ӘҒҚҢӨҰҮҺІ әғқңөұүһі Ёё № «»",
    "printed": "Басылды",
    "page": "{page}/{pages}",
    "heads": ["Деңгей", "Саны", "Сомасы"],
    "rows": [["Банк", "2", "1 000,00"]],
    "last": [["Айырма", "", "0,00"]],
    "by_reference": "Референстер",
    "more": "",
    "reference_heads": [
        "Референс",
        "Банк",
        "Тізілімдер",
        "Өткізілді",
        "Қалды",
        "Қайтарылды",
        "Айырма",
    ],
    "references": [],
    "total": ["Барлығы", "1", "1", "1", "0", "0", "0"],
}


def printed(**said):
    """The texts of the pages."""
    with translation.override("kk"):
        content = pdf("balance", SAID | said)
    pages = PdfReader(io.BytesIO(content)).pages
    return [page.extract_text() for page in pages]


def references(count):
    return [[f"R{number}", *["1,00"] * 6] for number in range(count)]


def test_a_page_says_what_it_was_told_with_every_letter():
    (text,) = printed()
    assert text.splitlines() == [
        "Қор",
        "ӘҒҚҢӨҰҮҺІ әғқңөұүһі Ёё № «»",
        "Деңгей Саны Сомасы",
        "Банк 2 1 000,00",
        "Айырма 0,00",
        "Басылды 1/1",
    ]


def test_a_long_table_repeats_its_heads_and_every_page_has_its_number():
    pages = printed(references=references(120))
    assert len(pages) == 3
    assert [
        "Референс Банк Тізілімдер Өткізілді Қалды Қайтарылды Айырма" in text for text in pages
    ] == [True] * 3
    assert [text.splitlines()[-1] for text in pages] == [
        "Басылды 1/3",
        "Басылды 2/3",
        "Басылды 3/3",
    ]
    assert "Барлығы 1 1 1 0 0" in pages[-1]


HOSTILE = (
    "#panic()",
    "$x^2$ *b* _i_",
    "<b>&amp;</b>",
    "= Title @ref // no",
    '#import "@preview/x:1.0.0"',
    "\\u{41}`raw`[]",
    "{page}~---",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_is_told_is_markup(hostile):
    rows = [[hostile, "1", "1"]]
    (text,) = printed(title=hostile, rows=rows)
    assert text.splitlines()[1] == hostile
    assert text.splitlines()[3] == f"{hostile} 1 1"


def test_a_long_word_is_broken_rather_than_cut_off():
    (text,) = printed(references=[["R" * 60, *["9 999 999 999,00"] * 6]])
    pieces = [line for line in text.splitlines() if set(line) == {"R"}]
    assert len(pieces) > 1
    assert "".join(pieces) == "R" * 60


def test_a_long_double_word_is_broken_after_its_hyphen():
    (text,) = printed(references=[["R" * 20 + "-" + "S" * 20, *["9 999 999 999,00"] * 6]])
    lines = text.splitlines()
    at = lines.index("R" * 20 + "-")
    assert lines[at + 1].startswith("S" * 20)
