"""A real browser at a running server, with a worker behind it."""

import os
import shutil
from pathlib import Path

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from playwright.sync_api import sync_playwright

from mhifund.celery import app
from tests.browser.desk import Desk

NAMES = ("chromium", "chromium-browser", "google-chrome")
# two test processes share one broker, and each works for its own database
app.conf.task_default_queue = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
SCREENSHOTS = settings.BASE_DIR / ".local" / "screenshots"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The hashing that protects real passwords would be most of the time of these tests."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def chromium():
    """The browser of the machine, or the one that $CHROMIUM names."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("The browser tests need Chromium: apt-get install chromium")
    # playwright's own loop runs in this thread; Django would take it for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def worker(transactional_db):
    """A Celery worker of this process, on the broker of the tests."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=60):
        yield


@pytest.fixture
def desk(chromium, live_server):
    """Opens a desk in a language and colours; whatever the browser complains of fails the test."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened = []

    def open_desk(language, colours="light"):
        context = chromium.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme=colours, locale="ru-RU"
        )
        opened.append(context)
        return Desk(context.new_page(), live_server.url, language, colours, Path(SCREENSHOTS))

    yield open_desk
    for context in opened:
        context.close()
