"""What the law and the country say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.keeping import APPEND_ONLY, NEVER_EMPTIED
from registry.models.proposals import NEW_CATEGORY, Proposal, confirmed_only


class Current(models.QuerySet):
    def current(self):
        """Rows that no later one corrected."""
        return self.filter(superseded_at=None)

    def known(self, known_at):
        """Rows as they stood at a moment; what the project ships was always known."""
        told = Q(proposal=None) | Q(proposal__decided_at__lte=known_at)
        return self.filter(told, Q(superseded_at=None) | Q(superseded_at__gt=known_at))


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
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, blank=True, verbose_name=_("proposal")
    )

    objects = Current.as_manager()

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering = ("code", "since")
        constraints = (
            models.UniqueConstraint(
                fields=("code", "since"),
                condition=Q(superseded_at=None),
                name="parameter_once_a_day",
            ),
        )
        triggers = confirmed_only(
            "parameter",
            "p.subject = 'parameter' AND p.code = NEW.code AND (TG_OP = 'UPDATE'"
            " OR (p.value IS NOT DISTINCT FROM NEW.value AND p.text = NEW.text))",
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
        permissions = (("edit_calendar", _("Can change the calendar")),)


class CalendarChange(models.Model):
    """A day of the calendar became another: who entered it, and the row before and after.

    A row that is empty is a day as the week has it.
    """

    day = models.DateField(_("day"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("change of the calendar")
        verbose_name_plural = _("changes of the calendar")
        ordering = ("-id",)
        indexes = (models.Index(fields=("day", "-id"), name="calendar_change_by_day"),)
        triggers = (APPEND_ONLY, NEVER_EMPTIED)

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"


class Category(Named):
    code = models.CharField(_("code"), max_length=30, primary_key=True)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("code",)
        triggers = (NEW_CATEGORY, APPEND_ONLY, NEVER_EMPTIED)


class CategoryGroup(models.Model):
    """Who stands for the category from that day: the state, the region, nobody, or the payer."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="groups")
    since = models.DateField(_("since"))
    group = models.CharField(_("group"), max_length=12, choices=labels.GROUPS)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, blank=True, verbose_name=_("proposal")
    )

    objects = Current.as_manager()

    class Meta:
        verbose_name = _("category group")
        verbose_name_plural = _("category groups")
        ordering = ("category", "since")
        constraints = (
            models.UniqueConstraint(
                fields=("category", "since"),
                condition=Q(superseded_at=None),
                name="group_once_a_day",
            ),
        )
        triggers = confirmed_only(
            "category group",
            "p.subject = 'category' AND p.code = NEW.category_id"
            ' AND (TG_OP = \'UPDATE\' OR p."group" = NEW."group")',
        )

    def __str__(self):
        return f"{self.category_id} {self.since:%d.%m.%Y}"
