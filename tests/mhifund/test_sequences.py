"""Whatever comes in whatever order, the nights by need leave what judging everybody gives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mhifund import night
from payments.actions.derive import TOUCHED, derive, touched_table
from payments.actions.duplicates import dismiss
from payments.models import Overpayment
from registry.actions import book, identity
from registry.models import Contribution, Person, PersonEvent, Verdict
from registry.rules import months
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, EMPLOYER, held_category, item, known, register
from tests.registry.actions.world import judged_all

pytestmark = pytest.mark.django_db
PEOPLE = (AIDOS, ARMAN, AIGUL)
SINCE, FIRST_DAY = months.from_period("112025"), date(2026, 10, 20)
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)

BACK = """
    SELECT c.key || ':back', person_id, payer, knp, period, -amount, %s::date, '', NULL::date, %s,
        rank, kind, reference_day, due, -share, id
    FROM registry_contribution c WHERE id = %s"""

who, month = st.integers(0, 2), st.integers(SINCE, SINCE + 13)
days = st.integers(-20, 40)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("own"), who, month),
        st.tuples(st.just("employer"), who, month),
        st.tuples(st.just("employer"), who, month),
        st.tuples(st.just("refund"), st.integers(0, 20)),
        st.tuples(st.just("category"), who, st.sampled_from(["student", "disabled"]), days),
        st.tuples(st.just("dismiss")),
        st.tuples(st.just("merge"), who, who),
        st.tuples(st.just("undo")),
        st.tuples(st.just("judge"), days),
    ),
    min_size=4,
    max_size=14,
)


class Office:
    """Does step after step; what makes no sense just then is left out."""

    def __init__(self):
        known(*PEOPLE)
        self.officer = get_user_model().objects.create(username="officer")
        self.day, self.files = FIRST_DAY, 0

    def own(self, person, number):
        self._pay(
            item(
                "R",
                PEOPLE[person],
                months.period(number),
                "4250.00",
                knp="122",
                payer=PEOPLE[person],
            )
        )

    def employer(self, person, number):
        self._pay(item("R", PEOPLE[person], months.period(number), "4250.00", payer=EMPLOYER))

    def _pay(self, line):
        self.files += 1
        register(f"{self.files}.csv", line.replace("R;", f"R{self.files};", 1))

    def refund(self, place):
        back = Contribution.objects.exclude(reverses=None).values("reverses")
        given = Contribution.objects.standing().filter(reverses=None).exclude(pk__in=back)
        entry = given.order_by("pk")[place:].first()
        if entry is None:
            return
        with transaction.atomic():
            book.lock_the_books()
            with connection.cursor() as cursor:
                touched_table(cursor)
                cursor.execute(
                    f"INSERT INTO {TOUCHED} VALUES (%s, %s)", (entry.person_id, entry.period)
                )
            book.book(BACK, (self.day, AT, entry.pk), 1)
            derive(at=AT)

    def category(self, person, code, length):
        since = self.day - timedelta(days=60)
        held_category(
            PEOPLE[person], code, since.isoformat(), (self.day + timedelta(days=length)).isoformat()
        )

    def dismiss(self):
        twin = Overpayment.objects.filter(cause="duplicate", answer="", found__gt=0).first()
        if twin:
            dismiss([twin.pk], by=self.officer, at=AT, note="two payments")

    def merge(self, one, other):
        kept, dropped = (Person.objects.get(iin=PEOPLE[place]) for place in (one, other))
        if kept != dropped and not kept.merged_into and not dropped.merged_into:
            identity.merge(kept, dropped, at=AT)

    def undo(self):
        last = PersonEvent.objects.filter(undone_at=None).first()
        if last:
            identity.undo(last, at=AT)

    def judge(self, length):
        self.day += timedelta(days=length)
        night.derive(at=AT)
        judged_all(on=self.day, at=AT)


def verdicts():
    columns = ("person", "status", "reason", "until", "missing", "window")
    return [*Verdict.objects.order_by("person").values_list(*columns)]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps)
def test_night_after_night_by_need_is_what_judging_everybody_gives(sequence):
    with transaction.atomic():
        office = Office()
        for name, *arguments in sequence:
            getattr(office, name)(*arguments)
        office.judge(0)
        before = verdicts()
        full = judged_all(on=office.day, at=AT, scope="full")
        assert (full.changed, full.faults, verdicts()) == (0, 0, before)
        transaction.set_rollback(True)
