"""Applications for money back, and when their clocks stood."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds import labels
from refunds.models.machines import Machine, kept_by, state_field, user_field
from refunds.rules.states import State
from registry.models import Region
from registry.models.keeping import NO_DELETE

OPEN = Q(state__in=[state for state in State if state not in (State.CLOSED, State.WITHDRAWN)])


class Application(Machine):
    """An application of a payer; its lines are decided one by one.

    `due`: the last day of the clock that runs now, nothing when none does. The deadlines stand
    with their derivation, and are derived anew when the calendar changes or a pause ends.
    """

    number = models.CharField(_("number"), max_length=40, unique=True, db_collation="C")
    channel = models.CharField(_("channel"), max_length=20, choices=labels.CHANNELS)
    accepted_on = models.DateField(_("accepted on"))
    fund_received_on = models.DateField(_("received in the Fund on"), null=True, blank=True)
    applicant_id = models.CharField(_("IIN or BIN of the applicant"), max_length=12)
    applicant_name = models.CharField(_("applicant"), max_length=255)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=labels.LANGUAGES)
    iban = models.CharField(_("account (IBAN)"), max_length=34)
    bic = models.CharField(_("BIC of the bank"), max_length=11, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        db_index=False,
        verbose_name=_("owner"),
    )
    state = state_field("application")
    check_due = models.DateField(_("check until"))
    review_due = models.DateField(_("review until"))
    overall_due = models.DateField(_("overall until"), null=True, blank=True)
    derivation = models.JSONField(_("derivation of the deadlines"))
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    confirmed_on = models.DateField(_("decided on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    due = models.GeneratedField(
        expression=Case(
            When(state__in=(State.RECEIVED, State.CHECK), then=F("check_due")),
            When(
                state__in=(State.SENT, State.REVIEW, State.DECIDED),
                confirmed_on=None,
                then=F("review_due"),
            ),
            When(state__in=(State.REVIEW, State.DECIDED, State.CONFIRMED), then=F("overall_due")),
            default=None,
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
        verbose_name=pgettext_lazy("deadline", "due"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = user_field(_("recorded by"))

    class Meta:
        verbose_name = _("refund application")
        verbose_name_plural = _("refund applications")
        indexes = (
            models.Index(fields=("due", "id"), condition=OPEN, name="application_queue"),
            models.Index(
                fields=("owner", "due", "id"), condition=OPEN, name="application_by_owner"
            ),
            models.Index(fields=("state", "due", "id"), name="application_by_state"),
            models.Index(fields=("applicant_id",), name="application_by_applicant"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=(State.RECEIVED, State.CHECK, State.RETURNED))
                | Q(state=State.WITHDRAWN)
                | Q(fund_received_on__isnull=False),
                name="application_received_in_the_fund",
            ),
            models.CheckConstraint(
                condition=Q(fund_received_on=None) | Q(fund_received_on__gte=F("accepted_on")),
                name="application_accepted_first",
            ),
        )
        permissions = (
            ("handle_case", _("Can work on refund cases")),
            ("confirm_case", _("Can confirm decisions and payout batches")),
            ("release_payout", _("Can release payout batches")),
        )
        triggers = kept_by("application")

    def __str__(self):
        return self.number


class Pause(models.Model):
    """Days `since`–`until` (exclusive) on which the clocks of an application stand, and why."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="pauses")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=labels.PAUSES)
    note = models.TextField(_("note"), blank=True)
    begun_by = user_field(_("by"), null=False)
    ended_by = user_field(_("by"))

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ("since", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None, ended_by=None)
                | Q(until__gte=F("since"), ended_by__isnull=False),
                name="pause_ends_after_it_began",
            ),
            ExclusionConstraint(
                name="pauses_do_not_overlap",
                expressions=(
                    (F("application"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            RangeBoundary(),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ),
                violation_error_message=_("The clocks stand already on these days."),
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("until", "ended_by")),
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.application} {self.since:%d.%m.%Y}"


class Unread(models.Model):
    """An application of a file that could not be taken as it came, kept with what is wrong."""

    file = models.CharField(_("file"), max_length=255)
    number = models.CharField(_("number"), max_length=255, blank=True)
    raw = models.TextField(_("as it came"))
    faults = models.JSONField(_("what is wrong"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = user_field(_("recorded by"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("application at fault")
        verbose_name_plural = _("applications at fault")
        ordering = ("-id",)
        triggers = (NO_DELETE, pgtrigger.ReadOnly(name="facts_stay", exclude=("settled_at",)))

    def __str__(self):
        return self.number or self.file


class Absence(models.Model):
    """Days `since`–`until`, both included, on which somebody is not at work."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("who")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="absence_has_a_day",
                violation_error_message=_("The last day is before the first."),
            ),
        )

    def __str__(self):
        return f"{self.user} {self.since:%d.%m.%Y}"
