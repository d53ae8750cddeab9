"""What came in: files, their messages, what could not be posted, and what was noticed."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Func, Q
from django.utils.translation import gettext_lazy as _

from payments import labels
from registry.models import Contribution, Person
from registry.models.keeping import APPEND_ONLY, NO_DELETE

NOT_TAKEN = "refused", "rejected"
"""States of a file that may come again."""

ADD_UP = """
    IF EXISTS (
        SELECT FROM payments_file f CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE m.posted IS NULL) AS uncounted,
                coalesce(sum(m.items), 0) AS items, coalesce(sum(m.total), 0) AS total,
                coalesce(sum(m.posted), 0) AS posted,
                coalesce(sum(m.posted_total), 0) AS posted_total
            FROM payments_message m WHERE m.file_id = f.id
        ) s
        WHERE f.id = NEW.id AND f.state = 'posted'
            AND (s.uncounted, s.items, s.total, s.posted, s.posted_total)
                <> (0, f.items, f.total, f.posted, f.posted_total)
    ) THEN
        RAISE EXCEPTION 'the messages of a posted register do not add up to it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'messages_add_up';
    END IF;
    RETURN NULL;
"""


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
        triggers = (
            pgtrigger.Trigger(
                name="messages_add_up",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("state", "items", "total", "posted", "posted_total"),
                condition=pgtrigger.Condition("NEW.kind = 'register' AND NEW.state = 'posted'"),
                func=ADD_UP,
            ),
        )

    def __str__(self):
        return self.name

    def exception_codes(self):
        """How many items of the file are in the queue for each code."""
        code = Func(F("codes"), function="unnest")
        rows = ExceptionItem.objects.filter(message__file=self).annotate(code=code)
        return _counted(rows.values_list("code"))

    def finding_codes(self):
        """How many posted items of the file have each finding."""
        if self.first_entry is None:
            return {}
        first, last = self.first_entry, self.last_entry
        rows = Finding.objects.filter(dropped_at=None).values_list("code")
        own = _counted(rows.filter(entry__gte=first, entry__lte=last))
        moved = _counted(
            rows.filter(entry__moved__origin__gte=first, entry__moved__origin__lte=last)
        )
        return {code: own.get(code, 0) + moved.get(code, 0) for code in sorted({*own, *moved})}


def _counted(rows):
    return dict(rows.annotate(count=Count("pk")).order_by("code"))


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
        triggers = (NO_DELETE, pgtrigger.ReadOnly(name="facts_stay", exclude=("original",)))

    def __str__(self):
        return f"{self.message_id}:{self.line}"


class Finding(models.Model):
    """What was noticed on a posted item; `amount` is what was overpaid, `days` how late it came."""

    entry = models.ForeignKey(Contribution, models.PROTECT, related_name="findings")
    code = models.CharField(_("code"), max_length=20, choices=labels.FINDINGS)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True)
    days = models.IntegerField(_("days"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "code"), condition=Q(dropped_at=None), name="finding_once"
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("dropped_at",)),
        )

    def __str__(self):
        return f"{self.entry_id} {self.code}"


OPEN = Q(amount__gt=F("reserved") + F("paid"))


CONFIRMED_FIRST = """
    IF TG_OP = 'INSERT' OR NEW.reserved + NEW.paid > OLD.reserved + OLD.paid THEN
        RAISE EXCEPTION 'cases take nothing of a duplicate that nobody confirmed';
    END IF;
    RETURN NEW;
"""


class Overpayment(models.Model):
    """What was paid too much with an entry: the largest sum among its findings, and its cause.

    Derived with the findings: `found` is what they say now. `amount` never falls below what refund
    cases have `reserved` and `paid`. The entry is the one that came in, whoever has it now.

    The `answer` is what a person said of it as a suspected duplicate, and stays whatever is found
    later. Without a confirmation cases take nothing of a duplicate.
    """

    entry = models.OneToOneField(Contribution, models.PROTECT, related_name="overpayment")
    cause = models.CharField(_("cause"), max_length=20, choices=labels.FINDINGS)
    found = models.DecimalField(_("found"), max_digits=14, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(_("paid back"), max_digits=14, decimal_places=2, default=0)
    recorded_at = models.DateTimeField(_("recorded at"))
    changed_at = models.DateTimeField(_("changed at"))
    answer = models.CharField(
        _("answer"), max_length=10, choices=labels.DUPLICATES, blank=True, default="", db_default=""
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("answered by"),
    )
    answer_note = models.TextField(_("note"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("overpayment")
        verbose_name_plural = _("overpayments")
        indexes = (
            models.Index(fields=("id",), condition=OPEN, name="overpayment_open"),
            models.Index(fields=("cause", "id"), condition=OPEN, name="overpayment_open_by_cause"),
            *(
                models.Index(
                    fields=("id",),
                    condition=OPEN & Q(cause="duplicate", answer=answer),
                    name=f"overpayment_{answer or 'to_be_confirmed'}",
                )
                for answer in ("", "confirmed")
            ),
            models.Index(
                fields=("entry",), condition=Q(answer="dismissed"), name="overpayment_dismissed"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    reserved__gte=0,
                    paid__gte=0,
                    amount__gte=F("reserved") + F("paid"),
                    found__gte=0,
                ),
                name="not_more_than_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(answer__in=tuple(labels.DUPLICATES), answered_at__isnull=False)
                & Q(answered_by__isnull=False),
                name="duplicate_answered_by_somebody",
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.Protect(
                name="answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.answer <> '' AND"
                    " (NEW.answer, NEW.answered_at, NEW.answered_by_id, NEW.answer_note)"
                    " IS DISTINCT FROM"
                    " (OLD.answer, OLD.answered_at, OLD.answered_by_id, OLD.answer_note)"
                ),
            ),
            pgtrigger.Trigger(
                name="confirmed_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.cause = 'duplicate' AND NEW.answer <> 'confirmed'"
                    " AND NEW.reserved + NEW.paid > 0"
                ),
                func=CONFIRMED_FIRST,
            ),
        )

    def __str__(self):
        return f"{self.entry_id} {self.cause}"

    @property
    def left(self):
        """What no case has asked back yet."""
        return self.amount - self.reserved - self.paid
