"""What happened to applications, lines and batches: who, when, why, and what was seen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from refunds import labels
from refunds.models.machines import user_field
from registry.models.keeping import APPEND_ONLY, NEVER_EMPTIED


class Event(models.Model):
    """A step, or something else that changed a case; `by` nobody is the night.

    `subject` is the id of the row of the `machine`; `number` is its version from then on, and
    nothing where the state stayed. `facts`: what the guards saw.
    """

    machine = models.CharField(_("what"), max_length=11, choices=labels.MACHINES)
    subject = models.BigIntegerField()
    application = models.ForeignKey(
        "refunds.Application", models.PROTECT, null=True, db_index=False, related_name="events"
    )
    number = models.IntegerField(null=True)
    step = models.CharField(_("step"), max_length=12, choices=labels.EVENTS)
    before = models.CharField(_("from"), max_length=10, blank=True)
    after = models.CharField(_("to"), max_length=10, blank=True)
    note = models.TextField(_("note"), blank=True)
    facts = models.JSONField(_("what was seen"), default=dict)
    at = models.DateTimeField(_("at"))
    by = user_field(_("by"))

    class Meta:
        verbose_name = _("event of a refund")
        verbose_name_plural = _("events of refunds")
        ordering = ("-id",)
        indexes = (models.Index(fields=("application", "-id"), name="event_by_application"),)
        constraints = (
            models.UniqueConstraint(
                fields=("machine", "subject", "number"),
                condition=Q(number__isnull=False),
                name="event_once",
            ),
            models.CheckConstraint(
                condition=Q(machine="batch", application=None)
                | (~Q(machine="batch") & Q(application__isnull=False)),
                name="event_of_an_application",
            ),
        )
        triggers = (APPEND_ONLY, NEVER_EMPTIED)

    def __str__(self):
        return f"{self.machine} {self.subject} {self.step}"
