"""Whom a user may see: the one place every card, search and list of persons passes."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from mhifund import labels
from payments.models import ExceptionItem
from refunds.models import Application, Batch, PayoutItem
from registry.models import FormerIin, Person


def persons_for(user):
    """The persons of the user's regions, or of the whole country; nobody without the right."""
    persons = Person.objects.all()
    if not user.has_perm("registry.view_card"):
        return persons.none()
    within = regions(user)
    return persons if within is None else persons.filter(region__in=within)


def regions(user):
    """The user's regions; None is the whole country. A user without a profile has none."""
    if not hasattr(user, "_regions"):
        user._regions = _regions(user)
    return user._regions


def whole_country(user):
    return regions(user) is None


def _regions(user):
    profile = getattr(user, "profile", None)
    if profile is None:
        return None if user.is_superuser else []
    return list(profile.regions.all()) or None


def role(user):
    """What the user is, in words."""
    if not hasattr(user, "_role"):
        names = [labels.ROLES.get(group.name, group.name) for group in user.groups.all()]
        user._role = ", ".join(str(name) for name in names) or (
            _("Superuser") if user.is_superuser else _("No role yet")
        )
    return user._role


def applications_for(user):
    """Applications about persons of the user's regions alone; all of them for the whole country."""
    applications = Application.objects.all()
    if not user.has_perm("refunds.view_application"):
        return applications.none()
    within = regions(user)
    return applications if within is None else applications.filter(region__in=within)


def batches_for(user):
    """Payout batches; for a user of some regions those in which an application of theirs is."""
    batches = Batch.objects.all()
    if not user.has_perm("refunds.view_batch"):
        return batches.none()
    if whole_country(user):
        return batches
    inside = payouts_for(user, PayoutItem.objects.filter(batch=OuterRef("pk")))
    return batches.filter(Exists(inside))


def payouts_for(user, items):
    """Payouts of the applications of the user's regions; all of them for the whole country."""
    within = regions(user)
    return items if within is None else items.filter(line__application__region__in=within)


def exceptions_for(user, items):
    """Items of nobody in the registry and of the persons the user may see, as posted too."""
    within = regions(user)
    if within is None:
        return items
    return returns_for(user, items).filter(Q(entry=None) | Q(entry__person__region__in=within))


def events_for(user, events):
    """Acts on the items the user may see, but those that name a person of another region."""
    within = regions(user)
    if within is None:
        return events
    items = exceptions_for(user, ExceptionItem.objects.all())
    named = Q(person=None) | Q(person__region__in=within)
    return events.filter(named, item__in=items)


def returns_for(user, items):
    """Items that came for nobody in the registry, and for the persons the user may see."""
    within = regions(user)
    if within is None:
        return items
    others = Person.objects.filter(iin=OuterRef("iin"), merged_into=None)
    former = FormerIin.objects.filter(iin=OuterRef("iin"))
    return items.exclude(Exists(others.exclude(region__in=within))).exclude(
        Exists(former.exclude(person__region__in=within))
    )
