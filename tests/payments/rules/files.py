"""Registers as texts and workbooks, and what is read from them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from xml.sax.saxutils import escape

import xlsxwriter
from hypothesis import strategies as st

from payments.rules import formats
from payments.rules.camt053 import Statement
from payments.rules.columns import COLUMNS
from payments.rules.items import Item, Message
from payments.rules.totals import Difference, Refusal, Refused, Totals

Result = TypeVar("Result")

SAMPLES = Path(__file__).parents[1] / "samples"
HEADING = [column.name for column in COLUMNS]
ROW = (
    "R1;1;77;05.08.2026;06.08.2026;122;990140000007;ТОО ҮЛГІ;990101300003;ИВАНОВ;ИВАН;ИВАНОВИЧ;"
    "01.01.1999;072026;4250,00"
)
BREAKS = "\r\n"


class Read(NamedTuple):
    format: str
    encoding: str
    items: list[Item]
    messages: list[Message]
    differences: list[Difference]
    totals: Totals


def read(data: bytes, name: str = "register") -> Read:
    reading = formats.read(io.BytesIO(data), name)
    if isinstance(reading, Statement):
        raise Refused(Refusal.UNREADABLE, "a statement")
    items: list[Item] = []
    messages: list[Message] = []
    for batch in reading:
        items += batch.items
        messages += batch.messages
    return Read(
        reading.format,
        reading.encoding,
        items,
        sorted(messages),
        list(reading.differences),
        reading.totals,
    )


def tried(reader: Callable[[bytes], Result], data: bytes) -> Result | Refusal:
    """What is read, or the code of the refusal."""
    try:
        return reader(data)
    except Refused as refused:
        return Refusal(refused.code)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def row(**cells: str) -> list[str]:
    """A row of a list, usual but for the named cells."""
    usual = dict(zip(HEADING, ROW.split(";"), strict=True))
    return list((usual | cells).values())


def listed(
    rows: Sequence[Sequence[str]],
    *,
    total: str | None = None,
    heading: Sequence[str] = HEADING,
    separator: str = ";",
) -> bytes:
    """A list with separators; without `total` its last row is missing."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=BREAKS)
    writer.writerow(heading)
    writer.writerows(rows)
    if total is not None:
        writer.writerow(["ИТОГО", len(rows), *[""] * (len(heading) - 3), total])
    return text.getvalue().encode()


def workbook(rows: Iterable[Sequence[Any]], **options: Any) -> bytes:
    """Cells of any kind on the first sheet."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, **options})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif hasattr(cell, "year"):
                sheet.write_datetime(number, place, cell, day)
            elif cell is not None:
                sheet.write(number, place, cell)
    book.close()
    return data.getvalue()


PARTS = {
    "_rels/.rels": '<Relationships><Relationship Type="/officeDocument" Target="w.xml"/>'
    "</Relationships>",
    "w.xml": '<workbook><sheets><sheet r:id="1"/></sheets></workbook>',
    "_rels/w.xml.rels": '<Relationships><Relationship Id="1" Type="/worksheet" Target="s.xml"/>'
    "</Relationships>",
}


def plain_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """The least that is a workbook, all its cells texts; made much faster than a real one."""
    lines = (
        "".join(f'<c t="inlineStr"><is><t>{_escaped(cell)}</t></is></c>' for cell in cells)
        for cells in rows
    )
    sheet = "".join(f"<row>{line}</row>" for line in lines)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr("s.xml", f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")
    return data.getvalue()


def _escaped(text: str) -> str:
    """What XML cannot have is written as Excel writes it."""
    escaped = "".join(f"_x{ord(c):04X}_" if c < " " else c for c in text.replace("_x", "_x005F_x"))
    return escape(escaped)


def message(*items: str, head: Sequence[str] = (), tail: Sequence[str] = ()) -> bytes:
    """One MT102 message with the lines of its items."""
    usual = (
        "{1:F01K059470000000010066410}",
        "{2:I102SGROSS000000U3003}",
        "{4:",
        ":20:R1",
        ":50:/D/KZ31601A000000000001",
        "/NAME/ТОО ҮЛГІ",
        "/IDN/990140000007",
        ":52B:HSBKKZKX",
        ":57B:GCVPKZ2A",
        ":59:KZ92009MEDS368609103",
        "/NAME/НАО",
        "/IDN/160440007161",
        ":70:/NUM/77",
        "/DATE/241120",
        "/KNP/122",
        "/PERIOD/102024",
    )
    lines = [*(head or usual), *items, *(tail or (":32A:241121KZT4250,00", "-}"))]
    return (BREAKS.join(lines) + BREAKS).encode()


def item(**lines: str | None) -> str:
    """The lines of an MT102 item, usual but for the named tags; None leaves a tag out."""
    usual: dict[str, str | None] = {
        "number": ":21:1",
        "sum": ":32B:KZT4250,00",
        "last": ":70:/FM/ИВАНОВ",
        "first": "/NM/ИВАН",
        "middle": "/FT/ИВАНОВИЧ",
        "born": "/DT/19990101",
        "iin": "/IDN/990101300003",
        "period": "/PERIOD/102024",
    }
    return BREAKS.join(line for line in (usual | lines).values() if line is not None)


def texts(without: str = "") -> st.SearchStrategy[str]:
    """Anything that a file can hold."""
    letters = st.characters(
        exclude_categories=("Cs",), exclude_characters="\0\ufffe\uffff" + without
    )
    return st.text(letters, max_size=20)
