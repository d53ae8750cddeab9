"""Who works on what: applications are taken on, handed on, and left by who is absent."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from refunds.actions.advance import Role, roles_of, tell
from refunds.models import OPEN, Absence, Application


def absent(on):
    """The users who are not at work on a day."""
    return Absence.objects.filter(since__lte=on, until__gte=on)


@transaction.atomic
def hand_on(wanted, to, *, by, at, note=""):
    """Gives applications, {id: version}, to a user, or to nobody; an answer for each.

    Officers give to anybody who handles cases and is at work; `to` may be whoever acts.
    """
    rows = list(
        Application.objects.select_for_update(no_key=True)
        .filter(OPEN, pk__in=wanted)
        .order_by("pk")
    )
    answers = dict.fromkeys(wanted, "gone")
    against = _against(to, by, localdate(at))
    for row in rows:
        changed = wanted[row.pk] not in (None, row.version)
        answers[row.pk] = against or ("changed" if changed else "")
        if not answers[row.pk] and row.owner_id != (to and to.pk):
            facts = {"from": row.owner_id, "to": to and to.pk}
            Application.objects.filter(pk=row.pk).update(owner=to)
            tell(row, "owner", by=by, at=at, note=note, facts=facts)
    return answers


def _against(to, by, on):
    if not roles_of(by) & {Role.OFFICER, Role.HEAD}:
        return "not_your_role"
    if to is None:
        return ""
    if not roles_of(to) & {Role.OFFICER, Role.HEAD}:
        return "not_your_role"
    return "absent" if absent(on).filter(user=to).exists() else ""


def free(applications, on):
    """Applications that wait for somebody: of nobody, or of who is absent."""
    away = absent(on).filter(user=OuterRef("owner"))
    return applications.filter(Q(owner=None) | Exists(away))


def load(applications, on):
    """Users with how many open applications they have, overdue and soon due ones among them."""
    return (
        get_user_model()
        .objects.filter(applications__in=applications.filter(OPEN))
        .annotate(
            open=Count("applications", filter=Q(applications__in=applications.filter(OPEN))),
            overdue=Count(
                "applications",
                filter=Q(applications__in=applications.filter(OPEN), applications__due__lt=on),
            ),
            away=Exists(absent(on).filter(user=OuterRef("pk"))),
        )
        .order_by("-overdue", F("open").desc(), "last_name", "pk")
    )
