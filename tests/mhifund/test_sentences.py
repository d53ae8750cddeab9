"""A verdict in words, in three languages, for every reason."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from mhifund import sentences
from registry.rules import months
from registry.rules.verdicts import STATUS_OF, Reason

JULY = months.number(date(2026, 7, 1))


def explained(reason, missing=(), until=None):
    return SimpleNamespace(
        on=date(2026, 11, 20),
        status=STATUS_OF[reason],
        reason=reason,
        missing=list(missing),
        until=until,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "Соңғы өтелген ай — 2026 жылғы маусым; көмек 30.09.2026 дейін сақталады."),
        ("ru", "Последний покрытый месяц — июнь 2026 года; помощь сохраняется до 30.09.2026."),
        ("en", "Payment stopped after June 2026; care is kept until 30.09.2026."),
    ],
)
def test_the_grace_names_the_last_covered_month(language, said):
    found = explained(Reason.GRACE, [JULY], date(2026, 9, 30))
    with translation.override(language):
        assert sentences.sentence(found, None, []) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "Соңғы он екі айдың 2 айы өтелмеген, біріншісі — 2026 жылғы шілде."),
        (
            "ru",
            "Из последних двенадцати месяцев 2 не покрыты, первый — июль 2026 года.",
        ),
        ("en", "2 of the last twelve months are not covered, the first is July 2026."),
    ],
)
def test_a_gap_names_the_first_missing_month(language, said):
    found = explained(Reason.GAP, [JULY, JULY + 1])
    with translation.override(language):
        assert sentences.sentence(found, None, []) == said


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_of_its_language(language, reason):
    found = explained(reason, [JULY], date(2026, 9, 30))
    person = SimpleNamespace(died_on=date(2026, 9, 1))
    with translation.override(language):
        said = sentences.sentence(found, person, [])
    assert said.endswith(".")
    assert any("а" <= letter <= "я" for letter in said.lower()) == (language != "en")


@pytest.mark.parametrize(
    ("reason", "cares"),
    [
        (
            Reason.GRACE,
            [
                ("Package of the insurance", "Government Decree 421 of 20.06.2019"),
                ("Guaranteed volume of free medical care", "Government Decree 672 of 16.10.2020"),
            ],
        ),
        (
            Reason.GAP,
            [("Guaranteed volume of free medical care", "Government Decree 672 of 16.10.2020")],
        ),
        (Reason.DECEASED, []),
    ],
)
def test_the_care_is_named_with_its_decree(reason, cares):
    with translation.override("en"):
        found = sentences.entitled(explained(reason))
        assert [(str(care), str(decree)) for care, decree in found] == cares
