"""What the State Corporation sent back is kept and linked, and is neither booked nor queued."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from payments.actions.balance import Line, of_day
from payments.models import ExceptionItem, File, Message, Return
from registry.models import Contribution
from tests.payments.actions.office import (
    FIRST,
    SAMPLES,
    SECOND,
    add_people,
    load_people,
    register,
    row,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)
PAYER = "961040334321"
SAMPLE = SAMPLES / "returns" / "2025-03.mt102.txt"
PAID = SAMPLES / "registers" / "2025-03.mt102.txt"
MISMATCH = "ИИН не соответствует указанным Ф.И.О."


def back(reference="B1", **cells):
    return row(reference=reference, knp="021", **cells)


def linked():
    return [
        (one.original_reference, one.original and one.original.file.name)
        for one in Return.objects.order_by("pk").select_related("original__file")
    ]


def test_a_file_of_returns_and_payments_has_each_where_it_belongs():
    load_people()
    file = take_file(SAMPLE)
    assert (file.state, file.code, file.items, file.total) == ("posted", "", 4, Decimal(10900))
    assert (file.posted, file.posted_total) == (1, Decimal(5000))
    assert (file.returned, file.returned_total) == (3, Decimal(5900))
    assert list(Contribution.objects.values_list("person__iin")) == [("860311494866",)]
    assert not ExceptionItem.objects.exists()
    counted = ("reference", "posted", "excepted", "returned", "returned_total")
    assert list(Message.objects.values_list(*counted)) == [
        ("GCVP25031100001", 0, 0, 2, Decimal(5100)),
        ("GCVP25031100002", 1, 0, 0, Decimal(0)),
        ("GCVP25031100003", 0, 0, 1, Decimal(800)),
    ]


def test_a_return_says_what_came():
    take_file(SAMPLE)
    one = Return.objects.order_by("pk").first()
    assert {
        name: getattr(one, name)
        for name in (
            *("line", "iin", "last_name", "first_name", "middle_name", "payer", "period"),
            *("amount", "returned_on", "reason", "original_reference", "original_no"),
            *("original_date", "original"),
        )
    } == {
        "line": 1,
        "iin": "890131300111",
        "last_name": "САМЕТОВ",
        "first_name": "ЕРЖАН",
        "middle_name": "БОЛАТҰЛЫ",
        "payer": PAYER,
        "period": "022025",
        "amount": Decimal(3400),
        "returned_on": date(2025, 3, 11),
        "reason": MISMATCH,
        "original_reference": "GCVP25030600001",
        "original_no": "1316",
        "original_date": date(2025, 3, 6),
        "original": None,
    }
    assert one.raw.startswith(":21:1\n:32B:KZT3400,00\n")
    assert "/ASSIGN/[890131300111] не соответствует" in one.raw


@pytest.mark.parametrize("order", [(SAMPLE, PAID), (PAID, SAMPLE)])
def test_a_return_is_linked_to_its_payment_whichever_came_first(order):
    for path in order:
        assert take_file(path).state == "posted"
    assert linked() == [
        *[("GCVP25030600001", PAID.name)] * 2,
        ("GCVP25031000077", None),
    ]


def told(*references):
    """A message of returns for each reference of a payment."""
    text = SAMPLE.read_text(encoding="utf-8")
    first = text[: text.index("-}") + 2]
    return "\n".join(
        first.replace("GCVP25031100001", f"B{number}").replace("GCVP25030600001", reference)
        for number, reference in enumerate(references)
    ).encode()


def test_only_what_is_posted_as_a_payment_is_the_payment_of_a_return():
    add_people()
    take(register(row(reference="R7"), total="1"), "held.csv")
    take(register(back("R8")), "back.csv")
    take(told("R7", "R8", "R9", "B0"), "told.txt")
    assert [name for _, name in linked()] == [None] * 9
    take(register(row(reference="R7")), "right.csv")
    assert {(reference, name) for reference, name in linked() if name} == {("R7", "right.csv")}


def test_payments_and_returns_of_one_file_are_linked():
    add_people()
    text = told("P1") + b"\n" + told("x").replace(b":20:B0", b":20:P1").replace(b"/021", b"/122")
    assert take(text).state == "posted"
    assert linked() == [("P1", "register.csv")] * 2


def test_rows_of_a_list_are_returns_beside_payments_of_the_same_reference():
    add_people()
    rows = (row(), back("R1", line=2, iin=SECOND), back("R1", line=3, iin="12"), row(line=4))
    file = take(register(*rows))
    assert (file.state, file.messages_count, file.posted, file.returned) == ("posted", 2, 2, 2)
    assert list(Return.objects.order_by("pk").values_list("line", "iin", "reason")) == [
        (2, SECOND, ""),
        (3, "12", ""),
    ]
    assert list(Message.objects.values_list("knp", "posted", "returned")) == [
        ("122", 2, 0),
        ("021", 0, 2),
    ]


def test_a_return_that_is_wrong_in_any_way_waits_for_nobody():
    file = take(register(back(iin="", amount="-5", period="x", payer_id="?")))
    assert (file.state, file.posted, file.returned) == ("posted", 0, 1)
    assert Return.objects.get().amount == Decimal(-5)
    assert not ExceptionItem.objects.exists()


@pytest.mark.parametrize("knp", ["911", "125", "21", ""])
def test_an_unknown_purpose_code_that_is_no_return_is_an_exception(knp):
    add_people()
    take(register(row(knp=knp)))
    assert ExceptionItem.objects.get().codes == ["unknown_knp"]
    assert not Return.objects.exists()


def test_returns_that_do_not_add_up_are_held_and_nothing_of_them_is_kept():
    file = take(SAMPLE.read_bytes().replace(b"KZT5100,00", b"KZT5100,01"))
    assert (file.state, file.code) == ("held", "message_total")
    assert not Return.objects.exists()
    assert set(Message.objects.values_list("posted", "returned")) == {(None, 0)}


def test_more_returns_than_are_kept_at_once_are_all_kept(monkeypatch):
    monkeypatch.setattr("payments.actions.returns.AT_ONCE", 2)
    add_people()
    rows = [(back if n % 3 else row)(line=n, reference=f"R{n}") for n in range(1, 12)]
    file = take(register(*rows))
    assert (file.posted, file.returned) == (3, 8)
    assert Contribution.objects.count() + Return.objects.count() == 11


def test_the_database_compares_what_was_sent_back():
    take(register(back()))
    for facts in ({"returned": 0}, {"returned_total": 1}, {"posted": 1}):
        with pytest.raises(IntegrityError, match="message_balances"), transaction.atomic():
            Message.objects.update(**facts)


def test_a_return_stays_as_it_came():
    take(register(back()))
    for change in (
        lambda: Return.objects.update(amount=1),
        lambda: Return.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()


def credited(*entries):
    lines = "".join(
        f"<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy='KZT'>{amount}</Amt>"
        f"<CdtDbtInd>{indicator}</CdtDbtInd><BookgDt><Dt>2026-11-10</Dt></BookgDt></Ntry>"
        for reference, amount, indicator in entries
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"{lines}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


@pytest.mark.parametrize(
    "bank", [[("R1", 2000, "CRDT")], [("R1", 2000, "CRDT"), ("B1", 2000, "DBIT")]]
)
@pytest.mark.parametrize("first", ["bank", "register"])
def test_the_bank_need_not_credit_what_was_sent_back(bank, first):
    add_people()
    files = [credited(*bank), register(row(), back(iin=FIRST))]
    for content in files if first == "bank" else reversed(files):
        take(content)
    assert set(File.objects.values_list("state", "code")) == {("posted", "")}
    found = of_day(DAY)
    assert (found.registers, found.returned) == (Line(2, Decimal(4000)), Line(1, Decimal(2000)))
    assert (found.unexplained, found.difference, found.unmatched) == (0, 0, [])


def test_held_returns_are_no_credit_that_waits():
    take(register(back(), total="1"))
    take(credited())
    found = of_day(DAY)
    assert (found.waiting, found.unmatched) == (Line(0, Decimal(0)), [])


def test_a_return_that_the_bank_credited_is_told():
    take(register(back()))
    take(credited(("B1", 2000, "CRDT")))
    found = of_day(DAY)
    assert found.difference == Decimal(2000)
    assert [row.reference for row in found.unmatched] == ["B1"]


def test_what_was_sent_back_under_a_reference_replaces_no_held_payment():
    add_people()
    held = take(register(row(), total="1"))
    assert take(register(back("R1")), "back.csv").state == "posted"
    held.refresh_from_db()
    assert (held.state, held.replaced_by) == ("held", None)
