"""What came in, what waits, and which files: by month, by age, since the night before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mhifund import night
from mhifund.reports.payments import exceptions, files, receipts
from payments.models import ExceptionItem
from tests.mhifund.office import AIDOS, ARMAN, AT, ON, item, known, register

pytestmark = pytest.mark.django_db

DEDUCTIONS = (
    "Міндетті әлеуметтік медициналық сақтандыруға аударымдар"
    " / Отчисления на обязательное социальное медицинское страхование"
)
CONTRIBUTIONS = (
    "Міндетті әлеуметтік медициналық сақтандыруға жарналар"
    " / Взносы на обязательное социальное медицинское страхование"
)
NOBODY = "900101300017"


@pytest.fixture
def came_in():
    """Two items of persons, one of nobody; and a register that does not add up."""
    known(AIDOS, ARMAN)
    register(
        "=october.csv",
        item("R1", AIDOS, "092026", "5000.00"),
        item("R2", ARMAN, "092026", "4000.50", knp="122"),
        item("R3", NOBODY, "092026", "100.00", knp="122"),
        item("B1", AIDOS, "092026", "70.00", knp="021"),
    )
    register("held.csv", item("R4", AIDOS, "092026", "1.00"), total="2.00")


def test_receipts_are_what_was_credited_in_a_month_posted_or_not(came_in):
    run = night.through(ON, at=AT)
    [table] = receipts(run)
    assert table.heads == [
        "Ай / Месяц",
        "ТБК / КНП",
        "Атауы / Наименование",
        "Жолдар / Строк",
        "Сома, теңге / Сумма, тенге",
    ]
    assert table.rows == [
        ("2026-10", "121", DEDUCTIONS, 1, Decimal("5000.00")),
        ("2026-10", "122", CONTRIBUTIONS, 2, Decimal("4100.50")),
    ]


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "0–3"), (3, "0–3"), (4, "4–10"), (10, "4–10"), (11, "11–30"), (30, "11–30"), (31, "≥ 31")],
)
def test_exceptions_stand_under_their_age(came_in, days, age):
    run = night.through(ON + timedelta(days=days), at=AT)
    [table] = exceptions(run)
    assert table.rows == [
        (
            "unknown_iin",
            "ЖСН тіркелімде жоқ / ИИН нет в регистре",
            age,
            1,
            Decimal("100.00"),
        )
    ]


def test_what_was_returned_waits_no_longer(came_in):
    ExceptionItem.objects.update(state="returned")
    [table] = exceptions(night.through(ON, at=AT))
    assert table.rows == []


def test_files_tell_what_became_of_their_money(came_in):
    [table] = files(night.through(ON, at=AT))
    assert [(row[0], *row[4:]) for row in table.rows] == [
        (
            *("=october.csv", 4, 4, Decimal("9170.50"), 2, Decimal("9000.50"), Decimal("100.00")),
            Decimal("70.00"),
        ),
        ("held.csv", 1, 1, Decimal("1.00"), 0, Decimal(0), Decimal(0), Decimal(0)),
    ]
    assert [row[1:4] for row in table.rows] == [
        ("тізілім / реестр", "өткізілді / проведён", ""),
        (
            "тізілім / реестр",
            "тоқтатылды / приостановлен",
            "Хабарламалар қосындысы файл жиынына тең емес. / Сумма сообщений не равна итогу файла.",
        ),
    ]


def test_a_file_is_in_the_report_of_one_night_only(came_in):
    night.through(ON, at=AT)
    again = night.through(ON, at=AT + timedelta(hours=1))
    next_day = night.through(date(2026, 11, 21), at=AT + timedelta(days=1))
    assert len(files(again)[0].rows) == 2
    assert files(next_day)[0].rows == []
