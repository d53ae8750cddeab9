"""The clocks of a refund: the State Corporation's check, the Fund's review, and both together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypedDict

from registry.rules.law import Code, Law
from registry.rules.workdays import Calendar, Skipped

DAY = timedelta(days=1)
WORKING_DAY_UNITS = ("working_days", "operational_days")


class Clock(StrEnum):
    CHECK = "check"
    REVIEW = "review"
    OVERALL = "overall"


CODES = {
    Clock.CHECK: Code.REFUND_SC_CHECK,
    Clock.REVIEW: Code.REFUND_FUND_REVIEW,
    Clock.OVERALL: Code.REFUND_TOTAL_PUBLIC_FMS,
}


class Pause(NamedTuple):
    """The clocks stand from `since` until the day before `until`, on which they run again."""

    since: date
    until: date
    reason: str


class SkippedDay(TypedDict):
    day: str
    why: str


class Derivation(TypedDict):
    """How a due day came about, in values that serialise as they are; days are ISO texts."""

    code: str
    edition_of: str
    start: str
    start_is_planned: bool
    term: int
    unit: str
    counted: list[str]
    skipped: list[SkippedDay]
    reasons_of_pauses: list[str]
    due: str


class Terms(NamedTuple):
    """The last days of the three clocks; no overall day where the law knew no overall term."""

    check_due: date
    review_due: date
    overall_due: date | None
    derivation: dict[str, Derivation]


class Run(NamedTuple):
    """One clock: what starts it, and the pauses that make it stand."""

    clock: Clock
    start: date
    pauses: Sequence[Pause]
    planned: bool = False


def terms(
    accepted: date,
    fund_received: date | None,
    law: Law,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> Terms:
    """All three by the law of the day of acceptance (Order 478).

    The review runs from the day the Fund received the application; before that, as planned, from
    the last day of the check. A pause that begins once the Fund has it does not touch the check.
    """
    of_check = [pause for pause in pauses if fund_received is None or pause.since < fund_received]
    check_due, check = _run(Run(Clock.CHECK, accepted, of_check), accepted, law, calendar)
    review_run = Run(
        Clock.REVIEW, fund_received or check_due, pauses, planned=fund_received is None
    )
    review_due, review = _run(review_run, accepted, law, calendar)
    derivation = {Clock.CHECK.value: check, Clock.REVIEW.value: review}
    overall_due = None
    if law[CODES[Clock.OVERALL]].get(accepted) is not None:
        overall_due, overall = _run(Run(Clock.OVERALL, accepted, pauses), accepted, law, calendar)
        derivation[Clock.OVERALL.value] = overall
    return Terms(check_due, review_due, overall_due, derivation)


def _run(run: Run, accepted: date, law: Law, calendar: Calendar) -> tuple[date, Derivation]:
    code = CODES[run.clock]
    count, unit = law.count(code, accepted), law.unit(code, accepted)
    if unit not in WORKING_DAY_UNITS:
        raise ValueError(f"{code} is counted in {unit}, not in working days")
    term = calendar.add(run.start, count, _days(run.pauses))
    return term.due, Derivation(
        code=code.value,
        edition_of=accepted.isoformat(),
        start=run.start.isoformat(),
        start_is_planned=run.planned,
        term=count,
        unit=unit,
        counted=_counted(run.start, term.due, term.skipped),
        skipped=[SkippedDay(day=skip.day.isoformat(), why=skip.why.value) for skip in term.skipped],
        reasons_of_pauses=[
            pause.reason
            for pause in run.pauses
            if run.start < pause.until and pause.since <= term.due
        ],
        due=term.due.isoformat(),
    )


def left(due: date, on: date, calendar: Calendar) -> int:
    """How many working days are left after a day until the last of a term; negative: since it."""
    first, last = sorted((due, on))
    days = (first + DAY * ahead for ahead in range(1, (last - first).days + 1))
    count = sum(map(calendar.is_working, days))
    return count if on <= due else -count


def _days(pauses: Sequence[Pause]) -> frozenset[date]:
    return frozenset(
        pause.since + DAY * ahead
        for pause in pauses
        for ahead in range((pause.until - pause.since).days)
    )


def _counted(start: date, due: date, skipped: Sequence[Skipped]) -> list[str]:
    left_out = {skip.day for skip in skipped}
    days = (start + DAY * ahead for ahead in range(1, (due - start).days + 1))
    return [day.isoformat() for day in days if day not in left_out]
