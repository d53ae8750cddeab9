"""Documents on the disk: kept once, whole, scanned, and as they were."""

import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR
from threading import Barrier

import pytest
from django.conf import settings as configured

from refunds import labels
from refunds.actions import store
from refunds.actions.store import Kept, Refused, keep, open_kept, verify
from refunds.rules.documents import Refusal
from tests.refunds.documents import HTML, JPEG, PDF, PNG, TIFF

PDF_SHA256 = sha256(PDF).hexdigest()
PLACE = f"{PDF_SHA256[:2]}/{PDF_SHA256[2:]}"
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    return settings.DOCUMENTS_ROOT


def files(root):
    return {str(file.relative_to(root)): file.read_bytes() for file in files_of(root)}


def files_of(root):
    return [file for file in root.rglob("*") if file.is_file()]


def refusal(content):
    with pytest.raises(Refused) as refused:
        keep(io.BytesIO(content))
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (JPEG, "jpeg"), (PNG, "png"), (TIFF, "tiff")]
)
def test_a_document_is_kept_under_its_hash_and_read_again(root, content, kind):
    kept = keep(io.BytesIO(content))
    assert kept == Kept(sha256(content).hexdigest(), len(content), kind)
    assert files(root) == {f"{kept.sha256[:2]}/{kept.sha256[2:]}": content}
    with open_kept(kept.sha256) as stream:
        assert stream.read() == content
    verify(kept.sha256)


def test_the_same_content_twice_is_one_file(root):
    assert keep(io.BytesIO(PDF)) == keep(io.BytesIO(PDF))
    assert files(root) == {PLACE: PDF}


def test_the_same_content_at_once_is_one_file(root):
    start = Barrier(8)

    def one(_number):
        start.wait()
        return keep(io.BytesIO(PDF))

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(one, range(8)))
    assert kept == {Kept(PDF_SHA256, len(PDF), "pdf")}
    assert files(root) == {PLACE: PDF}


def test_the_bytes_are_on_the_disk_before_their_name_and_the_name_before_the_answer(monkeypatch):
    done, rename = [], Path.replace

    def fsync(handle):
        done.append("folder" if S_ISDIR(os.fstat(handle).st_mode) else "bytes")

    def replace(copy, place):
        done.append("name")
        rename(copy, place)

    monkeypatch.setattr(store.os, "fsync", fsync)
    monkeypatch.setattr(store.Path, "replace", replace)
    keep(io.BytesIO(PDF))
    assert done == ["bytes", "name", "folder", "folder"]


def test_nobody_but_its_owner_reads_a_document(root):
    keep(io.BytesIO(PDF))
    assert (root / PLACE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "code"), [(b"", Refusal.EMPTY), (HTML, Refusal.TYPE_NOT_ALLOWED)]
)
def test_what_is_refused_leaves_nothing(root, content, code):
    assert refusal(content) is code
    assert files(root) == {}


def test_a_document_as_large_as_it_may_be_is_kept_and_a_byte_more_is_not(settings, root):
    settings.LARGEST_DOCUMENT = len(PDF)
    assert refusal(PDF + b"\n") is Refusal.TOO_LARGE
    assert files(root) == {}
    assert keep(io.BytesIO(PDF)).size == len(PDF)


def test_of_a_document_that_is_too_large_no_more_is_read_than_shows_it(settings):
    settings.LARGEST_DOCUMENT = store.CHUNK
    stream = io.BytesIO(bytes(10 * store.CHUNK))
    with pytest.raises(Refused, match=Refusal.TOO_LARGE):
        keep(stream)
    assert stream.tell() == 2 * store.CHUNK


@pytest.fixture
def scanner(settings, tmp_path):
    """Lets a script be the antivirus; the path comes after what the setting says."""

    def become(body):
        script = tmp_path / "scanner"
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o700)
        settings.ANTIVIRUS = [str(script), "--quiet"]

    return become


CLEAN_ONLY_IF_IT_IS_THE_DOCUMENT = 'test "$1" = --quiet && grep -q PDF- "$2"'


def test_what_the_scanner_calls_clean_is_kept(root, scanner):
    scanner(CLEAN_ONLY_IF_IT_IS_THE_DOCUMENT)
    keep(io.BytesIO(PDF))
    assert files(root) == {PLACE: PDF}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("exit 1", Refusal.INFECTED, id="infected"),
        pytest.param("exit 2", Refusal.NOT_SCANNED, id="fails"),
        pytest.param("kill -9 $$", Refusal.NOT_SCANNED, id="dies"),
        pytest.param("exec sleep 60", Refusal.NOT_SCANNED, id="hangs"),
    ],
)
def test_what_the_scanner_does_not_call_clean_is_refused(root, scanner, monkeypatch, body, code):
    monkeypatch.setattr(store, "LONGEST_SCAN", 0.5)
    scanner(body)
    assert refusal(PDF) is code
    assert files(root) == {}


def test_a_scanner_that_is_not_there_refuses_too(settings, root):
    settings.ANTIVIRUS = ["/nowhere/scanner"]
    assert refusal(PDF) is Refusal.NOT_SCANNED
    assert files(root) == {}


def test_why_nothing_was_scanned_stands_in_the_log(scanner, caplog):
    scanner("exit 2")
    refusal(PDF)
    (said,) = caplog.messages
    assert said.endswith("ended with 2")


KILLED = """
import io, os, signal, sys
from pathlib import Path
from django.conf import settings
from refunds.actions.store import keep
settings.DOCUMENTS_ROOT
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
keep(io.BytesIO(sys.stdin.buffer.read()))
"""


def test_what_a_kill_left_is_no_document_and_is_swept_a_day_later(root):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=configured.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "mhifund.settings", "MHIFUND_DATA": str(root.parent)},
        input=PDF,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = files_of(root)
    assert (left.parent, left.read_bytes()) == (root, PDF)
    with pytest.raises(Refused, match=Refusal.MISSING):
        open_kept(PDF_SHA256)

    keep(io.BytesIO(PDF))
    assert files(root) == {left.name: PDF, PLACE: PDF}

    aged(left, DAY + 60)
    aged(root / PLACE, DAY + 60)
    keep(io.BytesIO(PNG))
    assert left not in files_of(root)
    assert root / PLACE in files_of(root)


def aged(file: Path, seconds):
    at = file.stat().st_mtime - seconds
    os.utime(file, (at, at))


def test_a_document_that_changed_on_the_disk_is_not_given_out(root):
    keep(io.BytesIO(PDF))
    (root / PLACE).write_bytes(PDF + b" ")
    for ask in (open_kept, verify):
        with pytest.raises(Refused, match=Refusal.DAMAGED):
            ask(PDF_SHA256)
    keep(io.BytesIO(PDF))
    verify(PDF_SHA256)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", PDF_SHA256.upper(), PDF_SHA256 + "\n", f"{PDF_SHA256}/.."]
)
def test_only_a_hash_names_a_document(name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        open_kept(name)


def test_every_refusal_has_its_words():
    assert list(labels.DOCUMENT_REFUSALS) == list(Refusal)
