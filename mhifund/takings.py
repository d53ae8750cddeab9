"""Lists that are taken away as files, row by row; who took which, and how many rows, is kept."""

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils import timezone

from mhifund.downloads import CSV, XLSX, named
from mhifund.models import ListTaking
from mhifund.tables import csv_lines, xlsx_of_any_length


def take(request, name, query, table, form, file_name):
    """A Table with rows as they are found; `form` is csv or xlsx, another is not found."""
    if form not in ("csv", "xlsx"):
        raise Http404
    taking = ListTaking(
        name=name, query=query | {"form": form}, rows=0, user=request.user, at=timezone.now()
    )
    lines = _written_down(table._replace(rows=_counted(table.rows, taking)), taking, form)
    if form == "csv":
        response = StreamingHttpResponse(lines, content_type=CSV)
    else:
        (book,) = lines
        response = FileResponse(book, content_type=XLSX)
    return named(response, f"{file_name}.{form}")


def _counted(rows, taking):
    for row in rows:
        taking.rows += 1
        yield row


def _written_down(table, taking, form):
    """A taking that breaks off is written down too, with the rows that went out."""
    try:
        if form == "csv":
            yield from csv_lines(table)
        else:
            yield xlsx_of_any_length(table, timezone.make_naive(taking.at))
    finally:
        taking.save()
