"""Keeps the catalogues complete: finds every message in code and templates, without gettext."""

import ast
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import templatize

LANGUAGES = ("kk", "ru")
LOCALES = settings.BASE_DIR / "mhifund" / "locale"
CODE = ("mhifund", "refunds", "payments", "registry")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(({TEXT}(?:, {TEXT})*)")


class Command(BaseCommand):
    help = "Bring mhifund/locale up to date with the messages in the code and the templates."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing, only name what is not translated"
        )

    def handle(self, *args, **options):
        wanted = used()
        found = []
        for language in LANGUAGES:
            if not options["check"]:
                update(wanted, language)
            found += faults(wanted, language)
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError("The catalogues are not complete.")


def used():
    """Every message of the project."""
    found = Catalog(charset="utf-8")
    for folder in CODE:
        root = settings.BASE_DIR / folder
        for _name, _line, text, _comments, context in extract_from_dir(
            root, [("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(text, context=context)
    for template in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        for function, texts in calls(templatize(template.read_text())):
            context = texts.pop(0) if "p" in function.removesuffix("gettext") else None
            found.add(tuple(texts) if len(texts) > 1 else texts[0], context=context)
    return found


def calls(source):
    """The calls of gettext that Django makes of a template; the rest of it is no Python."""
    for function, arguments in CALL.findall(source):
        yield function, [ast.literal_eval(text) for text in re.findall(TEXT, arguments)]


def update(wanted, language):
    """New messages come without a translation; those no longer used go."""
    known = catalogue(language)
    known.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    with path(language).open("wb") as file:
        write_po(file, known, width=100, no_location=True, sort_output=True, ignore_obsolete=True)


def faults(wanted, language):
    """What is wrong with a catalogue, a line each."""
    known = catalogue(language)
    for message in wanted:
        if message.id:
            translated = known.get(message.id, message.context)
            if translated is None or translated.fuzzy or not all(strings(translated)):
                yield f"{language}: no translation of {message.id!r}"
            else:
                for error in translated.check(known):
                    yield f"{language}: {message.id!r}: {error}"
    for message in known:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: no longer used: {message.id!r}"


def strings(message):
    return message.string if isinstance(message.string, (tuple, list)) else (message.string,)


def catalogue(language):
    with path(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def path(language):
    return Path(LOCALES) / language / "LC_MESSAGES" / "django.po"
