"""Figures, days and legal bases as people read them, in the language of the moment."""

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import labels

NOTHING = "–"


def figure(value):
    """A whole number with thin spaces between the thousands."""
    return NOTHING if value is None else grouped(value, 0)


def money(value):
    """A sum with two places; the unit stands in the heading."""
    return NOTHING if value is None else grouped(value, 2)


def tenge(value):
    return NOTHING if value is None else f"{grouped(value, 2)}\u202f₸"


def grouped(value, places):
    written = number_format(Decimal(value), decimal_pos=places, use_l10n=True, force_grouping=True)
    return written.replace("-", "−")


def day(value):
    return date_format(value, "d.m.Y") if value else NOTHING


def moment(value):
    if not isinstance(value, datetime):
        return NOTHING
    return date_format(timezone.localtime(value), "d.m.Y H:i")


def month(value):
    """A month as the tables write it: 08.2026."""
    return date_format(value, "m.Y") if isinstance(value, date) else NOTHING


def month_name(value):
    return date_format(value, "M Y") if isinstance(value, date) else NOTHING


def duration(seconds):
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(round(seconds, 1))}
    return _("%(minutes)s min %(seconds)s s") % {
        "minutes": int(seconds // 60),
        "seconds": int(seconds % 60),
    }


def percent_of(part, whole):
    if not whole:
        return NOTHING
    share = Decimal(100 * part) / whole
    return f"{grouped(share.quantize(Decimal('0.1')), 1)}\u202f%"


PLACES = re.compile(r"\b(art\.|p\.|App\.|para) ([\d-]+)")
PLACE_WORDS = {
    "art.": gettext_lazy("art. %s"),
    "p.": gettext_lazy("p. %s"),
    "App.": gettext_lazy("App. %s"),
    "para": gettext_lazy("para %s"),
}
PLACE_BEGINS = re.compile(r", (?=art\.|App\.)")


def basis(text):
    """A legal basis in the language of the page: "Law 405-V of 16.11.2015, art. 26 p. 1"."""
    acts, *place = PLACE_BEGINS.split(text or "", maxsplit=1)
    words = "; ".join(str(labels.ACTS.get(act, act)) for act in acts.split("; "))
    return ", ".join(filter(None, [words, *(article(part) for part in place)]))


def article(text):
    words = PLACES.sub(lambda found: str(PLACE_WORDS[found[1]]) % found[2], text)
    return words.replace(" ", "\u00a0").replace("-", "\u2011")


def parameter_value(row):
    """The value of a parameter with its unit, or that there is none."""
    if row is None or (row.value is None and not row.text):
        return _("not in force") if row is None or row.confidence != "none" else _("not known yet")
    unit = labels.UNITS.get(row.unit, row.unit)
    sign = "\u202f% " if row.unit.startswith("percent") else " "
    return f"{_written(row)}{sign}{unit}".strip()


def _written(row):
    if row.unit == "date":
        return day(date.fromisoformat(row.text))
    if row.value is None:
        return labels.VALUES.get(row.text, row.text)
    return grouped(row.value, max(0, -row.value.normalize().as_tuple().exponent))
