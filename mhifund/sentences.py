"""A verdict in one sentence, with its article and what the person is entitled to."""

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from registry import labels
from registry.rules import entitlement, months
from registry.rules.verdicts import Reason

LAW = "Law 405-V of 16.11.2015"
ARTICLES = {
    Reason.TRANSITION_OPEN: "art. 40",
    Reason.EXEMPT: "art. 28 p. 7",
    Reason.STATE_PAID: "art. 26 p. 1",
    Reason.LOCAL_PAID: "art. 26-1",
    Reason.TWELVE_MONTHS: "art. 5",
    Reason.PREPAID: "art. 5",
    Reason.GRACE: "art. 5 p. 2",
    Reason.NEVER_PAID: "art. 5",
    Reason.GAP: "art. 5",
}
WITH_CATEGORY = (Reason.EXEMPT, Reason.STATE_PAID, Reason.LOCAL_PAID)


def article(reason):
    """The legal basis of a reason; none for a death or a stay without a right."""
    return f"{LAW}, {ARTICLES[reason]}" if reason in ARTICLES else ""


def sentence(explained, person, categories):
    """Why the status is what it is; `categories` are the names of those that hold on the day."""
    reason = explained.reason
    if reason in WITH_CATEGORY and categories:
        return _BY_CATEGORY[reason]() % {"categories": ", ".join(categories)}
    if reason == Reason.GRACE:
        return _grace(explained)
    if reason == Reason.GAP:
        return _gap(explained)
    if reason == Reason.DECEASED:
        return _("The person died on %(day)s.") % {"day": date_format(person.died_on, "d.m.Y")}
    return _PLAIN[reason]()


_BY_CATEGORY = {
    Reason.EXEMPT: lambda: _("Exempt from payment: %(categories)s."),
    Reason.STATE_PAID: lambda: _("The state pays the contributions: %(categories)s."),
    Reason.LOCAL_PAID: lambda: _("The local budget pays the contributions: %(categories)s."),
}
_PLAIN = {
    Reason.NO_RIGHT: lambda: _("A temporary stay gives no right to the insurance."),
    Reason.NOT_IN_FORCE: lambda: _("The insurance came into force on 01.01.2020."),
    Reason.TRANSITION_OPEN: lambda: _("Until 30.06.2020 care was open to everybody."),
    Reason.EXEMPT: lambda: _("Exempt from payment by category."),
    Reason.STATE_PAID: lambda: _("The state pays the contributions of the category."),
    Reason.LOCAL_PAID: lambda: _("The local budget pays the contributions of the category."),
    Reason.TWELVE_MONTHS: lambda: _("The twelve months before this day are covered."),
    Reason.PREPAID: lambda: _("Twelve months were paid ahead."),
    Reason.NEVER_PAID: lambda: _("No month was ever covered."),
}


def _grace(explained):
    return _("Payment stopped after %(month)s; care is kept until %(until)s.") % {
        "month": month_name(explained.missing[0] - 1),
        "until": date_format(explained.until, "d.m.Y"),
    }


def _gap(explained):
    count = len(explained.missing)
    return ngettext(
        "%(count)d of the last twelve months is not covered: %(month)s.",
        "%(count)d of the last twelve months are not covered, the first is %(month)s.",
        count,
    ) % {"count": count, "month": month_name(explained.missing[0])}


def month_name(number):
    """A month inside a sentence: English alone writes it with a capital."""
    first = months.first(number)
    name = date_format(first, "F")
    return pgettext("month of a year", "%(month)s %(year)s") % {
        "month": name if get_language() == "en" else name.lower(),
        "year": first.year,
    }


def entitled(explained):
    """What care the status gives: (words, the decree in words or nothing)."""
    found = entitlement.entitled(explained.status, explained.reason, explained.on)
    return [(CARE[one.care], labels.ACTS.get(one.decree, "")) for one in found]


CARE = {
    entitlement.Care.PACKAGE: gettext_lazy("Package of the insurance"),
    entitlement.Care.GUARANTEED: gettext_lazy("Guaranteed volume of free medical care"),
    entitlement.Care.EMERGENCY: gettext_lazy("Emergency care only"),
}
