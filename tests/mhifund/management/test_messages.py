"""Every word of the site has its Kazakh and its Russian."""

import pytest

from mhifund.management.commands import messages


@pytest.fixture(scope="module")
def wanted():
    return messages.used()


def test_messages_are_found_in_code_and_in_templates(wanted):
    assert wanted.get("conditionally insured") is not None
    assert wanted.get("Receive a file") is not None
    assert wanted.get(("%(n)s day", "%(n)s days")) is not None
    assert wanted.get("category", "short") is not None


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_message_is_translated_with_the_same_placeholders(wanted, language):
    assert list(messages.faults(wanted, language)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{% translate 'Day' %}", [("gettext", ["Day"])]),
        (
            "{% translate 'Day' context 'short' %}",
            [("pgettext", ["short", "Day"])],
        ),
        (
            "{% blocktranslate count n=days %}{{ n }} day{% plural %}{{ n }} days"
            "{% endblocktranslate %}",
            [("ngettext", ["%(n)s day", "%(n)s days"])],
        ),
        ('{% include "x" with title=_("It\'s empty") %}', [("_", ["It's empty"])]),
        ("plain text", []),
    ],
)
def test_a_template_is_read_for_its_messages(source, found):
    assert list(messages.calls(messages.templatize(source))) == found


HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
SHORT = """
#, python-format
msgid "short %(sum)s"
msgstr "мало на %(soum)s"

msgid "No such message"
msgstr "Нет такого"
"""


def test_other_placeholders_and_messages_of_the_past_are_faults(wanted, tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    po = messages.path("ru")
    po.parent.mkdir(parents=True)
    po.write_text(HEADER + SHORT)
    told = list(messages.faults(wanted, "ru"))
    assert "ru: 'short %(sum)s': unknown named placeholder 'soum'" in told
    assert "ru: no longer used: 'No such message'" in told
    assert "ru: no translation of 'Receive'" in told


def test_an_update_adds_what_is_new_and_drops_what_is_gone(wanted, tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    po = messages.path("ru")
    po.parent.mkdir(parents=True)
    po.write_text(HEADER + SHORT)
    messages.update(wanted, "ru")
    known = messages.catalogue("ru")
    assert known.get("Receive").string == ""
    assert known.get("No such message") is None
