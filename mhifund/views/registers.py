"""Files that came in: the list, one of them, and what of them could not be posted."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from mhifund import access, levels, takings
from mhifund.attachments import attachment
from mhifund.filters import FileFilter
from mhifund.forms import Why
from mhifund.listing import newest_first
from payments.actions import account, held
from payments.actions.items import portions
from payments.actions.receive import path
from payments.models import ExceptionItem, File, Return
from payments.rules import workbook
from payments.rules.items import Portion
from registry.rules.iin import masked, masked_payer

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
    """A file with its totals level by level, its messages, its exceptions and returns."""
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
            "forms": _forms(file),
            "whole": _may_take_whole(request.user, file),
            "own": file.received_by_id == request.user.pk,
            "statement_entries": _entries(file),
            "steps": file.steps.all(),
            "findings": _most_first(account.finding_codes(file)),
            "exception_counts": _most_first(account.exception_codes(file)),
            "payment_messages": messages[:MESSAGES],
            "first_message": first,
            "next_message": messages[MESSAGES].number if len(messages) > MESSAGES else None,
            "returns": _returns(request.user, file),
            "exceptions": exceptions.select_related("message").order_by("id")[:EXCEPTIONS],
        },
    )


def _forms(file):
    """In which formats the items can be taken away."""
    if (file.kind, file.state) != ("register", "posted"):
        return []
    fits = file.items <= workbook.MOST_ITEMS
    return [form for form in takings.REGISTERS if form != "xlsx" or fits]


def _may_take_whole(user, file):
    """Whole numbers of persons of the whole country, as in a register, are not for everybody."""
    if file.state == "refused":
        return False
    see_all = user.has_perm("registry.unmask_iin") and access.whole_country(user)
    return see_all or file.kind == "statement"


@may_see
def original(request, pk):
    """The file as it came; taking it is written down first."""
    file = get_object_or_404(File, pk=pk)
    if not _may_take_whole(request.user, file):
        raise PermissionDenied
    kept = path(file.sha256)
    if not kept.is_file():
        raise Http404
    takings.begun(request, "register", {"file": pk}, file.items).save()
    return attachment(kept.open("rb"), file.name, file.size)


@may_see
def take(request, pk, form):
    """The items of a posted register, in the order of their lines, as another register."""
    file = get_object_or_404(File, pk=pk)
    if form not in _forms(file):
        raise Http404
    within = access.regions(request.user)
    regions = None if within is None else [region.pk for region in within]
    exceptions = access.exceptions_for(request.user, ExceptionItem.objects.all())
    returns = access.returns_for(request.user, Return.objects.all())
    found = portions(file, exceptions=exceptions, returns=returns, regions=regions)
    if not request.user.has_perm("registry.unmask_iin"):
        found = map(_masked, found)
    return takings.take_register(request, {"file": pk}, found, form, f"register-{pk}")


def _masked(portion):
    items = [item._replace(iin=masked(item.iin)) for item in portion.items]
    payer = masked_payer(portion.message.payer_id)
    return Portion(portion.message._replace(payer_id=payer), items)


def _number(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _returns(user, file):
    if not file.returned:
        return []
    items = access.returns_for(user, Return.objects.filter(message__file=file))
    return items.select_related("message", "original").order_by("id")[:EXCEPTIONS]


def _entries(file):
    """What a statement says the bank credited."""
    return file.entries.order_by("id")[:ENTRIES] if file.kind == "statement" else []


def _most_first(counts):
    return sorted(counts.items(), key=lambda row: -row[1])
