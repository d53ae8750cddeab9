"""What the main job has done so far, told in a few lines."""

from collections.abc import Iterator

from django.db.models import Count, Sum

from payments.models import ExceptionItem, File
from registry.actions.tally import counts
from registry.models import Run


def account(run: Run) -> dict:
    """What came in, and what a run found; sums in tenge."""
    registers = File.objects.filter(kind="register")
    files = dict(registers.order_by().values_list("state").annotate(Count("pk")))
    posted = registers.filter(state="posted")
    sums = posted.aggregate(
        items=Sum("items", default=0),
        posted=Sum("posted", default=0),
        total=Sum("total", default=0),
        posted_total=Sum("posted_total", default=0),
        returned=Sum("returned", default=0),
        returned_total=Sum("returned_total", default=0),
    )
    queued = ExceptionItem.objects.filter(message__file__in=posted).aggregate(
        exceptions=Count("pk"), exceptions_total=Sum("amount", default=0)
    )
    by_status = counts(run)
    return {
        "registers": {state: files.get(state, 0) for state in ("posted", "held", "refused")},
        **sums,
        **queued,
        "different": unbalanced(posted),
        "on": run.on,
        "persons": sum(by_status.values()),
        "counts": by_status,
        "night_seconds": round((run.finished_at - run.started_at).total_seconds(), 1),
    }


def lines(run: Run) -> Iterator[str]:
    return words(account(run))


def words(value: dict) -> Iterator[str]:
    yield "Registers: " + ", ".join(f"{n} {state}" for state, n in value["registers"].items())
    yield (
        f"Items: {value['posted']:,} posted, {value['exceptions']:,} to be looked at as exceptions,"
        f" {value['returned']:,} sent back by the State Corporation"
    )
    if value["different"]:
        yield f"Totals: DIFFERENT in {', '.join(value['different'])}"
    else:
        became = "posted, an exception or sent back"
        yield f"Totals: balanced, every tenge of {value['total']:,} is {became}"
    by_status = ", ".join(
        f"{n:,} {status.replace('_', ' ')}" for status, n in value["counts"].items()
    )
    yield f"Persons: {value['persons']:,} with a verdict for {value['on']:%d.%m.%Y}: {by_status}"
    yield f"The night took {value['night_seconds']} s"


def unbalanced(posted) -> list[str]:
    """Names of the registers whose total is not what was posted, set aside and sent back."""
    aside = dict(
        ExceptionItem.objects.order_by().values_list("message__file").annotate(Sum("amount"))
    )
    return sorted(
        file.name
        for file in posted
        if file.total != file.posted_total + aside.get(file.pk, 0) + file.returned_total
    )
