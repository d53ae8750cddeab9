"""Who lives in the country, as extracts and lists of categories tell it."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.keeping import APPEND_ONLY, NEVER_EMPTIED, NO_DELETE
from registry.models.law import Category, Region
from registry.rules import iin


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

    @property
    def full_name(self):
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))


class Person(PersonFields):
    """A person as the latest extract describes them; `last_key` and `first_key` are folded."""

    iin = models.CharField(_("IIN"), max_length=12, unique=True, db_collation="C")
    last_key = models.CharField(max_length=100, db_collation="C", editable=False)
    first_key = models.CharField(max_length=100, db_collation="C", editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("the same person as"),
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = (
            models.Index(fields=("last_key", "first_key"), name="person_by_name"),
            models.Index(fields=("region",), name="person_by_region"),
            models.Index(fields=("birth_date",), name="person_by_birth"),
            models.Index(
                fields=("id",),
                condition=Q(died_on__isnull=False) | Q(merged_into__isnull=False),
                name="person_gone",
            ),
        )
        permissions = (
            ("view_card", _("Can open the card of a person")),
            ("unmask_iin", _("Can see a whole IIN")),
        )

    def __str__(self):
        return f"{iin.masked(self.iin)} {self.full_name}"


class PersonRecord(PersonFields):
    """What an extract changed, kept for ever: known from `recorded_at`, in force from its day.

    `under`: the former number of the person under which it came.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="records")
    received_on = models.DateField(_("received on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    under = models.CharField(_("former IIN"), max_length=12, null=True, editable=False)

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
            APPEND_ONLY,
            NEVER_EMPTIED,
        )

    def __str__(self):
        return f"{self.person_id} {self.received_on:%d.%m.%Y}"


class CategorySpan(models.Model):
    """A span of days in a category, believed from `received_on` until `superseded_on`.

    A later row with the same first day supersedes it; `valid_to` before `valid_from` withdraws.
    `under`: the former number of the person under which it came.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="spans", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, db_index=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    received_on = models.DateField(_("received on"))
    superseded_on = models.DateField(_("superseded on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    under = models.CharField(_("former IIN"), max_length=12, null=True, editable=False)

    class Meta:
        verbose_name = _("category span")
        verbose_name_plural = _("category spans")
        ordering = ("person", "category", "valid_from", "received_on", "id")
        indexes = (
            models.Index(fields=("person", "category", "valid_from"), name="span_by_person"),
            models.Index(
                fields=("valid_to",),
                condition=Q(superseded_on=None, valid_to__isnull=False),
                name="span_by_end",
            ),
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
            NO_DELETE,
            NEVER_EMPTIED,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("superseded_on",)),
        )

    def __str__(self):
        return f"{self.category_id} {self.valid_from:%d.%m.%Y}"


class Recheck(models.Model):
    """A person whose categories changed: the findings on their payments are to be derived anew."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="recheck")

    class Meta:
        verbose_name = _("recheck")
        verbose_name_plural = _("rechecks")

    def __str__(self):
        return str(self.person_id)


class Awaiting(models.Model):
    """A person with news that no verdict knows yet.

    A mark for each news: whoever judges takes away those that are there, and none that comes later.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="awaiting", db_constraint=False)

    class Meta:
        verbose_name = _("person who awaits a verdict")
        verbose_name_plural = _("persons who await a verdict")

    def __str__(self):
        return str(self.person_id)
