"""People and businesses that do not exist, with identifiers that could."""

from datetime import date
from typing import NamedTuple

import numpy as np

from registry.rules.iin import FIRST_WEIGHTS, SECOND_WEIGHTS

SURNAMES = (
    *("АББАСОВ", "АЙТБАЕВ", "АХМЕТОВ", "БАЙЖАНОВ", "БЕКТҰРОВ", "ҒАББАСОВ", "ҒАЛЫМОВ", "ДӘУЛЕТОВ"),
    *("ЕСЕНОВ", "ЕРҒАЛИЕВ", "ЖҮНІСОВ", "ЖАҚЫПОВ", "ІЗБАСАРОВ", "ІЛИЯСОВ", "КЕНЖЕБАЕВ", "КӨПБАЕВ"),
    *("ҚАСЫМОВ", "ҚОЖАХМЕТОВ", "ҚҰДАЙБЕРГЕНОВ", "МҰХАМЕДЖАНОВ", "МӘМБЕТОВ", "НҰРҒАЛИЕВ"),
    *("НҮРПЕЙІСОВ", "ОМАРОВ", "ОРЫНБАЕВ", "ӨТЕГЕНОВ", "РАХЫМОВ", "САДЫҚОВ", "СЕРІКБАЕВ"),
    *("СҮЛЕЙМЕНОВ", "ТӨЛЕГЕНОВ", "ТҰРСЫНОВ", "ҰЗАҚБАЕВ", "ҮМБЕТОВ", "ШӘРІПОВ", "ӘБДІРАХМАНОВ"),
    *("ӘЛІМЖАНОВ", "ӘУЕЗОВ", "ЫСҚАҚОВ", "АНДРЕЕВ", "ВАСИЛЬЕВ", "ИВАНОВ", "КУЗНЕЦОВ", "МОРОЗОВ"),
    *("НИКИТИН", "ПЕТРОВ", "СЕМЁНОВ", "ФЁДОРОВ", "КИМ", "ЦОЙ", "ШМИДТ", "ВЕБЕР", "БОНДАРЕНКО"),
    *("ШЕВЧЕНКО", "ЮНУСОВ", "МАМЕДОВ", "ҺАШЫМОВ"),
)
MEN = (
    *("АЙДОС", "АСҚАР", "БАУЫРЖАН", "БОЛАТ", "ҒАНИ", "ДАНИЯР", "ДӘУРЕН", "ЕРЛАН", "ЖАНДОС"),
    *("ИЛЬЯС", "ҚАЙРАТ", "ҚАНАТ", "МАРАТ", "МҰРАТ", "НҰРЖАН", "НҰРЛАН", "ОЛЖАС", "РҮСТЕМ"),
    *("САМАТ", "СӘКЕН", "СЕРІК", "ТАЛҒАТ", "ТИМУР", "ӘДІЛ", "ІЛИЯС", "АЛЕКСЕЙ", "ВИКТОР"),
    *("ДМИТРИЙ", "СЕРГЕЙ", "ЮРИЙ"),
)
WOMEN = (
    *("АЙГҮЛ", "АЙЖАН", "АҚМАРАЛ", "БОТАГӨЗ", "ГҮЛНАР", "ДАНА", "ДИНАРА", "ЖАНАР", "ЖҰЛДЫЗ"),
    *("ЗӘУРЕ", "ҚАРЛЫҒАШ", "ЛӘЗЗАТ", "МАДИНА", "МӨЛДІР", "НАЗГҮЛ", "РАУШАН", "САЛТАНАТ", "САУЛЕ"),
    *("СӘУЛЕ", "ҮМІТ", "ШОЛПАН", "ӘЙГЕРІМ", "ӘСЕЛ", "ІҢКӘР", "АННА", "ЕЛЕНА"),
    *("ИРИНА", "НАТАЛЬЯ", "ОЛЬГА", "СВЕТЛАНА"),
)
WITHOUT_FATHERS_NAME = 0.15

REGIONS = {
    **{"10": 607, "11": 788, "15": 940, "19": 1540, "23": 705, "27": 694, "31": 1220, "33": 697},
    **{"35": 1135, "39": 828, "43": 842, "47": 787, "55": 753, "59": 524, "61": 2140, "62": 221},
    **{"63": 727, "71": 1430, "75": 2230, "79": 1220},
}
"""First digits of KATO and thousands of inhabitants."""

CITIZEN = "citizen"
MALE, FEMALE = "M", "F"
DAYS_OF_YEAR = 365.25
LEGAL_ENTITY = 4
SERIALS, STRIDE, HEAD_STRIDE = 10_000, 997, 7919
TRIES = 8
NONE = 10


class Person(NamedTuple):
    iin: str
    last_name: str
    first_name: str
    middle_name: str
    birth_date: date
    sex: str
    residence: str
    region: str
    died_on: date | None = None


def people(rng, youngest, oldest, sexes, on):
    """A person for each of three arrays: whole years of age between two bounds, and M, F or ''."""
    count = len(youngest)
    years = youngest + rng.random(count) * (oldest + 1 - youngest)
    days = np.datetime64(on, "D") - (years * DAYS_OF_YEAR).astype(np.int64) - 1
    female = np.where(sexes == "", rng.random(count) < 0.51, sexes == FEMALE)
    iins = unique_iins(days, female)
    last, first, father = (rng.integers(0, 1 << 30, count) for _ in range(3))
    nameless = rng.random(count) < WITHOUT_FATHERS_NAME
    shares = np.array(list(REGIONS.values()), float)
    regions = np.array(list(REGIONS))[rng.choice(len(REGIONS), count, p=shares / shares.sum())]
    names = zip(female.tolist(), last.tolist(), first.tolist(), father.tolist(), strict=True)
    return [
        Person(iin, *named(*name, fatherless), day, FEMALE if name[0] else MALE, CITIZEN, region)
        for iin, day, name, fatherless, region in zip(
            iins, days.tolist(), names, nameless.tolist(), regions.tolist(), strict=True
        )
    ]


def adults(count, seed, on):
    """A crowd of working age, for measurements."""
    bounds = np.full(count, 18), np.full(count, 62)
    return people(np.random.default_rng(seed), *bounds, np.full(count, ""), on)


def named(female, last, first, father, fatherless):
    """Surname, first name and patronymic."""
    surname = SURNAMES[last % len(SURNAMES)]
    if female and surname.endswith(("ОВ", "ЕВ", "ЁВ", "ИН")):
        surname += "А"
    own = WOMEN if female else MEN
    his = MEN[father % len(MEN)]
    middle = "" if fatherless else his + ("ҚЫЗЫ" if female else "ҰЛЫ")
    return surname, own[first % len(own)], middle


def unique_iins(days, female):
    """Valid identifiers for days of birth (datetime64[D]), all different."""
    months = days.astype("M8[M]")
    year = months.astype("M8[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months.astype("M8[D]")).astype(np.int64) + 1
    century = np.where(year < 2000, 3, 5) + female
    return with_check_digit(((year % 100 * 100 + month) * 100 + day) * 10 + century)


def unique_bins(rng, count):
    """Valid identifiers of legal entities, all different."""
    year, month = rng.integers(94, 124, count) % 100, rng.integers(1, 13, count)
    return with_check_digit(((year * 100 + month) * 10 + LEGAL_ENTITY) * 100)


def with_check_digit(head):
    """Seven leading digits, a serial number that no equal head shares, and the check digit.

    A few serial numbers have no check digit: the next try is taken.
    """
    place = places_among_equals(head)
    result = np.zeros((len(head), 12), np.int64)
    left = np.arange(len(head))
    for attempt in range(TRIES):
        serial = (head[left] * HEAD_STRIDE + (place[left] * TRIES + attempt) * STRIDE) % SERIALS
        digits = to_digits(head[left] * SERIALS + serial, 11)
        check = digits @ np.array(FIRST_WEIGHTS) % 11
        check = np.where(check == NONE, digits @ np.array(SECOND_WEIGHTS) % 11, check)
        result[left] = np.c_[digits, check]
        left = left[check == NONE]
    letters = (result + ord("0")).astype(np.uint8)
    return [text.decode() for text in letters.view("S12").ravel().tolist()]


def to_digits(numbers, width):
    return numbers[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10


def places_among_equals(values):
    """0, 1, 2 … for the first, second, third row of each value."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]]
    since = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))
    place = np.empty(len(values), np.int64)
    place[order] = np.arange(len(values)) - since
    return place
