"""The queue of items that could not be posted: taken on, put off, returned, posted, undone.

Officers name the rows they saw, {id: version}. Every row gets an answer: "" when it was done, or a
code of labels.NOT_DONE; a row that somebody changed meanwhile is left alone.
"""

from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, F

from payments.actions import incoming
from payments.actions.derive import TOUCHED, derive, touched_table
from payments.actions.post import book_items, identify, remember_former
from payments.models import ExceptionEvent, ExceptionItem, Overpayment
from payments.rules.items import Batch, Item, Message
from payments.rules.matching import Fault, named
from registry.actions import book, identity, law
from registry.actions.columns import run
from registry.models import Contribution, Exclusion
from registry.models.books import MOVED
from registry.rules import months

UNSETTLED = ("open", "held")
UNDONE = f"{MOVED}undone"
"""Cause of the exclusion of an entry that was posted by mistake: it counts nowhere from its day."""

RETRIED_AT_ONCE = 10_000
CENT = Decimal(100)


def take(wanted, *, by, at):
    """Makes somebody the owner of items."""
    return _each(wanted, lambda items: _marked(items, "taken", by, at, owner=by))


def hold(wanted, *, by, at, note):
    """Puts items off with a note."""
    return _each(wanted, lambda items: _marked(items, "held", by, at, state="held", note=note))


def give_back(wanted, *, by, at, note):
    """Returns items to their payer."""
    return _each(
        wanted, lambda items: _marked(items, "returned", by, at, state="returned", note=note)
    )


def assign(wanted, *, by, at, note="", person=None):
    """Posts items for a person, or each for the holder of its IIN, whatever names they came with.

    Other faults than of the person remain: such an item is "still_wrong", with its codes as now.
    """

    def posted(items):
        persons = {item.pk: person or identity.holder(item.iin) for item in items}
        known = [item for item in items if persons[item.pk]]
        answers = dict.fromkeys(persons, "unknown_iin")
        return answers | _posted(known, persons, by, at, note)

    return _each(wanted, posted)


def undo(wanted, *, by, at):
    """Takes back the last act on items; what was posted counts nowhere any more."""

    def undone(items):
        answers = {}
        for item in items:
            last = item.events.exclude(act="taken").first()
            if last is None or last.act == "undone":
                answers[item.pk] = "nothing_to_undo"
                continue
            if item.entry_id:
                if _asked_back(item.entry_id):
                    answers[item.pk] = "asked_back"
                    continue
                _exclude(item, at)
            note = _note_before(item)
            answers |= _marked([item], "undone", by, at, state=last.before, entry=None)
            ExceptionItem.objects.filter(pk=item.pk).update(note=note)
        derive(at=at)
        book.settle(TOUCHED)
        return answers

    return _each(wanted, undone, states=(*UNSETTLED, "posted", "returned"))


def _note_before(item):
    """The note of the act that stands once the last one is undone."""
    standing = []
    for event in item.events.exclude(act="taken").order_by("pk"):
        standing = standing[:-1] if event.act == "undone" else [*standing, event]
    return standing[-2].note if len(standing) > 1 else ""


RETRIABLE = """
SELECT i.id FROM payments_exceptionitem i
WHERE i.state = 'open' AND (
    'no_parameter' = ANY(i.codes)
    OR 'unknown_iin' = ANY(i.codes) AND (
        EXISTS (SELECT FROM registry_person p WHERE p.iin = i.iin)
        OR EXISTS (SELECT FROM registry_formeriin f WHERE f.iin = i.iin))
    OR i.codes && ARRAY['name_mismatch', 'deceased', 'no_right']::varchar[] AND EXISTS (
        SELECT FROM registry_person p JOIN registry_personrecord r ON r.person_id = p.id
        WHERE p.iin = i.iin AND r.recorded_at > coalesce(i.tried_at, i.recorded_at))
) AND i.id > %s AND NOT EXISTS (
    SELECT FROM payments_exceptionevent e WHERE e.item_id = i.id AND e.act = 'undone')
ORDER BY i.id LIMIT %s"""


def retry(*, at):
    """Posts open items that the registry or the law stands against no longer; returns how many.

    What somebody has undone is left to people.
    """
    posted = last = 0
    while ids := _retriable(last):
        posted += _retry(ids, at)
        last = ids[-1]
    return posted


def _retriable(after):
    with connection.cursor() as cursor:
        cursor.execute(RETRIABLE, (after, RETRIED_AT_ONCE))
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _retry(ids, at):
    book.lock_the_books()
    items = list(_locked(ids).filter(state="open"))
    answers = _posted(items, {}, None, at, "")
    ExceptionItem.objects.filter(pk__in=ids, state="open").update(tried_at=at)
    return sum(not code for code in answers.values())


@transaction.atomic
def _each(wanted, done, states=UNSETTLED):
    """Does something with the rows that are as they were seen; tells of the others why not."""
    book.lock_the_books()
    with connection.cursor() as cursor:
        touched_table(cursor)
    rows = {row.pk: row for row in _locked(wanted)}
    answers = dict.fromkeys(wanted, "gone")
    for pk, row in rows.items():
        answers[pk] = "changed" if row.version != wanted[pk] else ""
        if not answers[pk] and row.state not in states:
            answers[pk] = "settled"
    fit = [rows[pk] for pk, code in answers.items() if not code]
    return answers | (done(fit) if fit else {})


def _locked(ids):
    items = ExceptionItem.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    return items.select_related("message").order_by("pk")


def _marked(items, act, by, at, *, person=None, **facts):
    ExceptionEvent.objects.bulk_create(
        ExceptionEvent(
            item=item,
            act=act,
            before=item.state,
            person=person,
            note=facts.get("note", ""),
            at=at,
            by=by,
        )
        for item in items
    )
    ExceptionItem.objects.filter(pk__in=[item.pk for item in items]).update(
        version=F("version") + 1, **facts
    )
    return {item.pk: "" for item in items}


def _posted(items, persons, by, at, note):
    """Books those of the items that have no fault, for the persons given; the rest as they came."""
    if not items:
        return {}
    keys = _incoming(items, persons)
    with connection.cursor() as cursor:
        touched_table(cursor)
        former = identify(cursor)
    ranks = [item.rank for item in items]
    rows, masks = book_items(min(ranks), max(ranks), 0, law.law(), at)
    if former:
        remember_former()
    derive(at=at)
    incoming.forget()
    mask = dict(zip(rows["row"].tolist(), masks.tolist(), strict=True))
    good = [item for item in items if not mask[item.rank]]
    entries = Contribution.objects.in_bulk([keys[item.pk] for item in good], field_name="key")
    answers = {}
    for item in items:
        if mask[item.rank]:
            item.codes = [Fault(fault).value for fault in named(mask[item.rank])]
            item.save(update_fields=["codes"])
            answers[item.pk] = "still_wrong"
        else:
            entry = entries[keys[item.pk]]
            facts = {"person": entry.person, "state": "posted", "entry": entry, "note": note}
            answers |= _marked([item], "posted", by, at, **facts)
    return answers


INCOMING = """
UPDATE incoming_order o SET message = e.message, posting = e.posting
FROM unnest(%(number)s::int[], %(message)s::bigint[], %(posting)s::text[])
    AS e (number, message, posting) WHERE e.number = o.number"""
RANKED = """
UPDATE incoming_item i SET row = e.rank
FROM unnest(%(number)s::int[], %(rank)s::bigint[]) AS e (number, rank)
WHERE e.number = i.order_number"""


def _incoming(items, persons):
    """Lets items come in once more; returns the keys that their entries get."""
    postings = dict(
        ExceptionEvent.objects.filter(item__in=items, act="posted")
        .values_list("item")
        .annotate(Count("pk"))
        .order_by()
    )
    again = {item.pk: f":{n + 1}" if (n := postings.get(item.pk)) else "" for item in items}
    batch = Batch(
        [_item(number, item, persons.get(item.pk)) for number, item in enumerate(items)],
        [_order(number, item) for number, item in enumerate(items)],
    )
    incoming.fill([batch], lambda: None)
    values = {
        "number": [*range(len(items))],
        "message": [item.message_id for item in items],
        "posting": [again[item.pk] for item in items],
        "rank": [item.rank for item in items],
    }
    with connection.cursor() as cursor:
        cursor.execute(INCOMING, values)
        cursor.execute(RANKED, values)
    return {item.pk: f"{item.message_id}:{item.line}{again[item.pk]}" for item in items}


def _item(number, item, person):
    """As it came, or as the registry knows the person to whom it was assigned."""
    who = person or item
    return Item(
        message=number,
        line=item.line,
        iin=who.iin,
        last_name=who.last_name,
        first_name=who.first_name,
        middle_name=who.middle_name,
        birth_date=who.birth_date,
        period=item.period,
        month=months.from_period(item.period),
        amount=int(item.amount * CENT),
        raw="",
    )


def _order(number, item):
    return Message(
        number=number,
        reference=item.message.reference,
        order_no=item.order_no,
        order_date=item.order_date,
        credited_on=item.credited_on,
        knp=item.knp,
        payer_id=item.payer,
        payer_name="",
        items=1,
        total=int(item.amount * CENT),
        declared=None,
    )


def _asked_back(entry):
    """Whether a part of an entry is asked back or was paid: its money has gone its way then."""
    row = Overpayment.objects.select_for_update(no_key=True).filter(entry=entry).first()
    return row is not None and any((row.established, row.reserved, row.paid))


def _exclude(item, at):
    """The entry of an item, or the one it was moved to, counts nowhere from its own day on."""
    entry = Contribution.objects.bearer(item.entry_id)
    Exclusion.objects.create(entry=entry, cause=UNDONE, since=entry.credited_on, recorded_at=at)
    run(f"INSERT INTO {TOUCHED} VALUES (%s, %s)", (entry.person_id, entry.period)).close()
