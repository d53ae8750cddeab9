"""The files of the demo, letter by letter."""

import io
from datetime import date

from python_calamine import load_workbook

from mhifund.demo import files
from mhifund.demo.files import Line, Order, Span
from mhifund.demo.people import Person

AIGUL = Person(
    "880809499769", "ҒАББАСОВА", "АЙГҮЛ", "ЕРЛАНҚЫЗЫ", date(1988, 8, 9), "F", "citizen", "63"
)
ARMAN = Person(
    "910722389919",
    "ШМИДТ",
    "АРМАН",
    "",
    date(1991, 7, 22),
    "M",
    "citizen",
    "10",
    date(2026, 9, 1),
)
DAY = date(2026, 11, 6)
BOTH = Order(
    "GCVP26110600001",
    1001,
    DAY,
    "121",
    "950741796185",
    "ТОО «ҮЛГІ»",
    [Line(AIGUL, "102026", 840000), Line(ARMAN, "102026", 5)],
)
ONE_MORE = BOTH._replace(number=1002, lines=[Line(ARMAN, "092026", -12000)])


def text(pieces):
    return b"".join(pieces).decode()


def test_the_extract():
    assert text(files.encoded(files.persons_csv([AIGUL, ARMAN]))) == (
        "iin;last_name;first_name;middle_name;birth_date;sex;residence;region;died_on\n"
        "880809499769;ҒАББАСОВА;АЙГҮЛ;ЕРЛАНҚЫЗЫ;1988-08-09;F;citizen;63;\n"
        "910722389919;ШМИДТ;АРМАН;;1991-07-22;M;citizen;10;2026-09-01\n"
    )


def test_the_list_of_categories():
    span = Span("880809499769", "student", date(2025, 9, 1), None, date(2025, 9, 4), "demo")
    assert text(files.encoded(files.categories_csv([span]))) == (
        "iin;category;valid_from;valid_to;received_on;source\n"
        "880809499769;student;2025-09-01;;2025-09-04;demo\n"
    )


def test_a_register_as_a_list_numbers_the_lines_through_a_reference():
    assert text(files.encoded(files.register_csv([BOTH, ONE_MORE]))).splitlines()[1:] == [
        "GCVP26110600001;1;1001;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "880809499769;ҒАББАСОВА;АЙГҮЛ;ЕРЛАНҚЫЗЫ;09.08.1988;102026;8400,00",
        "GCVP26110600001;2;1001;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "910722389919;ШМИДТ;АРМАН;;22.07.1991;102026;0,05",
        "GCVP26110600001;3;1002;06.11.2026;06.11.2026;121;950741796185;ТОО «ҮЛГІ»;"
        "910722389919;ШМИДТ;АРМАН;;22.07.1991;092026;-120,00",
        "ИТОГО;3;;;;;;;;;;;;;8280,05",
    ]


def test_a_register_can_be_wrong_in_its_last_row():
    last = text(files.encoded(files.register_csv([BOTH], wrong_by=100))).splitlines()[-1]
    assert last == "ИТОГО;2;;;;;;;;;;;;;8401,05"


def test_a_register_as_mt102():
    lines = text(files.encoded(files.register_mt102([BOTH]))).splitlines()
    assert lines[3] == ":20:GCVP26110600001"
    assert lines[lines.index(":21:1") :] == [
        ":21:1",
        ":32B:KZT8400,00",
        ":70:/FM/ҒАББАСОВА",
        "/NM/АЙГҮЛ",
        "/FT/ЕРЛАНҚЫЗЫ",
        "/DT/19880809",
        "/IDN/880809499769",
        "/PERIOD/102026",
        ":21:2",
        ":32B:KZT0,05",
        ":70:/FM/ШМИДТ",
        "/NM/АРМАН",
        "/DT/19910722",
        "/IDN/910722389919",
        "/PERIOD/102026",
        ":32A:261106KZT8400,05",
        "-}",
    ]


def test_a_message_has_no_more_than_999_items():
    long = BOTH._replace(lines=[Line(AIGUL, "102026", 100)] * 1000)
    lines = text(files.encoded(files.register_mt102([long]))).splitlines()
    assert [line for line in lines if line.startswith((":20:", ":32A:"))] == [
        ":20:GCVP2611060000101",
        ":32A:261106KZT999,00",
        ":20:GCVP2611060000102",
        ":32A:261106KZT1,00",
    ]


def test_old_fonts_stand_in_for_letters_that_cp1251_lacks():
    written = b"".join(files.encoded(["ӘҢҒҮҰҚӨҺ ІЁ әң"], "cp1251"))
    assert written.decode("cp1251") == "ЈЅЄЇЎЌҐЋ ІЁ јѕ"


def test_utf_16_has_one_mark_however_many_pieces():
    pieces = list(files.encoded(["a" * files.AT_ONCE, "б"], "utf-16"))
    assert len(pieces) == 2
    assert b"".join(pieces).decode("utf-16") == "a" * files.AT_ONCE + "б"


def test_a_workbook_says_the_same_and_is_the_same_every_time():
    written = files.register_xlsx([BOTH, ONE_MORE])
    assert written == files.register_xlsx([BOTH, ONE_MORE])
    sheet = load_workbook(io.BytesIO(written)).get_sheet_by_index(0).to_python()
    assert sheet[0][:2] == ["референс", "строка"]
    assert sheet[2][:4] == ["GCVP26110600001", 2.0, "1001", "06.11.2026"]
    assert sheet[3][-2:] == ["092026", -120.0]
    assert (sheet[4][0], sheet[4][1], sheet[4][-1]) == ("ИТОГО", 3.0, 8280.05)


def test_a_statement_has_one_entry_a_reference():
    written = text(files.encoded(files.statement([BOTH, ONE_MORE], "102026")))
    assert written.count("<Ntry>") == 1
    assert "<NtryRef>GCVP26110600001</NtryRef>" in written
    assert '<Amt Ccy="KZT">8280.05</Amt>' in written
    assert "<Dt>2026-11-06</Dt>" in written
