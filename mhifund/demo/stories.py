"""What becomes of whom: how many live which story, and the categories they hold in it."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from mhifund.demo.files import Span
from mhifund.demo.people import FEMALE, Person, people

SOURCE = "demo"
FIRST_LIST = date(2020, 1, 1)
KNOWN_AFTER = timedelta(days=3)
ENOUGH = 200
"""So many people live all the stories."""


class Story(NamedTuple):
    """A share of the people in thousandths, and how many at least.

    `category` is held since a day between the two numbers of days `ago`, until `ahead` days from
    today, or without end.
    """

    name: str
    share: int
    at_least: int
    youngest: int
    oldest: int
    sex: str = ""
    category: str = ""
    ago: tuple[int, int] = (0, 0)
    ahead: int | None = None


EMPLOYEE = "employee"
STORIES = (
    Story(EMPLOYEE, 0, 0, 18, 60),
    # covered by a category
    Story("child", 150, 6, 0, 16, category="child"),
    Story("student", 30, 2, 18, 22, category="student", ago=(60, 700), ahead=220),
    Story("pensioner", 90, 4, 64, 90, category="pensioner"),
    Story("disabled", 20, 2, 20, 59, category="disabled", ago=(200, 3000)),
    Story("mother_of_many", 10, 1, 35, 58, FEMALE, "mother_of_many", (300, 4000)),
    Story("pregnant", 3, 1, 20, 40, FEMALE, "pregnant", (30, 120), 100),
    Story("child_under_3", 4, 1, 20, 40, FEMALE, "child_under_3", (100, 600), 300),
    Story("disabled_child_carer", 2, 1, 25, 55, "", "disabled_child_carer", (100, 1500)),
    Story("disabled_carer", 2, 1, 25, 55, "", "disabled_carer", (100, 1000)),
    Story("prisoner", 2, 1, 20, 60, "", "prisoner", (100, 900), 400),
    Story("detainee", 1, 1, 20, 60, "", "detainee", (10, 60)),
    Story("targeted_aid", 3, 1, 20, 60, "", "targeted_aid", (20, 80), 40),
    Story("kandas", 3, 1, 20, 60, "", "kandas", (50, 300), 200),
    Story("unemployed", 14, 2, 20, 60, "", "unemployed", (15, 400), 40),
    Story("low_income", 8, 2, 20, 60, "", "low_income", (20, 200)),
    Story("military", 8, 1, 19, 50, "", "military", (200, 3000)),
    Story("law_enforcement", 6, 1, 21, 55, "", "law_enforcement", (200, 3000)),
    Story("special_state", 1, 1, 21, 55, "", "special_state", (200, 3000)),
    Story("civil_protection", 2, 1, 21, 55, "", "civil_protection", (200, 3000)),
    # employed, with something that happened
    Story("childcare_leave", 12, 1, 20, 42, FEMALE, "childcare_leave", (60, 500), 300),
    Story("working_pensioner", 3, 1, 64, 72, category="pensioner"),
    Story("regular", 4, 2, 30, 58),
    Story("regular_stopped", 3, 2, 30, 58),
    Story("stopped", 15, 3, 20, 60),
    Story("long_stopped", 15, 3, 20, 60),
    Story("paused", 12, 2, 20, 60),
    Story("newcomer", 12, 2, 18, 30),
    Story("died_at_work", 4, 2, 40, 60),
    Story("temporary", 5, 2, 20, 50),
    # paying for themselves
    Story("entrepreneur", 50, 6, 22, 60, "", "entrepreneur", (2600, 4000)),
    Story("private_practice", 4, 1, 28, 60, "", "private_practice", (2600, 4000)),
    Story("farm_head", 5, 1, 30, 60, "", "farm_head", (2600, 4000)),
    Story("underpaid", 4, 2, 22, 60, "", "entrepreneur", (2600, 4000)),
    Story("independent", 25, 3, 20, 60),
    Story("helped", 3, 1, 20, 60),
    Story("prepaid", 3, 2, 20, 60),
    # neither
    Story("never", 15, 3, 18, 60),
    Story("died", 4, 1, 65, 90, category="pensioner"),
)
NAMES = tuple(story.name for story in STORIES)
EMPLOYED = (
    *(EMPLOYEE, "childcare_leave", "working_pensioner", "regular", "regular_stopped", "stopped"),
    *("long_stopped", "paused", "newcomer", "died_at_work", "temporary"),
)
SELF_PAYING = ("entrepreneur", "private_practice", "farm_head", "underpaid")
ALONE = ("independent", "helped", "prepaid")
DEAD = ("died_at_work", "died")
RESIDENCES = {"temporary": "temporary", "kandas": "kandas"}
FOREIGN = {7: "permanent", 31: "eaeu"}
"""Of a hundred employees, which are no citizens."""


class Life(NamedTuple):
    person: Person
    story: str


def cast(count, rng):
    """The place in STORIES of each of so many people, in any order; a few live only some."""
    whole = max(count, ENOUGH)
    sizes = [max(story.at_least, whole * story.share // 1000) for story in STORIES[1:]]
    left = whole - sum(sizes)
    return rng.permutation(np.repeat(np.arange(len(STORIES)), [left, *sizes]))[:count]


def lives(count, rng, on):
    """So many people, each with a story."""
    places = cast(count, rng)
    youngest, oldest = (
        np.array([getattr(s, end) for s in STORIES]) for end in ("youngest", "oldest")
    )
    sexes = np.array([story.sex for story in STORIES])[places]
    born = people(rng, youngest[places], oldest[places], sexes, on)
    died = rng.integers(40, 300, count).tolist()
    return [
        _life(person, NAMES[place], number, on - timedelta(days=days))
        for number, (person, place, days) in enumerate(
            zip(born, places.tolist(), died, strict=True)
        )
    ]


def _life(person, story, number, death):
    residence = RESIDENCES.get(story)
    if story == EMPLOYEE:
        residence = FOREIGN.get(number % 100)
    if residence:
        person = person._replace(residence=residence)
    if story in DEAD:
        person = person._replace(died_on=death)
    return Life(person, story)


def spans(everybody, rng, on):
    """The categories of everybody, with a correction, a withdrawal and a row that cannot be."""
    by_name = {story.name: story for story in STORIES}
    days = rng.random(len(everybody)).tolist()
    rows, counts = [], dict.fromkeys(NAMES, 0)
    for (person, name), share in zip(everybody, days, strict=True):
        story = by_name[name]
        if not story.category:
            continue
        span = _span(person, story, share, on)
        rows.append(span)
        counts[name] += 1
        rows += _afterwards(span, name, counts[name], on)
    return rows


def _span(person, story, share, on):
    since = on - timedelta(days=int(story.ago[0] + share * (story.ago[1] - story.ago[0])))
    until = None if story.ahead is None else on + timedelta(days=story.ahead)
    if story.category == "child":
        since, until = person.birth_date, birthday(person, 18) - timedelta(days=1)
    elif story.category == "pensioner":
        since = birthday(person, 61 if person.sex == FEMALE else 63)
    known = min(max(since + KNOWN_AFTER, FIRST_LIST), on)
    return Span(person.iin, story.category, since, until, known, SOURCE)


def birthday(person, age):
    born = person.birth_date
    leap_day = born.month == 2 and born.day == 29
    return born.replace(year=born.year + age, day=28 if leap_day else born.day)


def _afterwards(span, story, count, on):
    """Some students leave early, some registrations are withdrawn, one row overlaps."""
    if story == "student" and count % 20 == 1:
        yield span._replace(valid_to=on - timedelta(days=20), received_on=on - timedelta(days=10))
    if story == "unemployed" and count % 15 == 1:
        yield span._replace(valid_to=span.valid_from - timedelta(days=1), received_on=on)
    if story == "disabled" and count % 200 == 1:
        yield span._replace(valid_from=span.valid_from + timedelta(days=30), received_on=on)
