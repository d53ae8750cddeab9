"""Returns by the State Corporation: the list, its sums, the files, and where else they are seen."""

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from mhifund.models import ListTaking
from payments.actions.receive import receive
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, EMPLOYER, item, known, register
from tests.payments.actions.office import SAMPLES

pytestmark = pytest.mark.django_db
SAMPLE = SAMPLES / "returns" / "2025-03.mt102.txt"
PAYER = "961040334321"
MISMATCH = "ИИН не соответствует указанным Ф.И.О."


@pytest.fixture
def back():
    """Three of March 2025 in the sample, and one of October 2026 in a list."""
    known(AIDOS, ARMAN)
    register("list.csv", item("B1", ARMAN, "092026", "70.00", knp="021"))
    return receive(BytesIO(SAMPLE.read_bytes()), SAMPLE.name, at=AT)


def page(client, view="returns", *args, **query):
    return client.get(reverse(view, args=args), query, headers={"accept-language": "en"})


def sums(answer):
    return [
        (f"{row['month']:%Y-%m}", row["reason"], row["items"], str(row["total"]))
        for row in answer.context["by_reason"]
    ]


def amounts(answer):
    return [f"{row.amount:.0f}" for row in answer.context["listing"].rows]


def test_returns_are_counted_by_month_and_reason_and_listed(as_role, back):
    answer = page(as_role("treasurer"))
    assert sums(answer) == [
        ("2026-10", "", 1, "70.00"),
        ("2025-03", MISMATCH, 2, "5100.00"),
        ("2025-03", "Отсутствует ИИН", 1, "800.00"),
    ]
    assert answer.context["whole"] == {"items": 4, "total": 5970}
    assert amounts(answer) == ["800", "1700", "3400", "70"]
    text = answer.content.decode()
    assert "890131300111" not in text
    assert "890131••••••" in text
    assert "not received" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"since": "11.03.2025", "until": "11.03.2025"}, ["800", "1700", "3400"]),
        ({"since": "12.03.2025"}, ["70"]),
        ({"until": "10.03.2025"}, []),
        ({"payer": PAYER}, ["800", "1700", "3400"]),
        ({"payer": EMPLOYER}, ["70"]),
        ({"payer": "9610"}, []),
        ({"reason": "отсутствует"}, ["800"]),
        ({"reason": MISMATCH, "payer": PAYER}, ["1700", "3400"]),
        ({"since": "x"}, ["800", "1700", "3400", "70"]),
        ({"before": "2"}, ["70"]),
    ],
)
def test_the_list_and_its_sums_are_narrowed_together(as_role, back, query, found):
    answer = page(as_role("auditor"), **query)
    if "before" not in query:
        assert answer.context["whole"]["items"] == len(found)
        assert amounts(answer) == found


def test_a_user_of_one_region_sees_theirs_and_those_of_nobody(as_role, back):
    assert amounts(page(as_role("refund_officer", "62"))) == ["800", "1700", "3400"]


def test_a_return_leads_to_the_payment_it_is_of(as_role, back):
    client = as_role("treasurer")
    paid = (SAMPLES / "registers" / "2025-03.mt102.txt").read_bytes()
    register_ = receive(BytesIO(paid), "paid.txt", at=AT)
    url = reverse("register", args=[register_.pk])
    text = page(client).content.decode()
    assert text.count(f'<a href="{url}">GCVP25030600001</a>') == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(as_role, count, django_assert_num_queries):
    known(AIDOS)
    rows = (item(f"B{n}", AIDOS, "092026", "100.00", knp="021") for n in range(count))
    register("r.csv", *rows)
    client = as_role("treasurer")
    with django_assert_num_queries(10):
        assert len(amounts(page(client))) == count


def taken(client, form, **query):
    return b"".join(page(client, "take_returns", form, **query).streaming_content)


def test_the_list_is_taken_away_and_that_is_written_down(as_role, back):
    receive(BytesIO((SAMPLES / "registers" / "2025-03.mt102.txt").read_bytes()), "paid.txt", at=AT)
    client = as_role("refund_head")
    head, row = taken(client, "csv", reason=MISMATCH).decode("utf-8-sig").splitlines()[::2]
    assert head.startswith("Reason;Sent back on;File;Reference;Line;IIN")
    assert row == (
        f"{MISMATCH};11.03.2025;{SAMPLE.name};GCVP25031100001;1;890131300111;"
        f"САМЕТОВ ЕРЖАН БОЛАТҰЛЫ;{PAYER};022025;3400,00;GCVP25030600001;1316;06.03.2025;paid.txt"
    )
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows) == ("returns", 2)


def test_the_list_as_a_workbook(as_role, back):
    content = taken(as_role("treasurer"), "xlsx", payer=EMPLOYER)
    rows = load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[5:10] for row in rows[1:]] == [
        ["910722••••••", "ШМИДТ АРМАН", EMPLOYER, "092026", 70]
    ]


def test_a_register_shows_what_was_sent_back(as_role, back):
    answer = page(as_role("treasurer"), "register", back.pk)
    assert [f"{row.amount:.0f}" for row in answer.context["returns"]] == ["3400", "1700", "800"]
    levels = {level["state"] for level in answer.context["levels"]}
    assert levels == {"meets", "waits"}
    assert MISMATCH in answer.content.decode()


def test_a_register_of_returns_alone_waits_for_no_statement_and_left_nothing_out(as_role):
    file = register("r.csv", item("B1", AIGUL, "092026", "100.00", knp="021"))
    answer = page(as_role("treasurer"), "register", file.pk)
    assert {level["state"] for level in answer.context["levels"]} == {"meets"}
    text = " ".join(answer.content.decode().split())
    assert '<dt>Exceptions</dt><dd>0 <span class="sub">0' in text
    assert "There are no exceptions." in text


def test_a_payer_has_its_returns_on_its_card(as_role, back):
    answer = page(as_role("treasurer"), "payer", PAYER)
    assert [f"{row.amount:.0f}" for row in answer.context["returns"]] == ["800", "1700", "3400"]
    assert page(as_role("auditor"), "payer", "160940025485").context["returns"].count() == 0


def test_a_day_shows_what_was_sent_back_and_leads_to_it(as_role, back):
    client = as_role("treasurer")
    answer = page(client, "balance", on="11.03.2025")
    assert answer.context["balance"].returned == (3, 5900)
    assert answer.context["balance"].unexplained == 0
    assert f"{reverse('returns')}?since=11.03.2025&amp;until=11.03.2025" in answer.content.decode()
    csv = page(client, "balance", on="11.03.2025", form="csv").content.decode()
    assert "Sent back by the State Corporation;3;5900,00" in csv
    assert "Neither posted, nor an exception, nor sent back;;0,00" in csv
