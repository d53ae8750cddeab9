"""Items that the State Corporation sent back."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.files import Message
from payments.models.ledger import NONE_LATE
from registry.models.keeping import NO_DELETE


class Return(models.Model):
    """An item that the State Corporation sent back to its payer: the Fund never had its money.

    `original` is the message of the payment, from when it is here; the rest says what came.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="returns")
    line = models.IntegerField(_("line"))
    raw = models.TextField(_("the line as it came"))
    iin = models.CharField(_("IIN"), max_length=40, db_collation="C")
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=100, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    payer = models.CharField(_("payer"), max_length=40, db_collation="C")
    period = models.CharField(_("period"), max_length=20)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    returned_on = models.DateField(_("sent back on"))
    order_no = models.CharField(
        _("order of the return"), max_length=60, blank=True, default="", db_default=""
    )
    order_date = models.DateField(_("date of the order of the return"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    original_reference = models.CharField(
        _("reference of the payment"), max_length=60, db_collation="C", blank=True
    )
    original_no = models.CharField(_("payment order"), max_length=60, blank=True)
    original_date = models.DateField(_("payment order date"), null=True, blank=True)
    original = models.ForeignKey(
        Message,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sent_back",
        verbose_name=_("message of the payment"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("return by the State Corporation")
        verbose_name_plural = _("returns by the State Corporation")
        indexes = (
            models.Index(fields=("returned_on",), name="return_by_day"),
            models.Index(fields=("payer", "id"), name="return_by_payer"),
            models.Index(
                fields=("original_reference",),
                condition=Q(original=None),
                name="return_without_payment",
            ),
        )
        constraints = (models.UniqueConstraint(fields=("message", "line"), name="return_once"),)
        triggers = (
            NO_DELETE,
            NONE_LATE,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("original",)),
        )

    def __str__(self):
        return f"{self.message_id}:{self.line}"
