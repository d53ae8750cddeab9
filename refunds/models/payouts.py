"""Payout batches: prepared by one, confirmed by another, released by a third."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds import labels
from refunds.models.machines import Machine, kept_by, state_field, user_field
from refunds.rules.states import BatchState
from registry.models.keeping import APPEND_ONLY, NO_DELETE


class Batch(Machine):
    """Lines that are paid with one order to the State Corporation."""

    state = state_field("batch")
    prepared_at = models.DateTimeField(_("prepared at"))
    prepared_by = user_field(_("prepared by"), null=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = user_field(_("confirmed by"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = user_field(_("released by"))

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "-id"), name="batch_by_state"),)
        constraints = (
            models.CheckConstraint(
                condition=(Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")))
                & (
                    Q(released_by=None)
                    | ~Q(released_by=F("prepared_by")) & ~Q(released_by=F("confirmed_by"))
                ),
                name="batch_has_six_eyes",
                violation_error_message=_(
                    "A batch is prepared by one, confirmed by another and released by a third."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.PREPARED, confirmed_by=None, released_by=None)
                | Q(state=BatchState.CONFIRMED, confirmed_by__isnull=False, released_by=None)
                | Q(
                    state__in=(BatchState.SENT, BatchState.SETTLED),
                    confirmed_by__isnull=False,
                    released_by__isnull=False,
                )
                | Q(state=BatchState.CANCELLED, released_by=None),
                name="batch_passed_its_stages",
            ),
        )
        triggers = (
            *kept_by("batch"),
            pgtrigger.ReadOnly(name="prepared_stays", fields=("prepared_at", "prepared_by")),
        )

    def __str__(self):
        return f"{self.prepared_at:%Y}-{self.pk:06}"


class Answer(models.Model):
    """A file in which the bank says what became of payouts; what did not fit is kept with it."""

    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True, db_collation="C")
    items = models.IntegerField(_("items"))
    applied = models.IntegerField(_("applied"))
    total = models.DecimalField(_("paid in total"), max_digits=18, decimal_places=2)
    debits = models.DecimalField(
        _("debited by the bank"), max_digits=18, decimal_places=2, null=True
    )
    faults = models.JSONField(_("what did not fit"), default=list)
    received_at = models.DateTimeField(_("received at"))
    received_by = user_field(_("by"))

    class Meta:
        verbose_name = _("answer of the bank")
        verbose_name_plural = _("answers of the bank")
        ordering = ("-id",)
        triggers = (APPEND_ONLY,)

    def __str__(self):
        return self.name


class PayoutItem(models.Model):
    """A line in a batch, under the `key` by which the bank answers; `paid` is what it paid of it.

    A line that bounced gets a new item, with a new key, in another batch.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="items", db_index=False)
    number = models.IntegerField(_("number"))
    line = models.ForeignKey("refunds.Line", models.PROTECT, related_name="payouts")
    key = models.CharField(_("payout key"), max_length=20, unique=True, db_collation="C")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=labels.PAYOUTS, blank=True, default=""
    )
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2, default=0)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    text = models.CharField(_("text of the bank"), max_length=255, blank=True)
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="payouts", db_index=False
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="payout_once_a_batch"),
            models.UniqueConstraint(
                fields=("line",),
                condition=Q(outcome__in=("", "paid")),
                name="payout_in_one_batch",
                violation_error_message=_("The line is in another batch."),
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("", "bounced", "left_out"), paid=0)
                | Q(outcome="paid", paid=F("amount"))
                | Q(outcome="partly", paid__gt=0, paid__lt=F("amount")),
                name="payout_paid_what_it_says",
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", fields=("batch", "line", "key", "amount")),
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome=""),
            ),
        )

    def __str__(self):
        return self.key
