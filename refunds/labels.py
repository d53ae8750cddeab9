"""The words for the codes of refunds."""

from django.utils.translation import gettext_lazy as _

REASON_KINDS = {"refund": _("refund"), "refusal": _("refusal")}
