"""Documents of an application, and the letters to its applicant."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import letters
from mhifund.attachments import attachment
from mhifund.downloads import PDF, named
from mhifund.refund_forms import Paper
from mhifund.views.refund import visible
from refunds.actions import papers
from refunds.actions.store import Refused
from refunds.labels import DOCUMENT_REFUSALS

may_see = permission_required("refunds.view_application", raise_exception=True)
may_handle = permission_required("refunds.handle_case", raise_exception=True)
may_unmask = permission_required("registry.unmask_iin", raise_exception=True)


@may_handle
@require_POST
def add(request, pk):
    """Keeps a document, or says why it is not kept."""
    application, form = visible(request, pk), Paper(request.POST, request.FILES)
    if form.is_valid():
        kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
        who = {"by": request.user, "at": timezone.now()}
        try:
            papers.add(application.pk, kind, file.name, file, **who)
        except Refused as refused:
            messages.error(request, DOCUMENT_REFUSALS[refused.code])
        else:
            messages.success(request, _("The document is kept."))
    else:
        messages.error(request, _("Choose a kind and a file."))
    return _to(pk, "documents")


@may_see
@may_unmask
def take(request, pk, document):
    """A document as it came; taking it is written down."""
    found = get_object_or_404(visible(request, pk).documents, pk=document)
    try:
        stream = papers.take(found, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, DOCUMENT_REFUSALS[refused.code])
        return _to(pk, "documents")
    return attachment(stream, found.name, found.size)


@may_see
@may_unmask
def letter(request, pk, letter):
    """A letter as it was made."""
    found = get_object_or_404(visible(request, pk).letters, pk=letter)
    facts = {"language": found.language, "number": found.number, "on": found.on.isoformat()}
    response = HttpResponse(letters.letter(found.said | facts), content_type=PDF)
    return named(response, f"letter-{found.number}.pdf")


def _to(pk, tab):
    return redirect(f"{reverse('refund', args=[pk])}?tab={tab}#more")
