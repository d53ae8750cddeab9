"""Words of a report in the two languages of the Fund's papers."""

from django.utils.translation import override

LANGUAGES = ("kk", "ru")


def both(words, apart=" / "):
    """Words in Kazakh and Russian, once where they are the same."""
    found = []
    for language in LANGUAGES:
        with override(language):
            found.append(str(words))
    return apart.join(dict.fromkeys(found))


def heads(*words):
    return [both(word) for word in words]


def named(row):
    """A region or category by its names."""
    return " / ".join(dict.fromkeys((row.name_kk, row.name_ru)))
