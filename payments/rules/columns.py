"""The columns of a list, and what they are called in the headings."""

from __future__ import annotations

from typing import NamedTuple

from payments.rules.totals import Refusal, Refused
from registry.rules.names import fold


class Column(NamedTuple):
    name: str
    needed: bool
    digits: int  # of an identifier that a sheet may keep as a number, without its leading zeros
    headings: tuple[str, ...]


# Case, spaces, punctuation, old fonts and Latin look-alikes make no difference.
COLUMNS = (
    Column("reference", True, 0, ("референс", "референс платежа", "төлем референсі")),
    Column(
        "line",
        True,
        0,
        ("строка", "номер строки", "№ строки", "№ п/п", "жол", "жол нөмірі", "р/с №"),
    ),
    Column(
        "order_no",
        False,
        0,
        (
            "номер поручения",
            "номер платёжного поручения",
            "№ платёжного поручения",
            "төлем тапсырмасының нөмірі",
            "төлем тапсырмасының №",
        ),
    ),
    Column(
        "order_date",
        False,
        0,
        (
            "дата поручения",
            "дата платёжного поручения",
            "төлем тапсырмасының күні",
        ),
    ),
    Column(
        "payment_date",
        True,
        0,
        ("дата платежа", "дата зачисления", "төлем күні", "есепке алынған күні"),
    ),
    Column(
        "knp", True, 3, ("КНП", "код назначения платежа", "ТБК", "ТТК", "төлем мақсатының коды")
    ),
    Column(
        "payer_id",
        True,
        12,
        (
            "БИН/ИИН плательщика",
            "ИИН/БИН плательщика",
            "БИН плательщика",
            "төлеушінің БСН/ЖСН",
            "төлеушінің ЖСН/БСН",
            "төлеушінің БСН",
        ),
    ),
    Column(
        "payer_name",
        False,
        0,
        ("плательщик", "наименование плательщика", "төлеуші", "төлеушінің атауы"),
    ),
    Column(
        "iin",
        True,
        12,
        ("ИИН", "индивидуальный идентификационный номер", "ЖСН", "жеке сәйкестендіру нөмірі"),
    ),
    Column("last_name", True, 0, ("фамилия", "тегі")),
    Column("first_name", True, 0, ("имя", "аты")),
    Column("middle_name", False, 0, ("отчество", "әкесінің аты")),
    Column("birth_date", False, 0, ("дата рождения", "туған күні")),
    Column("period", True, 6, ("период", "период платежа", "кезең", "төлем кезеңі")),
    Column("amount", True, 0, ("сумма", "сома", "сомасы")),
)
CODES = tuple(column.name for column in COLUMNS)
RUSSIAN = tuple(column.headings[0] for column in COLUMNS)
KAZAKH = tuple(column.headings[-1] for column in COLUMNS)
TOTALS = "ИТОГО"
HEADER = ("reference", "order_no", "order_date", "payment_date", "knp", "payer_id", "payer_name")
PERSON = (
    "iin",
    "last_name",
    "first_name",
    "middle_name",
    "birth_date",
    "period",
    "line",
    "amount",
)
ENOUGH = 5
LONGEST = 60

_BY_HEADING = {
    fold(heading): column.name for column in COLUMNS for heading in (column.name, *column.headings)
}
_TOTALS = {fold(word) for word in (TOTALS, "всего", "барлығы", "жиыны", "total")}


def find(cells: list[str]) -> dict[str, list[int]]:
    """Where each column stands."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        name = _BY_HEADING.get(fold(cell)) if len(cell) <= LONGEST else None
        if name is not None:
            places.setdefault(name, []).append(place)
    return places


def are_enough(cells: list[str]) -> bool:
    """Whether it is the heading of a list, even of one that lacks a column."""
    return len(find(cells)) >= ENOUGH


def places(cells: list[str]) -> dict[str, int]:
    """The place of each column; Refused when a needed one is missing or one stands there twice."""
    found = find(cells)
    missing = [column.name for column in COLUMNS if column.needed and column.name not in found]
    if missing:
        raise Refused(Refusal.UNREADABLE, f"a list without the columns {', '.join(missing)}")
    twice = [name for name, where in found.items() if len(where) > 1]
    if twice:
        raise Refused(Refusal.UNREADABLE, f"a list with the columns {', '.join(twice)} twice")
    return {name: where[0] for name, where in found.items()}


def is_total(cell: str) -> bool:
    """Whether a row that begins so is the last row with the totals."""
    word = cell.strip(" :\u00a0")
    return word.isalpha() and len(word) <= LONGEST and fold(word) in _TOTALS
