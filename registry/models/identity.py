"""Who is who: persons who got another number, and persons who turned out to be one."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry import labels
from registry.models.books import Contribution
from registry.models.keeping import APPEND_ONLY, NEVER_EMPTIED, NO_DELETE
from registry.models.persons import Person


class PersonEvent(models.Model):
    """A new IIN of `person`, or `other` recognised as the same person; `undone_at` takes it back.

    `received_on` is the day of the extract that told it, if one did.

    Books and spans never change hands. What a merge moves is entered again for the other person,
    with its days and its order as they were, recorded at the moment of the event; from then on the
    old rows count nowhere: entries are excluded, spans withdrawn, each from its own first day. So
    what is known now is read from one person alone, what was known before still follows from the
    moments of recording like every other question of that kind, and no reader of books or spans
    has to know of merges. Undoing moves everything back in the same way.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=labels.PERSON_EVENTS)
    person = models.ForeignKey(Person, models.PROTECT, related_name="events")
    other = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="merges")
    old_iin = models.CharField(_("old IIN"), max_length=12, db_collation="C")
    new_iin = models.CharField(_("new IIN"), max_length=12, db_collation="C")
    note = models.TextField(_("note"), blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    numbers = ArrayField(models.CharField(max_length=12), default=list, editable=False)
    brought = ArrayField(models.BigIntegerField(), default=list, editable=False)
    withdrawn = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        verbose_name = _("correction of identity")
        verbose_name_plural = _("corrections of identity")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="new_iin", other=None)
                | Q(kind="merge", other__isnull=False) & ~Q(other=F("person")),
                name="merge_of_two",
            ),
        )
        triggers = (
            NO_DELETE,
            NEVER_EMPTIED,
            pgtrigger.ReadOnly(
                name="facts_stay",
                exclude=("undone_at", "undone_by", "numbers", "brought", "withdrawn"),
            ),
            pgtrigger.Protect(
                name="undone_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False),
            ),
        )
        permissions = (("correct_identity", _("Can correct who a person is")),)

    def __str__(self):
        return f"{self.person} {self.at:%d.%m.%Y}"


class FormerIin(models.Model):
    """A number that is no more, and who had it: what still arrives under it is theirs."""

    iin = models.CharField(_("IIN"), max_length=12, unique=True, db_collation="C")
    person = models.ForeignKey(Person, models.PROTECT, related_name="former_iins")
    event = models.ForeignKey(PersonEvent, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("former IIN")
        verbose_name_plural = _("former IINs")

    def __str__(self):
        return str(self.person)


class Addressed(models.Model):
    """An entry that arrived under a former number of its person."""

    entry = models.OneToOneField(
        Contribution, models.PROTECT, primary_key=True, related_name="addressed"
    )
    iin = models.CharField(_("IIN"), max_length=12, db_collation="C")

    class Meta:
        verbose_name = _("entry under a former IIN")
        verbose_name_plural = _("entries under former IINs")
        triggers = (
            APPEND_ONLY,
            NEVER_EMPTIED,
        )

    def __str__(self):
        return str(self.entry_id)


class Moved(models.Model):
    """An entry that was entered again for another person; `origin` is the first of its line."""

    entry = models.OneToOneField(
        Contribution, models.PROTECT, primary_key=True, related_name="moved"
    )
    source = models.ForeignKey(Contribution, models.PROTECT, related_name="+")
    origin = models.ForeignKey(Contribution, models.PROTECT, related_name="+")
    event = models.ForeignKey(PersonEvent, models.PROTECT, related_name="moved")

    class Meta:
        verbose_name = _("moved entry")
        verbose_name_plural = _("moved entries")
        triggers = (
            APPEND_ONLY,
            NEVER_EMPTIED,
        )

    def __str__(self):
        return str(self.entry_id)
