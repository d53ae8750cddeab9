import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.rules.terms import Pause, Terms, left, terms
from registry.rules.law import Code, Law, NotInForce, Row
from registry.rules.workdays import Calendar
from tests.law import CALENDAR, LAW

D = date


def due(accepted: date, received: date | None = None, pauses: tuple[Pause, ...] = ()):
    found = terms(accepted, received, LAW, CALENDAR, pauses)
    return found.check_due, found.review_due, found.overall_due


@pytest.mark.parametrize(
    ("accepted", "check", "review", "overall"),
    [
        pytest.param(
            D(2018, 4, 26),
            D(2018, 5, 4),
            D(2018, 5, 17),
            None,
            id="worked Saturdays, first edition",
        ),
        pytest.param(D(2020, 5, 5), D(2020, 5, 14), D(2020, 5, 25), D(2020, 5, 28), id="8 May off"),
        pytest.param(
            D(2022, 3, 4), D(2022, 3, 14), D(2022, 3, 28), D(2022, 3, 31), id="worked 5 March"
        ),
        pytest.param(
            D(2025, 12, 12), D(2025, 12, 22), D(2025, 12, 31), D(2026, 1, 8), id="New Year"
        ),
        pytest.param(D(2026, 3, 5), D(2026, 3, 13), D(2026, 3, 27), D(2026, 4, 1), id="Nauryz"),
        pytest.param(D(2026, 5, 6), D(2026, 5, 15), D(2026, 5, 26), D(2026, 6, 1), id="Kurban Ait"),
        pytest.param(
            D(2026, 8, 28), D(2026, 9, 4), D(2026, 9, 15), D(2026, 9, 18), id="30 August no more"
        ),
        pytest.param(
            D(2026, 10, 20), D(2026, 10, 28), D(2026, 11, 6), D(2026, 11, 11), id="Republic Day"
        ),
        pytest.param(
            D(2026, 12, 25), D(2027, 1, 5), D(2027, 1, 15), D(2027, 1, 20), id="January 2027"
        ),
    ],
)
def test_the_terms_of_an_application(accepted, check, review, overall):
    assert due(accepted) == (check, review, overall)
    assert due(accepted, received=check) == (check, review, overall)


def test_fifteen_days_from_the_worked_saturdays():
    """The overall term of 2018 is not in the law of its day; counted, it ends on 22 May."""
    assert CALENDAR.add(D(2018, 4, 26), 15).due == D(2018, 5, 22)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (D(2019, 4, 25), (D(2019, 5, 3), D(2019, 5, 16), None)),
        (D(2019, 4, 26), (D(2019, 5, 4), D(2019, 5, 17), D(2019, 5, 22))),
    ],
)
def test_the_overall_term_begins_with_the_edition_of_2019(accepted, expected):
    assert due(accepted) == expected


@pytest.mark.parametrize(
    ("received", "review"),
    [
        pytest.param(D(2026, 11, 17), D(2026, 11, 26), id="early"),
        pytest.param(D(2026, 11, 23), D(2026, 12, 2), id="on the last day of the check"),
        pytest.param(D(2026, 11, 27), D(2026, 12, 8), id="late"),
        pytest.param(D(2026, 11, 28), D(2026, 12, 8), id="on a Saturday"),
    ],
)
def test_the_review_runs_from_the_day_the_fund_received_it(received, review):
    assert due(D(2026, 11, 16), received) == (D(2026, 11, 23), review, D(2026, 12, 7))


@pytest.mark.parametrize("accepted", [D(2026, 11, 20), D(2026, 11, 21), D(2026, 11, 22)])
def test_a_day_off_starts_the_clock_as_the_working_day_before_it(accepted):
    assert due(accepted) == (D(2026, 11, 27), D(2026, 12, 8), D(2026, 12, 11))


def test_the_edition_of_the_day_of_acceptance_is_kept():
    days = (D(2026, 1, 1), D(2026, 11, 17))
    law = Law.of(
        Row(code, since, Decimal(count), unit="working_days")
        for code in (Code.REFUND_SC_CHECK, Code.REFUND_FUND_REVIEW)
        for since, count in zip(days, (5, 1), strict=True)
    )

    before = terms(D(2026, 11, 16), D(2026, 11, 18), law, CALENDAR)
    after = terms(D(2026, 11, 17), D(2026, 11, 18), law, CALENDAR)

    assert before[:3] == (D(2026, 11, 23), D(2026, 11, 25), None)
    assert after[:3] == (D(2026, 11, 18), D(2026, 11, 19), None)


def test_before_the_law_there_are_no_terms():
    with pytest.raises(NotInForce, match="REFUND_SC_CHECK is not in force on 2017-06-30"):
        due(D(2017, 6, 30))


def test_a_term_in_other_days_is_refused():
    law = Law.of([Row(Code.REFUND_SC_CHECK, D(2020, 1, 1), Decimal(5), unit="calendar_days")])

    with pytest.raises(ValueError, match="REFUND_SC_CHECK is counted in calendar_days"):
        terms(D(2026, 11, 16), None, law, CALENDAR)


def pause(since: date, until: date) -> Pause:
    return Pause(since, until, "asked for a document")


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param(
            (pause(D(2026, 12, 14), D(2026, 12, 14)),),
            (D(2026, 12, 17), D(2026, 12, 28), D(2026, 12, 31)),
            id="of no day",
        ),
        pytest.param(
            (pause(D(2026, 12, 14), D(2026, 12, 15)),),
            (D(2026, 12, 18), D(2026, 12, 29), D(2027, 1, 5)),
            id="of one working day",
        ),
        pytest.param(
            (pause(D(2026, 12, 15), D(2026, 12, 18)),),
            (D(2026, 12, 21), D(2026, 12, 30), D(2027, 1, 6)),
            id="over Independence Day: two working days",
        ),
        pytest.param(
            (pause(D(2026, 12, 12), D(2026, 12, 14)),),
            (D(2026, 12, 17), D(2026, 12, 28), D(2026, 12, 31)),
            id="over a weekend alone",
        ),
        pytest.param(
            (pause(D(2026, 12, 14), D(2026, 12, 16)), pause(D(2026, 12, 15), D(2026, 12, 17))),
            (D(2026, 12, 21), D(2026, 12, 30), D(2027, 1, 6)),
            id="two that overlap count each day once",
        ),
        pytest.param(
            (pause(D(2026, 12, 24), D(2027, 1, 5)),),
            (D(2026, 12, 17), D(2027, 1, 8), D(2027, 1, 13)),
            id="over New Year, in the review",
        ),
        pytest.param(
            (pause(D(2027, 2, 1), D(2027, 2, 5)),),
            (D(2026, 12, 17), D(2026, 12, 28), D(2026, 12, 31)),
            id="after every term",
        ),
        pytest.param(
            (pause(D(2026, 12, 1), D(2026, 12, 10)),),
            (D(2026, 12, 17), D(2026, 12, 28), D(2026, 12, 31)),
            id="before the acceptance",
        ),
    ],
)
def test_a_pause_moves_the_clocks_by_its_working_days(pauses, expected):
    assert due(D(2026, 12, 9), pauses=pauses) == expected


def test_a_clock_names_the_pauses_it_stood_for_and_no_others():
    pauses = (
        Pause(D(2026, 12, 1), D(2026, 12, 3), "before the acceptance"),
        Pause(D(2026, 12, 10), D(2026, 12, 11), "in the check"),
        Pause(D(2026, 12, 24), D(2026, 12, 25), "in the review"),
        Pause(D(2027, 2, 1), D(2027, 2, 5), "after every term"),
    )

    found = terms(D(2026, 12, 9), None, LAW, CALENDAR, pauses)

    assert {clock: each["reasons_of_pauses"] for clock, each in found.derivation.items()} == {
        "check": ["in the check"],
        "review": ["in the review"],
        "overall": ["in the check", "in the review"],
    }


def test_a_pause_in_the_fund_does_not_move_the_check():
    in_the_fund = (pause(D(2026, 12, 14), D(2026, 12, 15)),)

    assert due(D(2026, 12, 9), D(2026, 12, 14), in_the_fund) == (
        D(2026, 12, 17),
        D(2026, 12, 24),
        D(2027, 1, 5),
    )


def test_the_derivation_tells_every_day():
    found = terms(
        D(2026, 10, 20),
        None,
        LAW,
        CALENDAR,
        (Pause(D(2026, 10, 22), D(2026, 10, 23), "no consent"),),
    )

    assert found.derivation["check"] == {
        "code": "REFUND_SC_CHECK",
        "edition_of": "2026-10-20",
        "start": "2026-10-20",
        "start_is_planned": False,
        "term": 5,
        "unit": "operational_days",
        "counted": ["2026-10-21", "2026-10-23", "2026-10-27", "2026-10-28", "2026-10-29"],
        "skipped": [
            {"day": "2026-10-22", "why": "paused"},
            {"day": "2026-10-24", "why": "weekend"},
            {"day": "2026-10-25", "why": "weekend"},
            {"day": "2026-10-26", "why": "moved"},
        ],
        "reasons_of_pauses": ["no consent"],
        "due": "2026-10-29",
    }
    assert (
        found.derivation["review"]["start"],
        found.derivation["review"]["start_is_planned"],
    ) == (
        "2026-10-29",
        True,
    )
    assert json.loads(json.dumps(found.derivation)) == found.derivation


def test_without_an_overall_term_nothing_is_derived_for_it():
    assert list(terms(D(2019, 4, 25), None, LAW, CALENDAR).derivation) == ["check", "review"]
    assert list(terms(D(2019, 4, 26), None, LAW, CALENDAR).derivation) == [
        "check",
        "review",
        "overall",
    ]


ACCEPTED = st.dates(D(2017, 7, 1), D(2027, 6, 30))
PAUSES = st.lists(
    st.builds(
        lambda since, days: pause(since, since + timedelta(days=days)),
        st.dates(D(2017, 7, 1), D(2027, 6, 30)),
        st.integers(0, 30),
    ),
    max_size=4,
)


@given(ACCEPTED, st.none() | st.integers(0, 20), PAUSES)
def test_each_clock_counts_its_term_of_working_days_outside_pauses(accepted, after, pauses):
    received = None if after is None else accepted + timedelta(days=after)

    found = terms(accepted, received, LAW, CALENDAR, pauses)

    for derivation in found.derivation.values():
        counted = [date.fromisoformat(day) for day in derivation["counted"]]
        assert len(counted) == derivation["term"]
        assert all(map(CALENDAR.is_working, counted))
        assert counted[-1].isoformat() == derivation["due"]
        assert counted[0] > date.fromisoformat(derivation["start"])


def test_without_holidays_only_weekends_are_skipped():
    found = terms(D(2026, 5, 6), None, LAW, Calendar())

    assert isinstance(found, Terms)
    assert found[:3] == (D(2026, 5, 13), D(2026, 5, 22), D(2026, 5, 27))


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (D(2026, 11, 4), 0),
        (D(2026, 11, 3), 1),
        (D(2026, 10, 23), 7),
        (D(2026, 10, 25), 7),
        (D(2026, 11, 5), -1),
        (D(2026, 11, 8), -2),
        (D(2026, 11, 9), -3),
    ],
)
def test_the_days_left_are_working_days(on, days):
    assert left(D(2026, 11, 4), on, CALENDAR) == days
