"""Persons to whom an item that could not be posted may belong, found through indexes alone."""

from typing import NamedTuple

from django.db.models import Q

from payments.rules.candidates import ENOUGH, Facts, Match, matches, variants, weight
from registry.models import FormerIin, Person
from registry.rules.names import fold

SHOWN = 5
NAMESAKES = 100


class Candidate(NamedTuple):
    person: Person
    matches: list[Match]


def candidates(item, persons):
    """The best fits for an item among the persons that may be seen, best first."""
    facts = Facts(item.iin, fold(item.last_name), fold(item.first_name), item.birth_date)
    former = {
        row.person_id: row.iin for row in FormerIin.objects.filter(iin__in=variants(item.iin))
    }
    near = Q(iin__in=variants(item.iin)) | Q(pk__in=former)
    standing = persons.filter(merged_into=None).select_related("region")
    rows = {row.pk: row for row in standing.filter(near)}
    if facts.last and facts.first:
        for last, first in ((facts.last, facts.first), (facts.first, facts.last)):
            same = standing.filter(last_key=last, first_key=first)
            rows |= {row.pk: row for row in same.order_by("pk")[:NAMESAKES]}
    found = [
        Candidate(row, matches(facts, _facts(row, former.get(row.pk)))) for row in rows.values()
    ]
    fit = [one for one in found if weight(one.matches) >= ENOUGH]
    return sorted(fit, key=lambda one: (-weight(one.matches), one.person.pk))[:SHOWN]


def _facts(person, former):
    return Facts(former or person.iin, person.last_key, person.first_key, person.birth_date)
