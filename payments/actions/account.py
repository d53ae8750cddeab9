"""What came of a file, in words: what is wrong, where, by how much, and what to do."""

from decimal import Decimal

from django.db.models import Count, F, Func
from django.utils import translation
from django.utils.translation import gettext as _

from payments import labels
from payments.models import ExceptionItem, Finding

SHOWN = 5


def account(file):
    """The account of a received file, as its command gives it; the words in English."""
    with translation.override("en"):
        text = " ".join(sentences(file))
    return {
        "file": file.name,
        "sha256": file.sha256,
        "state": file.state,
        "code": file.code,
        "text": text,
        "messages": file.messages_count,
        "items": file.items,
        "posted": file.posted,
        "returned": file.returned,
        "exceptions": exception_codes(file),
        "findings": finding_codes(file),
        "total": Decimal(file.total),  # a refused file has the bare 0 of the field
    }


def exception_codes(file):
    """How many items of the file are in the queue for each code."""
    code = Func(F("codes"), function="unnest")
    rows = ExceptionItem.objects.filter(message__file=file).annotate(code=code)
    return _counted(rows.values_list("code"))


def finding_codes(file):
    """How many posted items of the file have each finding."""
    if file.first_entry is None:
        return {}
    first, last = file.first_entry, file.last_entry
    rows = Finding.objects.filter(dropped_at=None).values_list("code")
    own = _counted(rows.filter(entry__gte=first, entry__lte=last))
    moved = _counted(rows.filter(entry__moved__origin__gte=first, entry__moved__origin__lte=last))
    return {code: own.get(code, 0) + moved.get(code, 0) for code in sorted({*own, *moved})}


def _counted(rows):
    return dict(rows.annotate(count=Count("pk")).order_by("code"))


def sentences(file):
    """Nothing for a file with which everything is right."""
    if not file.code:
        return
    yield str(labels.FILE_CODES[file.code])
    yield from filter(
        None, (_told(difference, file.code) for difference in file.differences[:SHOWN])
    )
    if more := file.differences[SHOWN:]:
        yield _("And %(count)d differences more.") % {"count": len(more)}
    if not file.answer:
        yield str(labels.REMEDIES[file.code])


def _told(difference, code):
    """Where, and by how much; the code in words when it is another than the file's."""
    if "text" in difference:
        return difference["text"] and f"({difference['text']})"
    what = "" if difference["code"] == code else str(labels.FILE_CODES[difference["code"]])
    where = ": ".join(filter(None, (_place(difference), _how(difference) or what)))
    return f"{where[0].upper()}{where[1:].rstrip('.')}." if where else ""


def _place(difference):
    reference, line = difference["reference"], difference["line"]
    return ", ".join(
        [
            *([_("message %(reference)s") % {"reference": reference}] if reference else []),
            *([_("line %(line)d") % {"line": line}] if line else []),
        ]
    )


def _how(difference):
    """By how much two levels differ; nothing where they cannot be compared."""
    code, expected, found = (difference[name] for name in ("code", "expected", "found"))
    words = labels.DIFFERENCES.get(code)
    if words is None or found is None or (expected is None and code != "statement_missing"):
        return ""
    shown = str if code in labels.COUNTS else _tenge
    values = {"found": shown(found)}
    if expected is not None:
        values |= {"expected": shown(expected), "by": shown(abs(found - expected))}
    return str(words) % values


def _tenge(tiyn):
    return f"{Decimal(tiyn).scaleb(-2):,.2f}"
