"""What is done with refund cases in bulk: decided, confirmed, paid out."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO
from statistics import median

from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate

from mhifund.filters import ApplicationFilter
from refunds.actions import answers, clocks, lines, payouts, queue
from refunds.models import OPEN, Application, Batch, Line
from refunds.rules import payout_out
from registry.models import CalendarDay
from tests.bench import cases, pages, world
from tests.bench.measure import seconds

CASE_QUERIES = 30
BULK = 1_000
RUNS = 9


def open_cases(persons: int) -> None:
    if not Application.objects.exists():
        cases.lay(persons)


def refund_queue(persons: int) -> float:
    """The slowest page of the open applications that an officer can ask for."""
    rows = Application.objects.filter(OPEN, due__isnull=False).order_by("due", "id")
    deep = rows[rows.count() * 19 // 20]
    narrowed = ApplicationFilter(officers=queue.officers())
    asked = pages.combined(narrowed.filters, after=f"{deep.due}.{deep.pk}")
    return pages.slowest_of("refunds", asked, "refunds")


def refund_case(persons: int) -> float:
    """The page of the application with the most lines."""
    counted = Application.objects.filter(state="review").annotate(count=Count("lines"))
    client = pages.client_of(pages.officer(name="refunds"))
    address = reverse("refund", args=[counted.order_by("-count", "pk").first().pk])
    return pages.seconds(client, address, CASE_QUERIES)


def three_seconds(persons: int) -> float:
    return 3.0


def refund_bulk(persons: int) -> float:
    """A thousand lines decided as found, or confirmed, with the commit: the slower median."""
    asked = Line.objects.filter(state="asked", application__state="review").order_by("pk")
    parts = list(cases.chunks(list(asked.values_list("pk", flat=True)[: BULK * RUNS]), BULK))
    decided = median(seconds(lambda part=part: decide(part)) for part in parts)
    confirmed = median(seconds(lambda part=part: confirm(part)) for part in parts)
    return max(decided, confirmed)


def decide(part: list[int]) -> None:
    wishes = lines.as_found(part)
    done(lines.decide(wishes, by=cases.user("refunds"), at=cases.AT), part)


def confirm(part: list[int]) -> None:
    done(lines.confirm(dict.fromkeys(part), by=cases.user("head"), at=cases.AT), part)


def done(told: dict[int, str], part: list[int]) -> None:
    if told != dict.fromkeys(part, ""):
        raise RuntimeError(f"not all are done: {set(told.values())}")


def copy_payouts(persons: int) -> float:
    """COPY of the rows of a batch to this process."""
    return drained(payouts.rows)


def payout_file(persons: int) -> float:
    """The slower of the two formats, out of the same rows."""
    return max(
        drained(lambda batch, write=write: write(payouts.header(batch), payouts.rows(batch)))
        for write in (payout_out.mt102_of, payout_out.pain001_of)
    )


def drained(blocks_of: Callable[[Batch], Iterable]) -> float:
    batch = Batch.objects.get(state="sent")

    def drain() -> None:
        for _block in blocks_of(batch):
            pass

    return median(seconds(drain) for _ in range(RUNS))


def one_minute(persons: int) -> float:
    return 60.0


def payout_batch(persons: int) -> float:
    """A batch of a twentieth of all lines: prepared, confirmed, released, and answered as paid."""
    waiting = Line.objects.filter(state="confirmed").order_by("pk")
    wanted = list(waiting.values_list("pk", flat=True)[: persons // 20])

    def pay() -> None:
        batch = cases.release(wanted)
        keys = batch.items.values_list("key", flat=True)
        rows = "".join(f"{key};paid;{localdate(cases.AT)};\n" for key in keys)
        file = BytesIO(f"key;outcome;date;text\n{rows}".encode())
        took = answers.take(file, "answer.csv", by=cases.user("treasurer"), at=cases.AT)
        if took.answer.applied != len(wanted):
            raise RuntimeError(f"{took.answer.applied} of {len(wanted)} are paid")

    return seconds(pay)


def follow_calendar(persons: int) -> float:
    """All open applications, after a day of work became a holiday."""
    day = world.ON + timedelta(days=7)
    CalendarDay.objects.create(day=day, kind="off", entered_on=world.ON, name_en="a new holiday")
    return seconds(lambda: clocks.follow_calendar(at=cases.AT))
