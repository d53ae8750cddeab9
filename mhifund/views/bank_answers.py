"""What the bank says of payouts: its files come in, and what did not fit is told in words."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Func, IntegerField
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mhifund import access, bulk
from mhifund.listing import newest_first
from mhifund.refund_forms import BankAnswer
from payments.labels import FILE_CODES
from payments.rules.totals import Refused
from refunds import labels
from refunds.actions import answers as actions
from refunds.models import Answer
from registry.tasks import judge_news

FAULTS = 100

may_see = permission_required("refunds.view_batch", raise_exception=True)


@may_see
def answers(request):
    """The files of the bank, newest first; the treasurer brings new ones."""
    _is_of_the_country(request.user)
    may_bring = request.user.has_perm("refunds.release_payout")
    form = BankAnswer(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not may_bring:
            raise PermissionDenied
        if form.is_valid() and (found := _taken(request, form)):
            return found
    faults = Func(F("faults"), function="jsonb_array_length", output_field=IntegerField())
    rows = Answer.objects.defer("faults").annotate(misfits=faults).select_related("received_by")
    context = {"form": form, "may_bring": may_bring, "listing": newest_first(rows, request)}
    return render(request, "mhifund/bank_answers.html", context)


def _is_of_the_country(user):
    """A file of the bank answers for everybody: who sees some regions alone does not see it."""
    if not access.whole_country(user):
        raise PermissionDenied


def _taken(request, form):
    """Where to look at what a file did; None when it cannot be read, which the form then says."""
    upload = form.cleaned_data["file"]
    try:
        took = actions.take(upload, upload.name, by=request.user, at=timezone.now())
    except Refused as fault:
        form.add_error("file", _reason(fault))
        return None
    if took.answer is None:
        messages.warning(request, FILE_CODES["already_received"])
        return redirect("bank_answers")
    for batch in took.batches:
        text = _("Batch %(number)s: %(state)s.")
        state = labels.STATES["batch"][batch.state]
        messages.success(request, text % {"number": batch, "state": state})
    transaction.on_commit(lambda: judge_news.delay(by=request.user.pk))
    return redirect("bank_answer", pk=took.answer.pk)


def _reason(fault):
    if fault.code == "empty":
        return FILE_CODES["empty"]
    return _("It is neither a bank statement nor a list of answers.")


@may_see
def answer(request, pk):
    """What a file of the bank did, and what of it did not fit."""
    _is_of_the_country(request.user)
    found = get_object_or_404(Answer.objects.select_related("received_by"), pk=pk)
    mark = request.GET.get("from", "")
    first = int(mark) if bulk.is_number(mark) else 0
    following = first + FAULTS
    context = {
        "answer": found,
        "misfits": found.faults[first:following],
        "first": first,
        "following": following if len(found.faults) > following else None,
        "differs": found.debits is not None and found.debits != found.total,
    }
    return render(request, "mhifund/bank_answer.html", context)
