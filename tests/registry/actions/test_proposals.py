"""A change of the law: proposed by one, confirmed by another, and by nobody otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import Error, IntegrityError, connection, transaction

from mhifund import night
from payments.actions.derive import derive_rechecks
from registry.actions import law, sweeps
from registry.actions.explain import explain
from registry.actions.proposals import (
    Decided,
    NotAnother,
    Unknown,
    before,
    begin_sweep,
    decide,
)
from registry.models import (
    Awaiting,
    CategoryGroup,
    Contribution,
    Parameter,
    Proposal,
    Recheck,
    Sweep,
    TrialShift,
    Verdict,
)
from registry.rules.law import Code
from registry.rules.verdicts import Reason
from tests.registry.actions.world import EARLY, judged_all, keep
from tests.registry.proposals import AT, changed, officers, proposed
from tests.registry.rules.builders import EMPLOYEE, INDEPENDENT, holds, paid, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ON = date(2026, 11, 20)
NEW_YEAR = date(2027, 1, 1)


def value(code, on):
    return law.law()[code].get(on)


def test_a_confirmed_value_is_the_law_from_its_first_day():
    changed("MW", Decimal(93000), NEW_YEAR, unit="KZT")
    assert value(Code.MW, date(2026, 12, 31)) == 85000
    assert value(Code.MW, NEW_YEAR) == 93000


def test_a_proposed_value_is_not_the_law():
    proposal = proposed("MW", Decimal(93000), date(2026, 6, 1))
    assert value(Code.MW, ON) == 85000
    assert before(proposal).value == 85000
    decide(proposal, "rejected", by=officers()[1], at=AT)
    assert value(Code.MW, ON) == 85000


def test_a_correction_leaves_what_it_corrects_to_be_seen():
    changed("MW", Decimal(86000), date(2026, 1, 1))
    assert value(Code.MW, ON) == 86000
    rows = Parameter.objects.filter(code="MW", since=date(2026, 1, 1)).order_by("id")
    assert [(row.value, row.superseded_at) for row in rows] == [(85000, AT), (86000, None)]


def test_a_value_can_cease_to_be_in_force():
    changed("STATUS_PREPAY_MONTHS", None, NEW_YEAR)
    assert value(Code.STATUS_PREPAY_MONTHS, date(2026, 12, 31)) == 12
    assert value(Code.STATUS_PREPAY_MONTHS, NEW_YEAR) is None


def test_the_group_of_a_category_changes_from_its_day_on():
    changed("student", "local_paid", NEW_YEAR, subject="category")
    rows = CategoryGroup.objects.current().filter(category="student").order_by("since")
    assert [(row.since, row.group) for row in rows] == [
        (date(2017, 7, 1), "state_paid"),
        (NEW_YEAR, "local_paid"),
    ]


@pytest.mark.parametrize("state", ["confirmed", "rejected"])
def test_who_proposed_does_not_decide_not_even_a_superuser(state):
    root = get_user_model().objects.create_superuser("root")
    proposal = proposed("MW", Decimal(93000), NEW_YEAR)
    with pytest.raises(NotAnother):
        decide(proposal, state, by=officers()[0], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            state=state, decided_by=officers()[0], decided_at=AT
        )
    assert decide(proposal, state, by=root, at=AT).decided_by == root


def test_nobody_else_withdraws_a_proposal():
    proposal = proposed("MW", Decimal(93000), NEW_YEAR)
    with pytest.raises(NotAnother):
        decide(proposal, "withdrawn", by=officers()[1], at=AT)
    assert decide(proposal, "withdrawn", by=officers()[0], at=AT).state == "withdrawn"


def test_what_is_decided_stays_decided():
    proposal = changed("MW", Decimal(93000), NEW_YEAR)
    with pytest.raises(Decided):
        decide(proposal, "rejected", by=officers()[1], at=AT)
    with pytest.raises(Error, match="update"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="proposed", decided_by=None)


def test_a_second_proposal_for_the_same_day_waits_for_the_first():
    proposed("MW", Decimal(93000), NEW_YEAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        proposed("MW", Decimal(94000), NEW_YEAR)


@pytest.mark.parametrize("basis", [{"act": ""}, {"source": ""}])
def test_without_a_legal_basis_nothing_is_proposed(basis):
    with pytest.raises(IntegrityError), transaction.atomic():
        proposed("MW", Decimal(93000), NEW_YEAR, **basis)


@pytest.mark.parametrize(
    ("subject", "code", "new"),
    [("parameter", "NO_SUCH", 1), ("category", "no_such", "exempt"), ("category", "student", "")],
)
def test_what_the_law_does_not_know_is_not_proposed(subject, code, new):
    with pytest.raises(Unknown):
        proposed(code, new, NEW_YEAR, subject=subject)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registry_parameter (code, since, value, text, unit, act, article, source,"
        " confidence, entered_at) VALUES ('MW', '2030-01-01', 1, '', 'KZT', '', '', '', 'high',"
        " now())",
        "UPDATE registry_parameter SET value = 1 WHERE code = 'MW'",
        "UPDATE registry_parameter SET superseded_at = now() WHERE code = 'MW'",
        "DELETE FROM registry_parameter WHERE code = 'MW'",
        "UPDATE registry_categorygroup SET \"group\" = 'exempt'",
        "DELETE FROM registry_categorygroup",
        "DELETE FROM registry_category",
        "UPDATE registry_category SET name_ru = 'x'",
        "INSERT INTO registry_category (code, name_kk, name_ru, name_en, basis)"
        " VALUES ('new', 'x', 'x', 'x', '')",
        "DELETE FROM registry_proposal",
        "UPDATE registry_proposal SET value = 1",
        "UPDATE registry_verdictchange SET reason = 'gap'",
        "DELETE FROM registry_verdictchange",
        "UPDATE registry_personrecord SET residence = 'temporary'",
        "DELETE FROM registry_exclusion",
        "UPDATE registry_contribution SET amount = 1",
        "TRUNCATE registry_verdictchange",
        "TRUNCATE registry_contribution CASCADE",
        "TRUNCATE registry_parameter CASCADE",
        "UPDATE registry_exclusion SET dropped_at = NULL",
    ],
)
def test_not_even_sql_changes_the_law_or_the_past(statement):
    keep([person(paid("2026-01", "2026-09"))])
    judged_all(on=ON, at=NOW)
    entry = Contribution.objects.first()
    entry.exclusions.create(cause="duplicate", since=ON, recorded_at=NOW, dropped_at=NOW)
    proposed("MW", Decimal(93000), NEW_YEAR)
    with pytest.raises(Error), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registry_category (code, name_kk, name_ru, name_en, basis)"
        " VALUES ('new', 'x', 'x', 'x', '')",
        'INSERT INTO registry_categorygroup (category_id, since, "group")'
        " VALUES ('student', '2030-01-01', 'payer')",
    ],
)
def test_a_session_that_has_shipped_nothing_adds_nothing_to_the_law(statement):
    fresh = connection.copy()
    with pytest.raises(Error, match="confirmed proposal"):
        fresh.cursor().execute(statement)
    fresh.close()


def test_a_row_of_the_law_says_what_its_proposal_says():
    proposal = changed("MW", Decimal(93000), NEW_YEAR)
    fields = {"code": "MW", "since": NEW_YEAR, "unit": "KZT", "confidence": "high"}
    with pytest.raises(Error, match="confirmed proposal"), transaction.atomic():
        Parameter.objects.create(value=1, proposal=proposal, superseded_at=AT, **fields)


@pytest.mark.parametrize("at", [AT, NOW])
def test_a_row_of_the_law_gives_way_only_to_a_later_proposal(at):
    first = changed("MW", Decimal(86000), date(2026, 1, 1))
    second = changed("MW", Decimal(87000), date(2026, 1, 1))
    for proposal in (first, second):
        rows = Parameter.objects.filter(proposal=proposal)
        with pytest.raises(Error, match="confirmed proposal"), transaction.atomic():
            rows.update(superseded_at=at)
        with pytest.raises(Error, match="confirmed proposal"), transaction.atomic():
            rows.update(superseded_at=None)


@pytest.mark.parametrize("state", ["confirmed", "rejected", "withdrawn"])
def test_a_proposal_does_not_begin_decided(state):
    proposal = proposed("MW", Decimal(93000), NEW_YEAR)
    proposal.pk, proposal.since, proposal.state = None, date(2028, 1, 1), state
    proposal.decided_by, proposal.decided_at = officers()[state != "withdrawn"], AT
    with pytest.raises(Error, match="insert"), transaction.atomic():
        proposal.save(force_insert=True)


OLD_WAGE = date(2026, 1, 1)
BEFORE, AFTER = EARLY + timedelta(hours=1), EARLY + timedelta(hours=2)


def changed_late(*arguments, **fields):
    """A change that is confirmed when the rest is long known."""
    proposal = proposed(*arguments, **fields)
    return decide(proposal, "confirmed", by=officers()[1], at=AFTER)


def known_then(row):
    found = explain(row, on=ON, known_at=BEFORE)
    return found._replace(known_at=None)


def counted(known_at):
    sweep = sweeps.walk(sweeps.begin("counts", on=ON, known_at=known_at, at=NOW))
    rows = TrialShift.objects.filter(sweep=sweep).order_by("reason")
    return [(row.reason, row.persons) for row in rows]


def test_a_wage_that_is_corrected_later_leaves_what_was_known_before():
    (row,) = keep([person(paid("2025-11", "2026-10", INDEPENDENT))])[0]
    before, counts = known_then(row), counted(BEFORE)
    assert (before.reason, before.missing) == (Reason.TWELVE_MONTHS, [])
    changed_late("MW", Decimal(170000), OLD_WAGE)
    sweeps.walk(Sweep.objects.get(kind="settlement"))
    derive_rechecks(at=AFTER)
    assert (known_then(row), counted(BEFORE)) == (before, counts)
    now = explain(row, on=ON, known_at=NOW)
    assert (now.reason, len(now.missing)) == (Reason.GAP, 10)
    assert counted(NOW) == [("gap", 1)]


def test_a_group_that_is_corrected_later_leaves_what_was_known_before():
    (row,) = keep([person(holds("student", "2025-09-01", "2029-06-30"))])[0]
    before = known_then(row)
    assert before.reason == Reason.STATE_PAID
    changed_late("student", "payer", date(2025, 1, 1), subject="category")
    assert known_then(row) == before
    assert explain(row, on=ON, known_at=NOW).reason != Reason.STATE_PAID


def test_a_settlement_that_was_cut_off_is_done_by_the_night():
    (payer,) = keep([person(paid("2025-11", "2026-10", INDEPENDENT))])[0]
    changed("MW", Decimal(170000), OLD_WAGE)
    run = night.through(ON, at=NOW)
    assert Sweep.objects.get(kind="settlement").finished_at
    assert not Recheck.objects.exists()
    assert (run.state, Verdict.objects.get(person=payer).reason) == ("done", "gap")


def tried(proposal, on):
    sweep = sweeps.walk(begin_sweep(proposal, "trial", on=on, at=AT))
    rows = TrialShift.objects.filter(sweep=sweep).order_by("old_reason")
    return sweep, [(row.old_reason, row.reason, row.persons) for row in rows]


def test_a_trial_tells_whose_verdict_a_parameter_of_the_status_would_change():
    keep(
        [
            person(paid("2025-08", "2026-08", INDEPENDENT)),
            person(),
            person(holds("student", "2026-01-01")),
        ]
    )
    judged_all(on=ON, at=NOW)
    before = [*Verdict.objects.order_by("pk").values()]
    sweep, rows = tried(proposed("STATUS_GRACE_MONTHS", 1, date(2026, 9, 1)), ON)
    assert rows == [("grace", "gap", 1)]
    assert (sweep.persons, sweep.changed, sweep.percent) == (3, 1, 100)
    assert [*Verdict.objects.order_by("pk").values()] == before


def test_a_trial_tells_whose_months_a_higher_wage_would_leave_unpaid():
    keep(
        [
            person(paid("2025-08", "2026-10", INDEPENDENT)),
            person(paid("2025-08", "2026-10", EMPLOYEE)),
        ]
    )
    _, rows = tried(proposed("MW", Decimal(90000), date(2026, 1, 1)), ON)
    assert rows == [("twelve_months", "gap", 1)]


def test_a_trial_tells_who_would_be_paid_for_by_another():
    keep([person(holds("student", "2026-01-01")), person()])
    proposal = proposed("student", "local_paid", date(2026, 9, 1), subject="category")
    assert tried(proposal, ON)[1] == [("state_paid", "local_paid", 1)]


def test_a_trial_that_is_cut_off_is_walked_on_and_a_new_one_begins_anew(monkeypatch):
    monkeypatch.setattr(sweeps, "AT_ONCE", 1)
    keep([person(paid("2025-08", "2026-08", INDEPENDENT)), person(paid("2025-08", "2026-08"))])
    proposal = proposed("STATUS_GRACE_MONTHS", 1, date(2026, 9, 1))
    sweep = begin_sweep(proposal, "trial", on=ON, at=AT)
    while sweeps.step(sweep.pk).persons < 1:
        pass
    assert sweeps.walk(sweep).persons == 2
    assert TrialShift.objects.get().persons == 2
    assert tried(proposal, ON)[1] == [("grace", "gap", 2)]
    assert Sweep.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "new", "everybody"),
    [("STATUS_GRACE_MONTHS", 4, True), ("REFUND_SC_CHECK", 6, False)],
)
def test_a_confirmed_change_of_the_status_has_everybody_judged(code, new, everybody):
    keep([person(), person()])
    judged_all(on=ON, at=NOW)
    changed(code, new, NEW_YEAR)
    assert Awaiting.objects.count() == 2 * everybody


def test_a_confirmed_change_of_a_category_has_its_holders_judged():
    student, _ = keep([person(holds("student", "2026-01-01")), person()])[0]
    judged_all(on=ON, at=NOW)
    Recheck.objects.all().delete()
    changed("student", "local_paid", date(2026, 9, 1), subject="category")
    assert [row.person for row in Awaiting.objects.all()] == [student]
    assert [row.person for row in Recheck.objects.all()] == [student]
    judged_all(on=ON, at=NOW)
    assert Verdict.objects.get(person=student).reason == "local_paid"


def test_a_confirmed_wage_settles_the_entries_concerned_anew():
    payer, _ = keep(
        [
            person(paid("2025-11", "2026-02", INDEPENDENT)),
            person(paid("2025-11", "2025-12", INDEPENDENT)),
        ]
    )[0]
    changed("MW", Decimal(170000), date(2026, 1, 1))
    sweeps.walk(Sweep.objects.get(kind="settlement"))
    entries = Contribution.objects.filter(person=payer).order_by("period")
    assert [(str(entry.due), entry.share) for entry in entries] == [
        ("4250.00", 1_000_000_000),
        ("4250.00", 1_000_000_000),
        ("8500.00", 500_000_000),
        ("8500.00", 500_000_000),
    ]
    assert [row.person for row in Recheck.objects.all()] == [payer]
