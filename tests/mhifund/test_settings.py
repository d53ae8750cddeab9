import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from mhifund.celery import app


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


@pytest.mark.django_db
def test_a_page_lets_the_browser_load_from_nowhere_else_and_run_nothing_inline() -> None:
    policy = Client().get("/admin/login/").headers["Content-Security-Policy"]
    assert sorted(policy.split("; ")) == [
        "base-uri 'self'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
    ]


def test_the_night_begins_at_one_in_almaty() -> None:
    night = app.conf.beat_schedule["night"]
    assert (night["task"], app.conf.timezone) == ("mhifund.tasks.night", "Asia/Almaty")
    assert (night["schedule"].hour, night["schedule"].minute) == ({1}, {0})


def test_a_task_is_not_given_out_again_while_it_may_still_run() -> None:
    assert app.conf.task_acks_late
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit


def ask(expression: str, folder: Path, **environment: str) -> str:
    """What the settings say in a process of their own."""
    script = f"from django.conf import settings; print({expression})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mhifund.settings",
            "MHIFUND_DATA": str(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = ask("settings.SECRET_KEY", tmp_path)
    assert len(first) > 50
    assert ask("settings.SECRET_KEY", tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert ask("settings.SECRET_KEY", tmp_path, SECRET_KEY="own") == "own"


@pytest.mark.parametrize(("https", "secure"), [("true", "True"), ("false", "False")])
def test_behind_tls_the_cookies_stay_on_it(tmp_path: Path, https: str, secure: str) -> None:
    asked = "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE"
    assert ask(asked, tmp_path, HTTPS=https) == f"{secure} {secure}"


def test_own_servers_are_taken_from_the_environment(tmp_path: Path) -> None:
    own = {"DATABASE_URL": "postgresql://fund:x@db.example/fund", "REDIS_URL": "redis://b.example"}
    asked = "settings.DATABASES['default']['HOST'], settings.CELERY_BROKER_URL"
    assert ask(asked, tmp_path, **own) == "db.example redis://b.example"
