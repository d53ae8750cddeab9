"""The left rail: sections and their pages, offered to whom they are for."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Page(NamedTuple):
    label: str
    view: str
    permission: str | None = None


class Section(NamedTuple):
    label: str
    icon: str
    pages: tuple[Page, ...]


RAIL = (
    Section(_("Today"), "layout-dashboard", (Page(_("Today"), "today"),)),
    Section(
        _("Registry"),
        "users",
        (
            Page(_("Persons"), "persons", "registry.view_card"),
            Page(_("Warnings"), "warnings", "registry.view_warnings"),
            Page(_("Penalty calculator"), "penalty", "registry.view_card"),
        ),
    ),
    Section(
        _("Payments"),
        "credit-card",
        (
            Page(_("Registers"), "registers", "payments.view_file"),
            Page(_("Exceptions"), "exceptions", "payments.view_file"),
            Page(_("Overpayments"), "overpayments", "payments.view_file"),
            Page(_("Sent back"), "returns", "payments.view_file"),
            Page(_("Balance of a day"), "balance", "payments.view_file"),
        ),
    ),
    Section(
        _("Refunds"),
        "receipt-refund",
        (
            Page(_("Queue"), "refunds", "refunds.view_application"),
            Page(_("Payouts"), "payouts", "refunds.view_batch"),
            Page(_("Statistics"), "refund_statistics", "refunds.view_application"),
        ),
    ),
    Section(
        _("Reports"),
        "report-analytics",
        (
            Page(_("Reports"), "reports", "registry.view_reports"),
            Page(_("Nights"), "nights", "registry.view_reports"),
            Page(_("Counts on a day"), "days_counted", "registry.view_reports"),
        ),
    ),
    Section(
        _("Reference"),
        "book-2",
        (
            Page(_("Parameters"), "parameters"),
            Page(_("Changes of the law"), "proposals", "registry.view_parameter"),
            Page(_("Categories"), "categories"),
            Page(_("Calendar"), "calendar"),
            Page(_("Purpose codes"), "purpose_codes"),
            Page(_("Refund reasons"), "reasons"),
            Page(_("Regions"), "regions"),
        ),
    ),
)
ADMINISTRATION = Section(_("Administration"), "settings", (Page("", "admin:index"),))


def sections(user, path):
    """The sections a user is offered, with the one being looked at marked."""
    offered = [*RAIL, ADMINISTRATION] if user.is_staff else RAIL
    return [row for section in offered if (row := _section(section, user, path))]


def _section(section, user, path):
    pages = [_page(page) for page in section.pages if _is_for(page, user)]
    if not pages:
        return None
    here = [page for page in pages if _leads_to(page["url"], path)]
    if here:
        max(here, key=_length)["current"] = True
    return {
        "label": section.label,
        "icon": section.icon,
        "url": pages[0]["url"],
        "current": any(page["current"] for page in pages),
        "exact": len(pages) == 1,
        "pages": pages if len(pages) > 1 else (),
    }


def _page(page):
    return {"label": page.label, "url": reverse(page.view), "current": False}


def _leads_to(url, path):
    return path == url if url == "/" else path.startswith(url)


def _length(page):
    return len(page["url"])


def _is_for(page, user):
    return page.permission is None or user.has_perm(page.permission)
