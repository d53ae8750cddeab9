"""What was typed into the one search field, and the persons it names."""

from enum import StrEnum

from django.db.models import Q

from registry.models import FormerIin, Person
from registry.rules.iin import is_bin, is_iin
from registry.rules.names import fold

SHORTEST_IIN_START = 6
MOST_FORMER = 50


class Typed(StrEnum):
    NOTHING = "nothing"
    IIN = "iin"
    BIN = "bin"
    IIN_START = "iin_start"
    WORDS = "words"


def typed(text):
    """What a text in the search field is; a date of birth as YYMMDD is the start of an IIN."""
    digits = "".join(text.split())
    if not digits:
        return Typed.NOTHING
    if is_bin(digits):
        return Typed.BIN
    if is_iin(digits):
        return Typed.IIN
    if digits.isascii() and digits.isdigit() and SHORTEST_IIN_START <= len(digits) <= 12:
        return Typed.IIN_START
    return Typed.WORDS


def with_iin(persons, text):
    """Persons whose IIN, or a former one, begins like the text."""
    start = "".join(text.split())
    former = FormerIin.objects.filter(iin__startswith=start).order_by("iin")[:MOST_FORMER]
    found = Q(iin__startswith=start) | Q(pk__in=[row.person_id for row in former])
    return persons.filter(found, merged_into=None).order_by("iin")


def named(persons, text):
    """Persons whose surname and first name begin like the words, in either order."""
    words = [folded for word in text.split() if (folded := fold(word))][:2]
    if not words:
        return persons.none()
    matches = _begin(*words)
    if len(words) == 2:
        matches |= _begin(*reversed(words))
    merged = Person.objects.filter(matches, merged_into__isnull=False)[:MOST_FORMER]
    found = matches | Q(pk__in=[row.merged_into_id for row in merged])
    return persons.filter(found, merged_into=None).order_by("last_key", "first_key", "id")


def _begin(last, first=""):
    return Q(last_key__startswith=last) & (Q(first_key__startswith=first) if first else Q())
