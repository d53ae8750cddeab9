"""Documents of an application: their content is kept under its hash, and every taking is told."""

from django.db import transaction

from refunds.actions import store
from refunds.actions.advance import tell
from refunds.models import Application, Document, DocumentTaking


def add(pk, kind, name, stream, *, by, at):
    """Keeps a document of an application; store.Refused says why it is not kept.

    The content of a document that the State Corporation named is recognised by its hash.
    """
    kept = store.keep(stream)
    with transaction.atomic():
        application = Application.objects.select_for_update(no_key=True).get(pk=pk)
        document, new = Document.objects.get_or_create(
            application=application,
            sha256=kept.sha256,
            defaults={
                "kind": kind,
                "name": name[:255],
                "size": kept.size,
                "type": kept.type,
                "at": at,
                "by": by,
            },
        )
        if not new and document.size is None:
            document.size, document.type, document.by, document.at = kept.size, kept.type, by, at
            document.save()
        facts = {"name": document.name, "sha256": kept.sha256}
        tell(application, "document", by=by, at=at, facts=facts)
    return document


def take(document, *, by, at):
    """The content of a document for somebody, who is written down; or store.Refused."""
    stream = store.open_kept(document.sha256)
    DocumentTaking.objects.create(document=document, user=by, at=at)
    return stream
