"""Received files: the list, one of them, what could not be posted, and bringing one."""

import hashlib
import io
import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mhifund.models import ListTaking
from payments.actions.receive import receive
from payments.models import ExceptionItem, File
from payments.rules import workbook
from payments.tasks import read_file
from tests.mhifund.office import AIDOS, ARMAN, AT, HEAD, item, known, register
from tests.payments.rules.files import read

pytestmark = pytest.mark.django_db


def page(client, view, *args, **query):
    answer = client.get(reverse(view, args=args), query, headers={"accept-language": "en"})
    return " ".join(answer.content.decode().split())


def good(name, *references):
    return register(name, *(item(ref, AIDOS, "092026", "100.00") for ref in references))


def test_a_held_file_shows_the_level_and_the_difference(as_role):
    known(AIDOS)
    file = register("r.csv", item("R1", AIDOS, "092026", "100.00"), total="100.01")
    answer = as_role("treasurer").get(reverse("register", args=[file.pk]))
    assert [level["state"] for level in answer.context["levels"]] == [
        "meets",
        "differs",
        "waits",
        "meets",
    ]
    assert [
        (row["code"], row["expected"], row["found"], row["by"])
        for row in answer.context["levels"][1]["differences"]
    ] == [("trailer_total", 10001, 10000, -1)]
    assert "−0,01" in answer.content.decode()


def test_a_posted_file_shows_what_was_noticed_and_what_was_left_out(as_role):
    known(AIDOS)
    file = register(
        "r.csv",
        item("R1", AIDOS, "092026", "100.00"),
        item("R2", AIDOS, "092026", "100.00"),
        item("R3", AIDOS, "132026", "50.00"),
    )
    answer = as_role("treasurer").get(reverse("register", args=[file.pk]))
    assert answer.context["findings"] == [("duplicate", 1)]
    assert answer.context["exception_counts"] == [("bad_period", 1)]
    assert [row.period for row in answer.context["exceptions"]] == ["132026"]


def test_a_file_shows_what_each_step_let_through_and_when(as_role):
    known(AIDOS)
    items = item("R1", AIDOS, "092026", "100.00"), item("R2", AIDOS, "132026", "50.00")
    text = page(as_role("treasurer"), "register", register("r.csv", *items).pk)
    table = re.sub("<[^>]+>", " ", text.partition(">Steps</caption>")[2].partition("</table>")[0])
    assert " ".join(table.split()) == (
        "Step Items Total, tenge When"
        " Reading 2 150.00 20.11.2026 11:00"
        " Matching 1 100.00 20.11.2026 11:00"
        " Posting 1 100.00 20.11.2026 11:00"
    )


STATEMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Ntry><NtryRef>R1</NtryRef><Amt Ccy="KZT">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<BookgDt><Dt>2026-10-06</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_a_statement_shows_what_the_bank_credited_and_the_register_that_it_meets(as_role):
    known(AIDOS)
    file = good("r.csv", "R1")
    statement = receive(io.BytesIO(STATEMENT), "bank.xml", at=AT)
    client = as_role("treasurer")
    answer = client.get(reverse("register", args=[statement.pk]))
    assert answer.context["levels"] == []
    assert [(row.reference, str(row.amount)) for row in answer.context["statement_entries"]] == [
        ("R1", "100.00")
    ]
    answer = client.get(reverse("register", args=[file.pk]))
    assert [level["state"] for level in answer.context["levels"]] == ["meets"] * 4


def answered(client, file, answer, note="looked into"):
    url = reverse("answer_file", args=[file.pk])
    answer = client.post(
        url, {"answer": answer, "note": note}, follow=True, headers={"accept-language": "en"}
    )
    file.refresh_from_db()
    return " ".join(answer.content.decode().split())


def test_another_officer_releases_a_held_file_and_it_is_read(
    as_role, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr("mhifund.views.receiving.read_file.delay", asked.append)
    known(AIDOS)
    file = register("r.csv", item("R1", AIDOS, "092026", "100.00"), total="100.01")
    client = as_role("reconciliation_officer")
    assert 'value="release"' in page(client, "register", file.pk)
    assert "Say why." in answered(client, file, "release", " ")
    assert file.state == "held"
    with django_capture_on_commit_callbacks(execute=True):
        answered(client, file, "release")
    assert (file.state, file.answer_note, asked) == ("reading", "looked into", [file.pk])
    read_file(file.pk)
    text = page(client, "register", file.pk)
    assert "Released." in text
    assert "looked into" in text
    file.refresh_from_db()
    assert file.state == "posted"
    assert "The file is not held any more." in answered(client, file, "again")


def test_who_received_a_file_is_not_offered_to_release_it(as_role):
    known(AIDOS)
    client = as_role("reconciliation_officer")
    own = get_user_model().objects.get(username="reconciliation_officer-0")
    file = register("r.csv", item("R1", AIDOS, "092026", "100.00"), total="100.01", by=own)
    assert 'value="release"' not in page(client, "register", file.pk)
    assert "another officer does" in answered(client, file, "release")
    answered(client, file, "reject")
    assert file.state == "rejected"
    assert "Rejected." in page(client, "register", file.pk)


def test_who_may_not_release_files_is_not_asked(as_role):
    known(AIDOS)
    file = register("r.csv", item("R1", AIDOS, "092026", "100.00"), total="100.01")
    client = as_role("treasurer")
    assert 'name="answer"' not in page(client, "register", file.pk)
    assert client.post(reverse("answer_file", args=[file.pk])).status_code == 403


def test_the_line_as_it_came_masks_iins_for_a_role_without_the_right(as_role):
    known(AIDOS)
    file = register("r.csv", item("R3", AIDOS, "132026", "50.00"))
    assert AIDOS not in page(as_role("treasurer"), "register", file.pk)
    assert AIDOS in page(as_role("reconciliation_officer"), "register", file.pk)


@pytest.mark.parametrize("references", [["A1"], ["A1", "A2", "A3"]])
def test_a_register_costs_the_same_for_one_message_and_for_three(
    as_role, references, django_assert_num_queries
):
    known(AIDOS)
    file = good("r.csv", *references)
    client = as_role("treasurer")
    with django_assert_num_queries(15):
        page(client, "register", file.pk)


@pytest.mark.parametrize("names", [["a.csv"], ["a.csv", "b.csv", "c.csv"]])
def test_the_list_costs_the_same_for_one_file_and_for_three(
    as_role, names, django_assert_num_queries
):
    known(AIDOS)
    for name in names:
        good(name, name.upper())
    client = as_role("treasurer")
    with django_assert_num_queries(8):
        page(client, "registers")


@pytest.mark.parametrize("count", [1, 3])
def test_the_exceptions_cost_the_same_for_one_and_for_three(
    as_role, count, django_assert_num_queries
):
    known(AIDOS)
    register("r.csv", *(item(f"X{n}", AIDOS, "132026", "50.00") for n in range(count)))
    client = as_role("treasurer")
    with django_assert_num_queries(8):
        page(client, "exceptions")


def test_the_list_is_narrowed_by_state_and_name(as_role):
    known(AIDOS)
    good("june.csv", "J1")
    register("july.csv", item("J2", AIDOS, "092026", "1.00"), total="2.00")
    client = as_role("treasurer")
    held = page(client, "registers", state="held")
    assert ("july.csv" in held, "june.csv" in held) == (True, False)
    named = page(client, "registers", name="jun")
    assert ("july.csv" in named, "june.csv" in named) == (False, True)


def test_only_open_exceptions_are_listed_unless_another_state_is_asked_for(as_role):
    known(AIDOS)
    register("r.csv", item("X1", AIDOS, "132026", "50.00"))
    ExceptionItem.objects.update(state="returned")
    client = as_role("treasurer")
    assert "X1, 1" not in page(client, "exceptions")
    assert "X1, 1" in page(client, "exceptions", state="returned")
    assert "X1, 1" in page(client, "exceptions", code="bad_period")
    assert "X1, 1" not in page(client, "exceptions", code="bad_iin")


def test_exceptions_of_other_regions_stay_out_of_the_page_of_a_register(as_role):
    known(AIDOS, ARMAN)
    file = register(
        "r.csv",
        item("X1", AIDOS, "132026", "50.00"),
        item("X2", ARMAN, "132026", "50.00"),
    )
    answer = as_role("treasurer", "63").get(reverse("register", args=[file.pk]))
    assert [row.iin for row in answer.context["exceptions"]] == [ARMAN]


def upload(client, text, name="brought.csv"):
    file = SimpleUploadedFile(name, text.encode())
    return client.post(reverse("receive"), {"file": file})


def test_a_file_that_is_brought_is_kept_and_read_by_a_task(
    as_role, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr("mhifund.views.receiving.read_file.delay", asked.append)
    known(AIDOS)
    line = item("U1", AIDOS, "092026", "100.00")
    text = "\r\n".join([HEAD, line, f"ИТОГО;1{';' * 13}100.00", ""])
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(as_role("reconciliation_officer"), text)
    file = File.objects.get()
    assert answer["Location"] == reverse("register", args=[file.pk])
    assert asked == [file.pk]
    assert (file.state, file.name, file.received_by.username) == (
        "reading",
        "brought.csv",
        "reconciliation_officer-0",
    )
    assert (settings.DATA_ROOT / "files" / file.sha256).read_bytes() == text.encode()


def test_a_file_that_was_here_before_is_refused_at_once(as_role, monkeypatch):
    asked = []
    monkeypatch.setattr("mhifund.views.receiving.read_file.delay", asked.append)
    known(AIDOS)
    line = item("U1", AIDOS, "092026", "100.00")
    register("first.csv", line)
    text = "\r\n".join([HEAD, line, f"ИТОГО;1{';' * 13}100.00", ""])
    upload(as_role("reconciliation_officer"), text)
    refused = File.objects.order_by("-id").first()
    assert (refused.state, refused.code) == ("refused", "already_received")
    assert asked == []


def test_the_progress_tells_the_step_and_ends_with_a_new_page(as_role):
    known(AIDOS)
    file = good("r.csv", "P1")
    File.objects.filter(pk=file.pk).update(state="reading", step="read", done=file.size // 2)
    client = as_role("treasurer")
    url = reverse("progress", args=[file.pk])
    answer = client.get(url, headers={"accept-language": "en"})
    assert "HX-Refresh" not in answer
    part = 100 * (file.size // 2) // file.size
    assert f'value="{part}"' in answer.content.decode()
    File.objects.filter(pk=file.pk).update(state="posted")
    assert client.get(url)["HX-Refresh"] == "true"


def taken(client, *args):
    answer = client.get(reverse("take_items", args=args))
    return b"".join(answer.streaming_content)


def test_a_file_is_taken_as_it_came_and_that_is_written_down(as_role):
    known(AIDOS)
    file = good('r";x.csv', "R1")
    client = as_role("reconciliation_officer")
    answer = client.get(reverse("take_file", args=[file.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="r\\";x.csv"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == file.sha256
    taking = ListTaking.objects.get()
    assert (taking.name, taking.query, taking.rows) == ("register", {"file": file.pk}, 1)


@pytest.mark.parametrize(
    ("form", "ending"), [("csv", "csv"), ("mt102", "mt102.txt"), ("xlsx", "xlsx")]
)
def test_the_items_of_a_register_are_taken_in_each_format(as_role, form, ending):
    known(AIDOS)
    file = register(
        "r.csv", item("R1", AIDOS, "092026", "100.00"), item("R2", AIDOS, "132026", "50.00")
    )
    client = as_role("reconciliation_officer")
    answer = client.get(reverse("take_items", args=[file.pk, form]))
    assert f'filename="register-{file.pk}.{ending}"' in answer["Content-Disposition"]
    found = read(b"".join(answer.streaming_content))
    assert (found.format, found.differences) == (form, [])
    assert [(one.iin, one.period, one.amount) for one in found.items] == [
        (AIDOS, "092026", 10000),
        (AIDOS, "132026", 5000),
    ]
    taking = ListTaking.objects.get()
    assert (taking.name, taking.rows) == ("register", 2)
    assert taking.query == {"file": file.pk, "form": form}


def test_who_sees_no_whole_number_takes_none_away(as_role):
    known(AIDOS)
    file = good("r.csv", "R1")
    client = as_role("treasurer")
    assert AIDOS not in taken(client, file.pk, "csv").decode()
    assert client.get(reverse("take_file", args=[file.pk])).status_code == 403
    assert "As it came" not in page(client, "register", file.pk)


def test_who_sees_some_regions_takes_the_items_of_their_persons(as_role):
    known(AIDOS, ARMAN)
    file = register(
        "r.csv", item("R1", AIDOS, "092026", "100.00"), item("R2", ARMAN, "132026", "50.00")
    )
    client = as_role("reconciliation_officer", "62")
    assert [one.iin for one in read(taken(client, file.pk, "csv")).items] == [AIDOS]
    assert client.get(reverse("take_file", args=[file.pk])).status_code == 403


def test_what_was_sent_back_is_taken_within_the_regions_and_masked(as_role):
    known(AIDOS, ARMAN)
    back = [item(f"B{iin}", iin, "092026", "1.00", knp="021") for iin in (AIDOS, ARMAN)]
    file = register("r.csv", item("R1", AIDOS, "092026", "100.00"), *back)
    found = read(taken(as_role("reconciliation_officer", "62"), file.pk, "csv"))
    assert [(one.iin, one.amount) for one in found.items] == [(AIDOS, 10000), (AIDOS, 100)]
    masked = taken(as_role("treasurer"), file.pk, "csv").decode()
    assert masked.splitlines()[-1].startswith("ИТОГО;3;")
    assert f";{AIDOS};" not in masked
    assert f";{ARMAN};" not in masked


FORMS = ("csv", "xlsx", "camt053")


def test_what_is_held_or_too_long_or_of_no_format_is_not_taken(as_role, monkeypatch):
    known(AIDOS)
    client = as_role("reconciliation_officer")
    held = register("h.csv", item("R1", AIDOS, "092026", "100.00"), total="1")
    assert client.get(reverse("take_items", args=[held.pk, "csv"])).status_code == 404
    assert client.get(reverse("take_file", args=[held.pk])).status_code == 200
    file = good("r.csv", "R2")
    monkeypatch.setattr(workbook, "MOST_ITEMS", 0)
    forms = {form: client.get(reverse("take_items", args=[file.pk, form])) for form in FORMS}
    assert {form: answer.status_code for form, answer in forms.items()} == {
        "csv": 200,
        "xlsx": 404,
        "camt053": 404,
    }


def test_a_bank_statement_is_taken_by_whoever_sees_it(as_role):
    statement = receive(io.BytesIO(STATEMENT), "bank.xml", at=AT)
    answer = as_role("treasurer").get(reverse("take_file", args=[statement.pk]))
    assert b"".join(answer.streaming_content) == STATEMENT


def test_what_was_left_out_of_one_file_is_taken_by_itself(as_role):
    known(AIDOS)
    file = register("r.csv", item("R1", AIDOS, "132026", "50.00"))
    register("s.csv", item("R2", AIDOS, "132026", "60.00"))
    client = as_role("reconciliation_officer")
    link = f"{reverse('take_exceptions', args=['csv'])}?file={file.pk}"
    assert link in page(client, "register", file.pk)
    answer = client.get(link, headers={"accept-language": "en"})
    _head, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert row.split(";")[:4] == ["period is wrong", "open", "r.csv", "R1"]
    assert "R2" not in page(client, "exceptions", file=file.pk)


def test_an_upload_that_is_too_large_is_refused_and_not_kept(as_role, settings):
    settings.LARGEST_FILE, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20, 0
    upload = SimpleUploadedFile("large.csv", bytes(5 << 20))
    client = as_role("reconciliation_officer")
    answer = client.post(reverse("receive"), {"file": upload})
    file = File.objects.get()
    assert answer.url == reverse("register", args=[file.pk])
    assert (file.state, file.code) == ("refused", "too_large")
    assert 1 << 20 < file.size < 2 << 20
    assert "The file is larger than a file may be." in page(client, "register", file.pk)
