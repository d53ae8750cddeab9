"""What is booked for persons, and which months it pays."""

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.keeping import NEVER_EMPTIED, NO_DELETE
from registry.models.persons import Person

MOVED = "moved:"
"""How the cause of an exclusion begins when the entry was entered again for another person."""


class Entries(models.QuerySet):
    def standing(self, known_at=None):
        """Entries that were not moved to another person, as known at a moment or now."""
        moved = Exclusion.objects.filter(entry=OuterRef("pk"), cause__startswith=MOVED)
        if known_at is None:
            return self.exclude(Exists(moved.filter(dropped_at=None)))
        still = Q(dropped_at=None) | Q(dropped_at__gt=known_at)
        return self.exclude(Exists(moved.filter(still, recorded_at__lte=known_at)))

    def bearer(self, origin):
        """The entry that counts now in the line of one that came in: itself, or where it was moved.

        `origin` is an id.
        """
        return self.standing().get(Q(pk=origin) | Q(moved__origin=origin))


class Contribution(models.Model):
    """An entry in the books. A correction is an opposite entry that names what it `reverses`.

    `rank` orders the entries of one day by the receipt of their file and by row. Kind, reference
    day, due and share (in thousand-millionths of the due) are settled when the entry is booked.
    """

    key = models.CharField(_("key"), max_length=60, unique=True, db_collation="C")
    person = models.ForeignKey(Person, models.PROTECT, related_name="entries", db_index=False)
    payer = models.CharField(_("payer"), max_length=12, db_collation="C")
    knp = models.CharField(_("purpose code"), max_length=3, db_collation="C")
    period = models.DateField(_("period"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    credited_on = models.DateField(_("credited on"))
    order_no = models.CharField(_("payment order"), max_length=60, blank=True)
    order_date = models.DateField(_("payment order date"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    rank = models.BigIntegerField(_("rank"))
    kind = models.CharField(_("kind"), max_length=20, choices=labels.KINDS)
    reference_day = models.DateField(_("reference day"))
    due = models.DecimalField(_("due"), max_digits=14, decimal_places=2, null=True, blank=True)
    share = models.BigIntegerField(_("share"), null=True, blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )

    objects = Entries.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        indexes = (
            models.Index(fields=("person", "period"), name="entry_by_month"),
            models.Index(fields=("payer", "period"), name="entry_by_payer"),
            models.Index(
                fields=("reverses",), condition=Q(reverses__isnull=False), name="entry_reversal"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
                name="entry_sign",
            ),
            models.CheckConstraint(condition=Q(period__day=1), name="entry_period_is_a_month"),
        )
        triggers = (
            NO_DELETE,
            NEVER_EMPTIED,
            pgtrigger.ReadOnly(
                name="facts_stay", exclude=("kind", "reference_day", "due", "share")
            ),
        )

    def __str__(self):
        return self.key


class Exclusion(models.Model):
    """Days `since`–`until` (exclusive) on which an entry counts nowhere, as known from–to."""

    entry = models.ForeignKey(Contribution, models.PROTECT, related_name="exclusions")
    cause = models.CharField(_("cause"), max_length=20)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        indexes = (
            models.Index(
                fields=("entry",),
                condition=Q(cause__startswith=MOVED, dropped_at=None),
                name="exclusion_moved",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "cause", "since"),
                condition=Q(dropped_at=None),
                name="exclusion_once",
            ),
        )
        triggers = (
            NO_DELETE,
            NEVER_EMPTIED,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("dropped_at",)),
            pgtrigger.Protect(
                name="dropped_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__dropped_at__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.entry_id} {self.cause}"


class PaidMonths(models.Model):
    """The months of a person that are paid, and on which days: packed rows of `rules.paid.RECORD`.

    Derived from the entries whenever one is booked, so that a night reads one row a person.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="paid")
    records = models.BinaryField()

    class Meta:
        verbose_name = _("paid months")
        verbose_name_plural = _("paid months")

    def __str__(self):
        return str(self.person_id)
