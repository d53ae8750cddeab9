"""The lines of an application: what the books say of each, and what is decided of them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access, bulk, refund_page
from mhifund.forms import Sum
from mhifund.views.refund import acting, visible
from refunds.actions import evidence as books
from refunds.actions import lines
from refunds.actions.lines import NOTHING, Wish
from refunds.labels import AGAINST
from refunds.models import Application, Line, Reason
from refunds.rules.states import PROPOSED, UNDECIDED
from registry.models import Category
from registry.tasks import judge_news

AT_ONCE = 2_000
UNDONE = ("take_back", "send_back", "reverse", "withdraw")
FOR_ALL = {
    "as_found": UNDECIDED,
    "refuse": UNDECIDED,
    "confirm": PROPOSED,
    "take_back": PROPOSED,
    "send_back": PROPOSED,
}
"""What can be done with all lines of an application, and in which states those wait for it."""

may_see = permission_required("refunds.view_application", raise_exception=True)


@may_see
def evidence(request, pk, line):
    """What the system knows of a line, and what may be done with it."""
    application = visible(request, pk)
    rows = application.lines.select_related("decision__reason", "reason", "application")
    found = get_object_or_404(rows, pk=line)
    if "HX-Request" not in request.headers:
        query = request.GET.copy()
        query["line"] = line
        return redirect(f"{reverse('refund', args=[pk])}?{query.urlencode()}#line-{line}")
    told = books.gather([found], at=timezone.now())[found.pk]
    ids = [row.application_id for row in told.others]
    seen = access.applications_for(request.user).filter(pk__in=ids).values_list("pk", flat=True)
    context = {
        "application": application,
        "line": found,
        "told": told,
        "person": access.persons_for(request.user).filter(pk=told.traced.person_id).first(),
        "categories": [row.name for row in Category.objects.filter(pk__in=told.categories)],
        "others": [(row, row.application_id in seen) for row in told.others],
        "decisions": found.decisions.select_related("reason", "decided_by", "confirmed_by"),
        "offers": refund_page.offers_of(found, told.traced, request.user),
        "may_establish": _may_establish(request.user, application, found, told.traced),
        "may_answer": _may_answer(request.user, application, found, told.traced),
        "refusals": Reason.objects.filter(kind="refusal"),
        "left": found.asked - found.paid_back,
    }
    return render(request, "mhifund/refund_evidence.html", context)


def _waits(user, application, line):
    handles = user.has_perm("refunds.handle_case")
    return handles and application.state == "review" and line.state in UNDECIDED


def _may_establish(user, application, line, traced):
    return _waits(user, application, line) and traced.entry_id is not None


def _may_answer(user, application, line, traced):
    suspected = traced.cause == "duplicate" and not traced.answer
    return _waits(user, application, line) and suspected


@may_see
@require_POST
def act(request, pk):
    """Does something with the chosen lines and tells of each that it was not done with."""
    application = acting(request, pk)
    if "all" in request.POST:
        answers = _with_all(request, application)
    else:
        seen = dict(bulk.chosen(request, parts=2))
        known = application.lines.filter(pk__in=seen).order_by("pk").values_list("pk", flat=True)
        answers = _done(request, {pk: seen[pk] for pk in known})
    if answers is not None:
        bulk.tell(request, answers, _places, AGAINST)
    return redirect(_back(request, pk))


@transaction.atomic
def _with_all(request, application):
    """With every line that waits for it, as long as nothing happened since the page was seen."""
    wanted = FOR_ALL.get(request.POST.get("act"))
    if wanted is None:
        raise Http404
    Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    last = application.events.order_by("-pk").values_list("pk", flat=True).first()
    if str(last) != request.POST.get("upto"):
        messages.error(request, AGAINST["changed"])
        return None
    waiting = application.lines.filter(state__in=wanted).order_by("number")[:AT_ONCE]
    return _done(request, dict(waiting.values_list("pk", "version")))


def _done(request, wanted):
    """Answers for lines, {id: version}."""
    asked, who = request.POST.get("act"), {"by": request.user, "at": timezone.now()}
    note = request.POST.get("note", "").strip()[:1000]
    if asked == "as_found":
        return _as_found(wanted, note, who)
    if asked == "confirm":
        return lines.confirm(wanted, note=note, **who)
    if asked in UNDONE:
        return lines.undo(asked, wanted, note=note, **who)
    if asked in ("approve", "part", "refuse"):
        return lines.decide(_wishes(request, asked, wanted), note=note, seen=wanted, **who)
    raise Http404


def _as_found(wanted, note, who):
    wishes = lines.as_found(wanted)
    answers = lines.decide(wishes, note=note, seen=wanted, **who)
    waiting = Line.objects.filter(pk__in=wanted, state__in=UNDECIDED).values_list("pk", flat=True)
    empty = dict.fromkeys(set(waiting) - set(wishes), "nothing_left")
    return dict.fromkeys(wanted, "no_such_step") | empty | answers


def _wishes(request, asked, wanted):
    if asked == "approve":
        rows = Line.objects.filter(pk__in=wanted)
        return {row.pk: Wish("approve", row.asked - row.paid_back) for row in rows}
    if asked == "part":
        return dict.fromkeys(wanted, Wish("part", _sum(request) or NOTHING))
    reason = Reason.objects.filter(kind="refusal", pk=request.POST.get("reason", "")).first()
    return dict.fromkeys(wanted, Wish("refuse", reason=reason.pk if reason else ""))


def _places(ids):
    for row in Line.objects.filter(pk__in=ids).order_by("number"):
        yield row.pk, _("line %(number)d") % {"number": row.number}


def _back(request, pk):
    """The page of the lines from which somebody acted."""
    query = QueryDict(request.POST.get("back", ""), mutable=True)
    line = query.get("line", "")
    place = f"#line-{line}" if bulk.is_number(line) else "#lines"
    return f"{reverse('refund', args=[pk])}?{query.urlencode()}{place}"


@may_see
@require_POST
def duplicate(request, pk, line):
    """Confirms that the item of a line was paid twice."""
    return _answered(request, pk, line, lines.confirm_duplicate)


@may_see
@require_POST
def establish(request, pk, line):
    """Says on documents what of the item of a line is overpaid."""
    amount = _sum(request)
    if amount is None:
        return _answered(request, pk, line, _no_sum)
    return _answered(request, pk, line, lines.establish, amount)


def _sum(request):
    """What was typed as a sum; nothing where it is none."""
    try:
        return Sum(required=False).clean(request.POST.get("amount"))
    except ValidationError:
        return None


def _no_sum(pk, **who):
    return "no_sum"


def _answered(request, pk, line, answer, *facts):
    application = acting(request, pk)
    found = get_object_or_404(application.lines, pk=line)
    note = request.POST.get("note", "").strip()[:1000]
    if request.POST.get("version") != str(found.version):
        code = "changed"
    else:
        code = answer(found.pk, *facts, by=request.user, at=timezone.now(), note=note)
    if not code:
        transaction.on_commit(lambda: judge_news.delay(by=request.user.pk))
    bulk.tell(request, {found.pk: code}, _places, AGAINST)
    return redirect(_back(request, pk))
