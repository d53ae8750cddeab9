"""How refund applications come in: files of the State Corporation, and what is wrong with some."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mhifund import access
from mhifund.listing import newest_first
from mhifund.refund_forms import Applications, NewApplication
from mhifund.refund_links import links
from refunds.actions import cases
from refunds.labels import AGAINST
from refunds.models import Unread
from refunds.rules.applications import Unreadable

may_see = permission_required("refunds.view_application", raise_exception=True)
may_handle = permission_required("refunds.handle_case", raise_exception=True)


@may_handle
def new(request):
    """A form for an application that came on paper."""
    at = timezone.now()
    form = NewApplication(
        request.POST or None,
        initial={"channel": "state_corporation", "accepted_on": timezone.localdate(at)},
        persons=access.persons_for(request.user),
        on=timezone.localdate(at),
    )
    if request.method == "POST" and form.is_valid():
        opened = _opened(request, form, at)
        if opened:
            return redirect("refund", pk=opened.pk)
        form.add_error(
            "lines",
            _(
                "Its persons are of several regions: only the whole country"
                " sees such an application."
            ),
        )
    return render(request, "mhifund/refund_new.html", {"form": form})


@transaction.atomic
def _opened(request, form, at):
    """The application, as long as whoever opens it sees it afterwards."""
    opened, _missing = cases.open_by_form(form.new(), by=request.user, at=at)
    if access.applications_for(request.user).filter(pk=opened.pk).exists():
        return opened
    transaction.set_rollback(True)
    return None


@may_handle
def load(request):
    """Takes the applications of a file of the State Corporation, and tells what came of each."""
    form = Applications(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            found = cases.load(upload.read(), upload.name, by=request.user, at=timezone.now())
        except Unreadable as fault:
            form.add_error("file", _("It is no file with applications: %(why)s.") % {"why": fault})
        else:
            _tell_loaded(request, found)
            return redirect("refunds")
    return render(request, "mhifund/refunds_load.html", {"form": form})


def _tell_loaded(request, found):
    new, unread = len(found.new), len(found.unread)
    if new:
        text = ngettext("%(n)d new application:", "%(n)d new applications:", new) % {"n": new}
        messages.success(request, format_html("{} {}", text, links(request.user, found.new)))
    if found.again:
        text = ngettext(
            "%(n)d application was there already.",
            "%(n)d applications were there already.",
            found.again,
        )
        messages.info(request, text % {"n": found.again})
    if unread:
        text = ngettext(
            "%(n)d application is at fault: it is kept with what is wrong.",
            "%(n)d applications are at fault: they are kept with what is wrong.",
            unread,
        )
        messages.warning(request, text % {"n": unread})
    if not (new or found.again or unread):
        messages.warning(request, _("The file has no application."))


def unsettled():
    """Applications at fault that nobody has settled yet."""
    return Unread.objects.filter(settled_at=None)


def _visible(request):
    """They are of no region: who sees one region does not see them."""
    if not access.whole_country(request.user):
        raise PermissionDenied
    return unsettled()


@may_see
def at_fault(request):
    """Applications of files that could not be taken, with what is wrong, newest first."""
    listing = newest_first(_visible(request).select_related("recorded_by"), request)
    return render(request, "mhifund/refunds_at_fault.html", {"listing": listing})


@may_handle
@require_POST
def settle(request, pk):
    """Takes an application at fault off the list."""
    _visible(request)
    if cases.settle_unread(pk, at=timezone.now()):
        messages.success(request, _("It is settled."))
    else:
        messages.warning(request, AGAINST["gone"])
    return redirect("refunds_at_fault")
