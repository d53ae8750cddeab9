"""Who works here, what of the country they see, and what they looked at."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mhifund import labels
from registry.models import Person, Region


class Profile(models.Model):
    """A user's part of the country; without regions it is the whole of it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="profile"
    )
    regions = models.ManyToManyField(
        Region,
        blank=True,
        verbose_name=_("regions"),
        help_text=_("Without a region the user sees the whole country."),
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self):
        return str(self.user)


class Look(models.Model):
    """A user opened the card of a person, or asked for the whole IIN."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="looks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"))
    act = models.CharField(_("act"), max_length=4, choices=labels.ACTS)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("who looked")
        ordering = ("-id",)
        indexes = (models.Index(fields=("person", "-id"), name="look_by_person"),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self):
        return f"{self.user_id} {self.act} {self.person_id}"


class Report(models.Model):
    """A file the night left behind, as it was written."""

    kind = models.CharField(_("report"), max_length=20, choices=labels.REPORTS)
    form = models.CharField(_("format"), max_length=4)
    on = models.DateField(_("day"))
    run = models.ForeignKey("registry.Run", models.PROTECT, related_name="reports")
    name = models.CharField(_("file"), max_length=200, unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_collation="C")
    size = models.BigIntegerField(_("size"))
    rows = models.BigIntegerField(_("rows"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("run", "kind", "form"), name="report_once_a_run"),
        )

    def __str__(self):
        return self.name


class ReportTaking(models.Model):
    """A user took a report away."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="takings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("taking of a report")
        verbose_name_plural = _("who took reports")
        ordering = ("-id",)

    def __str__(self):
        return f"{self.user_id} {self.report_id}"


class Receipts(models.Model):
    """What came in under a purpose code in a month of crediting, counted by the last night."""

    month = models.DateField(_("month"))
    knp = models.CharField(_("purpose code"), max_length=3, db_collation="C")
    items = models.BigIntegerField(_("items"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("receipts")
        verbose_name_plural = _("receipts")
        ordering = ("month", "knp")
        constraints = (
            models.UniqueConstraint(fields=("month", "knp"), name="receipts_once_a_month"),
        )

    def __str__(self):
        return f"{self.month:%m.%Y} {self.knp}"


class ListTaking(models.Model):
    """A user took a list of persons away: which one, and how many rows it had."""

    name = models.CharField(_("list"), max_length=40, choices=labels.LISTS)
    query = models.JSONField(_("asked for"), default=dict)
    rows = models.BigIntegerField(_("rows"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("taking of a list")
        verbose_name_plural = _("who took lists")
        ordering = ("-id",)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self):
        return f"{self.user_id} {self.name}"
