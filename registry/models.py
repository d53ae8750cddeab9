"""Persons, what is booked for them, and whether they are insured."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.rules import iin


class Named(models.Model):
    name_kk = models.CharField(_("name in Kazakh"), max_length=200)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self):
        return labels.in_language(self, "name")


class Region(Named):
    code = models.CharField(_("KATO"), max_length=2, primary_key=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("code",)


class Parameter(models.Model):
    """A value of the law from its first day; without a value it is not in force from that day."""

    code = models.CharField(_("code"), max_length=40)
    since = models.DateField(_("since"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=80)
    act = models.CharField(_("act"), max_length=200, blank=True)
    article = models.CharField(_("article"), max_length=80, blank=True)
    source = models.TextField(_("source"), blank=True)
    confidence = models.CharField(_("confidence"), max_length=10, choices=labels.CONFIDENCE)
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering = ("code", "since")
        constraints = (
            models.UniqueConstraint(fields=("code", "since"), name="parameter_once_a_day"),
        )
        permissions = (
            ("propose_change", _("Can propose a change of the law")),
            ("confirm_change", _("Can confirm a change of the law")),
        )

    def __str__(self):
        return f"{self.code} {self.since:%d.%m.%Y}"


class CalendarDay(Named):
    """A weekday off or a Saturday or Sunday worked; every other day follows from the week."""

    day = models.DateField(_("day"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=labels.DAY_KINDS)
    entered_on = models.DateField(_("entered on"))

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ("day",)


class Category(Named):
    code = models.CharField(_("code"), max_length=30, primary_key=True)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("code",)


class CategoryGroup(models.Model):
    """Who stands for the category from that day: the state, the region, nobody, or the payer."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="groups")
    since = models.DateField(_("since"))
    group = models.CharField(_("group"), max_length=12, choices=labels.GROUPS)

    class Meta:
        verbose_name = _("category group")
        verbose_name_plural = _("category groups")
        ordering = ("category", "since")
        constraints = (
            models.UniqueConstraint(fields=("category", "since"), name="group_once_a_day"),
        )

    def __str__(self):
        return f"{self.category_id} {self.since:%d.%m.%Y}"


class PersonFields(models.Model):
    """What an extract says of a person."""

    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=100, blank=True)
    birth_date = models.DateField(_("birth date"))
    sex = models.CharField(_("sex"), max_length=1, choices=labels.SEXES)
    residence = models.CharField(_("residence"), max_length=10, choices=labels.RESIDENCES)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), db_index=False)
    died_on = models.DateField(_("died on"), null=True, blank=True)

    class Meta:
        abstract = True


class Person(PersonFields):
    """A person as the latest extract describes them; `last_key` and `first_key` are folded."""

    iin = models.CharField(_("IIN"), max_length=12, unique=True, db_collation="C")
    last_key = models.CharField(max_length=100, db_collation="C", editable=False)
    first_key = models.CharField(max_length=100, db_collation="C", editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = (
            models.Index(fields=("last_key", "first_key"), name="person_by_name"),
            models.Index(fields=("region",), name="person_by_region"),
        )
        permissions = (
            ("view_card", _("Can open the card of a person")),
            ("unmask_iin", _("Can see a whole IIN")),
        )

    def __str__(self):
        return f"{iin.masked(self.iin)} {self.full_name}"

    @property
    def full_name(self):
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))


class PersonRecord(PersonFields):
    """What an extract changed, kept for ever: known from `recorded_at`, in force from its day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="records")
    received_on = models.DateField(_("received on"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("extract record")
        verbose_name_plural = _("extract records")
        ordering = ("person", "received_on", "id")
        indexes = (
            models.Index(
                fields=("person",), condition=Q(residence="temporary"), name="record_temporary"
            ),
        )
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self):
        return f"{self.person_id} {self.received_on:%d.%m.%Y}"


class CategorySpan(models.Model):
    """A span of days in a category, believed from `received_on` until `superseded_on`.

    A later row with the same first day supersedes it; `valid_to` before `valid_from` withdraws.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="spans", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, db_index=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    received_on = models.DateField(_("received on"))
    superseded_on = models.DateField(_("superseded on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("category span")
        verbose_name_plural = _("category spans")
        ordering = ("person", "category", "valid_from", "received_on", "id")
        indexes = (
            models.Index(fields=("person", "category", "valid_from"), name="span_by_person"),
        )
        constraints = (
            ExclusionConstraint(
                name="current_spans_do_not_overlap",
                expressions=(
                    (F("person"), RangeOperators.EQUAL),
                    (F("category"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ),
                condition=Q(superseded_on=None)
                & (Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
                violation_error_message=_("The person already has this category on these days."),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="facts_stay", exclude=("superseded_on",)),
        )

    def __str__(self):
        return f"{self.category_id} {self.valid_from:%d.%m.%Y}"


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
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
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
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "cause", "since"),
                condition=Q(dropped_at=None),
                name="exclusion_once",
            ),
        )
        triggers = (
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="facts_stay", exclude=("dropped_at",)),
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


class Recheck(models.Model):
    """A person whose categories changed: the findings on their payments are to be derived anew."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="recheck")

    class Meta:
        verbose_name = _("recheck")
        verbose_name_plural = _("rechecks")

    def __str__(self):
        return str(self.person_id)
