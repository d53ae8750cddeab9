"""Items that could not be posted, and what was done with them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments import labels
from payments.models.files import Message
from payments.models.ledger import NONE_LATE
from registry.models import Contribution, Person
from registry.models.keeping import APPEND_ONLY, NO_DELETE


class ExceptionItem(models.Model):
    """An item that could not be posted, with the line as it came."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="exceptions")
    line = models.IntegerField(_("line"))
    rank = models.BigIntegerField()
    raw = models.TextField(_("the line as it came"))
    iin = models.CharField(_("IIN"), max_length=40, db_collation="C")
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=100, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    payer = models.CharField(_("payer"), max_length=40, db_collation="C")
    knp = models.CharField(_("purpose code"), max_length=20)
    period = models.CharField(_("period"), max_length=20)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    credited_on = models.DateField(_("credited on"))
    order_no = models.CharField(_("payment order"), max_length=60, blank=True)
    order_date = models.DateField(_("payment order date"), null=True, blank=True)
    codes = ArrayField(models.CharField(max_length=20), verbose_name=_("codes"))
    state = models.CharField(_("state"), max_length=10, choices=labels.EXCEPTION_STATES)
    recorded_at = models.DateTimeField(_("recorded at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("owner"),
    )
    note = models.TextField(_("note"), blank=True, default="", db_default="")
    version = models.IntegerField(_("version"), default=0, db_default=0)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    entry = models.OneToOneField(
        Contribution, models.PROTECT, null=True, blank=True, related_name="exception"
    )

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        indexes = (
            models.Index(fields=("state", "id"), name="exception_by_state"),
            # the ranks of a file are a range of their own, and grow with the rows
            BrinIndex(fields=("rank",), name="exception_by_file"),
            models.Index(
                fields=("owner", "id", "state"),
                condition=Q(owner__isnull=False),
                name="exception_by_owner",
            ),
            # a list by reason stays in the order of the queue, however rare or old the reason is
            *(
                models.Index(
                    fields=("id", "state"),
                    condition=Q(codes__contains=[code]),
                    name=f"exception_{code}",
                )
                for code in labels.EXCEPTIONS
            ),
            models.Index(
                fields=("payer", "id"),
                condition=Q(state__in=("open", "held")),
                name="exception_by_payer",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("message", "line"), name="exception_once"),
            models.CheckConstraint(
                condition=Q(state="posted", entry__isnull=False)
                | (~Q(state="posted") & Q(entry=None)),
                name="exception_posted_has_entry",
            ),
        )
        triggers = (
            NO_DELETE,
            NONE_LATE,
            pgtrigger.ReadOnly(
                name="facts_stay",
                exclude=("codes", "state", "entry", "owner", "note", "version", "tried_at"),
            ),
        )

    def __str__(self):
        return f"{self.message_id}:{self.line}"


class ExceptionEvent(models.Model):
    """What was done with an exception; `by` nobody is the night."""

    item = models.ForeignKey(ExceptionItem, models.PROTECT, related_name="events")
    act = models.CharField(_("what was done"), max_length=10, choices=labels.EXCEPTION_ACTS)
    before = models.CharField(_("state before"), max_length=10, choices=labels.EXCEPTION_STATES)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("event of an exception")
        verbose_name_plural = _("events of exceptions")
        ordering = ("-id",)
        triggers = (APPEND_ONLY,)

    def __str__(self):
        return f"{self.item} {self.act}"
