"""Whether persons are insured, and the runs that judged them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.keeping import APPEND_ONLY, NEVER_EMPTIED, NO_DELETE
from registry.models.law import Region
from registry.models.persons import Person
from registry.models.proposals import Sweep


class VerdictFields(models.Model):
    """`missing`: bit 0 is the month before `window`, bit 1 the one before it, and so on."""

    on = models.DateField(_("judged for"))
    status = models.CharField(_("status"), max_length=12, choices=labels.STATUSES)
    reason = models.CharField(_("reason"), max_length=15, choices=labels.REASONS)
    until = models.DateField(_("until"), null=True, blank=True)
    window = models.DateField(_("window"), null=True, blank=True)
    missing = models.IntegerField(_("missing months"), default=0)
    decided_at = models.DateTimeField(_("decided at"))
    run = models.ForeignKey("registry.Run", models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.status} {self.on:%d.%m.%Y}"


class Verdict(VerdictFields):
    """The one current verdict of a person, good from `judged_on` until before `changes_on`.

    Runs and persons are never deleted, so that no foreign key is asked for each row of a night.
    """

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="verdict", db_constraint=False
    )
    judged_on = models.DateField(_("last judged for"))
    changes_on = models.DateField(_("can change on"))

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        indexes = (models.Index(fields=("changes_on",), name="verdict_due"),)
        permissions = (
            ("view_reports", _("Can take reports")),
            ("view_warnings", _("Can see and take warnings")),
        )


class VerdictChange(VerdictFields):
    """Every verdict a person has had, in the order in which they were decided."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="verdicts", db_index=False, db_constraint=False
    )

    class Meta:
        verbose_name = _("verdict change")
        verbose_name_plural = _("verdict history")
        ordering = ("person", "id")
        indexes = (models.Index(fields=("person", "on"), name="history_by_person"),)
        triggers = (
            APPEND_ONLY,
            NEVER_EMPTIED,
        )


class Runs(models.QuerySet):
    def nights(self):
        """Those that looked at everybody, the latest first."""
        return self.filter(scope__in=("night", "full")).order_by("-id")

    def under_way(self):
        """Not finished: at work, or held."""
        return self.filter(state__in=("counting", "held", "writing")).order_by("-id")


class Run(models.Model):
    """A judging for a day: of whom a night finds in need, of everybody, or of news as they come.

    A run counts first and writes then; one that would move too many persons is held until
    somebody else than who caused it, in another role, lets it write or drops it.
    """

    on = models.DateField(_("judged for"))
    scope = models.CharField(_("scope"), max_length=5, choices=labels.RUN_SCOPES)
    state = models.CharField(_("state"), max_length=10, choices=labels.RUN_STATES)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    judged = models.BigIntegerField(_("judged"), default=0)
    changed = models.BigIntegerField(_("changed"), default=0)
    moved = models.BigIntegerField(_("changed status"), default=0)
    faults = models.BigIntegerField(_("faults"), default=0)
    limit = models.BigIntegerField(_("brake"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    by_role = models.CharField(_("role"), max_length=150, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_role = models.CharField(_("role"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = Runs.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("on", "scope"),
                condition=Q(state__in=("counting", "held", "writing")) | Q(scope="day"),
                name="run_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None)
                | (
                    ~Q(answered_role="")
                    & (Q(by=None) | ~Q(by=F("answered_by")))
                    & ~Q(by_role=F("answered_role"))
                ),
                name="run_answered_by_another",
                violation_error_message=_("Who caused a run does not answer for it."),
            ),
        )
        triggers = (
            NO_DELETE,
            NEVER_EMPTIED,
        )
        permissions = (("answer_run", _("Can let a held run write, or drop it")),)

    def __str__(self):
        return f"{self.on:%d.%m.%Y}"


class Part(models.Model):
    """Persons of a bucket, all or those in need, whom one worker judges in one transaction."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="parts", db_index=False)
    bucket = models.IntegerField()
    persons = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=labels.PART_STATES, default="open")
    judged = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    faults = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("part of a run")
        verbose_name_plural = _("parts of runs")
        constraints = (models.UniqueConstraint(fields=("run", "bucket"), name="part_once"),)

    def __str__(self):
        return f"{self.run_id}: {self.bucket}"


class ShiftFields(models.Model):
    """How many persons went from one verdict to another in a run; blank is none."""

    old_status = models.CharField(max_length=12, choices=labels.STATUSES, blank=True)
    old_reason = models.CharField(max_length=15, choices=labels.REASONS, blank=True)
    status = models.CharField(max_length=12, choices=labels.STATUSES, blank=True)
    reason = models.CharField(max_length=15, choices=labels.REASONS, blank=True)
    persons = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.old_reason} → {self.reason}"


class Shift(ShiftFields):
    """Of the persons of a region; `foreseen` by a run that counts, `tallied` in the tallies."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="shifts")
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    foreseen = models.BigIntegerField(default=0)
    tallied = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        indexes = (
            models.Index(
                fields=("run",), condition=~Q(persons=F("tallied")), name="shift_not_tallied"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("run", "region", "old_status", "old_reason", "status", "reason"),
                name="shift_once",
            ),
        )


class CategoryShift(ShiftFields):
    """Of the persons who hold a category on the day of the run, or did on the day before."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="category_shifts", db_index=False)
    category = models.CharField(_("category"), max_length=30, blank=True)
    foreseen = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("shift of a category")
        verbose_name_plural = _("shifts of categories")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "category", "old_status", "old_reason", "status", "reason"),
                name="category_shift_once",
            ),
        )


class TrialShift(ShiftFields):
    """Persons of a region whose verdict a proposal would change, on the day of its trial."""

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="shifts", db_index=False)
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)

    class Meta:
        verbose_name = _("shift of a trial")
        verbose_name_plural = _("shifts of trials")
        constraints = (
            models.UniqueConstraint(
                fields=("sweep", "region", "old_status", "old_reason", "status", "reason"),
                name="trial_shift_once",
            ),
        )


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
