"""A page of a long list: the rows after a mark, never how many there are."""

from typing import NamedTuple

ROWS = 50


class Listing(NamedTuple):
    rows: list
    older: int | None
    first: bool


def newest_first(queryset, request):
    """The newest rows, or those before the id of `?before=`."""
    mark = request.GET.get("before", "")
    known = mark.isascii() and mark.isdigit() and len(mark) < 19
    queryset = queryset.order_by("-id")
    rows = list((queryset.filter(id__lt=int(mark)) if known else queryset)[: ROWS + 1])
    older = rows[ROWS - 1].id if len(rows) > ROWS else None
    return Listing(rows[:ROWS], older, not known)
