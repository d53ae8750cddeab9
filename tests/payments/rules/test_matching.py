"""Whose payment an item is: each code on both sides of its threshold, and what settles an item."""

from dataclasses import replace
from datetime import date

import pytest

from tests.payments.rules.incoming import (
    BRANCH,
    COMPANY,
    ONE,
    STRANGER,
    TWO,
    decided,
)
from tests.payments.rules.oracle_of_items import Item, Person, Span

BORN = date(1999, 1, 1)
CREDITED = date(2024, 2, 10)
RIGHT = Item(
    iin=ONE,
    last="СЕРІКОВ",
    first="БЕРІК",
    born=BORN,
    payer=COMPANY,
    knp="122",
    period="012024",
    amount=170_000,
    credited=CREDITED,
)
PERSON = Person("СЕРІКОВ", "БЕРІК", BORN)


def codes(person=PERSON, **changes):
    (found,) = decided([replace(RIGHT, **changes)], {ONE: person})
    return found if isinstance(found, list) else []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="nothing is wrong"),
        pytest.param({"iin": ""}, ["bad_iin"], id="no IIN"),
        pytest.param({"iin": ONE[:-1]}, ["bad_iin"], id="eleven digits"),
        pytest.param({"iin": ONE + "0"}, ["bad_iin"], id="thirteen digits"),
        pytest.param({"iin": ONE[:-1] + "4"}, ["bad_iin"], id="another check digit"),
        pytest.param({"iin": "050229500126"}, ["bad_iin"], id="29 February of a common year"),
        pytest.param({"iin": "RNN 620200000001"}, ["bad_iin"], id="an RNN"),
        pytest.param({"iin": STRANGER}, ["unknown_iin"], id="not in the registry"),
        pytest.param({"iin": COMPANY}, ["bad_iin"], id="a BIN for a person"),
        pytest.param({"payer": ""}, ["bad_payer"], id="no payer"),
        pytest.param({"payer": BRANCH}, [], id="another BIN"),
        pytest.param({"payer": "990140000008"}, ["bad_payer"], id="check digit of a BIN"),
        pytest.param({"payer": STRANGER}, [], id="an IIN that nobody knows"),
        pytest.param({"payer": "784033048790"}, ["bad_payer"], id="an IIN with month 40"),
        # the form of a period
        pytest.param({"period": "002024"}, ["bad_period"], id="month 00"),
        pytest.param({"period": "132024"}, ["bad_period"], id="month 13"),
        pytest.param({"period": "202401"}, ["bad_period"], id="year first"),
        pytest.param({"period": "12024"}, ["bad_period"], id="five digits"),
        pytest.param({"period": "01２024"}, ["bad_period"], id="a digit of another alphabet"),
        # the first periods
        pytest.param({"knp": "121", "period": "062017"}, ["bad_period"], id="121 for June 2017"),
        pytest.param({"knp": "121", "period": "072017"}, [], id="121 for July 2017"),
        pytest.param({"knp": "123", "period": "062017"}, ["bad_period"], id="123 for June 2017"),
        pytest.param({"knp": "123", "period": "072017"}, [], id="123 for July 2017"),
        pytest.param({"period": "122019"}, ["bad_period"], id="122 for December 2019"),
        pytest.param({"period": "012020"}, [], id="122 for January 2020"),
        pytest.param({"knp": "124", "period": "122019"}, ["bad_period"], id="124 for 12.2019"),
        pytest.param({"knp": "124", "period": "012020"}, [], id="124 for January 2020"),
        # a period ahead
        pytest.param({"period": "022025"}, [], id="twelve months ahead"),
        pytest.param({"period": "032025"}, ["bad_period"], id="thirteen months ahead"),
        pytest.param(
            {"credited": date(2017, 6, 30), "period": "072017", "knp": "121"},
            ["bad_period"],
            id="credited before the insurance was in force",
        ),
        pytest.param(
            {"credited": date(2017, 7, 1), "period": "072017", "knp": "121"},
            [],
            id="credited on its first day",
        ),
        pytest.param({"knp": "120"}, ["unknown_knp"], id="120"),
        pytest.param({"knp": "125"}, ["unknown_knp"], id="125"),
        pytest.param({"knp": ""}, ["unknown_knp"], id="no purpose code"),
        pytest.param({"knp": "777", "period": "012000"}, ["unknown_knp"], id="777 long ago"),
        pytest.param({"knp": "777", "period": "022025"}, ["unknown_knp"], id="777 in a year"),
        pytest.param(
            {"knp": "777", "period": "032025"}, ["bad_period", "unknown_knp"], id="777 later"
        ),
        pytest.param({"knp": "777", "period": ""}, ["bad_period", "unknown_knp"], id="777 for ?"),
        pytest.param({"amount": 1}, [], id="a tiyn"),
        pytest.param({"amount": 0}, ["bad_amount"], id="nothing"),
        pytest.param({"amount": -1}, ["bad_amount"], id="a tiyn back"),
    ],
)
def test_a_payment_is_asked_for_its_form(changes, expected):
    assert codes(**changes) == expected


OTHER_DAY = date(1999, 1, 2)


@pytest.mark.parametrize(
    ("last", "first", "born", "expected"),
    [
        pytest.param("СЕРІКОВ", "БЕРІК", BORN, [], id="the same"),
        pytest.param("АХМЕТОВ", "БЕРІК", BORN, [], id="another surname"),
        pytest.param("СЕРІКОВ", "АСАН", BORN, [], id="another first name"),
        pytest.param("СЕРІКОВ", "БЕРІК", OTHER_DAY, [], id="another birth date"),
        pytest.param("АХМЕТОВ", "АСАН", BORN, ["name_mismatch"], id="both names"),
        pytest.param("АХМЕТОВ", "БЕРІК", OTHER_DAY, ["name_mismatch"], id="surname and birth date"),
        pytest.param("СЕРІКОВ", "АСАН", OTHER_DAY, ["name_mismatch"], id="first name, birth date"),
        pytest.param("АХМЕТОВ", "БЕРІК", None, [], id="another surname, no birth date"),
        pytest.param("АХМЕТОВ", "АСАН", None, ["name_mismatch"], id="both names, no birth date"),
        pytest.param("БЕРІК", "СЕРІКОВ", BORN, [], id="swapped"),
        pytest.param("БЕРІК", "СЕРІКОВ", OTHER_DAY, [], id="swapped, and another birth date"),
        pytest.param("БЕРІК", "АСАН", BORN, ["name_mismatch"], id="half swapped"),
        pytest.param("", "", BORN, ["name_mismatch"], id="no names"),
        pytest.param("СЕРІКОВ", "", BORN, [], id="no first name"),
        # folding
        pytest.param("серіков", "берік", OTHER_DAY, [], id="small letters"),
        pytest.param("СЕРИКОВ", "БЕРИК", OTHER_DAY, [], id="Russian letters"),
        pytest.param("CEPIKOB", "БEPIK", OTHER_DAY, [], id="Latin letters"),
        pytest.param("СЕРІКОВ-", " БЕРІК ", OTHER_DAY, [], id="hyphen and spaces"),
        pytest.param("СЕРІКОВА", "БЕРІК", OTHER_DAY, ["name_mismatch"], id="one letter more"),
    ],
)
def test_names_are_compared_folded(last, first, born, expected):
    assert codes(last=last, first=first, born=born) == expected


def test_substitutes_of_old_fonts_are_the_kazakh_letters():
    person = Person("ӘҢҒҮҰҚӨҺ", "ҒАЛЫМ", BORN)
    assert codes(person, last="ЈЅЄЇЎЌҐЋ", first="ЄАЛЫМ", born=OTHER_DAY) == []


@pytest.mark.parametrize(
    ("person", "period", "expected"),
    [
        pytest.param({"died": date(2024, 1, 31)}, "012024", [], id="the month of death"),
        pytest.param({"died": date(2023, 12, 31)}, "012024", ["deceased"], id="the month after"),
        pytest.param({"died": date(2023, 12, 31)}, "", ["bad_period"], id="died, no period"),
        pytest.param({"temporary": True}, "012024", ["no_right"], id="temporary stay"),
    ],
)
def test_the_person_is_asked_for_the_right(person, period, expected):
    assert codes(replace(PERSON, **person), period=period) == expected


EVERYTHING = {"payer": "", "period": "", "knp": "", "amount": 0}
ALIEN = {"last": "АХМЕТОВ", "first": "АСАН"}
DEAD = replace(PERSON, died=date(2020, 1, 1), temporary=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"iin": "", **ALIEN, **EVERYTHING},
            ["bad_iin", "bad_payer", "bad_period", "unknown_knp", "bad_amount"],
            id="nothing of a person after a bad IIN",
        ),
        pytest.param(
            {"iin": STRANGER, **ALIEN, **EVERYTHING},
            ["unknown_iin", "bad_payer", "bad_period", "unknown_knp", "bad_amount"],
            id="nothing of a person after an unknown IIN",
        ),
        pytest.param(
            {**ALIEN, **EVERYTHING, "period": "012030"},
            [
                "name_mismatch",
                "bad_payer",
                "deceased",
                "no_right",
                "bad_period",
                "unknown_knp",
                "bad_amount",
            ],
            id="all that can stand together",
        ),
        pytest.param(
            {**ALIEN, "payer": ONE, "period": "012027", "credited": date(2027, 1, 9), "amount": 0},
            ["name_mismatch", "deceased", "no_right", "bad_amount", "no_parameter"],
            id="a missing parameter comes last",
        ),
    ],
)
def test_all_codes_are_told_in_the_order_of_the_table(changes, expected):
    assert codes(DEAD, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"credited": date(2027, 1, 1)}, ["no_parameter"], id="the month itself"),
        pytest.param({"credited": date(2026, 12, 31)}, [], id="ahead, by the law of the day"),
        pytest.param({"credited": date(2027, 1, 1), "payer": COMPANY}, [], id="an employer"),
        pytest.param({"credited": date(2027, 1, 1), "knp": "124"}, [], id="a penalty"),
        pytest.param(
            {"credited": date(2027, 1, 1), "iin": STRANGER}, ["unknown_iin"], id="a stranger"
        ),
        pytest.param({"credited": date(2025, 12, 31)}, ["bad_period"], id="too far ahead"),
    ],
)
def test_an_own_payment_needs_its_parameter(changes, expected):
    assert codes(**{"payer": ONE, "period": "012027"} | changes) == expected


# kind, reference day, due and share


def holding(category="entrepreneur", since=date(2024, 1, 31), until=None, superseded=None):
    return Span(category, since, until, received=date(2024, 5, 1), superseded=superseded)


def settled(item, spans=(), payer_spans=()):
    registry = {
        ONE: replace(PERSON, spans=tuple(spans)),
        TWO: Person("АХМЕТОВ", "АСАН", BORN, spans=tuple(payer_spans)),
    }
    (found,) = decided([item], registry)
    return found


OWN = replace(RIGHT, payer=ONE, amount=425_000)
BY_OTHER = replace(RIGHT, payer=TWO, amount=425_000)
JANUARY = date(2024, 1, 1)
INDEPENDENT = ("independent", JANUARY, 425_000, 1_000_000_000)
ENTREPRENEUR = ("entrepreneur", JANUARY, 595_000, 714_285_714)
AGENT = ("employee", JANUARY, None, None)


@pytest.mark.parametrize(
    ("item", "spans", "payer_spans", "expected"),
    [
        pytest.param(RIGHT, [], [], AGENT, id="a BIN pays"),
        pytest.param(
            replace(RIGHT, knp="121"), [], [], ("employer", JANUARY, None, None), id="deductions"
        ),
        pytest.param(
            replace(OWN, knp="121"), [], [], ("employer", JANUARY, None, None), id="121 for oneself"
        ),
        pytest.param(OWN, [], [], INDEPENDENT, id="for oneself"),
        pytest.param(OWN, [holding()], [], ENTREPRENEUR, id="an entrepreneur for oneself"),
        pytest.param(OWN, [holding("private_practice")], [], ENTREPRENEUR, id="in practice"),
        pytest.param(OWN, [holding("farm_head")], [], ENTREPRENEUR, id="head of a farm"),
        pytest.param(OWN, [holding("self_employed")], [], INDEPENDENT, id="self-employed"),
        pytest.param(OWN, [holding("pensioner")], [], INDEPENDENT, id="a pensioner"),
        pytest.param(BY_OTHER, [], [], INDEPENDENT, id="by a third person"),
        pytest.param(BY_OTHER, [holding()], [], ENTREPRENEUR, id="for an entrepreneur"),
        pytest.param(BY_OTHER, [], [holding()], AGENT, id="by a tax agent"),
        pytest.param(BY_OTHER, [holding()], [holding()], AGENT, id="an agent for an entrepreneur"),
        pytest.param(
            replace(BY_OTHER, payer=STRANGER), [], [], INDEPENDENT, id="by somebody unknown"
        ),
        pytest.param(
            replace(RIGHT, knp="123"),
            [],
            [],
            ("penalty_deduction", JANUARY, None, None),
            id="penalty on deductions",
        ),
        pytest.param(
            replace(RIGHT, knp="124"),
            [],
            [],
            ("penalty_contribution", JANUARY, None, None),
            id="penalty on contributions",
        ),
        # any day of the period
        pytest.param(OWN, [holding(since=date(2024, 2, 1))], [], INDEPENDENT, id="the day after"),
        pytest.param(
            OWN,
            [holding(since=date(2023, 1, 1), until=date(2024, 1, 1))],
            [],
            ENTREPRENEUR,
            id="on the first day alone",
        ),
        pytest.param(
            OWN,
            [holding(since=date(2023, 1, 1), until=date(2023, 12, 31))],
            [],
            INDEPENDENT,
            id="until the day before",
        ),
        pytest.param(
            OWN, [holding(until=date(2024, 1, 30))], [], INDEPENDENT, id="a withdrawn category"
        ),
        pytest.param(
            OWN, [holding(superseded=date(2024, 1, 1))], [], INDEPENDENT, id="a superseded row"
        ),
        # a month ahead: the day of crediting
        pytest.param(
            replace(OWN, period="032024"),
            [holding(since=CREDITED)],
            [],
            ("entrepreneur", CREDITED, 595_000, 714_285_714),
            id="ahead, held on the day",
        ),
        pytest.param(
            replace(OWN, period="032024"),
            [holding(since=date(2024, 2, 11))],
            [],
            ("independent", CREDITED, 425_000, 1_000_000_000),
            id="ahead, held only later",
        ),
        # the parameters of the reference day
        pytest.param(
            replace(OWN, period="122023"),
            [],
            [],
            ("independent", date(2023, 12, 1), 350_000, 1_214_285_714),
            id="last year's due",
        ),
        pytest.param(
            replace(OWN, credited=date(2023, 12, 31)),
            [],
            [],
            ("independent", date(2023, 12, 31), 350_000, 1_214_285_714),
            id="this year's month paid last year",
        ),
    ],
)
def test_an_item_is_settled_by_who_pays_for_whom(item, spans, payer_spans, expected):
    assert settled(item, spans, payer_spans) == expected
