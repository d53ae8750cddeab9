"""Roles are groups whose permissions are named after acts."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from mhifund import rail
from mhifund.roles import demo_users, ensure_groups
from tests.mhifund.office import staff

ACTS = (
    "registry.view_card",
    "registry.unmask_iin",
    "payments.receive_file",
    "payments.release_file",
    "payments.work_exceptions",
    "registry.propose_change",
    "registry.confirm_change",
    "registry.answer_run",
    "registry.correct_identity",
    "registry.view_reports",
    "registry.edit_calendar",
    "refunds.view_application",
    "refunds.handle_case",
    "refunds.confirm_case",
    "refunds.view_batch",
    "refunds.release_payout",
    "auth.change_user",
)
MAY = {
    "registry_operator": "card iin answer identity reports",
    "reconciliation_officer": "card iin receive release exceptions answer reports",
    "refund_officer": "card iin cases handle payouts",
    "refund_head": "card iin reports cases second payouts",
    "treasurer": "reports payouts release_payout",
    "analyst": "card reports cases payouts",
    "auditor": "card iin reports cases payouts",
    "reference_editor": "propose confirm calendar",
    "administrator": "users",
}
SHORT = {
    "registry.view_card": "card",
    "registry.unmask_iin": "iin",
    "payments.receive_file": "receive",
    "payments.release_file": "release",
    "payments.work_exceptions": "exceptions",
    "registry.propose_change": "propose",
    "registry.confirm_change": "confirm",
    "registry.answer_run": "answer",
    "registry.correct_identity": "identity",
    "registry.view_reports": "reports",
    "registry.edit_calendar": "calendar",
    "refunds.view_application": "cases",
    "refunds.handle_case": "handle",
    "refunds.confirm_case": "second",
    "refunds.view_batch": "payouts",
    "refunds.release_payout": "release_payout",
    "auth.change_user": "users",
}
SECTIONS = {
    "registry_operator": "today persons reports parameters",
    "reconciliation_officer": "today persons registers reports parameters",
    "refund_officer": "today persons registers refunds parameters",
    "refund_head": "today persons registers refunds reports parameters",
    "treasurer": "today registers payouts reports parameters",
    "analyst": "today persons registers refunds reports parameters",
    "auditor": "today persons registers refunds reports parameters admin:index",
    "reference_editor": "today parameters",
    "administrator": "today parameters admin:index",
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_its_acts_and_no_others(role):
    user = staff(role)
    assert [SHORT[act] for act in ACTS if user.has_perm(act)] == MAY[role].split()


@pytest.mark.django_db
@pytest.mark.parametrize("role", SECTIONS)
def test_the_rail_offers_what_a_role_may_open(role):
    demo_users("test-pass-1")
    user = get_user_model().objects.filter(groups__name=role).first()
    offered = [section["url"] for section in rail.sections(user, "/")]
    assert offered == [reverse(name) for name in SECTIONS[role].split()]


@pytest.mark.django_db
def test_an_auditor_reads_every_table_and_changes_none():
    user = staff("auditor")
    rights = {name.split(".")[1].split("_")[0] for name in user.get_all_permissions()}
    assert user.has_perm("mhifund.view_look")
    assert rights == {"view", "unmask"}


@pytest.mark.django_db
def test_a_permission_given_by_hand_to_a_role_is_taken_back():
    group = Group.objects.get(name="treasurer")
    before = set(group.permissions.all())
    group.permissions.add(*Group.objects.get(name="administrator").permissions.all())
    ensure_groups()
    assert set(group.permissions.all()) == before


@pytest.mark.django_db
def test_demo_users_are_made_once():
    demo_users("first-password")
    demo_users("second-password")
    users = get_user_model().objects.order_by("username")
    assert [user.username for user in users] == [
        "admin",
        "analyst",
        "auditor",
        "editor",
        "editor2",
        "head",
        "operator",
        "reconciler",
        "reconciler2",
        "refunds",
        "treasurer",
    ]
    assert all(user.check_password("first-password") for user in users)


@pytest.mark.django_db(transaction=True)
def test_the_roles_are_there_again_after_a_flush():
    call_command("flush", interactive=False, verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(MAY)
    assert staff("registry_operator").has_perm("registry.view_card")
