"""The whole system on one machine: web, worker and beat, until Ctrl-C."""

import fcntl
import io
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from kombu import Connection

from mhifund import night, roles
from mhifund.account import lines
from mhifund.celery import app
from mhifund.children import Children, Died
from mhifund.demo import build
from mhifund.servers import ours, valkey

HOST = "127.0.0.1"
CELERY = (sys.executable, "-m", "celery", "--app", "mhifund", "--quiet")


class Command(BaseCommand):
    help = "Do the main job once, then serve web, worker and beat until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument(
            "--port",
            type=int,
            default=int(os.environ.get("PORT") or 8000),
            help="the first port to try (default: $PORT or 8000)",
        )
        parser.add_argument(
            "--persons",
            type=int,
            default=20_000,
            help="size of the demo world (default: 20000); 0 to serve at once",
        )

    def handle(self, *, port, persons, **options):
        children = Children(settings.DATA_ROOT / "logs")
        with only_one(), listening(port) as listener:
            taken = listener.getsockname()[1]
            address = f"http://{HOST}:{taken}/"
            if taken != port:
                self.say(f"Port {port} is taken, so it is {taken} this time.")
            try:
                self.say("Starting the web server, the worker and the timetable …")
                # also when no migration is new: it loads the law, which may be
                call_command("migrate", interactive=False, verbosity=0)
                call_command("collectstatic", interactive=False, verbosity=0)
                start(children, listener)
                children.wait_for_answer(address)
                if persons:
                    self.say(f"The site at {address} is up, and fills with the main job:")
                    self.main_job(persons)
                self.say(f"The system answers at {address} until Ctrl-C.")
                children.watch()
            except Died as died:
                raise CommandError(died) from died
            except KeyboardInterrupt:
                self.say("\nStopping …")
            finally:
                children.stop()

    def main_job(self, persons):
        """From payments to statuses: for a made-up country where there is none, else for today."""
        if build.is_wanted():
            size = {} if build.begun() else {"persons": persons}
            call_command("demo", **size, stdout=self.stdout)
            return
        # the account says what the command would, and more
        today = timezone.localdate()
        call_command("night", on=today, stdout=io.StringIO())
        for line in lines(night.last_run(today)):
            self.say(line)
        if build.PASSWORD.exists():
            users = ", ".join(roles.DEMO_USERS)
            self.say(f"Sign in as {users}; the password of each: {build.password()}")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def start(children: Children, listener: socket.socket) -> None:
    if valkey in ours():
        with app.connection_for_write() as connection:
            take_back_tasks(connection)
    web = listener.fileno()
    children.start(
        "web",
        *(sys.executable, "-m", "gunicorn", "mhifund.wsgi", "--bind", f"fd://{web}"),
        *("--workers=2", "--threads=4", "--timeout=120", "--log-level=warning"),
        *("--no-control-socket", "--worker-tmp-dir", str(children.logs)),
        keep=(web,),
    )
    children.start("worker", *CELERY, "worker", "--concurrency=2", "--loglevel=WARNING")
    children.start("beat", *CELERY, "beat", "--loglevel=WARNING", "--pidfile=")


def take_back_tasks(broker: Connection) -> None:
    """No worker runs on our broker now: what one had begun when it was killed waits again."""
    channel = broker.default_channel
    channel.visibility_timeout = 0
    channel.qos.restore_visible(num=None, interval=1)


@contextmanager
def only_one() -> Iterator[None]:
    """Two beats would do every night twice."""
    with (settings.DATA_ROOT / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"The system already runs on {settings.DATA_ROOT}. "
                "Stop it there first, or set MHIFUND_DATA to another folder.",
                returncode=2,
            ) from None
        yield


@contextmanager
def listening(first: int) -> Iterator[socket.socket]:
    """Bound here and handed to the web server, so that nobody takes the port in between."""
    for port in range(first, 65536):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((HOST, port))
            except OSError:
                continue
            listener.listen(128)
            yield listener
            return
    raise CommandError(f"No free port from {first} on.", returncode=2)
