"""Files that came in: the list, one of them, and what of them could not be posted."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render

from mhifund import access, levels
from mhifund.filters import FileFilter
from mhifund.forms import Why
from mhifund.listing import newest_first
from payments.actions import held
from payments.models import ExceptionItem, File

MESSAGES = 50
EXCEPTIONS = 50
ENTRIES = 200

may_see = permission_required("payments.view_file", raise_exception=True)


@may_see
def registers(request):
    """Received files, newest first."""
    narrowed = FileFilter(request.GET, queryset=File.objects.select_related("received_by"))
    return render(
        request,
        "mhifund/registers.html",
        {"filter": narrowed, "listing": newest_first(narrowed.qs, request)},
    )


@may_see
def register(request, pk):
    """A file with its totals level by level, its messages and its exceptions."""
    file = get_object_or_404(
        File.objects.select_related("received_by", "answered_by", "replaced_by"), pk=pk
    )
    exceptions = access.exceptions_for(
        request.user, ExceptionItem.objects.filter(message__file=file)
    )
    first = _number(request.GET.get("from", ""))
    messages = list(file.messages.filter(number__gte=first).order_by("number")[: MESSAGES + 1])
    return render(
        request,
        "mhifund/register.html",
        {
            "file": file,
            "levels": levels.levels(file),
            "why": Why(),
            "releasable": held.releasable(file),
            "own": file.received_by_id == request.user.pk,
            "statement_entries": _entries(file),
            "findings": _most_first(file.finding_codes()),
            "exception_counts": _most_first(file.exception_codes()),
            "payment_messages": messages[:MESSAGES],
            "first_message": first,
            "next_message": messages[MESSAGES].number if len(messages) > MESSAGES else None,
            "exceptions": exceptions.select_related("message").order_by("id")[:EXCEPTIONS],
        },
    )


def _number(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _entries(file):
    """What a statement says the bank credited."""
    return file.entries.order_by("id")[:ENTRIES] if file.kind == "statement" else []


def _most_first(counts):
    return sorted(counts.items(), key=lambda row: -row[1])
