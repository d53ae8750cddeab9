"""What becomes of a held file: a second person releases it, or it is rejected, or read again."""

from django.db import transaction

from payments.models import File
from payments.rules.totals import RELEASABLE


class NotPossible(Exception):
    """Why a held file cannot be answered so: a code of labels.NOT_ANSWERED."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def releasable(file):
    """Whether every item of a held file was read and can be told from the others."""
    return {difference["code"] for difference in file.differences} <= RELEASABLE


@transaction.atomic
def release(file, *, by, at, note):
    """Lets a file be posted with the differences that it is held for; whoever reads it next posts.

    Where other differences are found then, the file is held again.
    """
    file = _held(file)
    if not releasable(file):
        raise NotPossible("unreleasable")
    if file.received_by == by:
        raise NotPossible("own_file")
    file.state = "reading"
    return _answered(file, "released", by, at, note)


@transaction.atomic
def reject(file, *, by, at, note):
    """Puts a file aside; what was rejected by mistake comes in again."""
    file = _held(file)
    file.state = "rejected"
    return _answered(file, "rejected", by, at, note)


@transaction.atomic
def read_again(file):
    """Lets a file be compared anew: a statement or another file may have come meanwhile."""
    file = _held(file)
    file.state = "reading"
    file.save(update_fields=["state"])
    return file


def _held(file):
    file = File.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.state != "held":
        raise NotPossible("not_held")
    return file


def _answered(file, answer, by, at, note):
    file.answer, file.answered_by, file.answered_at, file.answer_note = answer, by, at, note
    file.save()
    return file
