import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refunds.rules import fields
from refunds.rules.applications import (
    Applicant,
    Asked,
    AskedDocument,
    AskedLine,
    Code,
    Fault,
    Faulty,
    Unreadable,
    read,
)

SAMPLES = Path("tests/samples/refund_applications.json")
HASH = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
LINE = {
    "reference": "GCVP26111300064",
    "line": 1,
    "iin": "840120415021",
    "period": "102026",
    "knp": "122",
    "paid": "51000.00",
    "asked": "46750,5",
    "reason": "erroneous",
}
APPLICATION = {
    "number": "2026-00001",
    "accepted_on": "2026-11-16",
    "channel": "state_corporation",
    "applicant": {"id": "840120415021", "name": "КИМА ДИНАРА", "phone": "+7701", "email": "a@b.kz"},
    "account": {"iban": "kz31 601A 0000 0000 0001", "bic": "HSBKKZKX"},
    "lines": [LINE],
    "documents": [{"kind": "consent", "name": "consent.pdf", "sha256": HASH.upper()}],
}
ASKED = Asked(
    "2026-00001",
    date(2026, 11, 16),
    "state_corporation",
    Applicant("840120415021", "КИМА ДИНАРА", "+7701", "a@b.kz"),
    "KZ31601A000000000001",
    "HSBKKZKX",
    (
        AskedLine(
            "GCVP26111300064",
            1,
            "840120415021",
            date(2026, 10, 1),
            "122",
            Decimal("51000.00"),
            Decimal("46750.50"),
            "erroneous",
        ),
    ),
    (AskedDocument("consent", "consent.pdf", HASH),),
    json.dumps(APPLICATION, ensure_ascii=False),
)
ABSENT = object()


def written(*applications, encoding="utf-8"):
    return json.dumps(applications, ensure_ascii=False).encode(encoding)


def changed(path: str, value: object) -> dict:
    """The application with another value at a path like "lines.0.paid"."""
    application = deepcopy(APPLICATION)
    *above, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place = application
    for step in above:
        place = place[step]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return application


def faults(application: object) -> list[tuple[Code, str, str]]:
    text = json.dumps(application)
    (found,) = read(text.encode())
    assert isinstance(found, Faulty)
    assert found.raw == text
    return list(found.faults)


def test_an_application():
    assert read(written(APPLICATION)) == [ASKED]


def test_one_object_is_one_application():
    alone = json.dumps(APPLICATION)
    assert read(alone.encode()) == [ASKED._replace(raw=alone)]


def test_no_applications():
    assert read(b" [ ] ") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_it_is_read_in_its_encoding(encoding):
    assert read(written(APPLICATION, encoding=encoding)) == [ASKED]


def test_the_samples():
    found = read(SAMPLES.read_bytes())
    assert [one.number for one in found] == [f"2026-{number:05}" for number in range(1, 31)]
    assert all(isinstance(one, Asked) for one in found)
    assert sum(line.asked for one in found for line in one.lines) == sum(
        Decimal(line["asked"]) for one in json.loads(SAMPLES.read_text()) for line in one["lines"]
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account.iban", "KZ00"),
        ("account.iban", ""),
        ("account.bic", ABSENT),
        ("applicant.phone", None),
        ("applicant.email", ABSENT),
        ("documents", []),
        ("documents", ABSENT),
        ("lines.0.reason", "because"),
        ("lines.0.iin", "000000000000"),
        ("lines.0.asked", "51000.00"),
        ("lines.0.line", "1"),
        ("lines.0.paid", 51000.5),
        ("something", {"else": [1]}),
        ("accepted_on", "16.11.2026"),
        ("number", "4" * 40),
        ("applicant.name", "Ж" * 255),
    ],
)
def test_what_is_no_fault_of_the_file(path, value):
    (found,) = read(written(changed(path, value)))
    assert isinstance(found, Asked)


FAULTS = [
    ("number", ABSENT, Code.MISSING, ""),
    ("number", " ", Code.MISSING, ""),
    ("number", 5, Code.NO_TEXT, "5"),
    ("number", True, Code.NO_TEXT, "true"),
    ("number", "5" * 41, Code.TOO_LONG, "5" * 41),
    ("number", "5\u0000", Code.BAD_TEXT, "5\ufffd"),
    ("accepted_on", "2026-02-30", Code.BAD_DATE, "2026-02-30"),
    ("accepted_on", None, Code.MISSING, ""),
    ("channel", "c" * 31, Code.TOO_LONG, "c" * 31),
    ("applicant", ABSENT, Code.NO_OBJECT, "null"),
    ("applicant", "КИМА", Code.NO_OBJECT, "КИМА"),
    ("applicant.id", "840120415022", Code.BAD_ID, "840120415022"),
    ("applicant.name", "Ж" * 256, Code.TOO_LONG, "Ж" * 60),
    ("applicant.name", "A\ud800", Code.BAD_TEXT, "A\ufffd"),
    ("applicant.name", ["A"], Code.NO_TEXT, "[…]"),
    ("applicant.phone", "1" * 41, Code.TOO_LONG, "1" * 41),
    ("applicant.email", "e" * 255, Code.TOO_LONG, "e" * 60),
    ("account", [], Code.NO_OBJECT, "[…]"),
    ("account.iban", "K" * 35, Code.TOO_LONG, "K" * 35),
    ("account.bic", "B" * 12, Code.TOO_LONG, "B" * 12),
    ("lines", [], Code.NO_LINES, ""),
    ("lines", ABSENT, Code.NO_LINES, ""),
    ("documents", {}, Code.NO_LIST, "{…}"),
    ("lines.0", 7, Code.NO_OBJECT, "7"),
    ("lines.0.reference", "R" * 61, Code.TOO_LONG, "R" * 60),
    ("lines.0.line", 0, Code.BAD_LINE, "0"),
    ("lines.0.line", -1, Code.BAD_LINE, "-1"),
    ("lines.0.line", 1.5, Code.BAD_LINE, "1.5"),
    ("lines.0.line", True, Code.NO_TEXT, "true"),
    ("lines.0.line", 2**31, Code.BAD_LINE, "2147483648"),
    ("lines.0.line", ABSENT, Code.MISSING, ""),
    ("lines.0.iin", "8401204150210", Code.TOO_LONG, "8401204150210"),
    ("lines.0.period", "132026", Code.BAD_PERIOD, "132026"),
    ("lines.0.period", "202610", Code.BAD_PERIOD, "202610"),
    ("lines.0.period", 102026, Code.NO_TEXT, "102026"),
    ("lines.0.knp", "1221", Code.TOO_LONG, "1221"),
    ("lines.0.paid", "1e5", Code.BAD_SUM, "1e5"),
    ("lines.0.paid", float("nan"), Code.BAD_SUM, "NaN"),
    ("lines.0.paid", float("-inf"), Code.BAD_SUM, "-Infinity"),
    ("lines.0.paid", 1e300, Code.BAD_SUM, "1e+300"),
    ("lines.0.paid", False, Code.NO_TEXT, "false"),
    ("lines.0.paid", "10.001", Code.BAD_SUM, "10.001"),
    ("lines.0.paid", 0, Code.NOT_POSITIVE, "0"),
    ("lines.0.asked", "-5,00", Code.NOT_POSITIVE, "-5,00"),
    ("lines.0.asked", "51000.01", Code.ASKED_OVER_PAID, "51000.01"),
    ("lines.0.reason", "", Code.MISSING, ""),
    ("documents.0.kind", "k" * 31, Code.TOO_LONG, "k" * 31),
    ("documents.0.name", "n" * 256, Code.TOO_LONG, "n" * 60),
    ("documents.0.sha256", HASH[1:], Code.BAD_SHA256, HASH[1:61]),
    ("documents.0.sha256", "g" * 64, Code.BAD_SHA256, "g" * 60),
]


@pytest.mark.parametrize(("path", "value", "code", "found"), FAULTS)
def test_what_is_wrong_is_said_with_its_place(path, value, code, found):
    where = path.replace(".0", "[0]")
    assert faults(changed(path, value)) == [(code, where, found)]


def test_a_number_of_any_size_is_never_computed():
    text = json.dumps(APPLICATION).replace('"line": 1', '"line": ' + "9" * 10_000)
    (found,) = read(text.encode())
    assert found.faults == (Fault(Code.BAD_LINE, "lines[0].line", "9" * 60),)


def test_all_that_is_wrong_is_said():
    application = changed("applicant.id", "1")
    application["lines"].append({**LINE, "asked": "x", "period": ""})
    application["lines"].append({**LINE, "line": 2})
    assert faults(application) == [
        (Code.BAD_ID, "applicant.id", "1"),
        (Code.MISSING, "lines[1].period", ""),
        (Code.BAD_SUM, "lines[1].asked", "x"),
        (Code.REPEATED_LINE, "lines[1].line", "GCVP26111300064 1"),
    ]


def test_no_more_is_said_than_anybody_reads():
    application = changed("lines", [{}] * 100_000)
    (found,) = read(written(application))
    assert len(found.faults) == fields.MOST_FAULTS


def test_a_number_that_comes_again_is_at_fault_there():
    other = changed("number", "2026-00002")
    again = written(APPLICATION, other, APPLICATION)
    first, second, third = read(again)
    assert (first, second.number) == (ASKED, "2026-00002")
    assert third == Faulty(
        "2026-00001",
        json.dumps(APPLICATION, ensure_ascii=False),
        (Fault(Code.REPEATED_NUMBER, "number", "2026-00001"),),
    )


def test_a_key_that_comes_again_is_at_fault():
    text = json.dumps(APPLICATION).replace('"paid"', '"asked": "1.00", "paid"')
    (found,) = read(text.encode())
    assert found == Faulty(
        "2026-00001", text, (Fault(Code.REPEATED_KEY, "lines[0].asked", "asked"),)
    )


def test_others_count_beside_a_faulty_one():
    assert read(written(5, APPLICATION)) == [
        Faulty("", "5", (Fault(Code.NO_OBJECT, "", "5"),)),
        ASKED,
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing"),
        (b" \r\n", "nothing"),
        (b"number;accepted_on", "neither"),
        (b'"text"', "neither"),
        (b"[1", "breaks off"),
        (b"[1 2]", "breaks off"),
        (b"[1,]", "broken JSON"),
        (b"[,]", "broken JSON"),
        (b"[", "broken JSON"),
        (b'{"a": 1', "broken JSON"),
        (b"{}{}", "more than JSON"),
        (b"[] x", "more than JSON"),
        (b'{"a": "\0"}', "broken JSON"),
        (b"[" * 100_000, "endless nesting"),
        (b'{"a":' * 100_000, "endless nesting"),
        (b'{"a": "' + "Жанна".encode()[:-1] + b'"}', "not utf-8"),
        (b"[\x98]", "not a text"),
        (b"\xff\xfe[", "not utf-16"),
    ],
)
def test_what_is_no_json_is_refused(content, why):
    with pytest.raises(Unreadable, match=why):
        read(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*APPLICATION, *LINE]), inner, max_size=3)
    ),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [*APPLICATION, "applicant.id", "account.iban", "lines.0", "documents.0"]
    + [f"lines.0.{name}" for name in LINE]
)


@settings(max_examples=300)
@given(PATHS, VALUES)
def test_any_value_anywhere_is_read_or_at_fault(path, value):
    (found,) = read(json.dumps([changed(path, value)]).encode())
    assert isinstance(found, Asked) or found.faults
    json.dumps([found, *getattr(found, "faults", ())], default=str, ensure_ascii=False).encode()


@settings(max_examples=300)
@given(st.integers(0, 2000), st.integers(0, 3), st.binary(max_size=3))
def test_any_bytes_are_applications_or_refused(at, taken, damage):
    data = SAMPLES.read_bytes()[:1500] + b"]"
    at %= len(data)
    try:
        found = read(data[:at] + damage + data[at + taken :])
    except Unreadable:
        return
    assert all(isinstance(one, Asked | Faulty) for one in found)
