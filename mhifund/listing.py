"""A page of a long list: the rows after a mark, never how many there are."""

from datetime import date
from typing import NamedTuple

from django.db.models import F, Q

ROWS = 50


class Listing(NamedTuple):
    rows: list
    older: int | str | None
    first: bool


def newest_first(queryset, request):
    """The newest rows, or those before the id of `?before=`."""
    mark = request.GET.get("before", "")
    known = mark.isascii() and mark.isdigit() and len(mark) < 19
    queryset = queryset.order_by("-id")
    rows = list((queryset.filter(id__lt=int(mark)) if known else queryset)[: ROWS + 1])
    older = rows[ROWS - 1].id if len(rows) > ROWS else None
    return Listing(rows[:ROWS], older, not known)


def soonest_first(queryset, request):
    """The rows due first, those without a day last, or those after the mark of `?after=`."""
    day, _point, number = request.GET.get("after", "").partition(".")
    after = _after(day, number)
    queryset = queryset.order_by(F("due").asc(nulls_last=True), "id")
    rows = list((queryset if after is None else queryset.filter(after))[: ROWS + 1])
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    mark = last and f"{last.due or ''}.{last.id}"
    return Listing(rows[:ROWS], mark, after is None)


def _after(day, number):
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    if not day:
        return Q(due=None, id__gt=number)
    try:
        due = date.fromisoformat(day)
    except ValueError:
        return None
    return Q(due__gt=due) | Q(due=due, id__gt=number) | Q(due=None)
