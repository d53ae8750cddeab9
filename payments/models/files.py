"""What came in: files with their messages, and what bank statements say."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments import labels
from payments.models import ledger
from registry.models.keeping import APPEND_ONLY

NOT_TAKEN = "refused", "rejected"
"""States of a file that may come again."""
FILE_RANKS = 100_000_000
"""Room for the rows of one file in the ranks that order the entries of a day."""


class File(models.Model):
    """A file that was received, and the job that reads it."""

    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_collation="C")
    size = models.BigIntegerField(_("size"))
    kind = models.CharField(_("kind"), max_length=10, choices=labels.FILE_KINDS)
    format = models.CharField(_("format"), max_length=10, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=labels.FILE_STATES)
    code = models.CharField(_("code"), max_length=20, choices=labels.FILE_CODES, blank=True)
    differences = models.JSONField(_("differences"), default=list, blank=True)
    step = models.CharField(_("step"), max_length=10, choices=labels.STEPS, blank=True)
    done = models.BigIntegerField(_("done"), default=0)
    messages_count = models.IntegerField(_("messages"), default=0)
    items = models.BigIntegerField(_("items"), default=0)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2, default=0)
    posted = models.BigIntegerField(_("posted"), default=0)
    posted_total = models.DecimalField(
        _("posted total"), max_digits=18, decimal_places=2, default=0
    )
    returned = models.BigIntegerField(_("sent back"), default=0)
    returned_total = models.DecimalField(
        _("sent back, total"), max_digits=18, decimal_places=2, default=0
    )
    days = ArrayField(
        models.DateField(), verbose_name=_("days of a statement"), default=list, blank=True
    )
    first_entry = models.BigIntegerField(null=True, editable=False)
    last_entry = models.BigIntegerField(null=True, editable=False)
    received_at = models.DateTimeField(_("received at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=labels.ANSWERS, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answer_note = models.TextField(_("note"), blank=True)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by a corrected file"),
    )

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        ordering = ("-id",)
        indexes = (models.Index(fields=("received_at",), name="file_by_day"),)
        constraints = (
            models.UniqueConstraint(
                fields=("sha256",),
                condition=~Q(state__in=NOT_TAKEN),
                name="file_received_once",
            ),
            models.CheckConstraint(
                condition=~Q(answer="released") | ~Q(answered_by=F("received_by")),
                name="released_by_another",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=("", "replaced"), answered_by=None)
                | Q(answer__in=("released", "rejected"), answered_by__isnull=False),
                name="answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answer="replaced", replaced_by__isnull=False)
                | ~Q(answer="replaced") & Q(replaced_by=None),
                name="replaced_by_a_file",
            ),
        )
        permissions = (
            ("receive_file", _("Can receive files")),
            ("release_file", _("Can release a held file")),
            ("work_exceptions", _("Can work on exceptions")),
        )
        triggers = ledger.OF_FILES

    def __str__(self):
        return self.name


class FileStep(models.Model):
    """What a step of a register let through; a file that was held is read again."""

    file = models.ForeignKey(File, models.PROTECT, related_name="steps", verbose_name=_("file"))
    step = models.CharField(_("step"), max_length=10, choices=labels.STEPS)
    items = models.BigIntegerField(_("items"))
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of a file")
        verbose_name_plural = _("steps of files")
        ordering = ("id",)
        triggers = (APPEND_ONLY,)

    def __str__(self):
        return f"{self.file_id} {self.step}"


class Message(models.Model):
    """The items of one reference in a register; what came of them is known once it is posted."""

    file = models.ForeignKey(File, models.PROTECT, related_name="messages", db_index=False)
    number = models.IntegerField(_("number"))
    reference = models.CharField(_("reference"), max_length=60, db_collation="C", db_index=True)
    credited_on = models.DateField(_("credited on"), null=True)
    knp = models.CharField(_("purpose code"), max_length=20)
    payer = models.CharField(_("payer"), max_length=40, db_collation="C")
    payer_name = models.CharField(_("payer name"), max_length=255, blank=True)
    items = models.IntegerField(_("items"))
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2)
    declared = models.DecimalField(_("declared"), max_digits=18, decimal_places=2, null=True)
    posted = models.IntegerField(_("posted"), null=True)
    posted_total = models.DecimalField(
        _("posted total"), max_digits=18, decimal_places=2, null=True
    )
    excepted = models.IntegerField(_("left out"), null=True)
    excepted_total = models.DecimalField(
        _("left out, total"), max_digits=18, decimal_places=2, null=True
    )
    returned = models.IntegerField(_("sent back"), default=0, db_default=0)
    returned_total = models.DecimalField(
        _("sent back, total"), max_digits=18, decimal_places=2, default=0, db_default=0
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("file", "number")
        constraints = (
            models.UniqueConstraint(fields=("file", "number"), name="message_once_a_file"),
            models.CheckConstraint(
                condition=Q(posted=None, excepted=None, posted_total=None, excepted_total=None)
                & Q(returned=0, returned_total=0)
                | Q(posted__isnull=False, excepted__isnull=False)
                & Q(posted_total__isnull=False, excepted_total__isnull=False)
                & Q(items=F("posted") + F("excepted") + F("returned"))
                & Q(total=F("posted_total") + F("excepted_total") + F("returned_total")),
                name="message_balances",
            ),
        )
        indexes = (
            models.Index(fields=("payer", "id"), name="message_by_payer"),
            models.Index(fields=("credited_on",), name="message_by_day"),
        )
        triggers = (ledger.COUNTED_ONCE,)

    def __str__(self):
        return self.reference


class StatementEntry(models.Model):
    """What the bank credited under a reference."""

    file = models.ForeignKey(File, models.PROTECT, related_name="entries")
    reference = models.CharField(_("reference"), max_length=60, db_collation="C", db_index=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    booked_on = models.DateField(_("booked on"), db_index=True)

    class Meta:
        verbose_name = _("statement entry")
        verbose_name_plural = _("statement entries")

    def __str__(self):
        return self.reference
