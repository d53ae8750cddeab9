#!/usr/bin/env python3
"""Each command works by itself: servers run while it does, and the schema is brought up to date."""

import os
import signal
import sys
from contextlib import redirect_stdout

try:
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command, execute_from_command_line
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor
    from environs import EnvError

    from mhifund.servers import Missing, ours, postgres, using
except ModuleNotFoundError as error:
    print(
        f"{error.name} is missing: run `make install`, then .venv/bin/python manage.py …",
        file=sys.stderr,
    )
    sys.exit(2)

WITHOUT_SERVERS = {
    *("help", "version", "check", "diffsettings", "startapp"),
    *("makemessages", "compilemessages", "collectstatic", "findstatic", "messages"),
}
WITHOUT_MIGRATION = {
    *("migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations"),
    *("optimizemigration", "dbshell", "inspectdb", "flush", "sqlflush", "pgtrigger"),
}
MIGRATING = 20201101


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mhifund.settings")
    # a background job of a shell begins with Ctrl-C ignored, one under nohup with hang-ups ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, ended)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, ended)
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command.startswith("-") or command in WITHOUT_SERVERS or {"-h", "--help"} & {*sys.argv}:
            execute_from_command_line(sys.argv)
        else:
            with using(settings.PLACE):
                if command not in WITHOUT_MIGRATION:
                    migrate()
                execute_from_command_line(sys.argv)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except (EnvError, ImproperlyConfigured) as wrong:
        print(f"A setting is wrong: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def ended(number: int, frame: object) -> None:
    """Leave through every `finally`, so that what was started is stopped."""
    sys.exit(128 + number)


def migrate() -> None:
    """The embedded database migrates itself; one of the user's own waits for the user."""
    django.setup()
    done = settings.DATA_ROOT / "migrated"
    own = postgres not in ours()
    try:
        behind = pending()
    except OperationalError as error:
        raise Missing(f"The database of DATABASE_URL does not answer: {error}") from error
    if own and behind:
        raise Missing("The database of DATABASE_URL is empty or old: run `manage.py migrate`.")
    if own or (done.exists() and not behind):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        # the file is missing as well when a migration was cut off before the law was loaded
        if pending() or not done.exists():
            done.unlink(missing_ok=True)
            with redirect_stdout(sys.stderr):
                call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            done.touch()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    sys.exit(main())
