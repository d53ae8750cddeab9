"""Changes of the law on their way: proposed by one, confirmed by another."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.keeping import NEVER_EMPTIED, NO_DELETE


class Proposal(models.Model):
    """A value of a parameter, or the group of a category, from its first day on.

    For a first day that has a value already it is a correction. A parameter without a value and
    without a text is not in force from that day. A category that is new has its names.
    """

    subject = models.CharField(_("subject"), max_length=10, choices=labels.SUBJECTS)
    code = models.CharField(_("code"), max_length=40)
    since = models.DateField(_("since"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    group = models.CharField(_("group"), max_length=12, choices=labels.GROUPS, blank=True)
    name_kk = models.CharField(_("name in Kazakh"), max_length=200, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    act = models.CharField(_("act"), max_length=200)
    article = models.CharField(_("article"), max_length=80, blank=True)
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=10, choices=labels.CONFIDENCE)
    state = models.CharField(
        _("state"), max_length=10, choices=labels.PROPOSAL_STATES, default="proposed"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(act="") & ~Q(source=""), name="proposal_has_a_legal_basis"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None)
                | Q(state="withdrawn", decided_by=F("proposed_by"))
                | (
                    Q(state__in=("confirmed", "rejected"), decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="proposal_decided_by_another",
                violation_error_message=_("Who proposed a change does not decide it."),
            ),
            models.UniqueConstraint(
                fields=("subject", "code", "since"),
                condition=Q(state="proposed"),
                name="proposal_open_once",
                violation_error_message=_("A change of this value from this day is open already."),
            ),
        )
        triggers = (
            NO_DELETE,
            NEVER_EMPTIED,
            pgtrigger.ReadOnly(
                name="facts_stay", exclude=("state", "decided_by", "decided_at", "note")
            ),
            pgtrigger.Protect(
                name="begins_proposed",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="proposed"),
            ),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="proposed"),
            ),
        )

    def __str__(self):
        return f"{self.code} {self.since:%d.%m.%Y}"


def confirmed_only(name, same):
    """Triggers of a table of the law: a row comes, or gives way, only by a confirmed proposal.

    It gives way once, at the moment at which a later proposal was confirmed.
    `same`: SQL that holds where proposal `p` says what the row `NEW` says. What the project ships
    comes in a transaction that says so; a row that is there stays as it was.
    """
    return (
        NO_DELETE,
        NEVER_EMPTIED,
        pgtrigger.ReadOnly(name="facts_stay", exclude=("superseded_at",)),
        pgtrigger.Trigger(
            name="four_eyes",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("superseded_at"),
            func=f"""
                IF TG_OP = 'INSERT' AND NEW.proposal_id IS NULL
                    AND current_setting('mhifund.law', true) = 'shipped' THEN
                    RETURN NEW;
                END IF;
                IF NOT EXISTS (
                    SELECT FROM registry_proposal p WHERE p.state = 'confirmed'
                    AND p.since = NEW.since AND {same}
                    AND CASE WHEN TG_OP = 'INSERT' THEN p.id = NEW.proposal_id
                        ELSE OLD.superseded_at IS NULL AND NEW.superseded_at = p.decided_at
                            AND p.id > coalesce(OLD.proposal_id, 0) END
                ) THEN
                    RAISE EXCEPTION '{name}: only a confirmed proposal changes the law';
                END IF;
                RETURN NEW;
            """,
        ),
    )


NEW_CATEGORY = pgtrigger.Trigger(
    name="four_eyes",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF coalesce(current_setting('mhifund.law', true), '') <> 'shipped' AND NOT EXISTS (
            SELECT FROM registry_proposal p
            WHERE p.state = 'confirmed' AND p.subject = 'category' AND p.code = NEW.code
                AND (p.name_kk, p.name_ru, p.name_en) = (NEW.name_kk, NEW.name_ru, NEW.name_en)
        ) THEN
            RAISE EXCEPTION 'category: only a confirmed proposal changes the law';
        END IF;
        RETURN NEW;
    """,
)
"""A category comes with the project, or as a confirmed proposal names it."""


class Sweep(models.Model):
    """A walk through all persons, range by range: `position` is the last one done.

    A trial of a proposal counts whose verdict it would change, its settlement settles entries anew;
    counts tell how many persons had which verdict on a day, as known at a moment.
    """

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, blank=True, related_name="sweeps"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=labels.SWEEPS)
    on = models.DateField(_("on the day"))
    known_at = models.DateTimeField(_("as known at"), null=True, blank=True)
    position = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    persons = models.BigIntegerField(_("persons"), default=0)
    changed = models.BigIntegerField(_("changed"), default=0)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="counts", proposal=None, known_at__isnull=False)
                | (~Q(kind="counts") & Q(proposal__isnull=False, known_at=None)),
                name="sweep_is_of_a_proposal_or_of_a_moment",
            ),
        )

    def __str__(self):
        return f"{self.kind} {self.on:%d.%m.%Y}"

    @property
    def percent(self):
        return 100 if self.finished_at else int(100 * self.position / max(self.last, 1))
