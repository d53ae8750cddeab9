"""Tables as answers that a browser keeps as files."""

from django.http import Http404, HttpResponse

from mhifund.tables import as_csv, as_xlsx

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(table, form, name, made_at):
    """`form` is csv or xlsx, another is not found; `made_at` is naive."""
    if form == "csv":
        response = HttpResponse(as_csv(table), content_type=CSV)
    elif form == "xlsx":
        response = HttpResponse(as_xlsx([table], made_at), content_type=XLSX)
    else:
        raise Http404
    return named(response, f"{name}.{form}")


def named(response, name):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
