"""`docs/law.md` names places in the code that exist, and every code of the law."""

import re

from payments.rules.findings import Finding
from payments.rules.matching import Fault
from registry.rules.verdicts import Reason
from tests.law import ROOT

PAGE = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")


def names_of(path: str) -> set[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return set(re.findall(r"^(?:def |class )?(\w+)(?=[(:\[]| =)", text, re.MULTILINE))


def test_every_place_in_the_code_is_there():
    places = set(re.findall(r"`([a-z_/]+\.(?:py|csv))(?::(\w+))?`", PAGE))

    missing = [path for path, _ in places if not (ROOT / path).is_file()]
    assert missing == []
    assert [place for place in places if place[1] and place[1] not in names_of(place[0])] == []
    assert len(places) > 40


def test_every_code_has_its_row():
    codes = {str(code) for codes in (Reason, Finding, Fault) for code in codes}

    assert codes - set(re.findall(r"`([a-z_]+)`", PAGE)) == set()
