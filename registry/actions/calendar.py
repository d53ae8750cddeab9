"""The calendar as the office keeps it: days off, moved days, and weekend days that are worked."""

from django.db import connection, transaction
from django.utils.timezone import localdate

from registry.models import CalendarChange, CalendarDay
from registry.rules.workdays import SATURDAY

NAMES = ("name_kk", "name_ru", "name_en")
CALENDAR = 20200103


@transaction.atomic
def set_day(day, kind, names, *, by, at, seen=None):
    """Makes a day `off`, `moved` or `worked`, or "" as the week has it; names are {column: text}.

    `seen`: the last change of the day that was seen, 0 when there was none. Returns "" or a code
    of labels.NOT_SET.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (CALENDAR,))
    if seen is not None and seen != last_change(day):
        return "changed"
    if code := _against(day, kind, names):
        return code
    before = _row(CalendarDay.objects.filter(day=day).first())
    after = {"kind": kind} | {name: names[name].strip() for name in NAMES} if kind else {}
    if before == after:
        return ""
    if kind:
        values = after | {"entered_on": localdate(at)}
        CalendarDay.objects.update_or_create(day=day, defaults=values)
    else:
        CalendarDay.objects.filter(day=day).delete()
    CalendarChange.objects.create(day=day, before=before, after=after, at=at, by=by)
    return ""


def last_change(day):
    """The id of the last change of a day, 0 when it never changed."""
    changes = CalendarChange.objects.filter(day=day).order_by("-id")
    return changes.values_list("pk", flat=True).first() or 0


def _against(day, kind, names):
    weekend = day.weekday() >= SATURDAY
    if kind == "worked" and not weekend:
        return "no_weekday_worked"
    if kind in ("off", "moved") and weekend:
        return "no_weekend_off"
    return "names" if kind and not all(names[name].strip() for name in NAMES) else ""


def _row(found):
    return {name: getattr(found, name) for name in ("kind", *NAMES)} if found else {}
