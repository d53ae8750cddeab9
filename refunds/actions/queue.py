"""Who works on what: applications are taken on, handed on, and left by who is absent."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from refunds.actions.advance import PERMISSIONS, Role, roles_of, tell
from refunds.models import OPEN, Absence, Application

BY_GROUP = "django.contrib.auth.backends.ModelBackend"


def officers():
    """Who may have applications: everybody who decides lines or confirms what others decided."""
    users = get_user_model().objects
    found = users.none()
    for role in (Role.OFFICER, Role.HEAD):
        found |= users.with_perm(PERMISSIONS[role], backend=BY_GROUP, include_superusers=False)
    return found.order_by("last_name", "first_name", "username")


@transaction.atomic
def leave(user, since, until, *, by):
    """Writes down when somebody is not at work; heads for anybody, others for themselves."""
    if user != by and Role.HEAD not in roles_of(by):
        return "not_your_role"
    if until < since:
        return "ends_before"
    Absence.objects.create(user=user, since=since, until=until)
    return ""


@transaction.atomic
def come_back(pk, *, by, at):
    """Ends an absence the day before; one that has not begun is taken off the list."""
    row = Absence.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return "gone"
    if row.user != by and Role.HEAD not in roles_of(by):
        return "not_your_role"
    on = localdate(at)
    if row.since < on:
        row.until = min(row.until, on - timedelta(days=1))
        row.save()
    else:
        row.delete()
    return ""


def absent(on):
    """The users who are not at work on a day."""
    return Absence.objects.filter(since__lte=on, until__gte=on)


def away(on):
    """Whether a user is not at work on a day, as a column of a query."""
    return Exists(absent(on).filter(user=OuterRef("pk")))


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
    gone = absent(on).filter(user=OuterRef("owner"))
    return applications.filter(Q(owner=None) | Exists(gone))


def load(applications, on):
    """Users with how many open applications they have, overdue and soon due ones among them."""
    return (
        get_user_model()
        .objects.filter(applications__in=applications.filter(OPEN))
        .annotate(
            open=Count("applications"),
            overdue=Count("applications", filter=Q(applications__due__lt=on)),
            away=away(on),
        )
        .order_by("-overdue", F("open").desc(), "last_name", "pk")
    )
