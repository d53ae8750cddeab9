"""A year of the calendar; who edits the reference picks a day and says what it is."""

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import bulk
from mhifund.forms import Day
from mhifund.written import day as written_day
from refunds.actions import clocks
from refunds.models import OPEN, Application
from refunds.tasks import follow_calendar
from registry import labels
from registry.actions import calendar as actions
from registry.models import CalendarChange, CalendarDay
from registry.rules.workdays import SATURDAY

FIRST_YEAR = 2017
WEEK = 7
CHANGES = 20
AT_ONCE = 2_000
"""The deadlines of so many open applications move while the editor waits for the page."""

may_edit = permission_required("registry.edit_calendar", raise_exception=True)


def calendar(request):
    """A year's page: days off, moved days and worked weekends."""
    edits = request.user.has_perm("registry.edit_calendar")
    picked = _day(request.GET.get("day", "")) if edits else None
    return _page(request, picked.year if picked else _year(request), picked)


def _page(request, year, picked, form=None):
    special = {row.day: row for row in CalendarDay.objects.filter(day__year=year).order_by("day")}
    context = {
        "year": year,
        "years": range(FIRST_YEAR, timezone.localdate().year + 2),
        "months": [_month(year, month, special) for month in range(1, 13)],
        "special": special.values(),
        "weekdays": WEEKDAYS_ABBR.values(),
        "changes": [_told(row) for row in _changes(year)],
    }
    if picked:
        row = special.get(picked)
        names = {name: getattr(row, name) for name in ("kind", *actions.NAMES)} if row else {}
        context |= {
            "picked": picked,
            "form": form or Day(picked, initial=names),
            "seen": actions.last_change(picked),
        }
    return render(request, "mhifund/calendar.html", context)


def _year(request):
    written = request.GET.get("year", "")
    year = int(written) if written.isascii() and written.isdigit() and len(written) == 4 else 0
    return year if _is_kept(year) else timezone.localdate().year


def _is_kept(year):
    return FIRST_YEAR <= year <= timezone.localdate().year + 1


def _day(text):
    """A day of a year that is kept, or None."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _is_kept(found.year) else None


def _month(year, month, special):
    first = date(year, month, 1)
    next_first = date(year + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(days=n) for n in range((next_first - first).days)]
    cells = [None] * first.weekday() + [_cell(day, special.get(day)) for day in days]
    cells += [None] * (-len(cells) % WEEK)
    weeks = [cells[start : start + WEEK] for start in range(0, len(cells), WEEK)]
    return {"first": first, "weeks": weeks}


def _cell(day, row):
    weekend = day.weekday() >= SATURDAY
    kind = row.kind if row else "weekend" if weekend else "plain"
    return {"day": day, "kind": kind, "row": row}


def _changes(year):
    changes = CalendarChange.objects.filter(day__year=year).select_related("by")
    return changes.order_by("-id")[:CHANGES]


def _told(change):
    return change, _words(change.before), _words(change.after)


def _words(row):
    """What a day was, in words, and why."""
    if not row:
        return _("as the week has it")
    return f"{labels.DAY_KINDS[row['kind']]}: {row[f'name_{get_language()[:2]}']}"


@may_edit
@require_POST
def set_day(request, day):
    """Makes a day what was picked, and moves the deadlines of open refund cases after it."""
    picked = _day(day)
    if picked is None:
        raise Http404
    form, seen = Day(picked, request.POST), request.POST.get("seen", "")
    if not form.is_valid() or not bulk.is_number(seen):
        raise Http404
    found, at = form.cleaned_data, timezone.now()
    names = {name: found[name] for name in actions.NAMES}
    who = {"by": request.user, "at": at}
    code = actions.set_day(picked, found["kind"], names, seen=int(seen), **who)
    if code:
        messages.error(request, labels.NOT_SET[code])
        return _page(request, picked.year, picked, form)
    words = dict(form.fields["kind"].choices)[found["kind"]]
    messages.success(request, f"{written_day(picked)}: {words}. {_moved(who)}")
    return redirect(reverse("calendar", query={"year": picked.year}))


def _moved(who):
    """Lets the deadlines follow, at once or later, and says how many did."""
    if Application.objects.filter(OPEN)[: AT_ONCE + 1].count() > AT_ONCE:
        transaction.on_commit(lambda: follow_calendar.delay(by=who["by"].pk))
        return _("Many refund cases are open: their deadlines follow within minutes.")
    moved = clocks.follow_calendar(**who)
    if not moved:
        return _("No deadline of an open refund case moved.")
    text = ngettext(
        "The deadlines of %(n)d open refund case moved.",
        "The deadlines of %(n)d open refund cases moved.",
        moved,
    )
    return text % {"n": moved}
