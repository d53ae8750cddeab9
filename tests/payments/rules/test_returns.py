import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.returns import KNP, STATE_CORPORATION, Original, original, reason
from payments.rules.totals import Difference, Held
from tests.payments.rules.files import (
    BREAKS,
    HEADING,
    item,
    listed,
    message,
    read,
    row,
    texts,
    workbook,
)

SAID = (
    "Возврат ошибочных элементов платежа № 1316 от 06.03.2025 референс GCVP25030600001"
    " на сумму 3400,00 Ошибка на 1 чел."
)


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (SAID, Original("GCVP25030600001", "1316", date(2025, 3, 6))),
        (SAID.upper(), Original("GCVP25030600001", "1316", date(2025, 3, 6))),
        (SAID.replace("№ ", "№"), Original("GCVP25030600001", "1316", date(2025, 3, 6))),
        (
            SAID.replace("06.03.2025", "250306"),
            Original("GCVP25030600001", "1316", date(2025, 3, 6)),
        ),
        (SAID.replace("06.03.2025", "31.02.2025"), Original("GCVP25030600001", "1316", None)),
        (SAID.replace("GCVP25030600001 ", ""), Original("", "1316", date(2025, 3, 6))),
        (SAID.replace("1316 ", ""), Original("GCVP25030600001", "", date(2025, 3, 6))),
        (SAID.replace("референс ", "референс: "), original(SAID)),
        (SAID.replace("00001 на", "00001, на"), original(SAID)),
        ("Возврат от 06.03.2025.", Original("", "", date(2025, 3, 6))),
        ("Возврат", Original("", "", None)),
        ("", Original("", "", None)),
    ],
)
def test_the_payment_of_a_return_is_told_as_far_as_it_can_be_read(purpose, expected):
    assert original(purpose) == expected


WORDS = st.text("АБВGCVP0123456789-/", min_size=1, max_size=20).filter(re.compile("[0-9]").search)


@given(WORDS, WORDS, st.dates(date(2017, 1, 1), date(2030, 12, 31)))
def test_whatever_payment_is_written_is_read(reference, number, day):
    written = (
        f"Возврат элементов платежа № {number} от {day:%d.%m.%Y} референс {reference} на сумму"
    )
    assert original(written) == Original(reference, number, day)


@given(texts())
def test_any_words_tell_of_some_payment_or_of_none(purpose):
    assert len(original(f"№{purpose}от {purpose}референс {purpose}")) == 3


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("[990101300003] не соответствует Ф.И.О.", "ИИН не соответствует Ф.И.О."),
        ("[ИИН] не соответствует Ф.И.О.", "ИИН не соответствует Ф.И.О."),
        ("ИИН 990101300003 не найден", "ИИН не найден"),
        ("Отсутствует ИИН", "Отсутствует ИИН"),
        ("", ""),
        ("Дата: 01/02/1999", "Дата: 01/02/1999"),
        ("Ошибка в реквизитах\r\nплательщика", "Ошибка в реквизитах плательщика"),
    ],
)
def test_the_reason_of_an_item_names_nobody(said, expected):
    (found,) = read(message(item(period=f"/PERIOD/102024\r\n/ASSIGN/{said}"))).items
    assert reason(found.raw) == expected
    assert found.iin == "990101300003"


@pytest.mark.parametrize("raw", [item().replace(BREAKS, "\n"), ";".join(row()), ""])
def test_an_item_that_says_nothing_has_no_reason(raw):
    assert reason(raw) == ""


def sent_back(*items, sender=STATE_CORPORATION, said=SAID, tail=()):
    head = message().decode().split(BREAKS)[:16]
    there = {"/IDN/990140000007": f"/IDN/{sender}", "/NAME/ТОО ҮЛГІ": "/NAME/НАО ГК"}
    back = {"/IDN/160440007161": "/IDN/990140000007", "/NAME/НАО": "/NAME/ТОО ҮЛГІ"}
    lines = [(there | back | {"/KNP/122": f"/KNP/{KNP}"}).get(line, line) for line in head]
    return message(*items, head=[*lines, f"/ASSIGN/{said}"], tail=tail)


def test_what_the_state_corporation_sends_back_is_of_the_one_who_gets_it():
    found = read(sent_back(item()))
    (one,) = found.messages
    assert (one.knp, one.payer_id, one.payer_name) == ("021", "990140000007", "ТОО ҮЛГІ")
    assert (one.purpose, found.differences) == (SAID, [])


def test_a_return_that_names_the_payer_as_its_sender_is_of_the_payer():
    (one,) = read(sent_back(item(), sender="951241349083")).messages
    assert (one.payer_id, one.payer_name) == ("951241349083", "НАО ГК")


def test_the_words_of_a_payment_are_not_kept_whoever_gets_it():
    for said in ("Взносы", SAID, "/KNP/021"):
        text = message(item()).replace(b"/PERIOD/102024\r\n:21", f"/ASSIGN/{said}\r\n:21".encode())
        (one,) = read(text).messages
        assert (one.knp, one.payer_id, one.purpose) == ("122", "990140000007", "")


def test_a_return_is_held_for_its_totals_like_any_message():
    found = read(sent_back(item(), tail=(":32A:241121KZT1,00", "-}")))
    assert found.differences == [Difference(Held.MESSAGE_TOTAL, "R1", 100, 425000, 26)]
    cut_off = read(sent_back(item())[:-5])
    assert [one.code for one in cut_off.differences] == [Held.TRUNCATED]


def test_a_purpose_code_of_a_sheet_has_the_zero_that_a_number_lost():
    cells = [HEADING, row(), row(line="2"), ["ИТОГО", "2", *[""] * 12, "8500,00"]]
    cells[1][HEADING.index("knp")] = 21
    cells[2][HEADING.index("knp")] = 122
    assert [one.knp for one in read(workbook(cells)).messages] == ["021", "122"]


def test_a_return_in_a_list_has_no_words():
    (one,) = read(listed([row(knp=KNP)], total="4250,00")).messages
    assert (one.knp, one.payer_id, one.purpose) == ("021", "990140000007", "")
