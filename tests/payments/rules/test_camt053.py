import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules import camt053
from payments.rules.totals import Entry, Refusal, Refused
from registry.rules.encoding import Source
from tests.payments.rules.files import sample, tried

DAY = date(2026, 11, 13)
ENTRY = (
    '<Ntry><NtryRef>R1</NtryRef><Amt Ccy="KZT">19680.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-13</Dt></BookgDt>"
    "<AcctSvcrRef>A1</AcctSvcrRef></Ntry>"
)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-20T06:00:00</CreDtTm></GrpHdr>"
)
TAIL = "</BkToCstmrStmt></Document>"


def statement(*entries: str, head: str = "<Id>1</Id>") -> str:
    return f"{HEAD}<Stmt>{head}{''.join(entries)}</Stmt>{TAIL}"


def read(text: str | bytes) -> camt053.Statement:
    return camt053.read(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def test_a_statement_is_read_as_it_stands_there():
    found = read(sample("statement.camt053.xml"))
    day = date(2026, 11, 6)
    assert sorted(found.entries) == [
        Entry("GCVP26110600001", 360000, day, True),
        Entry("GCVP26110600002", 840000, day, True),
        Entry("GCVP26110600003", 560000, day, True),
        Entry("GCVP26110600004", 425000, day, True),
        Entry("GCVP26110600005", 360000, day, True),
    ]
    assert found.days == {day}


USUAL = Entry("R1", 1968000, DAY, True)
ENTRIES = {
    "usual": (ENTRY, USUAL),
    "no reference of its own": (
        ENTRY.replace("<NtryRef>R1</NtryRef>", ""),
        USUAL._replace(reference="A1"),
    ),
    "an empty reference": (ENTRY.replace("R1", " "), USUAL._replace(reference="A1")),
    "a reference from end to end": (
        ENTRY.replace("<NtryRef>R1</NtryRef>", "").replace(
            "<AcctSvcrRef>A1</AcctSvcrRef>",
            "<NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs></TxDtls></NtryDtls>",
        ),
        USUAL._replace(reference="E1"),
    ),
    "spaces": (ENTRY.replace("><", ">\n <").replace("R1", " R1 "), USUAL),
    "a debit": (ENTRY.replace("CRDT", "DBIT"), USUAL._replace(credit=False)),
    "a moment": (
        ENTRY.replace("<Dt>2026-11-13</Dt>", "<DtTm>2026-11-13T23:59:59+05:00</DtTm>"),
        USUAL,
    ),
    "a day of value": (ENTRY.replace("BookgDt", "ValDt"), USUAL),
    "an older edition": (ENTRY.replace("<Cd>BOOK</Cd>", "BOOK"), USUAL),
    "no state": (ENTRY.replace("<Sts><Cd>BOOK</Cd></Sts>", ""), USUAL),
    "sums of its parts": (
        ENTRY.replace(
            "</Ntry>",
            '<NtryDtls><TxDtls><Amt Ccy="USD">5</Amt><AmtDtls><TxAmt><Amt Ccy="KZT">7</Amt></TxAmt>'
            "</AmtDtls></TxDtls></NtryDtls></Ntry>",
        ),
        USUAL,
    ),
    "a tenge": (ENTRY.replace("19680.00", "1"), USUAL._replace(amount=100)),
}


@pytest.mark.parametrize(("entry", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_an_entry_says_what_was_booked(entry, expected):
    assert read(statement(entry)).entries == [expected]


@pytest.mark.parametrize("state", ["PDNG", "INFO"])
@pytest.mark.parametrize("written", ["<Cd>{}</Cd>", "{}"])
def test_what_is_not_booked_yet_is_no_entry(state, written):
    entry = ENTRY.replace("<Cd>BOOK</Cd>", written.format(state))
    assert read(statement(entry)).entries == []


def on(day: str) -> str:
    return ENTRY.replace("2026-11-13", day)


def days(first: date, last: date) -> set[date]:
    return {first + timedelta(at) for at in range((last - first).days + 1)}


SPAN = "<FrToDt><FrDtTm>2026-11-01T00:00:00</FrDtTm><ToDtTm>2026-11-03T23:59:59</ToDtTm></FrToDt>"
COVERED = {
    "the day of its entry": (statement(ENTRY), {DAY}),
    "all days between its entries": (
        statement(on("2026-11-13"), on("2026-11-10")),
        days(date(2026, 11, 10), DAY),
    ),
    "its period": (statement(head=SPAN), days(date(2026, 11, 1), date(2026, 11, 3))),
    "its period and its entries": (
        statement(on("2026-11-05"), head=SPAN),
        days(date(2026, 11, 1), date(2026, 11, 5)),
    ),
    "nothing happened on the day it was made": (statement(), {date(2026, 11, 20)}),
    "it was itself made on a day": (
        statement(head="<CreDtTm>2026-11-19T06:00:00</CreDtTm>"),
        {date(2026, 11, 19)},
    ),
    "the days of its entries alone when they are years apart": (
        statement(on("2026-11-13"), on("2020-11-13")),
        {DAY, date(2020, 11, 13)},
    ),
    "each of two for itself": (
        f"{HEAD}<Stmt>{on('2026-11-13')}</Stmt><Stmt>{on('2026-11-16')}</Stmt>{TAIL}",
        {DAY, date(2026, 11, 16)},
    ),
    "an entry on paper only": (
        statement(ENTRY.replace("BOOK", "PDNG"), on("2026-11-12")),
        {date(2026, 11, 12)},
    ),
}


@pytest.mark.parametrize(("text", "expected"), COVERED.values(), ids=COVERED)
def test_a_statement_covers_its_days_without_a_gap(text, expected):
    assert read(text).days == expected


BOMB = (
    "<!DOCTYPE a ["
    + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10 if level else "x" * 1000}">'
        for level in range(9)
    )
    + "]>"
)
REFUSED = {
    "nothing": (
        "",
        "broken XML",
    ),
    "words": (
        "register",
        "broken XML",
    ),
    "cut off": (
        statement(ENTRY)[:-5],
        "broken XML",
    ),
    "not closed": (
        statement(ENTRY).replace("</Stmt>", ""),
        "broken XML",
    ),
    "another document": (
        "<Document><CstmrCdtTrfInitn/></Document>",
        "no bank statement",
    ),
    "a page": (
        "<html><body>404</body></html>",
        "no bank statement",
    ),
    "a document type": (
        statement(ENTRY).replace("<Document", "<!DOCTYPE Document><Document"),
        "document type",
    ),
    "entities in entities": (
        statement(ENTRY.replace("R1", "&e8;")).replace("<Document", BOMB + "<Document"),
        "document type",
    ),
    "a file of the machine": (
        statement(ENTRY.replace("R1", "&e;")).replace(
            "<Document", '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document'
        ),
        "document type",
    ),
    "an unknown entity": (
        statement(ENTRY.replace("R1", "&e;")),
        "broken XML",
    ),
    "endless nesting": (
        HEAD + "<a>" * 100_000,
        "endless nesting",
    ),
    "an endless tag": (
        HEAD + '<a b="' + "x" * 3_000_000,
        "a tag without end",
    ),
    "an endless text": (
        statement(ENTRY.replace("R1", "R" * 100_000)),
        "an endless text",
    ),
    "a long reference": (
        statement(ENTRY.replace("R1", "R" * 61)),
        "reference of 61",
    ),
    "another currency": (
        statement(ENTRY.replace("KZT", "USD")),
        "without a sum",
    ),
    "no currency": (
        statement(ENTRY.replace(' Ccy="KZT"', "")),
        "without a sum",
    ),
    "an unreadable sum": (
        statement(ENTRY.replace("19680.00", "19680.001")),
        "without a sum",
    ),
    "no sum": (
        statement(ENTRY.replace("19680.00", "")),
        "without a sum",
    ),
    "an unreadable day": (
        statement(ENTRY.replace("2026-11-13", "2026-02-30")),
        "or a day",
    ),
    "no day": (
        statement(ENTRY.replace("<BookgDt><Dt>2026-11-13</Dt></BookgDt>", "")),
        "or a day",
    ),
    "an unknown encoding": (
        statement(ENTRY).replace("UTF-8", "hex"),
        "broken XML",
    ),
    "an encoding that is no letters": (
        statement(ENTRY).replace("UTF-8", "big5"),
        "broken XML",
    ),
}


@pytest.mark.parametrize(("text", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_statement_is_refused(text, why):
    with pytest.raises(Refused, match=why) as refused:
        read(text)
    assert refused.value.code == Refusal.UNREADABLE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_a_statement_is_read_in_its_encoding(encoding):
    text = statement(ENTRY.replace("R1", "Р-1")).replace("UTF-8", encoding.removesuffix("-sig"))
    data = text.encode(encoding)
    assert camt053.is_statement(Source(io.BytesIO(data)))
    assert read(data).entries == [USUAL._replace(reference="Р-1")]


@pytest.mark.parametrize(
    "data", [b"", b"reference;line", b"{1:F01}", b"PK\x03\x04", b"\xff\xfea\0"]
)
def test_a_register_is_no_statement(data):
    assert not camt053.is_statement(Source(io.BytesIO(data)))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: HEAD.encode() + data))
def test_any_bytes_are_a_statement_or_refused(data):
    found = tried(read, data)
    assert found == Refusal.UNREADABLE or found.entries == []


WHOLE = sample("statement.camt053.xml")


@given(st.integers(0, len(WHOLE)), st.binary(max_size=3) | st.sampled_from([b"<", b"</Ntry>"]))
def test_a_damaged_statement_is_read_or_refused(at, damage):
    found = tried(read, WHOLE[:at] + damage + WHOLE[at + 1 :])
    assert found == Refusal.UNREADABLE or len(found.entries) <= 5
