"""What an application asks back line by line, and what was decided."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from refunds import labels
from refunds.models.cases import Application
from refunds.models.machines import Machine, kept_by, state_field, user_field
from refunds.models.payouts import Batch
from refunds.models.reasons import Reason
from refunds.rules.states import HOLDING, IN_A_BATCH, LineState
from registry.models import Contribution
from registry.models.keeping import NO_DELETE

AGREES = """
    IF EXISTS (
        SELECT FROM payments_overpayment o CROSS JOIN LATERAL (
            SELECT coalesce(sum(l.approved) FILTER (WHERE l.state IN (HOLDING)), 0) AS reserved,
                coalesce(sum(l.paid_back), 0) AS paid
            FROM refunds_line l WHERE l.entry_id = o.entry_id
        ) s
        WHERE o.entry_id = NEW.entry_id AND (o.reserved, o.paid) <> (s.reserved, s.paid)
    ) THEN
        RAISE EXCEPTION 'an overpayment and the lines that ask it back do not agree'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_agrees';
    END IF;
    RETURN NULL;
""".replace("HOLDING", ", ".join(f"'{state}'" for state in sorted(HOLDING)))
DECIDED = """
    IF EXISTS (
        SELECT FROM refunds_line l LEFT JOIN refunds_decision d
            ON d.id = l.decision_id AND d.line_id = l.id AND d.amount = l.approved
        WHERE l.id = NEW.id AND NOT coalesce(CASE
            WHEN l.state IN ('approved', 'partly', 'refused')
                THEN d.outcome = l.state AND d.confirmed_by_id IS NULL
            WHEN l.state = 'denied' THEN d.outcome = 'refused' AND d.confirmed_by_id IS NOT NULL
            WHEN l.state IN ('confirmed', 'batched', 'sent', 'paid')
                THEN d.outcome <> 'refused' AND d.confirmed_by_id IS NOT NULL
            ELSE true
        END, false)
    ) THEN
        RAISE EXCEPTION 'no decision says that a line is %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_decided';
    END IF;
    RETURN NULL;
"""
ON_ITS_WAY = """
    IF EXISTS (
        SELECT FROM refunds_line l
            LEFT JOIN refunds_payoutitem i ON i.line_id = l.id AND i.batch_id = l.batch_id
                AND i.amount = l.approved AND i.outcome IN ('', 'paid')
            LEFT JOIN refunds_batch b ON b.id = i.batch_id
        WHERE l.id = NEW.id AND NOT coalesce(CASE l.state
            WHEN 'batched' THEN i.outcome = '' AND b.state IN ('prepared', 'confirmed')
            WHEN 'sent' THEN i.outcome = '' AND b.state = 'sent'
            WHEN 'paid' THEN i.outcome = 'paid' AND b.state IN ('sent', 'settled')
            ELSE true
        END, false)
    ) THEN
        RAISE EXCEPTION 'no payout batch says that a line is %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_on_its_way';
    END IF;
    RETURN NULL;
"""


def _truth(name, func, condition):
    """A deferred trigger: what a line says of itself must be so elsewhere when it is kept."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=func,
    )


class Line(Machine):
    """An item of a register that is asked back, whole or in part.

    `entry` is the entry that came in, whoever has it now; nothing while it is not found.
    `approved` is what the last decision gives, `paid_back` what has come back to the payer.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="lines", db_index=False
    )
    number = models.IntegerField(_("number"))
    reference = models.CharField(_("reference"), max_length=60, db_collation="C")
    item_line = models.IntegerField(_("line of the register"))
    iin = models.CharField(_("IIN"), max_length=12, db_collation="C")
    period = models.DateField(_("period"))
    knp = models.CharField(_("purpose code"), max_length=3)
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2)
    asked = models.DecimalField(_("asked back"), max_digits=14, decimal_places=2)
    reason = models.ForeignKey(
        Reason, models.PROTECT, related_name="+", db_index=False, verbose_name=_("reason")
    )
    entry = models.ForeignKey(
        Contribution, models.PROTECT, null=True, blank=True, related_name="refund_lines"
    )
    state = state_field("line")
    decision = models.ForeignKey(
        "refunds.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decision"),
    )
    approved = models.DecimalField(_("approved"), max_digits=14, decimal_places=2, default=0)
    paid_back = models.DecimalField(_("paid back"), max_digits=14, decimal_places=2, default=0)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="lines", db_index=False
    )

    class Meta:
        verbose_name = _("line of an application")
        verbose_name_plural = _("lines of applications")
        ordering = ("application", "number")
        indexes = (
            models.Index(
                fields=("id",), condition=Q(state=LineState.CONFIRMED), name="line_to_be_paid"
            ),
            models.Index(fields=("iin",), name="line_by_iin"),
            models.Index(fields=("batch",), condition=Q(batch__isnull=False), name="line_by_batch"),
        )
        constraints = (
            models.UniqueConstraint(fields=("application", "number"), name="line_once"),
            models.UniqueConstraint(
                fields=("application", "reference", "item_line"), name="line_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(asked__gt=0, paid__gte=F("asked")), name="line_asks_no_more_than_paid"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HOLDING | {LineState.PAID}, approved__gt=0)
                | Q(~Q(state__in=HOLDING | {LineState.PAID}), approved=0),
                name="line_holds_what_was_decided",
            ),
            models.CheckConstraint(
                condition=Q(approved__gte=0, paid_back__gte=0)
                & Q(asked__gte=F("paid_back"))
                & Q(Q(state=LineState.PAID) | Q(asked__gte=F("paid_back") + F("approved"))),
                name="line_gets_no_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=IN_A_BATCH, batch__isnull=False)
                | Q(~Q(state__in=IN_A_BATCH), batch=None),
                name="line_in_a_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HOLDING | {LineState.PAID}) | Q(entry__isnull=False),
                name="line_pays_what_was_found",
            ),
        )
        triggers = (
            *kept_by("line"),
            _truth("agrees", AGREES, "NEW.entry_id IS NOT NULL"),
            _truth(
                "decided",
                DECIDED,
                "NEW.state NOT IN ('asked', 'bounced', 'withdrawn')",
            ),
            _truth("on_its_way", ON_ITS_WAY, "NEW.state IN ('batched', 'sent', 'paid')"),
            pgtrigger.ReadOnly(
                name="facts_stay",
                exclude=(
                    *("entry", "state", "version", "decision", "approved", "paid_back", "batch"),
                ),
            ),
        )

    def __str__(self):
        return f"{self.application} / {self.number}"


class Decision(models.Model):
    """What was decided of a line by one and confirmed by another; a new one `reverses` it."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("decision"), max_length=10, choices=labels.OUTCOMES)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.ForeignKey(
        Reason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reason of the refusal"),
    )
    note = models.TextField(_("note"), blank=True)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = user_field(_("decided by"), null=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = user_field(_("confirmed by"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="refused", amount=0, reason__isnull=False)
                | Q(outcome__in=("approved", "partly"), amount__gt=0),
                name="decision_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("decided_by")),
                name="decision_has_four_eyes",
                violation_error_message=_("Who decided a line does not confirm the decision."),
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", exclude=("confirmed_at", "confirmed_by")),
            pgtrigger.Protect(
                name="confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_by__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.line_id} {self.outcome}"
