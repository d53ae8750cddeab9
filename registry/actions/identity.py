"""Who is who: a person gets a new IIN, two persons turn out to be one, and each can be undone."""

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from registry.actions import book, handover, judge, news, spans, tally
from registry.models import FormerIin, Person, PersonEvent, Recheck
from registry.rules.iin import is_iin


class NotPossible(Exception):
    """Why a correction cannot be made: a code of labels.NOT_POSSIBLE."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def holder(iin, known_at=None):
    """The person whom a number finds, now or as known at a moment; None where it finds nobody."""
    found = Person.objects.filter(iin=iin).first()
    found = found or Person.objects.filter(former_iins__iin=iin).first()
    return found and keeper(found, known_at)


def keeper(person, known_at=None):
    """Whom a person was merged into, now or as known at a moment; else the person."""
    while merge := _merge_of(person, known_at):
        person = merge.person
    return person


def _merge_of(person, known_at):
    """The merge of which nothing was undone by then, or None."""
    if known_at is None and person.merged_into_id is None:
        return None
    standing = Q(undone_at=None)
    if known_at is not None:
        standing = Q(at__lte=known_at) & (standing | Q(undone_at__gt=known_at))
    return person.merges.filter(standing).select_related("person").first()


def numbers(number):
    """A number with all that its person has or had; alone if it is nobody's."""
    found = holder(number)
    if found is None:
        return [number]
    return [found.iin, *found.former_iins.values_list("iin", flat=True)]


def lock():
    """Corrections wait for loads and postings, and these for them; books, persons, spans."""
    book.lock_the_books()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE registry_person IN SHARE ROW EXCLUSIVE MODE")
    spans.lock()


@transaction.atomic
def change_iin(person, new_iin, *, at, by=None, note="", received_on=None):
    """Gives a person another number; the old one still finds them. Returns the PersonEvent.

    `received_on` is the day of the extract that tells it, if one does.
    """
    lock()
    [person] = _locked(person)
    if not is_iin(new_iin):
        raise NotPossible("bad_iin")
    taken = FormerIin.objects.filter(iin=new_iin).first()
    if Person.objects.filter(iin=new_iin).exists() or (taken and taken.person_id != person.pk):
        raise NotPossible("iin_taken")
    event = PersonEvent.objects.create(
        kind="new_iin",
        person=person,
        old_iin=person.iin,
        new_iin=new_iin,
        note=note,
        received_on=received_on,
        at=at,
        by=by,
        numbers=[new_iin] if taken else [],
    )
    if taken:
        taken.delete()
    FormerIin.objects.create(iin=person.iin, person=person, event=event)
    _number(person, new_iin)
    return event


@transaction.atomic
def merge(kept, dropped, *, at, by=None, note=""):
    """Makes of two persons one: `kept` gets the payments, categories and numbers of `dropped`.

    Facts of the extract stay those of `kept`, so a day of death must stand there.
    """
    lock()
    kept, dropped = _locked(kept, dropped)
    if dropped.died_on and dropped.died_on != kept.died_on:
        raise NotPossible("keep_the_dead")
    event = PersonEvent.objects.create(
        kind="merge",
        person=kept,
        other=dropped,
        old_iin=dropped.iin,
        new_iin=kept.iin,
        note=note,
        at=at,
        by=by,
        numbers=list(dropped.former_iins.values_list("iin", flat=True)),
    )
    handover.take_entries(event, at=at)
    handover.take_spans(event, at=at)
    FormerIin.objects.filter(person=dropped).update(person=kept)
    FormerIin.objects.create(iin=dropped.iin, person=kept, event=event)
    Person.objects.filter(pk=dropped.pk).update(merged_into=kept)
    judge.lock([dropped.pk])
    tally.leave(dropped.pk, on=localdate(at), at=at)
    _follow(event)
    return event


@transaction.atomic
def undo(event, *, at, by=None):
    """Takes a correction back, the latest first. Of a merge, what came for the other goes to them.

    What arrived meanwhile belongs to whom it was addressed to: payments, categories and facts of
    extracts under a number of `other` go to them, refunds where their payment goes.
    """
    lock()
    persons = [event.person, event.other] if event.other else [event.person]
    _lock(persons)
    event = PersonEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if event.undone_at is not None:
        raise NotPossible("undone")
    later = PersonEvent.objects.filter(pk__gt=event.pk, undone_at=None)
    if later.filter(person__in=persons).exists() or later.filter(other__in=persons).exists():
        raise NotPossible("not_the_latest")
    event.undone_at, event.undone_by = at, by
    event.save(update_fields=["undone_at", "undone_by"])
    {"new_iin": _undo_number, "merge": _undo_merge}[event.kind](event, at)
    return event


def _undo_number(event, at):
    FormerIin.objects.filter(iin=event.old_iin).delete()
    for iin in event.numbers:
        before = PersonEvent.objects.filter(old_iin=iin, pk__lt=event.pk)
        FormerIin.objects.create(iin=iin, person=event.person, event=before.first())
    _number(event.person, event.old_iin)


def _undo_merge(event, at):
    handover.give_entries_back(event, at=at)
    handover.give_spans_back(event, at=at)
    handover.give_facts_back(event, at=at)
    FormerIin.objects.filter(iin=event.old_iin).delete()
    FormerIin.objects.filter(iin__in=event.numbers).update(person=event.other)
    Person.objects.filter(pk=event.other_id).update(merged_into=None)
    _follow(event)


def _number(person, iin):
    Person.objects.filter(pk=person.pk).update(iin=iin)
    Recheck.objects.get_or_create(person=person)
    news.mark("SELECT %s::bigint", (person.pk,))


def _follow(event):
    """Paid months follow at once, findings and verdicts when they are derived next."""
    handover.settle(event)
    news.mark("SELECT unnest(%s::bigint[])", ([event.person_id, event.other_id],))


def _locked(*persons):
    """The persons as they are now, under a lock, in their order."""
    if len({person.pk for person in persons}) < len(persons):
        raise NotPossible("one_person")
    found = _lock(persons)
    if any(person.merged_into_id for person in found.values()):
        raise NotPossible("merged")
    return [found[person.pk] for person in persons]


def _lock(persons):
    rows = Person.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows.filter(pk__in=[person.pk for person in persons])}
