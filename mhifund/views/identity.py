"""Who is who: a new IIN, two records of one person, and the undoing of either."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import OperationalError, connection, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from psycopg.errors import LockNotAvailable

from mhifund import access, written
from mhifund.forms import NewIin, SamePerson, Why
from mhifund.models import Look
from payments.tasks import recheck
from registry import labels
from registry.actions import identity as actions
from registry.models import CategorySpan, Contribution, PersonEvent
from registry.rules.iin import masked

PATIENCE = "5s"
"""How long a correction waits for a load or a posting."""

may_correct = permission_required("registry.correct_identity", raise_exception=True)


@may_correct
def identity(request, pk):
    """Gives the person another number, or shows another record of them side by side with theirs."""
    person = _visible(request, pk)
    form = NewIin(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number, note = form.cleaned_data["iin"], form.cleaned_data["note"]
        try:
            _corrected(request, actions.change_iin, person, number, note=note)
        except actions.NotPossible as fault:
            form.add_error("iin", labels.NOT_POSSIBLE[fault.code])
        else:
            messages.success(request, _("The person has a new IIN; the old one still finds them."))
            return redirect("person", pk=pk)
    same = SamePerson(request.GET if "other" in request.GET else None)
    if same.is_valid() and (other := _other(request, person, same)):
        return redirect("compare", pk=pk, other=other.pk)
    return render(request, "mhifund/identity.html", _forms(person, form=form, same=same))


def _other(request, person, same):
    """The record that was asked for; None where it is not another one, which is told."""
    found = actions.holder(same.cleaned_data["other"])
    other = found and access.persons_for(request.user).filter(pk=found.pk).first()
    if other is None:
        same.add_error("other", labels.REJECTIONS["unknown_iin"])
    elif other == person:
        same.add_error("other", labels.NOT_POSSIBLE["one_person"])
        return None
    return other


def _forms(person, **asked):
    return {"person": person, "form": NewIin(), "same": SamePerson()} | asked


@may_correct
def compare(request, pk, other):
    """Both records, fact by fact, before they are made one."""
    person, other = _visible(request, pk), _visible(request, other)
    Look.objects.create(person=other, user=request.user, act="card", at=timezone.now())
    pairs = zip(_facts(person), _facts(other), strict=True)
    facts = [(name, ours, theirs) for (name, ours), (_name, theirs) in pairs]
    asked = {"other": other, "facts": facts, "why": Why(auto_id="why_%s")}
    return render(request, "mhifund/identity.html", _forms(person, **asked))


def _facts(person):
    return (
        (_("Name"), person.full_name),
        (_("IIN"), masked(person.iin)),
        (_("Birth date"), written.day(person.birth_date)),
        (_("Sex"), person.get_sex_display()),
        (_("Region"), person.region.name),
        (_("Residence"), person.get_residence_display()),
        (_("Died on"), written.day(person.died_on)),
        (_("Payments"), Contribution.objects.standing().filter(person=person).count()),
        (
            _("Categories"),
            CategorySpan.objects.filter(person=person, superseded_on=None).count(),
        ),
    )


@may_correct
@require_POST
def merge(request, pk, other):
    """Makes one person of two; the number of the page stays."""
    kept = _visible(request, pk)
    dropped = get_object_or_404(access.persons_for(request.user), pk=other)
    why = Why(request.POST)
    if not why.is_valid():
        messages.error(request, _("Say why these are one person."))
        return redirect("compare", pk=pk, other=other)
    try:
        _corrected(request, actions.merge, kept, dropped, note=why.cleaned_data["note"])
    except actions.NotPossible as fault:
        messages.error(request, labels.NOT_POSSIBLE[fault.code])
    else:
        messages.success(request, _("The two records are one person now."))
    return redirect("person", pk=pk)


@may_correct
@require_POST
def undo(request, pk, event):
    """Takes a correction back."""
    person = _visible(request, pk)
    found = get_object_or_404(PersonEvent, person=person, pk=event)
    if found.other_id:
        get_object_or_404(access.persons_for(request.user), pk=found.other_id)
    try:
        _corrected(request, actions.undo, found)
    except actions.NotPossible as fault:
        messages.error(request, labels.NOT_POSSIBLE[fault.code])
    else:
        messages.success(request, _("The correction is undone."))
    return redirect("person", pk=pk)


@transaction.atomic
def _corrected(request, correct, *facts, **note):
    """Makes a correction; what follows from it is derived and judged right after."""
    by = request.user
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", (PATIENCE,))
        try:
            actions.lock()
        except OperationalError as fault:
            if isinstance(fault.__cause__, LockNotAvailable):
                raise actions.NotPossible("busy") from None
            raise
    correct(*facts, at=timezone.now(), by=by, **note)
    transaction.on_commit(lambda: recheck.delay(by.pk))


def _visible(request, pk):
    persons = access.persons_for(request.user).filter(merged_into=None)
    return get_object_or_404(persons.select_related("region"), pk=pk)
