"""Why money is asked back, and why it is refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds import labels
from registry.models import Named


class Reason(Named):
    """Why a refund is asked for, or refused."""

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=labels.REASON_KINDS)
    since = models.DateField(_("since"))
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("kind", "code")
