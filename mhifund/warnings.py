"""Warnings with who they are about, as a page shows them and a file takes them away."""

from itertools import islice

from django.utils.translation import gettext as _

from mhifund import access
from mhifund.tables import Table
from registry.actions.warnings import warned
from registry.models import Category, Person
from registry.rules.iin import masked

AT_ONCE = 1_000


def rows(user, kind, *, on, days, after=0):
    """(person, last day, name of the category or None) within the user's regions, by person id."""
    within = access.regions(user)
    codes = None if within is None else [region.pk for region in within]
    names = {row.pk: row.name for row in Category.objects.all()}
    found = warned(kind, on=on, days=days, regions=codes, after=after)
    while some := list(islice(found, AT_ONCE)):
        persons = Person.objects.select_related("region", "verdict").in_bulk(
            row.person for row in some
        )
        for row in some:
            yield persons[row.person], row.last, names.get(row.category)


def table(title, found, *, whole):
    """A Table whose rows come as they are found, with whole IINs or masked ones."""
    heads = [_("IIN"), _("Name"), _("Birth date"), _("Region"), _("Last day"), _("Category")]
    cells = (
        (
            person.iin if whole else masked(person.iin),
            person.full_name,
            person.birth_date,
            person.region.name,
            last,
            category or "",
        )
        for person, last, category in found
    )
    return Table(title[:31], heads, cells)
