"""What came with an application and what is written to the applicant."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from refunds import labels
from refunds.models.cases import Application
from refunds.models.machines import user_field
from registry.models.keeping import APPEND_ONLY, NO_DELETE


class Document(models.Model):
    """A document of an application, named by the hash of its content.

    The State Corporation names documents that it keeps itself: these have no content here until
    somebody adds it.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=30, choices=labels.DOCUMENTS)
    name = models.CharField(_("name"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_collation="C")
    size = models.BigIntegerField(_("size"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=10, blank=True)
    at = models.DateTimeField(_("at"))
    by = user_field(_("by"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "sha256"), name="document_once"),
            models.CheckConstraint(
                condition=Q(size=None, type="") | (Q(size__gt=0) & ~Q(type="")),
                name="document_has_a_type",
            ),
        )
        triggers = (
            NO_DELETE,
            pgtrigger.ReadOnly(name="facts_stay", fields=("application", "sha256")),
        )

    def __str__(self):
        return self.name


class DocumentTaking(models.Model):
    document = models.ForeignKey(Document, models.PROTECT, related_name="takings")
    user = user_field(_("who"), null=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("taking of a document")
        verbose_name_plural = _("who took documents")
        ordering = ("-id",)
        triggers = (APPEND_ONLY,)

    def __str__(self):
        return f"{self.user_id} {self.document_id}"


class Letter(models.Model):
    """A decision as it was told to the applicant: `said` stays as it was when it was made."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="letters")
    number = models.CharField(_("number"), max_length=20, unique=True)
    on = models.DateField(_("date"))
    language = models.CharField(_("language"), max_length=2, choices=labels.LANGUAGES)
    said = models.JSONField()
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("-id",)
        triggers = (APPEND_ONLY,)

    def __str__(self):
        return self.number
