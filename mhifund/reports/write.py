"""Reports are written once a run, file by file."""

import hashlib

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from mhifund.models import Report
from mhifund.reports.payments import exceptions, files, receipts
from mhifund.reports.statuses import statuses
from mhifund.tables import as_csv, as_xlsx

LOCK = 20201202
FORMS = {"xlsx": as_xlsx, "csv": lambda tables, made_at: as_csv(tables[0])}
CONTENTS = {
    "statuses": statuses,
    "receipts": receipts,
    "exceptions": exceptions,
    "files": files,
}


def write(run, *, at):
    """Leaves every report of a run that is not there yet; returns how many it wrote."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        written = 0
        for kind, contents in CONTENTS.items():
            missing = [form for form in FORMS if not _is_there(run, kind, form)]
            if missing:
                tables = contents(run)
                for form in missing:
                    _keep(run, kind, form, tables, at)
                written += len(missing)
    return written


def _is_there(run, kind, form):
    found = Report.objects.filter(run=run, kind=kind, form=form).first()
    return found is not None and (settings.REPORTS_ROOT / found.name).is_file()


def _keep(run, kind, form, tables, at):
    """The file first, under its name only when it is whole; then the row that knows it."""
    made_at = timezone.make_naive(run.finished_at)
    content = FORMS[form](tables, made_at)
    name = f"{run.on:%Y-%m-%d}/{kind}-{run.on:%Y-%m-%d}-{run.pk}.{form}"
    path = settings.REPORTS_ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unnamed = path.with_name(f".{path.name}")
    unnamed.write_bytes(content)
    unnamed.replace(path)
    facts = {
        "on": run.on,
        "name": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "rows": len(tables[0].rows),
        "made_at": at,
    }
    Report.objects.update_or_create(run=run, kind=kind, form=form, defaults=facts)
