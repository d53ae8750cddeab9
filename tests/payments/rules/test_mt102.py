import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules import mt102
from payments.rules.items import Item, Message
from payments.rules.totals import Difference, Held, Refused
from tests.payments.rules.files import BREAKS, item, message, read, sample, texts

ITEM = Item(
    message=0,
    line=1,
    iin="990101300003",
    last_name="ИВАНОВ",
    first_name="ИВАН",
    middle_name="ИВАНОВИЧ",
    birth_date=date(1999, 1, 1),
    period="102024",
    month=657,
    amount=425000,
    raw=item().replace("\r\n", "\n"),
)
MESSAGE = Message(
    number=0,
    reference="R1",
    order_no="77",
    order_date=date(2024, 11, 20),
    credited_on=date(2024, 11, 21),
    knp="122",
    payer_id="990140000007",
    payer_name="ТОО ҮЛГІ",
    items=1,
    total=425000,
    declared=425000,
)
HEAD = message().decode().split(BREAKS)[:16]


def test_messages_are_read_as_they_stand_there():
    found = read(sample("plain.mt102.txt"))
    assert (found.format, found.encoding, found.differences) == ("mt102", "utf-8", [])
    assert (found.totals.messages, found.totals.items, found.totals.total) == (2, 2, 600000)
    assert found.items[1] == Item(
        message=1,
        line=1,
        iin="660802390438",
        last_name="АХМЕТОВ",
        first_name="АЙДОС",
        middle_name="",
        birth_date=date(1966, 8, 2),
        period="032020",
        month=602,
        amount=200000,
        raw=":21:1\n:32B:KZT2000,00\n:70:/FM/АХМЕТОВ\n/NM/АЙДОС\n/DT/19660802\n"
        "/IDN/660802390438\n/PERIOD/032020",
    )
    assert found.messages[1] == Message(
        number=1,
        reference="GCVP20041100002",
        order_no="2882",
        order_date=date(2020, 4, 11),
        credited_on=date(2020, 4, 11),
        knp="122",
        payer_id="951241349083",
        payer_name="ТОО «ҮЛГІ-5»",
        items=1,
        total=200000,
        declared=200000,
    )


USUAL = message(item()).decode()
ONE_LINE_ITEM = item().replace("\r\n", "")
WRITTEN_OTHERWISE = {
    "usual": USUAL,
    "line feeds": USUAL.replace("\r\n", "\n"),
    "carriage returns": USUAL.replace("\r\n", "\r"),
    "blocks on one line": USUAL.replace("}\r\n{", "}{"),
    "the reference beside the block": USUAL.replace("{4:\r\n", "{4:"),
    "two strokes": re.sub(r"(?<=[\n:])/(?=(FM|NM|FT|DT|IDN|PERIOD|NAME|KNP)/)", "//", USUAL),
    "all of a :70: on its line": re.sub(r"\r\n/(?=FM|NM|FT|DT|IDN/99010|PERIOD)", "/", USUAL),
    "strokes doubled on one line": re.sub(r"\r\n/(?=FM|NM|FT|DT|IDN/99010)", "//", USUAL),
    "an item on one line": USUAL.replace(item(), ONE_LINE_ITEM),
    "items and total on one line": USUAL.replace(item(), ONE_LINE_ITEM).replace(
        "\r\n:32A:", ":32A:"
    ),
    "all from the reference on one line": "{4:\r\n"
    + USUAL[USUAL.index(":20:") :].replace("\r\n", "").replace("-}", "\r\n-}\r\n"),
    "a :70: for each tag": re.sub(r"\r\n/(?=NM|FT|DT)", "\r\n:70:/", USUAL),
    "several :70: on one line": re.sub(r"\r\n/(?=NM|FT|DT)", ":70:/", USUAL),
    "tags in another order": USUAL.replace("/NM/ИВАН\r\n", "").replace("/DT/", "/NM/ИВАН\r\n/DT/"),
    "small letters": USUAL.replace("/FM/", "/fm/").replace("/IDN/", "/idn/"),
    "spaces": USUAL.replace("/FM/", "/FM/ ")
    .replace(":32B:KZT", ":32B: KZT ")
    .replace(":32A:241121KZT", ":32A: 241121 KZT "),
    "spaces around names": re.sub(
        r"(?<=/)(ИВАН|ИВАНОВ|ИВАНОВИЧ|ТОО ҮЛГІ|77|122)\r", r" \1 \r", USUAL
    ),
    "other tags": USUAL.replace("/DT/", "/OPV/1\r\n/LA/KZ123\r\n/XYZ/a:b/c\r\n/DT/"),
    "no tag between": USUAL.replace(":70:/FM/", "/FM/"),
    "a long form of the day": USUAL.replace("241121KZT", "20241121KZT"),
    "the end beside the total": USUAL.replace("4250,00\r\n-}", "4250,00-}"),
    "the beneficiary before the payer": "\r\n".join(
        [*HEAD[:4], *HEAD[9:12], *HEAD[4:7], *HEAD[12:]]
    )
    + USUAL[USUAL.index("\r\n:21:") :],
    "a block after the end": USUAL + "{5:{CHK:1}}\r\n",
    "a block beside the end": USUAL.removesuffix("\r\n") + "{5:{CHK:1}}\r\n",
    "empty lines": USUAL.replace("\r\n", "\r\n\r\n"),
    "words before and after": "Реестр\r\n" + USUAL + "Конец реестра\r\n",
    "no end of the last line": USUAL.removesuffix("\r\n"),
    "a name over two lines": USUAL.replace("ТОО ҮЛГІ", "ТОО\r\nҮЛГІ"),
}


@pytest.mark.parametrize("text", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_a_message_says_the_same_however_it_is_written(text):
    found = read(text.encode())
    assert [one._replace(raw="") for one in found.items] == [ITEM._replace(raw="")]
    assert found.messages == [MESSAGE]
    assert found.differences == []


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ({"middle": None}, "middle_name", ""),
        ({"middle": "/FT/"}, "middle_name", ""),
        ({"born": None}, "birth_date", None),
        ({"born": "/DT/19990231"}, "birth_date", None),
        ({"born": "/DT/990101"}, "birth_date", None),
        ({"born": "/DT/01.01.1999"}, "birth_date", date(1999, 1, 1)),
        ({"iin": None}, "iin", ""),
        ({"iin": "/IDN/12"}, "iin", "12"),
        ({"iin": "/RNN/600400123456"}, "iin", "RNN 600400123456"),
        ({"iin": "/RNN/990101300003"}, "iin", "RNN 990101300003"),
        ({"iin": "/RNN/600400123456\r\n/IDN/990101300003"}, "iin", "990101300003"),
        ({"iin": "/IDN/\r\n/RNN/600400123456"}, "iin", "RNN 600400123456"),
        ({"period": "/PERIOD/092024"}, "period", "092024"),
        ({"period": "/PERIOD/092024"}, "month", 656),
        ({"period": None}, "period", "102024"),
        ({"period": "/PERIOD/"}, "month", 657),
        ({"period": "/PERIOD/132024"}, "month", None),
        ({"last": None}, "last_name", ""),
        ({"last": ":70:/FM/ИВАНОВ\r\nПЕТРОВ"}, "last_name", "ИВАНОВ ПЕТРОВ"),
        ({"last": ":70:/FM/ИВАНОВ\r\n/FM/ПЕТРОВ"}, "last_name", "ИВАНОВ"),
        ({"last": ":70:/FM/CEPГEEB"}, "last_name", "CEPГEEB"),
        ({"last": ":70:/FM/Иванов-Петров"}, "last_name", "Иванов-Петров"),
        ({"last": ":70:/FM/ИВАНОВ/ПЕТРОВ: 1"}, "last_name", "ИВАНОВ/ПЕТРОВ: 1"),
        ({"first": "/NM/ДЈУРЕН"}, "first_name", "ДЈУРЕН"),
        ({"iin": "/ASSIGN/ИИН /IDN/123456789012 не найден"}, "iin", ""),
        ({"iin": ":50:/IDN/123456789012"}, "iin", ""),
    ],
)
def test_an_item_says_what_it_has(lines, field, value):
    found = read(message(item(**lines)))
    assert len(found.items) == 1
    assert getattr(found.items[0], field) == value
    assert found.items[0].raw == item(**lines).replace("\r\n", "\n")
    assert found.differences == []


@pytest.mark.parametrize(
    ("line", "instead", "field", "value"),
    [
        ("/IDN/990140000007", None, "payer_id", ""),
        ("/IDN/990140000007", "/RNN/600400123456", "payer_id", "RNN 600400123456"),
        ("/IDN/160440007161", None, "payer_id", "990140000007"),
        ("/NAME/ТОО ҮЛГІ", None, "payer_name", ""),
        (":50:/D/KZ31601A000000000001", None, "payer_id", ""),
        ("/NAME/ТОО ҮЛГІ", "/NAME/ТОО «A/B: 1»", "payer_name", "ТОО «A/B: 1»"),
        (":70:/NUM/77", ":70:", "order_no", ""),
        ("/DATE/241120", "/DATE/241320", "order_date", None),
        ("/DATE/241120", None, "order_date", None),
        ("/KNP/122", None, "knp", ""),
        (":20:R1", ":20:/R/1", "reference", "/R/1"),
        ("/PERIOD/102024", "/PERIOD/092024", "knp", "122"),
    ],
)
def test_a_message_says_what_it_has(line, instead, field, value):
    head = [instead if one == line else one for one in HEAD]
    found = read(message(item(), head=[one for one in head if one is not None]))
    assert getattr(found.messages[0], field) == value
    assert found.items[0].iin == "990101300003"
    assert found.differences == []


def test_a_message_may_have_more_than_999_items():
    items = [item(number=f":21:{number}", sum=":32B:KZT1,00") for number in range(1, 1501)]
    found = read(message(*items, tail=(":32A:241121KZT1500,00", "-}")))
    assert [one.line for one in found.items] == list(range(1, 1501))
    assert found.differences == []


def total(text: str) -> tuple[str, str]:
    return f":32A:241121KZT{text}", "-}"


SECOND = item(number=":21:2")
ONE = message(item()).decode()
OTHER = ONE.replace(":20:R1", ":20:R2")
HOLDS = {
    "another total": (
        message(item(), tail=total("4250,01")),
        [Difference(Held.MESSAGE_TOTAL, "R1", 425001, 425000, 25)],
    ),
    "a lost item": (
        message(SECOND, tail=total("8500,00")),
        [
            Difference(Held.MESSAGE_TOTAL, "R1", 850000, 425000, 25),
            Difference(Held.MESSAGE_COUNT, "R1", 1, 2, 17),
        ],
    ),
    "a gap": (
        message(item(), item(number=":21:3"), item(number=":21:4"), tail=total("12750,00")),
        [Difference(Held.MESSAGE_COUNT, "R1", 2, 3, 25)],
    ),
    "a number twice": (
        message(item(), item(), tail=total("8500,00")),
        [Difference(Held.MESSAGE_COUNT, "R1", 2, 1, 25)],
    ),
    "an unreadable number": (
        message(item(number=":21:I")),
        [Difference(Held.MESSAGE_COUNT, "R1", 1, None, 17)],
    ),
    "an item without its number": (
        message(item(), item(number=None), tail=total("8500,00")),
        [Difference(Held.MESSAGE_COUNT, "R1", 2, None, 17)],
    ),
    "no number at all": (
        message(item(number=None)),
        [Difference(Held.MESSAGE_COUNT, "R1", 1, None, 3)],
    ),
    "an unreadable sum": (
        message(item(sum=":32B:KZT42S0,00")),
        [Difference(Held.BAD_SUM, "R1", line=17)],
    ),
    "a sum in another currency": (
        message(item(sum=":32B:USD4250,00")),
        [Difference(Held.BAD_SUM, "R1", line=17)],
    ),
    "a sum of three decimals": (
        message(item(sum=":32B:KZT4250,001")),
        [Difference(Held.BAD_SUM, "R1", line=17)],
    ),
    "no sum": (message(item(sum=None)), [Difference(Held.BAD_SUM, "R1", line=17)]),
    "an unreadable total": (
        message(item(), tail=total("x")),
        [Difference(Held.BAD_SUM, "R1", line=25)],
    ),
    "no total": (
        message(item(), tail=("-}",)),
        [Difference(Held.BAD_SUM, "R1", line=1), Difference(Held.BAD_DATE, "R1", line=1)],
    ),
    "an unreadable day": (
        message(item(), tail=(":32A:241321KZT4250,00", "-}")),
        [Difference(Held.BAD_DATE, "R1", line=25)],
    ),
    "an absurd day": (
        message(item(), tail=(":32A:161231KZT4250,00", "-}")),
        [Difference(Held.BAD_DATE, "R1", line=25)],
    ),
    "no reference": (
        message(item()).replace(b":20:R1\r\n", b""),
        [Difference(Held.MESSAGE_COUNT, line=1)],
    ),
    "a reference twice": (
        message(item()) + message(item()),
        [Difference(Held.MESSAGE_COUNT, "R1", line=27)],
    ),
    "cut off before the end": (
        ONE.removesuffix("-}\r\n").encode(),
        [Difference(Held.TRUNCATED, "R1", line=1)],
    ),
    "cut off in an item": (
        ONE[: ONE.index("/PERIOD/102024\r\n:32A")].encode(),
        [Difference(Held.TRUNCATED, "R1", line=1)],
    ),
    "cut off in a sum": (
        ONE[: ONE.index("4250")].encode(),
        [Difference(Held.TRUNCATED, "R1", line=1)],
    ),
    "cut off in its beginning": (
        (ONE + OTHER[:20]).encode(),
        [Difference(Held.TRUNCATED, line=27)],
    ),
    "cut off after its beginning": (
        (ONE + OTHER[: OTHER.index("{4")]).encode(),
        [Difference(Held.TRUNCATED, line=27)],
    ),
    "no end before the next": (
        (ONE.replace("-}\r\n", "") + OTHER).encode(),
        [Difference(Held.TRUNCATED, "R1", line=1)],
    ),
    "no beginning": (
        ONE[ONE.index(":20:") :].encode(),
        [Difference(Held.TRUNCATED, "R1", line=1)],
    ),
    "only a beginning before the next": (
        (ONE[: ONE.index("{4")] + OTHER).encode(),
        [Difference(Held.TRUNCATED, line=1)],
    ),
    "an end of nothing": (
        (ONE + "-}\r\n").encode(),
        [Difference(Held.TRUNCATED, line=27)],
    ),
    "two ends": (
        (ONE.replace("00\r\n-}", "00-}\r\n-}") + OTHER).encode(),
        [Difference(Held.TRUNCATED, line=26)],
    ),
    "items of nothing": (
        (ONE + item() + "\r\n").encode(),
        [Difference(Held.TRUNCATED, line=27)],
    ),
    "items after the end beside the total": (
        (ONE.replace("00\r\n-}", "00-}") + item() + "\r\n").encode(),
        [Difference(Held.TRUNCATED, line=26)],
    ),
    "an item beside the end": (
        (ONE.replace("00\r\n-}\r\n", "00-}") + ONE_LINE_ITEM).encode(),
        [Difference(Held.TRUNCATED, line=25)],
    ),
    "several messages": (
        message(item(), tail=total("1,00")) + message(item(sum=":32B:KZT?")).replace(b"R1", b"R2"),
        [
            Difference(Held.MESSAGE_TOTAL, "R1", 100, 425000, 25),
            Difference(Held.BAD_SUM, "R2", line=43),
        ],
    ),
}


def test_items_beside_the_end_of_a_message_are_of_one_that_lost_its_beginning():
    data = ONE.replace("00\r\n-}\r\n", "00-}") + ONE_LINE_ITEM + ONE_LINE_ITEM.replace("1", "2", 2)
    found = read(data.encode())
    assert [(one.number, one.items) for one in found.messages] == [(0, 1), (1, 2)]
    assert [one.message for one in found.items] == [0, 1, 1]
    assert found.totals.items == 3


def test_an_item_that_begins_inside_a_name_is_not_hidden_in_it():
    found = read(message(item(last=":70:/FM/ИВАНОВ:21:2:")))
    assert [(one.line, one.last_name) for one in found.items] == [(1, "ИВАНОВ"), (0, "")]
    assert found.differences[0].code == Held.BAD_SUM


def test_items_that_lost_their_numbers_keep_their_own_lines():
    lines = item(number=None)
    found = read(message(item(), lines, lines.replace("ИВАНОВ", "ӘЛІМОВ")))
    assert [one.last_name for one in found.items] == ["ИВАНОВ", "ИВАНОВ", "ӘЛІМОВ"]
    assert [one.raw.count("\n") for one in found.items] == [7, 6, 6]


def test_a_cut_message_forgets_only_what_is_wrong_with_its_last_item():
    cut = message(item(sum=":32B:KZT?"), item(number=":21:2"), tail=(":32A:241121KZT1",))
    assert read(cut).differences == [
        Difference(Held.BAD_SUM, "R1", line=17),
        Difference(Held.TRUNCATED, "R1", line=1),
    ]


@pytest.mark.parametrize(("data", "expected"), HOLDS.values(), ids=HOLDS)
def test_a_file_is_held_with_what_is_wrong_and_where(data, expected):
    assert read(data).differences == expected


@pytest.mark.parametrize("amount", ["0,00", "-4250,00"])
def test_a_sum_that_is_not_positive_counts_with_its_sign(amount):
    found = read(message(item(), item(number=":21:2", sum=f":32B:KZT{amount}"), tail=total("0,00")))
    expected = 425000 + round(float(amount.replace(",", ".")) * 100)
    assert found.totals.total == expected
    differs = [Difference(Held.MESSAGE_TOTAL, "R1", 0, expected, 33)]
    assert found.differences == ([] if expected == 0 else differs)


@pytest.mark.parametrize("length", range(len(ONE.encode()) - 5, 0, -1))
def test_a_message_cut_off_anywhere_is_never_whole(length):
    data = message(item(last=":70:/FM/IVANOV", first="/NM/IVAN", middle=None))
    try:
        found = read(data[: min(length, len(data) - 5)])
    except Refused:
        return
    assert found.differences[0].code == Held.TRUNCATED


@pytest.mark.parametrize("filler", ["/X/Y\r\n", "слово\r\n", ":72:x\r\n"])
def test_a_header_without_end_is_refused(filler):
    with pytest.raises(Refused):
        read(message(item(), head=[*HEAD, filler * 100_000]))


NEVER = re.compile(r"(?!)")
PIECES = st.lists(
    st.sampled_from(
        [
            *HEAD,
            *item().split(BREAKS),
            *(f":21:{number}" for number in range(5)),
            *total("4250,00"),
            *total("8500,00"),
            ":20:R2",
            "/KNP/",
            "/KNP/021",
            "/ASSIGN/Возврат: № 1/2",
            "/NAME/x",
            "/PERIOD/092024",
            "",
            "{5:}",
        ]
    )
    | texts(),
    max_size=8,
)


@given(st.lists(st.sampled_from([*HEAD, *item().split(BREAKS), *total("4250,00")])), PIECES)
def test_the_usual_patterns_say_the_same_as_tag_by_tag(more, pieces):
    lines = [*HEAD, *pieces, item(), *total("4250,00"), *more]
    data = BREAKS.join(lines).replace("\0", "").encode()
    usual = read(data)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HEAD", "ITEM", "TAIL"):
            patch.setattr(mt102, name, NEVER)
        slow = read(data)
    assert usual == slow
