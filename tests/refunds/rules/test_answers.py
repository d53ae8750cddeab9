import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.rules.totals import Refused
from refunds.rules import answers, debits
from refunds.rules.answers import Answer, Answers, Code, Fault, Outcome
from registry.rules.encoding import Refusal
from tests.payments.rules.files import tried
from tests.payments.rules.test_camt053 import BOMB, HEAD, TAIL, statement

PAID, BOUNCED, PARTLY = Outcome
D = date


def read(content: str | bytes) -> Answers:
    data = content if isinstance(content, bytes) else content.encode()
    return answers.read(io.BytesIO(data), "answer")


def transfer(key="K1", amount="", more="") -> str:
    sum_ = f'<Amt Ccy="KZT">{amount}</Amt>' if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs>{sum_}{more}</TxDtls>"


def entry(
    *transfers: str,
    amount: str = "46750.00",
    direction: str = "DBIT",
    on: str = "2026-11-23",
    more: str = "",
) -> str:
    return (
        f'<Ntry><Amt Ccy="KZT">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>"
        f"<NtryDtls>{''.join(transfers)}</NtryDtls></Ntry>"
    )


ONE = Answer("K1", PAID, D(2026, 11, 23), Decimal("46750.00"), "", 1)
BACK = ONE._replace(outcome=BOUNCED)
RETURN = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>счёт закрыт</AddtlInf></RtrInf>"
FAMILY = (
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{}</SubFmlyCd></Fmly></Domn></BkTxCd>"
)

ENTRIES = {
    "a debit": ([entry(transfer())], [ONE]),
    "a debit of several": (
        [entry(transfer("K1", "46000.00"), transfer("K2", "750"))],
        [
            ONE._replace(amount=Decimal("46000.00")),
            ONE._replace(key="K2", amount=Decimal("750.00")),
        ],
    ),
    "sums in details": (
        [
            entry(
                transfer("K1", more='<AmtDtls><TxAmt><Amt Ccy="KZT">1</Amt></TxAmt></AmtDtls>'),
                transfer("K2", "2"),
            )
        ],
        [ONE._replace(amount=Decimal("1.00")), ONE._replace(key="K2", amount=Decimal("2.00"))],
    ),
    "a debit that is a reversal": ([entry(transfer(), more="<RvslInd>true</RvslInd>")], [BACK]),
    "no reversal": ([entry(transfer(), more="<RvslInd>false</RvslInd>")], [ONE]),
    "a return with its reason": (
        [entry(transfer(more=RETURN))],
        [BACK._replace(text="счёт закрыт")],
    ),
    "the code of a return": ([entry(transfer(), more=FAMILY.format("RRTN"))], [BACK]),
    "the code of a transfer": ([entry(transfer(), more=FAMILY.format("DMCT"))], [ONE]),
    "a credit with the key": ([entry(transfer(), direction="CRDT")], [BACK]),
    "a credit among debits": (
        [entry(transfer("K1", "1"), transfer("K2", "2", "<CdtDbtInd>CRDT</CdtDbtInd>"))],
        [
            ONE._replace(amount=Decimal("1.00")),
            BACK._replace(key="K2", amount=Decimal("2.00")),
        ],
    ),
    "a debit that came back": (
        [entry(transfer()), entry(transfer(), direction="CRDT", on="2026-11-25")],
        [BACK._replace(on=D(2026, 11, 25), where=2)],
    ),
    "a debit that came back, told the other way round": (
        [entry(transfer(), direction="CRDT"), entry(transfer())],
        [BACK],
    ),
    "a debit of which a part came back": (
        [entry(transfer()), entry(transfer(), direction="CRDT", amount="750.50")],
        [ONE._replace(outcome=PARTLY, amount=Decimal("45999.50"), where=2)],
    ),
    "what is not booked yet": ([entry(transfer()).replace("BOOK", "PDNG")], []),
    "a debit of somebody else": ([entry(transfer("NOTPROVIDED")), entry()], []),
    "a moment": (
        [entry(transfer()).replace("<Dt>2026-11-23</Dt>", "<DtTm>2026-11-23T10:00:00</DtTm>")],
        [ONE],
    ),
}


@pytest.mark.parametrize(("entries", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_an_entry_says_what_became_of_a_payout(entries, expected):
    found = read(statement(*entries))
    assert (found.rows, found.faults) == (tuple(expected), ())


FAULTY = {
    "no sum": (entry(transfer(), amount=""), [(Code.BAD_SUM, 1, "")]),
    "nothing": (entry(transfer(), amount="0.00"), [(Code.BAD_SUM, 1, "0.00")]),
    "another currency": (entry(transfer()).replace("KZT", "USD"), [(Code.BAD_SUM, 1, "")]),
    "a transfer of several without its sum": (
        entry(transfer("K1"), transfer("K2")),
        [(Code.BAD_SUM, 1, ""), (Code.BAD_SUM, 1, "")],
    ),
    "a day that is none": (
        entry(transfer(), on="2026-02-30"),
        [(Code.BAD_DATE, 1, "2026-02-30")],
    ),
    "neither debit nor credit": (entry(transfer(), direction="X"), [(Code.BAD_ROW, 1, "X")]),
    "a long key": (entry(transfer("K" * 61)), [(Code.BAD_KEY, 1, "K" * 60)]),
    "paid twice": (
        entry(transfer("K1", "1"), transfer("K1", "1")),
        [(Code.CONTRADICTION, 1, "K1"), (Code.CONTRADICTION, 1, "K1")],
    ),
    "more came back than was paid": (
        entry(transfer("K1", "1"), transfer("K1", "2", RETURN)),
        [(Code.CONTRADICTION, 1, "K1"), (Code.CONTRADICTION, 1, "K1")],
    ),
    "paid, and something unreadable": (
        entry(transfer("K1", "1"), transfer("K1", "x", RETURN)),
        [(Code.BAD_SUM, 1, "x")],
    ),
}


@pytest.mark.parametrize(("faulty", "expected"), FAULTY.values(), ids=FAULTY)
def test_what_cannot_be_read_is_said_and_the_others_count(faulty, expected):
    found = read(statement(faulty, entry(transfer("K9"))))
    assert found.rows == (ONE._replace(key="K9", where=2),)
    assert list(found.faults) == expected


def test_the_debits_of_a_statement_are_all_that_are_booked():
    found = read(
        statement(
            entry(transfer(), amount="1.50"),
            entry(amount="2,25"),
            entry(transfer("K3"), amount="4", direction="CRDT"),
            entry(amount="8").replace("BOOK", "PDNG"),
        )
    )
    assert found.debits == Decimal("3.75")
    assert not found.balances
    assert read(statement()).debits == Decimal()
    assert read(statement(entry(amount="x")))[2:] == (None, False)


OTHERS = "a debit of somebody else"
BALANCED = {
    "paid": ([entry(transfer())], "46750.00"),
    "a debit that came back": ([entry(transfer()), entry(transfer(), direction="CRDT")], "0.00"),
    "a debit that is a return": ([entry(transfer(more=RETURN))], "0.00"),
    "a part that came back": (
        [entry(transfer()), entry(transfer(), direction="CRDT", amount="750.50")],
        "45999.50",
    ),
    "what was debited earlier and came back": (
        [entry(transfer(), direction="CRDT"), entry(transfer("K2"), amount="5")],
        "5.00",
    ),
    "one of several": (
        [
            entry(transfer("K1", "46000"), transfer("K2", "750")),
            entry(transfer("K2"), direction="CRDT", amount="750"),
        ],
        "46000.00",
    ),
    OTHERS: ([entry(transfer()), entry(amount="5")], "46755.00"),
}


@pytest.mark.parametrize(("entries", "expected"), BALANCED.values(), ids=BALANCED)
def test_what_came_back_in_the_same_statement_is_no_debit_of_it(entries, expected):
    found = read(statement(*entries))
    assert found.debits == Decimal(expected)
    assert found.balances == (entries is not BALANCED[OTHERS][0])


REFUSED = {
    "cut off": (statement(entry(transfer()))[:-5], "broken XML"),
    "another document": ("<Document/>", "no bank statement"),
    "entities in entities": (
        statement(entry(transfer("&e8;"))).replace("<Document", BOMB + "<Document"),
        "document type",
    ),
    "endless nesting": (HEAD + "<a>" * 100_000, "endless nesting"),
    "an endless text": (statement(entry(transfer("R" * 100_000))), "an endless text"),
    "words": ("answer", "neither"),
    "another list": ("key;outcome\nK1;paid\n", "neither"),
    "an endless line": ("key;outcome;date\n" + "K" * 100_000, "a line of more than"),
    "no text": (b"key;outcome;date\nK1;\0", "NUL"),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_is_refused(content, why):
    with pytest.raises(Refused, match=why) as refused:
        read(content)
    assert refused.value.code == Refusal.UNREADABLE


def test_nothing_is_refused_as_empty():
    with pytest.raises(Refused) as refused:
        read("\n")
    assert refused.value.code == Refusal.EMPTY


@pytest.mark.parametrize(
    "content",
    [
        statement(entry(*[transfer(f"K{at}", "1") for at in range(4)])),
        statement(*[entry(transfer(f"K{at}")) for at in range(4)]),
    ],
)
def test_a_statement_has_no_more_transfers_than_an_order(monkeypatch, content):
    monkeypatch.setattr(debits, "MOST_TRANSFERS", 3)
    with pytest.raises(Refused, match="more than 3 transfers"):
        read(content)


def test_a_list_has_no_more_rows_than_an_order(monkeypatch):
    monkeypatch.setattr(answers, "MOST_ROWS", 1)
    with pytest.raises(Refused, match="more than 1 answers"):
        read(listed("K1;paid;2026-11-23;", "K2;paid;2026-11-23;"))


def test_texts_of_a_statement_are_cut():
    found = read(statement(entry(transfer(), more=f"<AddtlNtryInf>{'x' * 300}</AddtlNtryInf>")))
    assert found.rows == (ONE._replace(text="x" * 255),)


def listed(*rows: str, heading: str = "key;outcome;date;text") -> str:
    return "\n".join((heading, *rows, ""))


ROW = Answer("K1", PAID, D(2026, 11, 23), None, "", 2)
ROWS = {
    "paid": ("key;outcome;date;text", "K1;paid;2026-11-23;", ROW),
    "bounced with a text": (
        "key;outcome;date;text",
        "K1;bounced;23.11.2026;счёт закрыт",
        ROW._replace(outcome=BOUNCED, text="счёт закрыт"),
    ),
    "partly, with a comma": (
        "key;outcome;date;text;amount",
        "K1;PARTLY;20261123;;1 000,5",
        ROW._replace(outcome=PARTLY, amount=Decimal("1000.50")),
    ),
    "no texts": ("outcome;key;date", "paid;K1;2026-11-23", ROW),
    "another column": ("key;x;outcome;date", "K1;?;paid;2026-11-23", ROW),
    "in Russian": (
        "Ключ выплаты;Исход;Дата;Примечание;Сумма",
        "K1;Частично;23.11.2026;долг;5.00",
        ROW._replace(outcome=PARTLY, amount=Decimal("5.00"), text="долг"),
    ),
    "in Kazakh": (
        "Төлем кілті;Нәтиже;Күні;Мәтін;Сомасы",
        "K1;қайтарылды;23.11.2026;шот жабық;",
        ROW._replace(outcome=BOUNCED, text="шот жабық"),
    ),
    "with commas": (
        "key,outcome,date,amount",
        'K1,paid,2026-11-23,"5,00"',
        ROW._replace(amount=Decimal("5.00")),
    ),
    "not a formula": (
        "key;outcome;date;text",
        "'=K1;paid;2026-11-23;'-1",
        ROW._replace(key="=K1", text="-1"),
    ),
    "a long text": (
        "key;outcome;date;text",
        f"K1;paid;2026-11-23;{'x' * 300}",
        ROW._replace(text="x" * 255),
    ),
}


@pytest.mark.parametrize(("heading", "row", "expected"), ROWS.values(), ids=ROWS)
def test_a_row_says_what_became_of_a_payout(heading, row, expected):
    assert read(listed(row, heading=heading)) == Answers((expected,), (), None, balances=True)


@pytest.mark.parametrize("word", [word for words in answers.OUTCOMES.values() for word in words])
def test_every_word_for_an_outcome(word):
    found = read(listed(f"K1;{word.upper()};2026-11-23;;5", heading="key;outcome;date;text;amount"))
    (outcome,) = (one for one, words in answers.OUTCOMES.items() if word in words)
    assert found.rows == (ROW._replace(outcome=outcome, amount=Decimal("5.00")),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_list_is_read_in_its_encoding(encoding):
    text = "ключ;исход;дата;текст\r\nВ-1;выплачено;23.11.2026;всё\r\n"
    assert read(text.encode(encoding)).rows == (ROW._replace(key="В-1", text="всё"),)


BAD = [
    ("K1;paid", (Code.BAD_ROW, 2, "K1;paid")),
    (";paid;2026-11-23;;", (Code.BAD_KEY, 2, "")),
    (f"{'K' * 61};paid;2026-11-23;;", (Code.BAD_KEY, 2, "K" * 60)),
    ("K1;lost;2026-11-23;;", (Code.BAD_OUTCOME, 2, "lost")),
    ("K1;;2026-11-23;;", (Code.BAD_OUTCOME, 2, "")),
    ("K1;paid;2026-02-30;;", (Code.BAD_DATE, 2, "2026-02-30")),
    ("K1;paid;1999-01-01;;", (Code.BAD_DATE, 2, "1999-01-01")),
    ("K1;partly;2026-11-23;;", (Code.NO_SUM, 2, "K1;partly;2026-11-23;;")),
    ("K1;partly;2026-11-23;;0", (Code.BAD_SUM, 2, "0")),
    ("K1;paid;2026-11-23;;-5,00", (Code.BAD_SUM, 2, "-5,00")),
    ("K1;paid;2026-11-23;;five", (Code.BAD_SUM, 2, "five")),
]


@pytest.mark.parametrize(("row", "expected"), BAD)
def test_a_row_that_cannot_be_read_is_said_and_the_others_count(row, expected):
    found = read(
        listed(row, "", " ; ;", "K9;paid;2026-11-23;;", heading="key;outcome;date;text;amount")
    )
    assert found == Answers((ROW._replace(key="K9", where=5),), (Fault(*expected),), None, True)


def test_what_is_said_twice_counts_once():
    found = read(listed("K1;paid;2026-11-23;", "K1;paid;2026-11-23;again"))
    assert found == Answers((ROW,), (), None, balances=True)


def test_rows_that_contradict_each_other_count_nothing():
    rows = ["K1;paid;2026-11-23;", "K2;paid;2026-11-23;", "K1;bounced;2026-11-23;"]
    found = read(listed(*rows, "K1;paid;2026-11-23;"))
    assert found == Answers(
        (ROW._replace(key="K2", where=3),),
        tuple(Fault(Code.CONTRADICTION, line, "K1") for line in (2, 4, 5)),
        None,
        balances=True,
    )


@pytest.mark.parametrize(
    ("row", "whole"),
    [
        ("K1;paid;2026-11-23;8400,00", True),
        ("K1;paid;2026-11-23;", True),
        ("K1;paid;2026-11-23;84", False),
        ("K1;paid;2026-11-23;8400,0", False),
    ],
)
def test_a_sum_that_was_cut_off_is_none(row, whole):
    heading = "key;outcome;date;amount\n"
    assert len(read(heading + row).rows) == whole
    assert len(read(heading + row).faults) == (not whole)
    assert len(read(heading + row + "\n").rows) == 1


BYTES = st.binary(max_size=60)
STARTS = st.sampled_from(
    [
        b"",
        listed("K1;paid;2026-11-23;").encode(),
        listed("K1;paid;2026-11-23;").encode("utf-16"),
        statement(entry(transfer()))[:-60].encode(),
        (HEAD + TAIL).encode(),
    ]
)


@settings(max_examples=300)
@given(STARTS, BYTES)
def test_any_bytes_are_answers_or_refused(start, data):
    found = tried(read, start + data)
    refused = found in (Refusal.UNREADABLE, Refusal.EMPTY)
    assert refused or len({row.key for row in found.rows}) == len(found.rows)
