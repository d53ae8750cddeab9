"""What each target begins with, and the words its language has."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

SAMPLES = Path("tests/payments/samples")
LISTS = Path("tests/samples")
LONGEST = 4096

SHEET = "xl/worksheets/sheet1.xml"
PARTS = {
    SHEET: "<worksheet><sheetData>{}</sheetData></worksheet>",
    "xl/sharedStrings.xml": "<sst>{}</sst>",
    "xl/styles.xml": "<styleSheet>{}</styleSheet>",
    "xl/workbook.xml": "<workbook>{}</workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships>{}</Relationships>",
}
BETWEEN = b"\xff"
"""Between the parts of a workbook: no text in UTF-8 has it."""

HEADING = "reference;line;payment_date;knp;payer_id;iin;last_name;first_name;period;amount"
ROW = "R1;1;06.08.2026;122;990140000007;990101300003;ИВАНОВ;ИВАН;072026;4250,00"
STYLES = '<numFmts><numFmt numFmtId="164" formatCode="dd.mm.yy"/></numFmts><cellXfs><xf/></cellXfs>'
BOOK = '<workbookPr date1904="1"/><sheets><sheet r:id="rId1"/></sheets>'
RELATIONS = "".join(
    f'<Relationship Id="rId{number}" Type="http://x/{kind}" Target="{target}"/>'
    for number, (kind, target) in enumerate(
        [
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        ],
        1,
    )
)


def packed(data: bytes) -> bytes:
    """A workbook of the parts between the marks; those that are missing are empty."""
    found = data.split(BETWEEN, len(PARTS) - 1)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as new:
        for name, part in zip(PARTS, found, strict=False):
            new.writestr(name, part)
    return archive.getvalue()


def samples(pattern: str) -> Iterator[bytes]:
    for path in sorted(SAMPLES.glob(pattern)):
        yield path.read_bytes()[:LONGEST]


def lists() -> Iterator[bytes]:
    yield from samples("*.csv")
    for separator in (";", ",", "\t"):
        yield f"{HEADING}\n{ROW}\nИТОГО;1;4250,00\n".replace(";", separator).encode()
    quoted = '";"'.join(ROW.split(";"))
    yield f'{HEADING}\r\n"{quoted}"\r\n'.encode("utf-16")
    yield f"{HEADING}\r\n{ROW}\r\nИТОГО;1;4250,00".encode("cp1251")


def workbook_parts() -> Iterator[bytes]:
    columns = "".join(f'<c t="s"><v>{at}</v></c>' for at in range(10))
    texts = "".join(f"<si><t>{name}</t></si>" for name in HEADING.split(";"))
    cells = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in ROW.split(";"))
    rows = f'<row r="1">{columns}</row><row>{cells}</row>'
    parts = (rows, texts, STYLES, BOOK, RELATIONS)
    yield BETWEEN.join(
        form.format(text).encode() for form, text in zip(PARTS.values(), parts, strict=True)
    )


def archives() -> Iterator[bytes]:
    for parts in workbook_parts():
        yield packed(parts)


def persons() -> Iterator[bytes]:
    yield (LISTS / "persons.csv").read_bytes()[:LONGEST]
    yield (LISTS / "persons.csv").read_bytes()[:400].decode(errors="ignore").encode("utf-16")


def categories() -> Iterator[bytes]:
    yield (LISTS / "categories.csv").read_bytes()[:LONGEST]


def applications() -> Iterator[bytes]:
    text = (LISTS / "refund_applications.json").read_text()
    first = text[: text.index("\n },")] + "\n }\n]\n"
    for encoding in ("utf-8", "utf-16", "cp1251"):
        yield first.encode(encoding, "replace")


def answers() -> Iterator[bytes]:
    yield b"key;outcome;date;text;amount\nK1;paid;2026-11-23;;\nK2;partly;23.11.2026;x;5,00\n"
    yield "ключ;исход;дата\nК-1;возвращено;23.11.2026".encode("cp1251")
    yield (
        b'<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="KZT">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        b"<RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt>"
        b'<NtryDtls><TxDtls><Refs><EndToEndId>K1</EndToEndId></Refs><Amt Ccy="KZT">1.00</Amt>'
        b"<RtrInf><AddtlInf>x</AddtlInf></RtrInf></TxDtls><TxDtls><Refs><EndToEndId>K2</EndToEndId>"
        b'</Refs><Amt Ccy="KZT">2.00</Amt></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt>'
        b"</Document>"
    )


def cells() -> Iterator[bytes]:
    for text in ("1 234,56", "20261231", "31.12.2026", "122026", "990101300003", "_x0041_", "XFD"):
        yield text.encode()


SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "mt102": lambda: samples("*.mt102.txt"),
    "sheet": lists,
    "workbook": workbook_parts,
    "package": archives,
    "camt053": lambda: samples("*.xml"),
    "persons": persons,
    "categories": categories,
    "applications": applications,
    "answers": answers,
    "values": cells,
}

ENCODINGS = ("\ufeff", "\r\n", "\r", "\n", "\0", "Ә", "\u2028", "\x85", "\x1c")
XML = (
    *("<!DOCTYPE a [", "<!ENTITY e ", "&#65;", "&amp;", "<![CDATA[", "]]>", "<!--", "-->", "/>"),
    *('<?xml version="1.0" encoding="UTF-16"?>', 'encoding="', "xmlns:a=", "a:", "</"),
)
LINES = (
    "ИТОГО",
    "итого:",
    '"',
    ";",
    ",",
    "\t",
    '";"',
    "4250,00",
    "999999999999,99",
    "-1",
    "²",
    "٣",
)

TOKENS: dict[str, tuple[str, ...]] = {
    "mt102": (
        *("{1:", "{2:", "{3:", "{4:", "{5:}", "-}", "\n-}", "\n:21:", ":20:", ":21:1", ":32B:KZT"),
        *(
            "\n:32B:KZT1,",
            ":32A:",
            ":32A:241121KZT1,-}",
            ":50:/D/",
            ":52B:",
            ":57B:",
            ":59:",
            ":70:",
        ),
        *("/FM/", "//FM/", "/NM/", "/FT/", "/DT/", "/IDN/", "/RNN/", "/PERIOD/", "/OPV/", "/NUM/"),
        *(
            "/DATE/",
            "/KNP/",
            "/ASSIGN/",
            "/NAME/",
            "/X/",
            "999999999999,",
            "2147483647",
            *ENCODINGS,
        ),
    ),
    "sheet": (*HEADING.split(";"), HEADING, ROW, *LINES, *ENCODINGS),
    "workbook": (
        *(
            "<row>",
            '<row r="2147483647">',
            '<row r="1048576">',
            "</row>",
            "<c>",
            '<c r="A1">',
            "</c>",
        ),
        *(
            't="s"',
            't="d"',
            't="b"',
            't="e"',
            't="n"',
            't="str"',
            "<v>",
            "</v>",
            "<t>",
            "</t>",
            "<is>",
        ),
        *("<si>", "</si>", "<rPh>", "</rPh>", 's="0"', "1e308", "1e15", "nan", "inf", "_x0000_"),
        *("_xD800_", "_x000A_", "<xf/>", "<numFmt ", "</sheetData>", 'date1904="1"', *XML, *LINES),
    ),
    "package": ("PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x07", "\x08\x00", "\x01\x00"),
    "camt053": (
        *("BkToCstmrStmt", "<Stmt>", "</Stmt>", "<Ntry>", "</Ntry>", '<Amt Ccy="KZT">', "<Refs>"),
        *("<CdtDbtInd>CRDT", "<BookgDt><Dt>", "2026-11-01", "<FrToDt>", "<CreDtTm>", "<Sts>", *XML),
    ),
    "persons": ("former_iin", "660722369158", "1966-07-22", "20260722", *LINES, *ENCODINGS),
    "categories": ("660722369158", "1966-07-22", "entrepreneur", *LINES, *ENCODINGS),
    "applications": (
        *('"number":', '"accepted_on":', '"lines":', '"documents":', '"applicant":', '"account":'),
        *("null", "true", "NaN", "-Infinity", "1e999", "\\u0000", "\\ud800", "[", "{", "}", "]"),
        *ENCODINGS,
    ),
    "answers": (
        *("key", "outcome", "date", "text", "amount", "paid", "bounced", "partly", "2026-11-23"),
        *("<TxDtls>", "</TxDtls>", "<EndToEndId>", "<RtrInf/>", "<RvslInd>true", "RRTN", "CRDT"),
        *(*XML, *LINES, *ENCODINGS),
    ),
    "values": ("\u2009", "\u202f", "\u2212", "\u00a0", "_x", "\0", *LINES),
}
