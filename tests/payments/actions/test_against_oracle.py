"""Files received into a database beside the law told naively, item by item."""

from collections import defaultdict
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.models import ExceptionItem, Finding, Message
from payments.rules.findings import FINDINGS
from registry.models import CategorySpan, Exclusion, Person, Region
from registry.rules import months
from registry.rules.names import fold
from tests.law import CALENDAR, LAW
from tests.payments.actions.office import AT, register, row, take
from tests.payments.rules.books import GROUPS
from tests.payments.rules.incoming import DAYS, items, registries
from tests.payments.rules.oracle_of_books import Entry, PersonMonth
from tests.payments.rules.oracle_of_items import exceptions, settle

SUMS = [425_000, 424_787, 424_788, 425_213, 2_550_000, 2_550_001, 1_700_000]
KNOWN_DAYS = [day for day in DAYS if day.year > 2016]  # older ones hold the file


@st.composite
def worlds(draw):
    """A registry, and files of rows (reference, item) in the order of their receipt."""
    registry = {
        iin: replace(person, spans=one_of_each(person.spans))
        for iin, person in draw(registries()).items()
    }
    days = draw(st.lists(st.sampled_from(KNOWN_DAYS), min_size=1, max_size=2))
    item = items(registry, days, draw(st.lists(st.sampled_from(SUMS), min_size=1, max_size=2)))
    rows = st.lists(st.tuples(st.integers(0, 1), item), min_size=1, max_size=6)
    return registry, draw(st.lists(rows, min_size=1, max_size=3))


def one_of_each(spans):
    """Current spans of one category may not overlap."""
    return tuple({span.category: span for span in spans}.values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
@pytest.mark.django_db
def test_files_become_what_the_law_says(world):
    registry, files = world
    with transaction.atomic():
        know(registry)
        for number, rows in enumerate(files):
            file = take(rendered(number, rows))
            assert (file.state, file.items) == ("posted", len(rows))
        assert queued() == expected_queue(registry, files)
        findings = noticed()
        assert findings == expected_findings(registry, files)
        assert excluded() == {
            (where, code)
            for where, found in findings.items()
            for code, _, _ in found
            if code in ("wrong_knp", "exempt_category", "duplicate")
        }
        transaction.set_rollback(True)


def know(registry):
    region = Region.objects.get(code="75")
    for iin, person in registry.items():
        kept = Person.objects.create(
            iin=iin,
            last_name=person.last,
            first_name=person.first,
            last_key=fold(person.last),
            first_key=fold(person.first),
            birth_date=person.born,
            sex="M",
            residence="temporary" if person.temporary else "citizen",
            region=region,
            died_on=person.died,
        )
        for span in person.spans:
            CategorySpan.objects.create(
                person=kept,
                category_id=span.category,
                valid_from=span.since,
                valid_to=span.until,
                received_on=span.received,
                superseded_on=span.superseded,
                recorded_at=AT,
            )


def rendered(number, rows):
    return register(
        *(
            row(
                item.iin,
                reference=f"{number}-{place}",
                line=line,
                payment_date=item.credited.isoformat(),
                knp=item.knp,
                payer_id=item.payer,
                last_name=item.last,
                first_name=item.first,
                birth_date=item.born.isoformat() if item.born else "",
                period=item.period,
                amount=f"{item.amount / 100:.2f}",
            )
            for line, (place, item) in enumerate(rows, 1)
        )
    )


def received(registry, files):
    """(where, rank, item, codes) of every row, in the order of receipt."""
    for number, rows in enumerate(files):
        for line, (place, item) in enumerate(rows, 1):
            read = replace(item, period=item.period.strip())
            codes = exceptions(read, registry, LAW)
            yield f"{number}-{place}:{line}", number * 100 + line, read, codes


def expected_queue(registry, files):
    return {where: codes for where, _, _, codes in received(registry, files) if codes}


def expected_findings(registry, files):
    person_months = defaultdict(list)
    places = {}
    for where, rank, item, codes in received(registry, files):
        if not codes:
            places[rank] = where
            entry = entry_of(where, rank, item, settle(item, registry, LAW))
            person_months[item.iin, entry.month].append(entry)
    return {
        places[rank]: [(one.code, one.amount, one.days) for one in found]
        for (iin, _), entries in person_months.items()
        for rank, found in PersonMonth(entries, registry[iin].spans, GROUPS, LAW, CALENDAR)
        .findings()
        .items()
        if found
    }


def entry_of(where, rank, item, settled):
    return Entry(
        id=rank,
        payer=item.payer,
        for_self=item.payer == item.iin,
        knp=item.knp,
        kind=settled.kind,
        month=months.from_period(item.period),
        amount=item.amount,
        credited=item.credited,
        rank=rank,
        message=where.partition(":")[0],
        reference=settled.reference,
        due=settled.due,
    )


# what the database says


def queued():
    rows = ExceptionItem.objects.values_list("message__reference", "line", "codes")
    return {f"{reference}:{line}": codes for reference, line, codes in rows}


def noticed():
    references = dict(Message.objects.values_list("id", "reference"))
    found = defaultdict(list)
    rows = Finding.objects.filter(dropped_at=None).values_list(
        "entry__key", "code", "amount", "days"
    )
    for key, code, amount, days in rows.order_by("id"):
        found[where_is(key, references)].append((code, in_tiyn(amount), days))
    return {
        where: sorted(codes, key=lambda one: FINDINGS.index(one[0]))
        for where, codes in found.items()
    }


def excluded():
    references = dict(Message.objects.values_list("id", "reference"))
    rows = Exclusion.objects.filter(dropped_at=None, until=None)
    return {
        (where_is(key, references), cause) for key, cause in rows.values_list("entry__key", "cause")
    }


def where_is(key, references):
    message, _, line = key.partition(":")
    return f"{references[int(message)]}:{line}"


def in_tiyn(amount):
    return None if amount is None else int(amount * 100)
