"""An officer brings a file; a task reads it, and its row shows how far it is."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from mhifund.forms import Upload
from payments.actions.receive import accept
from payments.models import File
from payments.tasks import read_file

may_receive = permission_required("payments.receive_file", raise_exception=True)
may_see = permission_required("payments.view_file", raise_exception=True)


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


@may_see
def progress(request, pk):
    """How far the reading of a file is; the page asks again until it is done."""
    file = get_object_or_404(File, pk=pk)
    response = render(request, "mhifund/progress.html", {"file": file})
    if file.state != "reading":
        response["HX-Refresh"] = "true"
    return response
