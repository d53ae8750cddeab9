"""What each role may do: groups with permissions named after acts."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.management import create_permissions
from django.db import transaction

CARD = ("registry.view_card", "registry.unmask_iin")
FACTS = (
    "registry.view_person",
    "registry.view_verdict",
    "registry.view_contribution",
    "registry.view_run",
    "payments.view_file",
    "payments.view_message",
    "payments.view_exceptionitem",
    "payments.view_finding",
)
REFERENCE = (
    "registry.view_region",
    "registry.view_parameter",
    "registry.view_category",
    "registry.view_calendarday",
    "refunds.view_reason",
)
CASES = ("refunds.view_application", "refunds.view_batch")
REPORTS = ("registry.view_reports", "registry.view_warnings")
USERS = (
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
    "auth.view_group",
    "mhifund.view_profile",
    "mhifund.add_profile",
    "mhifund.change_profile",
)
EVERYTHING_TO_READ = "view_*"

ROLES = {
    "registry_operator": (
        *CARD,
        *REFERENCE,
        *REPORTS,
        "registry.answer_run",
        "registry.correct_identity",
    ),
    "reconciliation_officer": (
        *CARD,
        *REFERENCE,
        "payments.view_file",
        "payments.receive_file",
        "payments.release_file",
        "payments.work_exceptions",
        "registry.view_reports",
        "registry.answer_run",
    ),
    "refund_officer": (
        *CARD,
        *REFERENCE,
        *CASES,
        "payments.view_file",
        "refunds.handle_case",
    ),
    "refund_head": (
        *CARD,
        *REFERENCE,
        *CASES,
        "payments.view_file",
        "registry.view_reports",
        "refunds.confirm_case",
    ),
    "treasurer": (
        *REFERENCE,
        "payments.view_file",
        "registry.view_reports",
        "refunds.view_batch",
        "refunds.release_payout",
    ),
    "analyst": (
        *REFERENCE,
        *CASES,
        "registry.view_card",
        "payments.view_file",
        *REPORTS,
    ),
    "auditor": (EVERYTHING_TO_READ, *CARD, *FACTS, *CASES, *REFERENCE, *REPORTS),
    "reference_editor": (
        *REFERENCE,
        "registry.propose_change",
        "registry.confirm_change",
        "registry.edit_calendar",
    ),
    "administrator": (*REFERENCE, *USERS),
}
STAFF = ("auditor", "administrator")

DEMO_USERS = {
    "operator": ("registry_operator", "Айгүл", "Тестова"),
    "reconciler": ("reconciliation_officer", "Ерлан", "Демов"),
    "reconciler2": ("reconciliation_officer", "Жанна", "Условнова"),
    "refunds": ("refund_officer", "Динара", "Примерова"),
    "head": ("refund_head", "Марат", "Образцов"),
    "treasurer": ("treasurer", "Сәуле", "Пробаева"),
    "analyst": ("analyst", "Тимур", "Выдуманов"),
    "auditor": ("auditor", "Гүлнар", "Мысалова"),
    "editor": ("reference_editor", "Қанат", "Учебный"),
    "editor2": ("reference_editor", "Салтанат", "Заданова"),
    "admin": ("administrator", "Ольга", "Условная"),
}


def ensure_groups(using="default", **kwargs):
    """Groups and their permissions as the table says; other permissions of a group are taken."""
    group, permission = (apps.get_model("auth", name) for name in ("Group", "Permission"))
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0, using=using)
    known = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in permission.objects.select_related("content_type")
    }
    for name, wanted in ROLES.items():
        row, _new = group.objects.get_or_create(name=name)
        row.permissions.set(_permissions(known, wanted))


def _permissions(known, wanted):
    named = [known[name] for name in wanted if name in known]
    if EVERYTHING_TO_READ in wanted:
        named += [p for p in known.values() if p.codename.startswith("view_")]
    return named


@transaction.atomic
def demo_users(password):
    """One synthetic user a role, all with this password; those who exist stay as they are."""
    group, profile = apps.get_model("auth", "Group"), apps.get_model("mhifund", "Profile")
    hashed = make_password(password)  # slow on purpose, so once for all
    for username, (role, first_name, last_name) in DEMO_USERS.items():
        user, new = get_user_model().objects.get_or_create(
            username=username,
            defaults={
                "first_name": first_name,
                "last_name": last_name,
                "is_staff": role in STAFF,
                "password": hashed,
            },
        )
        if new:
            user.groups.set(group.objects.filter(name=role))
            profile.objects.create(user=user)
