"""Acts on chosen rows of a list: what was done is counted, what was not is told row by row."""

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments import labels

MOST = 100
TOLD = 50


def chosen(request, parts=1):
    """What the boxes of the chosen rows say: numbers, so many each, with colons between them."""
    rows = [row.split(":") for row in request.POST.getlist("row")[:MOST]]
    if not all(len(row) == parts and all(map(is_number, row)) for row in rows):
        raise Http404
    return [tuple(map(int, row)) for row in rows]


def is_number(text):
    return text.isascii() and text.isdigit() and len(text) < 19


def tell(request, answers, places, words=labels.NOT_DONE):
    """`answers` by id; `places` gives the (id, place) of those to which something stood against.

    `words` are those for the codes of the answers.
    """
    done = sum(not code for code in answers.values())
    if done:
        text = ngettext("Done with %(count)d item.", "Done with %(count)d items.", done)
        messages.success(request, text % {"count": done})
    if not answers:
        messages.error(request, _("Choose items first."))
    against = [pk for pk, code in answers.items() if code]
    for pk, place in places(against[:TOLD]):
        messages.warning(request, f"{place}: {words[answers[pk]]}")
    if more := len(against[TOLD:]):
        text = ngettext("and %(n)d more not done", "and %(n)d more not done", more)
        messages.warning(request, text % {"n": more})
