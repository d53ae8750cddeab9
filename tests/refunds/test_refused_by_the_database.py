"""What SQL cannot do to refunds, whoever writes it."""

import pytest
from django.db import DatabaseError, connection, transaction

from payments.models import Overpayment
from refunds.models import Application, Batch, Decision, Event, Line, PayoutItem
from refunds.rules.states import BatchState, LineState, State
from tests.refunds.actions.office import (
    answer,
    batch_of_all,
    confirmed,
    decided,
    head,
    officer,
    refuse_at_commit,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def refused(sql, *values, by):
    """The database refuses at once or at commit, and names what by."""
    with pytest.raises(DatabaseError, match=by), transaction.atomic():
        ask(sql, values)


def ask(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    refuse_at_commit()


STEP = "UPDATE refunds_{} SET state = %s, version = version + 1 WHERE id = %s"
ALLOWED = {
    "application": {"decided", "withdrawn"},
    "line": {"approved", "partly", "refused", "withdrawn"},
}


@pytest.mark.parametrize("state", State)
def test_an_application_takes_no_step_that_is_not_in_the_table(state):
    application, _lines = under_review("A1", "R1")
    by = "told" if state in ALLOWED["application"] else "takes no step"
    if state != "review":
        refused(STEP.format("application"), state, application.pk, by=by)


@pytest.mark.parametrize("state", LineState)
def test_a_line_takes_no_step_that_is_not_in_the_table(state):
    _application, (line,) = under_review("A1", "R1")
    if state not in ALLOWED["line"] | {"asked"}:
        refused(STEP.format("line"), state, line.pk, by="takes no step|check constraint")


@pytest.mark.parametrize("state", BatchState)
def test_a_batch_takes_no_step_that_is_not_in_the_table(state):
    confirmed("A1", "R1")
    batch = batch_of_all()
    if state not in ("settled", "sent"):
        refused(STEP.format("batch"), state, batch.pk, by="takes no step|check constraint")


def test_no_step_goes_untold():
    application, (line,) = under_review("A1", "R1")
    refused(STEP.format("application"), "withdrawn", application.pk, by="no event tells")
    refused(STEP.format("line"), "withdrawn", line.pk, by="no event tells")


def test_no_step_without_its_version():
    _application, (line,) = under_review("A1", "R1")
    sql = "UPDATE refunds_line SET state = 'withdrawn' WHERE id = %s"
    refused(sql, line.pk, by="takes no step")
    refused("UPDATE refunds_line SET version = 7 WHERE id = %s", line.pk, by="takes no step")


def test_nothing_begins_in_the_middle():
    application, (line,) = under_review("A1", "R1")
    columns = [
        field.column for field in Line._meta.concrete_fields if field.name not in ("id", "state")
    ]
    names = ", ".join(columns)
    chosen = ", ".join("99" if name == "number" else name for name in columns)
    refused(
        f"INSERT INTO refunds_line (state, {names}) SELECT 'paid', {chosen}"
        " FROM refunds_line WHERE id = %s",
        line.pk,
        by="does not begin",
    )
    assert application.lines.count() == 1


@pytest.mark.parametrize(
    "table",
    [
        *("refunds_application", "refunds_line", "refunds_batch", "refunds_decision"),
        *("refunds_payoutitem", "refunds_event", "refunds_letter", "refunds_answer"),
    ],
)
def test_nothing_is_deleted(table):
    confirmed("A1", "R1")
    (item,) = batch_of_all().items.all()
    answer((item.key, "paid"))
    refused(f"DELETE FROM {table}", by="delete rows")


def test_events_and_letters_are_not_edited():
    confirmed("A1", "R1")
    for table in ("refunds_event", "refunds_letter"):
        refused(f"UPDATE {table} SET at = now()", by="Cannot update")
    refuse_at_commit()
    refused("TRUNCATE refunds_event", by="not emptied")


def test_who_decided_a_line_does_not_confirm_it():
    _application, (line,) = decided("A1", "R1")
    refused(
        "UPDATE refunds_decision SET confirmed_by_id = decided_by_id, confirmed_at = now()"
        " WHERE id = %s",
        line.decision_id,
        by="decision_has_four_eyes",
    )


def test_a_decision_is_not_edited():
    _application, (line,) = confirmed("A1", "R1")
    sql = "UPDATE refunds_decision SET {} WHERE id = %s"
    refused(sql.format("amount = 1"), line.decision_id, by="Cannot update")
    refused(sql.format("confirmed_by_id = NULL"), line.decision_id, by="Cannot update")


def test_a_confirmed_line_has_a_confirmed_decision():
    _application, (line,) = decided("A1", "R1")
    Event.objects.create(
        machine="line",
        subject=line.pk,
        application=line.application,
        number=line.version + 1,
        step="confirm",
        before="approved",
        after="confirmed",
        at=line.application.recorded_at,
    )
    refused(STEP.format("line"), "confirmed", line.pk, by="no decision says")


@pytest.mark.parametrize(
    "change",
    [
        "confirmed_by_id = prepared_by_id, confirmed_at = now()",
        "released_by_id = prepared_by_id",
        "released_by_id = confirmed_by_id",
    ],
)
def test_the_same_person_does_not_stand_on_two_stages_of_a_batch(change):
    confirmed("A1", "R1")
    batch = batch_of_all()
    sql = f"UPDATE refunds_batch SET {change} WHERE id = %s"
    refused(sql, batch.pk, by="batch_has_six_eyes")


def test_a_batch_is_not_released_unconfirmed():
    confirmed("A1", "R1")
    batch = batch_of_all()
    sql = "UPDATE refunds_batch SET confirmed_by_id = NULL WHERE id = %s"
    refused(sql, batch.pk, by="batch_passed_its_stages|batch_has_six_eyes")


def test_a_line_on_its_way_has_its_batch():
    confirmed("A1", "R1")
    (item,) = batch_of_all().items.all()
    sql = "UPDATE refunds_line SET batch_id = NULL WHERE id = %s"
    refused(sql, item.line_id, by="line_in_a_batch")
    answer((item.key, "paid"))
    refused(sql, item.line_id, by="line_in_a_batch")


def test_a_line_is_not_in_two_batches():
    confirmed("A1", "R1")
    (item,) = batch_of_all().items.all()
    refused(
        "INSERT INTO refunds_payoutitem (batch_id, number, line_id, key, amount, outcome, paid,"
        " text) SELECT batch_id, 2, line_id, 'R2', amount, '', 0, '' FROM refunds_payoutitem"
        " WHERE id = %s",
        item.pk,
        by="payout_in_one_batch",
    )


def test_a_payout_is_answered_once():
    confirmed("A1", "R1")
    (item,) = batch_of_all().items.all()
    answer((item.key, "paid"))
    refused(
        "UPDATE refunds_payoutitem SET outcome = 'bounced', paid = 0 WHERE id = %s",
        item.pk,
        by="Cannot update",
    )


def test_no_more_is_held_than_was_overpaid():
    decided("A1", "R1")
    refused(
        "UPDATE payments_overpayment SET reserved = amount + 0.01 WHERE reserved > 0",
        by="not_more_than_overpaid",
    )


def test_what_lines_hold_and_what_overpayments_have_reserved_agree():
    _application, (line,) = decided("A1", "R1")
    sql = "UPDATE refunds_line SET approved = 1 WHERE id = %s"
    refused(sql, line.pk, by="do not agree|no decision says")
    refused(
        "UPDATE payments_overpayment SET reserved = 0 WHERE reserved > 0;"
        " UPDATE refunds_line SET approved = approved",
        by="do not agree",
    )


def test_a_line_gets_no_more_back_than_it_asked():
    _application, (line,) = under_review("A1", "R1")
    sql = "UPDATE refunds_line SET paid_back = asked + 0.01 WHERE id = %s"
    refused(sql, line.pk, by="line_gets_no_more_than_asked")


def test_pauses_of_an_application_do_not_overlap():
    application, _lines = under_review("A1", "R1")
    sql = (
        "INSERT INTO refunds_pause (application_id, since, until, reason, note, begun_by_id,"
        " ended_by_id) VALUES (%s, %s, %s, 'court', '', %s, %s)"
    )
    by = officer().pk
    with connection.cursor() as cursor:
        cursor.execute(sql, (application.pk, "2026-11-01", "2026-11-05", by, by))
        cursor.execute(sql, (application.pk, "2026-11-05", "2026-11-06", by, by))
    values = (application.pk, "2026-11-04", "2026-11-07", by, by)
    refused(sql, *values, by="pauses_do_not_overlap")


def test_rows_are_as_the_office_left_them():
    confirmed("A1", "R1")
    batch_of_all()
    counts = [model.objects.count() for model in (Application, Line, Batch, PayoutItem, Decision)]
    assert counts == [1, 1, 1, 1, 1]
    assert Overpayment.objects.filter(reserved__gt=0).count() == 1
    assert head() != officer()


def test_no_setting_switches_a_trigger_off():
    application, _lines = under_review("A1", "R1")
    refused(
        "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger;"
        f"DELETE FROM refunds_application WHERE id = {application.pk}",
        by="no_delete",
    )
