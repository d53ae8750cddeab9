"""Lists that are taken away as files, row by row; who took which, and how many rows, is kept."""

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils import timezone

from mhifund.downloads import CSV, XLSX, named
from mhifund.models import ListTaking
from mhifund.tables import csv_lines, xlsx_of_any_length
from payments.rules.formats import FORMATS

REGISTERS = {
    "csv": ("csv", CSV),
    "xlsx": ("xlsx", XLSX),
    "mt102": ("mt102.txt", "text/plain; charset=utf-8"),
}
"""How the name of a register ends in each format, and what kind of content it is."""

WRITERS = {form.name: form.write for form in FORMATS}


def take(request, name, query, table, form, file_name):
    """A Table with rows as they are found; `form` is csv or xlsx, another is not found."""
    if form not in ("csv", "xlsx"):
        raise Http404
    taking = begun(request, name, query | {"form": form})
    table = table._replace(rows=_counted(table.rows, taking))
    lines = _written_down(_pieces(table, taking, form), taking)
    if form == "csv":
        response = StreamingHttpResponse(lines, content_type=CSV)
    else:
        (book,) = lines
        response = FileResponse(book, content_type=XLSX)
    return named(response, f"{file_name}.{form}")


def take_register(request, query, portions, form, file_name):
    """The items of a register, in a form of REGISTERS; another is not found."""
    if form not in REGISTERS:
        raise Http404
    ending, content_type = REGISTERS[form]
    taking = begun(request, "register", query | {"form": form})
    pieces = _written_down(WRITERS[form](_counted_items(portions, taking)), taking)
    response = StreamingHttpResponse(pieces, content_type=content_type)
    return named(response, f"{file_name}.{ending}")


def begun(request, name, query, rows=0):
    """A taking that is not kept yet."""
    return ListTaking(name=name, query=query, rows=rows, user=request.user, at=timezone.now())


def _counted(rows, taking):
    for row in rows:
        taking.rows += 1
        yield row


def _counted_items(portions, taking):
    for portion in portions:
        taking.rows += len(portion.items)
        yield portion


def _pieces(table, taking, form):
    if form == "csv":
        yield from csv_lines(table)
    else:
        yield xlsx_of_any_length(table, timezone.make_naive(taking.at))


def _written_down(pieces, taking):
    """A taking that breaks off is written down too, with the rows that went out."""
    try:
        yield from pieces
    finally:
        taking.save()
