"""An officer brings a file; a task reads it, and its row shows how far it is."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund.forms import Upload, Why
from payments import labels
from payments.actions import held
from payments.actions.receive import accept
from payments.models import File
from payments.tasks import read_file

may_receive = permission_required("payments.receive_file", raise_exception=True)
may_release = permission_required("payments.release_file", raise_exception=True)
may_see = permission_required("payments.view_file", raise_exception=True)

ANSWERED = {"release": held.release, "reject": held.reject}


@may_receive
def receive(request):
    """Takes a file in and leads to its page."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        file = accept(upload, upload.name, at=timezone.now(), by=request.user)
        if file.state == "reading":
            transaction.on_commit(lambda: read_file.delay(file.pk))
        return redirect("register", pk=file.pk)
    return render(request, "mhifund/receive.html", {"form": form})


@may_release
@require_POST
def answer(request, pk):
    """Answers a held file: releases it, rejects it, or has it read again."""
    file, asked = get_object_or_404(File, pk=pk), request.POST.get("answer")
    why = Why(request.POST)
    if asked in ANSWERED and not why.is_valid():
        messages.error(request, _("Say why."))
        return redirect("register", pk=pk)
    try:
        if asked in ANSWERED:
            note = why.cleaned_data["note"]
            file = ANSWERED[asked](file, by=request.user, at=timezone.now(), note=note)
        else:
            file = held.read_again(file)
    except held.NotPossible as fault:
        messages.error(request, labels.NOT_ANSWERED[fault.code])
    if file.state == "reading":
        transaction.on_commit(lambda: read_file.delay(pk))
    return redirect("register", pk=pk)


@may_see
def progress(request, pk):
    """How far the reading of a file is; the page asks again until it is done."""
    file = get_object_or_404(File, pk=pk)
    response = render(request, "mhifund/progress.html", {"file": file})
    if file.state != "reading":
        response["HX-Refresh"] = "true"
    return response
