from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.items import Item, Message
from refunds.rules.payout_out import (
    Header,
    PayoutItem,
    copied,
    mt102,
    mt102_of,
    pain001,
    pain001_of,
)
from registry.rules import months
from tests.payments.rules.files import read

ON = date(2026, 11, 20)
AIGUL = PayoutItem(
    "2026-00001-1",
    Decimal("46750.00"),
    "961040334321",
    "ТОО «ҮЛГІ-1»",
    "KZ31601A000000000001",
    "HSBKKZKX",
    "880809499769",
    "ҒАББАСОВА",
    "АЙГҮЛ",
    "ЕРЛАНҚЫЗЫ",
    date(1988, 8, 9),
    date(2026, 10, 1),
    "121",
    "2026-00001",
    1,
)
ARMAN = AIGUL._replace(
    key="2026-00002-3",
    amount=Decimal("0.05"),
    applicant_id="910722389919",
    applicant_name="ШМИДТ АРМАН",
    iin="910722389919",
    last_name="ШМИДТ",
    first_name="АРМАН",
    middle_name="",
    birth_date=None,
    knp="122",
    application="2026-00002",
    line=3,
)


def header(*items: PayoutItem) -> Header:
    return Header("P-1", ON, sum(item.amount for item in items), len(items))


def text(write, *items: PayoutItem) -> str:
    return b"".join(write(header(*items), items)).decode()


def test_messages_for_each_purpose_code():
    found = text(mt102, AIGUL, ARMAN).splitlines()
    assert found[: found.index("{1:F01K059470000000010066410}", 1)] == [
        "{1:F01K059470000000010066410}",
        "{2:I102SGROSS000000U3003}",
        "{4:",
        ":20:P-1-1",
        ":50:/D/KZ33125KZT1001313313",
        "/NAME/НАО «ФОНД СОЦИАЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ»",
        "/IDN/160940025485",
        "/IRS/1",
        "/SECO/1",
        ":52B:NBRKKZKX",
        ":57B:GCVPKZ2A",
        ":59:KZ92009MEDS368609103",
        "/NAME/НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»",
        "/IDN/160440007161",
        "/IRS/1",
        "/SECO/1",
        ":70:/NUM/P-1",
        "/DATE/261120",
        "/SEND/07",
        "/VO/01",
        "/KNP/121",
        "/PSO/01",
        "/PRT/50",
        "/PERIOD/102026",
        "/ASSIGN/Возврат излишне (ошибочно) перечисленных отчислений ОСМС",
        ":21:1",
        ":32B:KZT46750,00",
        ":70:/FM/ҒАББАСОВА",
        "/NM/АЙГҮЛ",
        "/FT/ЕРЛАНҚЫЗЫ",
        "/DT/19880809",
        "/IDN/880809499769",
        "/PERIOD/102026",
        "/ROC/2026-00001-1",
        "/PAYER/961040334321",
        "/PNAME/ТОО «ҮЛГІ-1»",
        "/IIK/KZ31601A000000000001",
        "/BIK/HSBKKZKX",
        "/ASSIGN/ЗАЯВЛЕНИЕ 2026-00001 СТРОКА 1",
        ":32A:261120KZT46750,00",
        "-}",
    ]
    second = found[found.index(":20:P-1-2") :]
    assert second[second.index("/KNP/122") + 4 :] == [
        "/ASSIGN/Возврат излишне (ошибочно) перечисленных взносов ОСМС",
        ":21:1",
        ":32B:KZT0,05",
        ":70:/FM/ШМИДТ",
        "/NM/АРМАН",
        "/IDN/910722389919",
        "/PERIOD/102026",
        "/ROC/2026-00002-3",
        "/PAYER/910722389919",
        "/PNAME/ШМИДТ АРМАН",
        "/IIK/KZ31601A000000000001",
        "/BIK/HSBKKZKX",
        "/ASSIGN/ЗАЯВЛЕНИЕ 2026-00002 СТРОКА 3",
        ":32A:261120KZT0,05",
        "-}",
    ]


@pytest.mark.parametrize(
    ("knp", "what"),
    [("123", "пени"), ("124", "пени"), ("125", "отчислений/взносов/пени")],
)
def test_the_purpose_follows_the_purpose_code(knp, what):
    line = f"Возврат излишне (ошибочно) перечисленных {what} ОСМС"
    item = AIGUL._replace(knp=knp)
    assert f"/ASSIGN/{line}\n" in text(mt102, item)
    assert f"<Ustrd>{line}</Ustrd>" in text(pain001, item)


def test_a_message_has_no_more_than_999_items():
    items = [AIGUL] * 1000 + [ARMAN]
    found = text(mt102, *items).splitlines()
    assert [line for line in found if line.startswith((":20:", ":32A:"))] == [
        ":20:P-1-1",
        ":32A:261120KZT46703250,00",
        ":20:P-1-2",
        ":32A:261120KZT46750,00",
        ":20:P-1-3",
        ":32A:261120KZT0,05",
    ]
    assert [line for line in found if line.startswith(":21:")][-3:] == [":21:999", ":21:1", ":21:1"]


def as_read(item: PayoutItem) -> Item:
    month = months.number(item.period)
    return Item(
        0,
        1,
        item.iin,
        item.last_name,
        item.first_name,
        item.middle_name,
        item.birth_date,
        months.period(month),
        month,
        int(item.amount * 100),
        "",
    )


HOSTILE = [
    ("A/IDN/010101000000", "A IDN 010101000000"),
    ("A\n/IDN/010101000000", "A  IDN 010101000000"),
    ("A:21:9", "A 21 9"),
    ("A\n-}", "A -}"),
    ("A\r\n{4:", "A  {4:"),
    ("A\tB\x00C\x1fD", "A B C D"),
    ("A\\nB\\N\\", "A\\nB\\N\\"),
    ("ТОО А/В & <К>", "ТОО А/В & <К>"),
]


@pytest.mark.parametrize(("hostile", "written"), HOSTILE)
def test_no_value_of_a_message_is_another_tag(hostile, written):
    names = ("last_name", "first_name", "middle_name", "applicant_name", "application")
    item = AIGUL._replace(**dict.fromkeys(names, hostile))
    found = read(b"".join(mt102(header(item), [item])))
    expected = AIGUL._replace(**dict.fromkeys(names, written))
    assert [one._replace(raw="") for one in found.items] == [as_read(expected)]
    assert f"/PNAME/{written}\n" in found.items[0].raw + "\n"
    assert found.differences == []


def test_readers_of_payments_read_a_message():
    found = read(b"".join(mt102(header(AIGUL), [AIGUL])))
    assert found.messages == [
        Message(
            *(0, "P-1-1", "P-1", ON, ON, "121", "160940025485"),
            *("НАО «ФОНД СОЦИАЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ»", 1, 4675000, 4675000),
        )
    ]


NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def leaves(element: ElementTree.Element, above: str = "") -> list[tuple[str, str]]:
    """All texts with their paths."""
    path = f"{above}/{element.tag.removeprefix(NAMESPACE)}".removeprefix("/")
    if not len(element):
        return [(path, element.text or "")]
    return [leaf for child in element for leaf in leaves(child, path)]


def parsed(*items: PayoutItem) -> list[tuple[str, str]]:
    return leaves(ElementTree.fromstring(text(pain001, *items)))


FUND = [
    ("Nm", "НАО «ФОНД СОЦИАЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ»"),
    ("Id/OrgId/Othr/Id", "160940025485"),
]


def under(path: str, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"{path}/{place}", value) for place, value in found]


def test_an_order_of_iso_20022():
    found = parsed(AIGUL, ARMAN)
    transfers = [
        [
            ("PmtId/EndToEndId", item.key),
            ("Amt/InstdAmt", str(item.amount)),
            ("CdtrAgt/FinInstnId/BICFI", "GCVPKZ2A"),
            ("Cdtr/Nm", "НАО ГК «ПРАВИТЕЛЬСТВО ДЛЯ ГРАЖДАН»"),
            ("Cdtr/Id/OrgId/Othr/Id", "160440007161"),
            ("CdtrAcct/Id/IBAN", "KZ92009MEDS368609103"),
            ("UltmtCdtr/Nm", item.applicant_name),
            (f"UltmtCdtr/Id/{kind}/Othr/Id", item.applicant_id),
            ("Purp/Prtry", item.knp),
            ("RmtInf/Ustrd", f"Возврат излишне (ошибочно) перечисленных {what} ОСМС"),
            ("RmtInf/Ustrd", f"ИИК KZ31601A000000000001 БИК HSBKKZKX ЗАЯВЛЕНИЕ {line}"),
            ("RmtInf/Ustrd", person),
        ]
        for item, kind, what, line, person in [
            (
                AIGUL,
                "OrgId",
                "отчислений",
                "2026-00001 СТРОКА 1",
                "880809499769 ҒАББАСОВА АЙГҮЛ ЕРЛАНҚЫЗЫ 102026",
            ),
            (
                ARMAN,
                "PrvtId",
                "взносов",
                "2026-00002 СТРОКА 3",
                "910722389919 ШМИДТ АРМАН  102026",
            ),
        ]
    ]
    assert found == under(
        "Document/CstmrCdtTrfInitn",
        [
            *under(
                "GrpHdr",
                [
                    ("MsgId", "P-1"),
                    ("CreDtTm", "2026-11-20T00:00:00"),
                    ("NbOfTxs", "2"),
                    ("CtrlSum", "46750.05"),
                    *under("InitgPty", FUND),
                ],
            ),
            *under(
                "PmtInf",
                [
                    ("PmtInfId", "P-1"),
                    ("PmtMtd", "TRF"),
                    ("NbOfTxs", "2"),
                    ("CtrlSum", "46750.05"),
                    ("ReqdExctnDt/Dt", "2026-11-20"),
                    *under("Dbtr", FUND),
                    ("DbtrAcct/Id/IBAN", "KZ33125KZT1001313313"),
                    ("DbtrAgt/FinInstnId/BICFI", "NBRKKZKX"),
                    *under("CdtTrfTxInf", transfers[0]),
                    *under("CdtTrfTxInf", transfers[1]),
                ],
            ),
        ],
    )


def found_in(item: PayoutItem, place: str) -> list[str]:
    return [value for path, value in parsed(item) if path.endswith(place)]


ANY = st.text(max_size=200)


@given(ANY)
def test_any_name_is_valid_xml(name):
    item = AIGUL._replace(applicant_name=name, application=name, last_name=name, key=name)
    written = "".join(" " if sign < " " or sign in "\ufffe\uffff" else sign for sign in name)
    assert found_in(item, "EndToEndId") == [written]
    assert found_in(item, "UltmtCdtr/Nm") == [written[:140]]
    assert found_in(item, "Ustrd")[2] == f"880809499769 {written[:36]} АЙГҮЛ ЕРЛАНҚЫЗЫ 102026"


@pytest.mark.parametrize("write", [mt102, pain001])
@pytest.mark.parametrize("wrong", [{"count": 3}, {"total": Decimal("46750.06")}])
def test_an_order_never_says_another_sum_than_that_of_its_items(write, wrong):
    right = header(AIGUL, ARMAN)
    other = Header(**{**vars(right), **wrong})
    with pytest.raises(ValueError, match=r"are 2 of 46750\.05"):
        list(write(other, [AIGUL, ARMAN]))


def test_rows_as_the_database_copies_them():
    assert list(copied([AIGUL, ARMAN._replace(applicant_name="А\\В\tГ\nД\rЕ")])) == [
        (
            "2026-00001-1\t46750.00\t961040334321\tТОО «ҮЛГІ-1»\tKZ31601A000000000001\tHSBKKZKX\t"
            "880809499769\tҒАББАСОВА\tАЙГҮЛ\tЕРЛАНҚЫЗЫ\t1988-08-09\t2026-10-01\t121\t2026-00001\t1\n"
        ).encode(),
        (
            "2026-00002-3\t0.05\t910722389919\tА\\\\В\\tГ\\nД\\rЕ\tKZ31601A000000000001\tHSBKKZKX\t"
            "910722389919\tШМИДТ\tАРМАН\t\t\\N\t2026-10-01\t122\t2026-00002\t3\n"
        ).encode(),
    ]


@pytest.mark.parametrize("write", [mt102_of, pain001_of])
def test_rows_are_written_however_they_are_handed_over(write):
    items = [AIGUL, ARMAN] * 600
    rows = list(copied(items))
    expected = b"".join(write(header(*items), rows))
    assert b"".join(write(header(*items), map(memoryview, rows))) == expected
    assert b"".join(write(header(*items), [b"".join(rows)])) == expected
