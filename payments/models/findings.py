"""What was noticed on posted items, and what of them is to be given back."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from payments import labels
from registry.models import Contribution
from registry.models.keeping import NO_DELETE


class Finding(models.Model):
    """What was noticed on a posted item; `amount` is what was overpaid, `days` how late it came."""

    entry = models.ForeignKey(Contribution, models.PROTECT, related_name="findings")
    code = models.CharField(_("code"), max_length=20, choices=labels.FINDINGS)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True)
    days = models.IntegerField(_("days"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "code"), condition=Q(dropped_at=None), name="finding_once"
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("dropped_at",)),
        )

    def __str__(self):
        return f"{self.entry_id} {self.code}"


OPEN = Q(amount__gt=F("reserved") + F("paid"))


WITHIN_ENTRY = """
    IF NEW.established > (SELECT amount FROM registry_contribution WHERE id = NEW.entry_id) THEN
        RAISE EXCEPTION 'no more is established than was paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'established_within_entry';
    END IF;
    RETURN NEW;
"""
CONFIRMED_FIRST = """
    IF TG_OP = 'INSERT' OR NEW.reserved + NEW.paid > OLD.reserved + OLD.paid THEN
        RAISE EXCEPTION 'cases take nothing of a duplicate that nobody confirmed';
    END IF;
    RETURN NEW;
"""


class Overpayment(models.Model):
    """What was paid too much with an entry: the largest sum among its findings, and its cause.

    Derived with the findings: `found` is what they say now of the whole entry, whatever was paid
    back of it since: a refund changes nothing of the days before it. `established` is what of the
    whole entry is to be given back on documents where no finding shows it. `amount` is the larger
    of both, and never falls below what refund cases have `reserved` and `paid`. The entry is the
    one that came in, whoever has it now.

    The `answer` is what a person said of it as a suspected duplicate, and stays whatever is found
    later. Without a confirmation cases take nothing of a duplicate.
    """

    entry = models.OneToOneField(Contribution, models.PROTECT, related_name="overpayment")
    cause = models.CharField(_("cause"), max_length=20, choices=labels.CAUSES)
    found = models.DecimalField(_("found"), max_digits=14, decimal_places=2)
    established = models.DecimalField(
        _("established"), max_digits=14, decimal_places=2, default=0, db_default=0
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(_("paid back"), max_digits=14, decimal_places=2, default=0)
    recorded_at = models.DateTimeField(_("recorded at"))
    changed_at = models.DateTimeField(_("changed at"))
    answer = models.CharField(
        _("answer"), max_length=10, choices=labels.DUPLICATES, blank=True, default="", db_default=""
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("answered by"),
    )
    answer_note = models.TextField(_("note"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("overpayment")
        verbose_name_plural = _("overpayments")
        indexes = (
            models.Index(fields=("id",), condition=OPEN, name="overpayment_open"),
            models.Index(fields=("cause", "id"), condition=OPEN, name="overpayment_open_by_cause"),
            *(
                models.Index(
                    fields=("id",),
                    condition=OPEN & Q(cause="duplicate", answer=answer),
                    name=f"overpayment_{answer or 'to_be_confirmed'}",
                )
                for answer in ("", "confirmed")
            ),
            models.Index(
                fields=("entry",), condition=Q(answer="dismissed"), name="overpayment_dismissed"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    reserved__gte=0,
                    paid__gte=0,
                    found__gte=0,
                    established__gte=0,
                    amount=Greatest("found", "established", F("reserved") + F("paid")),
                ),
                name="not_more_than_overpaid",
            ),
            models.CheckConstraint(
                condition=~Q(cause=labels.ESTABLISHED) | Q(found=0),
                name="established_where_nothing_is_found",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answer__in=tuple(labels.DUPLICATES), answered_at__isnull=False)
                & Q(answered_by__isnull=False),
                name="duplicate_answered_by_somebody",
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.Protect(
                name="answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.answer <> '' AND"
                    " (NEW.answer, NEW.answered_at, NEW.answered_by_id, NEW.answer_note)"
                    " IS DISTINCT FROM"
                    " (OLD.answer, OLD.answered_at, OLD.answered_by_id, OLD.answer_note)"
                ),
            ),
            pgtrigger.Trigger(
                name="established_within_entry",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("established"),
                condition=pgtrigger.Condition("NEW.established > 0"),
                func=WITHIN_ENTRY,
            ),
            pgtrigger.Trigger(
                name="confirmed_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.cause = 'duplicate' AND NEW.answer <> 'confirmed'"
                    " AND NEW.reserved + NEW.paid > 0"
                ),
                func=CONFIRMED_FIRST,
            ),
        )

    def __str__(self):
        return f"{self.entry_id} {self.cause}"

    @property
    def left(self):
        """What no case has asked back yet."""
        return self.amount - self.reserved - self.paid
