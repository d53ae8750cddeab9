"""Whether persons are insured, and the runs that judged them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.law import Region
from registry.models.persons import Person


class VerdictFields(models.Model):
    """`missing`: bit 0 is the month before `window`, bit 1 the one before it, and so on."""

    on = models.DateField(_("judged for"))
    status = models.CharField(_("status"), max_length=12, choices=labels.STATUSES)
    reason = models.CharField(_("reason"), max_length=15, choices=labels.REASONS)
    until = models.DateField(_("until"), null=True, blank=True)
    window = models.DateField(_("window"), null=True, blank=True)
    missing = models.IntegerField(_("missing months"), default=0)
    decided_at = models.DateTimeField(_("decided at"))
    run = models.ForeignKey("registry.Run", models.PROTECT, null=True, blank=True, db_index=False)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.status} {self.on:%d.%m.%Y}"


class Verdict(VerdictFields):
    """The one current verdict of a person; it cannot change by itself before `changes_on`."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="verdict")
    changes_on = models.DateField(_("can change on"))

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        indexes = (models.Index(fields=("changes_on",), name="verdict_changes"),)
        permissions = (
            ("run_night", _("Can start the night")),
            ("view_reports", _("Can take reports")),
        )


class VerdictChange(VerdictFields):
    """Every verdict a person has had, in the order in which they were decided."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="verdicts", db_index=False)

    class Meta:
        verbose_name = _("verdict change")
        verbose_name_plural = _("verdict history")
        ordering = ("person", "id")
        indexes = (models.Index(fields=("person", "on"), name="history_by_person"),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        )


class Run(models.Model):
    """A judging of everybody for a day, range by range; `position` is the last person done."""

    on = models.DateField(_("judged for"))
    state = models.CharField(_("state"), max_length=10, choices=labels.RUN_STATES)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    position = models.BigIntegerField(default=0)
    judged = models.BigIntegerField(_("judged"), default=0)
    changed = models.BigIntegerField(_("changed"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("on",), condition=Q(state="running"), name="run_once_at_a_time"
            ),
        )

    def __str__(self):
        return f"{self.on:%d.%m.%Y}"


class Shift(models.Model):
    """How many persons of a region went from one verdict to another in a run."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="shifts")
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    old_status = models.CharField(max_length=12, choices=labels.STATUSES, blank=True)
    old_reason = models.CharField(max_length=15, choices=labels.REASONS, blank=True)
    status = models.CharField(max_length=12, choices=labels.STATUSES)
    reason = models.CharField(max_length=15, choices=labels.REASONS)
    persons = models.BigIntegerField()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "region", "old_status", "old_reason", "status", "reason"),
                name="shift_once",
            ),
        )

    def __str__(self):
        return f"{self.region_id} {self.old_reason} → {self.reason}"


class Tally(models.Model):
    """How many persons of a region had a verdict at the end of a run."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="tallies", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    status = models.CharField(max_length=12, choices=labels.STATUSES)
    reason = models.CharField(max_length=15, choices=labels.REASONS)
    persons = models.BigIntegerField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "region", "status", "reason"), name="tally_once"
            ),
        )

    def __str__(self):
        return f"{self.region_id} {self.reason}"
