"""Random officers at random steps against the database: what must hold after each of them.

What holds is asked of the tables with SQL of its own, or counted here beside the code.
"""

import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils.timezone import localdate
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments import labels as labels_of_payments
from payments.actions import duplicates, refunding
from payments.actions.derive import derive_rechecks
from payments.models import Overpayment
from refunds import labels
from refunds.actions import answers, cases, clocks, lines, payouts, queue
from refunds.actions.lines import Wish
from refunds.models import Application, Batch, Line, PayoutItem
from refunds.rules.workflow import MACHINES
from registry.actions.load import load_categories
from registry.models import CalendarDay
from tests.payments.actions.office import (
    FIRST,
    OTHER_EMPLOYER,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.refunds.actions.office import asks, load, refuse_at_commit, user

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
CENT = Decimal("0.01")

ITEMS = {
    one["reference"]: one
    for one in (
        row(reference="R1", payer_id=FIRST, period="072026", amount="10000.00"),
        row(reference="R2", payer_id=FIRST, period="082026", amount="10000.00"),
        row(THIRD, reference="R3", period="092026", amount="25000.00"),
        row(THIRD, reference="R4", payer_id=OTHER_EMPLOYER, period="092026", amount="25000.00"),
        row(reference="R5", period="092026", amount="3000.00"),
        row(reference="R6", period="092026", amount="3000.00"),
        row(SECOND, reference="R7", knp="121", period="092026", amount="6000.00"),
        row(reference="R8", payer_id=FIRST, period="102026", amount="4250.00"),
        row(reference="R9", payer_id=FIRST, period="062026", amount="10000.00"),
    )
}
"""Own payments of 10 000 where 4 250 are due; two payers over the cap together; a sum twice; one
for a student; and one with which nothing is wrong."""

LATER = [
    [row(reference="L1", payer_id=FIRST, period="072026", payment_date="2026-11-09")],
    [row(reference="L2", payer_id=FIRST, period="082026", amount="10000.00")],
    [row(THIRD, reference="L3", payer_id=OTHER_EMPLOYER, period="092026", amount="25000.00")],
    [row(THIRD, reference="L4", period="092026", amount="9000.00", payment_date="2026-11-09")],
    [row(reference="L5", period="092026", amount="3000.00", payment_date="2026-11-09")],
    [row(SECOND, reference="L6", knp="121", period="092026", amount="6000.00")],
]
"""Registers that come later, also with what was credited before."""

NEWS = [
    f"{SECOND};student;2026-09-01;2026-08-31;2026-11-21;test\n",
    f"{FIRST};student;2026-07-01;2026-12-31;2026-11-21;test\n",
    f"{THIRD};pensioner;2026-01-01;;2026-11-21;test\n",
]
SPANS = "iin;category;valid_from;valid_to;received_on;source\n"
STUDENT = f"{SECOND};student;2026-01-01;;2026-11-20;test\n"


def spans(text):
    assert not load_categories(io.BytesIO((SPANS + text).encode()), at=START).rejected


def asked(number, *asked_back):
    """An application for (reference, sum)."""
    rows = []
    for reference, sum_ in asked_back:
        item = ITEMS.get(reference, ITEMS["R1"])
        rows.append(
            {
                "reference": reference,
                "line": 1,
                "iin": item["iin"],
                "period": item["period"],
                "knp": item["knp"],
                "paid": item["amount"],
                "asked": sum_,
                "reason": "erroneous",
            }
        )
    return asks(number) | {"lines": rows}


def build():
    add_people()
    spans(STUDENT)
    assert take(register(*ITEMS.values())).posted == len(ITEMS)
    content = [
        asked("A1", ("R1", "3000.00"), ("R2", "5750.00")),
        asked("A2", ("R1", "2750.00")),
        asked("A3", ("R4", "16000.00"), ("R6", "3000.00"), ("R7", "6000.00")),
        asked("A4", ("R8", "4250.00"), ("R99", "10.00"), ("R2", "5000.00")),
    ]
    assert len(load(json.dumps(content).encode(), at=START).new) == len(content)
    rows = Overpayment.objects.values_list("pk", flat=True)
    (opened,), _answers = cases.open_from_overpayments(list(rows), by=None, at=START)
    Application.objects.filter(pk=opened.pk).update(iban="KZ31601A000000000001")


ROLES = {
    "officer": ("refund_officer",),
    "other_officer": ("refund_officer",),
    "head": ("refund_head",),
    "other_head": ("refund_head",),
    "treasurer": ("treasurer",),
    "other_treasurer": ("treasurer",),
    "everything": ("refund_officer", "refund_head", "treasurer"),
}
NAMES = {
    machine: sorted({step.name for step in steps if step.role != "system"})
    for machine, steps in MACHINES.items()
}
NOTES = st.sampled_from(["they said so", "they said so", ""])
SOME = st.lists(st.integers(0, 7), min_size=1, max_size=4)
"""Places of rows, counted round."""
UNDECIDED = {"state__in": ("asked", "bounced"), "application__state": "review"}
NEXT = {
    "received": ["begin_check"] * 2,
    "check": ["return", "send"],
    "returned": ["complete"] * 2,
    "sent": ["register"] * 2,
}
PROPOSED = ("approved", "partly", "refused")
AGE = st.sampled_from(["now", "now", "now", "unasked", "old"])
SUMS = st.sampled_from(["whole", "whole", "left", "left", "cent", "much", "nothing"]) | st.decimals(
    min_value=1, max_value=9000, places=2
)
REASONS = st.sampled_from(["no_grounds", "no_grounds", ""])
OUTCOMES = st.sampled_from(["paid", "paid", "paid", "bounced", "partly"])


def who(*names):
    """Mostly one of those whose step it is."""
    return st.sampled_from([*names, *names, *names, *ROLES])


OFFICERS = who("officer", "other_officer", "everything")
HEADS = who("head", "other_head", "everything")
TREASURERS = who("treasurer", "other_treasurer", "everything")


class Office(RuleBasedStateMachine):
    """`money`: what the bank paid of each entry; `sent`: {key: (entry, amount)} of all payouts."""

    def __init__(self):
        super().__init__()
        self.opened = transaction.atomic()
        self.opened.__enter__()
        self.at = START
        self.money, self.taken, self.files = Counter(), {}, 0
        self.off, self.later = [], set()
        self.users = {}
        for name, roles in ROLES.items():
            self.users[name] = user(name, roles[0])
            self.users[name].groups.set(Group.objects.filter(name__in=roles))

    def teardown(self):
        transaction.set_rollback(True)
        self.opened.__exit__(None, None, None)

    def act(self, name):
        self.at += timedelta(minutes=7)
        return {"by": self.users[name], "at": self.at}

    @staticmethod
    def chosen(model, places, **fit):
        """Rows that fit, at these places; of all rows where the first place is 0."""
        rows = model.objects.order_by("pk")
        rows = list(rows.filter(**fit) if places[0] else rows)
        return [rows[at] for at in sorted({place % len(rows) for place in places})] if rows else []

    @staticmethod
    def aged(rows, age):
        shift = {"now": 0, "old": -1}
        return {row.pk: None if age == "unasked" else row.version + shift[age] for row in rows}

    @initialize(some=st.booleans(), places=SOME)
    def it_begins(self, some, places):
        if some:
            for case in self.chosen(Application, places):
                told(cases.step(case.pk, "register", **self.act("officer")))
        else:
            self.registers_all("officer")
            self.carries_to_the_bank(range(1, 20), "officer", "head", "treasurer")
            (case,) = Application.objects.filter(state="received")
            told(cases.step(case.pk, "begin_check", **self.act("officer")))

    # what officers do

    @rule(days=st.integers(1, 4))
    def days_pass(self, days):
        self.at += timedelta(days=days)

    @rule(
        place=SOME,
        name=st.sampled_from(["next"] * 4 + NAMES["application"]),
        by=OFFICERS,
        note=NOTES,
        age=AGE,
    )
    def step_of_an_application(self, place, name, by, note, age):
        for case in self.chosen(Application, place[:1], state__in=NEXT):
            if name == "next":
                name = NEXT.get(case.state, ["withdraw"] * 2)[len(place) % 2]
            seen = self.aged([case], age)[case.pk]
            told(cases.step(case.pk, name, note=note, seen=seen, **self.act(by)))

    @rule(by=OFFICERS)
    def registers_all(self, by):
        for case in Application.objects.filter(state="sent"):
            told(cases.step(case.pk, "register", note="as it is", **self.act(by)))

    @rule(
        places=SOME,
        wishes=st.lists(
            st.tuples(
                st.sampled_from(["approve", "part", "part", "refuse", "refuse"]), SUMS, REASONS
            ),
            min_size=4,
            max_size=4,
        ),
        by=OFFICERS,
        age=AGE,
    )
    def decides(self, places, wishes, by, age):
        rows = self.chosen(Line, places, **UNDECIDED)
        wanted = {
            line.pk: Wish(name, self.sum_(line, sum_) if name != "refuse" else Decimal(0), reason)
            for line, (name, sum_, reason) in zip(rows, wishes, strict=False)
        }
        told(*lines.decide(wanted, seen=self.aged(rows, age), **self.act(by)).values())

    @staticmethod
    def sum_(line, sum_):
        open_ = line.asked - line.paid_back
        if isinstance(sum_, Decimal):
            return sum_
        if sum_ == "left":
            one = Overpayment.objects.filter(entry=line.entry_id).first()
            return one.left if one else open_
        return {"whole": open_, "cent": CENT, "much": open_ + CENT, "nothing": Decimal(0)}[sum_]

    @rule(places=SOME, by=OFFICERS)
    def decides_as_found(self, places, by):
        wanted = [line.pk for line in self.chosen(Line, places, **UNDECIDED)]
        told(*lines.decide(lines.as_found(wanted), **self.act(by)).values())

    @rule(places=SOME, by=HEADS, age=AGE)
    def confirms(self, places, by, age):
        rows = self.chosen(Line, places, state__in=PROPOSED)
        told(*lines.confirm(self.aged(rows, age), **self.act(by)).values())

    @rule(by=HEADS)
    def confirms_all(self, by):
        rows = Line.objects.filter(state__in=PROPOSED)
        told(*lines.confirm(self.aged(rows, "now"), **self.act(by)).values())

    @rule(
        places=SOME,
        name=st.sampled_from(["take_back", "send_back", "reverse", "reverse", "withdraw"]),
        by=who("officer", "head", "everything"),
        note=NOTES,
        age=AGE,
    )
    def undoes(self, places, name, by, note, age):
        states = {"reverse": ("confirmed", "denied"), "withdraw": ("asked", "confirmed", "bounced")}
        rows = self.chosen(Line, places[:2], state__in=states.get(name, PROPOSED))
        told(*lines.undo(name, self.aged(rows, age), note=note, **self.act(by)).values())

    @rule(place=SOME, by=OFFICERS, note=NOTES)
    def confirms_a_duplicate(self, place, by, note):
        for line in self.chosen(Line, place[:1], entry__overpayment__cause="duplicate"):
            told(lines.confirm_duplicate(line.pk, note=note, **self.act(by)))

    @rule(by=st.sampled_from([*ROLES]))
    def dismisses_a_duplicate(self, by):
        waiting = Overpayment.objects.filter(cause="duplicate").values_list("pk", flat=True)[:1]
        duplicates.dismiss(list(waiting), note="two genuine payments", **self.act(by))

    @rule(place=SOME, by=OFFICERS, to=st.sampled_from([*ROLES]), age=AGE)
    def hands_on(self, place, by, to, age):
        rows = self.chosen(Application, place)
        told(*queue.hand_on(self.aged(rows, age), self.users[to], **self.act(by)).values())

    @rule(by=OFFICERS)
    def opens_from_overpayments(self, by):
        ids = list(Overpayment.objects.values_list("pk", flat=True))
        opened, answered = cases.open_from_overpayments(ids, **self.act(by))
        told(*(code for code in answered.values() if code != "asked_back"))
        for case in opened:
            details = {name: getattr(case, name) for name in cases.DETAILS}
            details["iban"] = "KZ31601A000000000001"
            told(cases.correct(case.pk, details, **self.act(by)))

    # the clocks

    @rule(place=SOME, by=OFFICERS, note=NOTES)
    def stops_the_clocks(self, place, by, note):
        for case in self.chosen(Application, place[:1]):
            told(clocks.pause(case.pk, "documents", note=note, **self.act(by)))

    @rule(place=SOME, by=OFFICERS)
    def lets_the_clocks_run(self, place, by):
        for case in self.chosen(Application, place):
            told(clocks.resume(case.pk, **self.act(by)))

    @rule(ahead=st.integers(-20, 20), kind=st.sampled_from(["off", "moved", "worked"]))
    def the_calendar_changes(self, ahead, kind):
        day = self.at.date() + timedelta(days=ahead)
        if CalendarDay.objects.filter(day=day).delete()[0] == 0:
            CalendarDay.objects.create(day=day, kind=kind, entered_on=self.at.date())
        clocks.follow_calendar(**self.act("head") | {"by": None})

    # payouts

    @rule(places=SOME, by=OFFICERS, age=AGE)
    def prepares_a_batch(self, places, by, age):
        rows = self.chosen(Line, places, state="confirmed")
        _batch, answered = payouts.prepare(self.aged(rows, age), **self.act(by))
        told(*answered.values())
        self.notes_payouts()

    @rule(by=OFFICERS)
    def prepares_a_batch_of_all(self, by):
        rows = Line.objects.filter(state="confirmed")
        payouts.prepare(self.aged(rows, "now"), **self.act(by))
        self.notes_payouts()

    @rule(places=SOME, by=OFFICERS, second=HEADS, third=TREASURERS)
    def carries_to_the_bank(self, places, by, second, third):
        rows = self.chosen(Line, places, **UNDECIDED)
        told(*lines.decide(lines.as_found([row.pk for row in rows]), **self.act(by)).values())
        self.confirms_all(second)
        self.prepares_a_batch_of_all(by)
        self.confirms_and_releases_all(second, third)

    def notes_payouts(self):
        for key, entry, amount in ask(
            "SELECT i.key, l.entry_id, i.amount FROM refunds_payoutitem i"
            " JOIN refunds_line l ON l.id = i.line_id"
        ):
            self.taken.setdefault(key, [entry, amount, ""])

    @rule(
        place=SOME, name=st.sampled_from(NAMES["batch"]), by=HEADS | TREASURERS, note=NOTES, age=AGE
    )
    def step_of_a_batch(self, place, name, by, note, age):
        for batch in self.chosen(Batch, place[:1], state__in=("prepared", "confirmed")):
            seen = self.aged([batch], age)[batch.pk]
            told(payouts.step(batch.pk, name, note=note, seen=seen, **self.act(by)))

    @rule(second=HEADS, third=TREASURERS)
    def confirms_and_releases_all(self, second, third):
        for batch in Batch.objects.filter(state__in=("prepared", "confirmed")):
            told(payouts.step(batch.pk, "confirm", **self.act(second)))
            told(payouts.step(batch.pk, "release", **self.act(third)))

    @rule(places=SOME, by=OFFICERS)
    def leaves_out(self, places, by):
        for item in self.chosen(PayoutItem, places[:2], batch__state="prepared", outcome=""):
            told(payouts.leave_out(item.batch_id, [item.pk], **self.act(by)))

    @rule(
        places=SOME,
        says=st.lists(
            st.tuples(OUTCOMES, SUMS, st.sampled_from([-2, 0, 0, 0, 1])), min_size=4, max_size=4
        ),
        unknown=st.booleans(),
        by=TREASURERS,
    )
    def the_bank_lists_answers(self, places, says, unknown, by):
        items = self.chosen(PayoutItem, places, batch__state="sent", outcome="")
        rows = [
            (
                item.key,
                outcome,
                self.paid_sum(item, outcome, sum_),
                localdate(self.at) + timedelta(day),
            )
            for item, (outcome, sum_, day) in zip(items, says, strict=False)
        ]
        if unknown:
            rows.append(("R000000000000", "paid", None, localdate(self.at)))
        text = "".join(
            f"{key};{outcome};{on};;{'' if sum_ is None else sum_}\n"
            for key, outcome, sum_, on in rows
        )
        self.answered("key;outcome;date;text;amount\n" + text, rows, by)

    @rule(outcome=OUTCOMES, by=TREASURERS)
    def the_bank_answers_for_all(self, outcome, by):
        items = PayoutItem.objects.filter(batch__state="sent", outcome="").order_by("pk")
        rows = [
            (item.key, outcome, self.paid_sum(item, outcome, "whole"), localdate(self.at))
            for item in items
        ]
        text = "".join(f"{key};{name};{on};;{sum_}\n" for key, name, sum_, on in rows)
        if rows:
            self.answered("key;outcome;date;text;amount\n" + text, rows, by)

    @staticmethod
    def paid_sum(item, outcome, sum_):
        if isinstance(sum_, Decimal):
            return sum_
        if outcome == "partly":
            return (item.amount / 3).quantize(CENT)
        return {"whole": item.amount, "much": item.amount + CENT, "cent": CENT}.get(sum_)

    def answered(self, text, rows, by, *, fits=True):
        """Takes an answer, and counts beside it what it may do."""
        self.files += 1
        name = f"answer-{self.files}"
        states = dict(
            ask(
                "SELECT i.key, b.state FROM refunds_payoutitem i JOIN refunds_batch b"
                " ON b.id = i.batch_id WHERE i.outcome <> 'left_out'"
            )
        )
        days = dict(
            ask(
                "SELECT i.key, (b.released_at AT TIME ZONE 'Asia/Almaty')::date"
                " FROM refunds_payoutitem i JOIN refunds_batch b ON b.id = i.batch_id"
            )
        )
        applied = 0
        for key, outcome, sum_, on in rows if fits else ():
            entry, amount, before = self.taken.get(key, (None, None, "unknown"))
            if before or states.get(key) != "sent" or not days[key] <= on <= localdate(self.at):
                continue
            paid = amount if sum_ is None else sum_
            if outcome == "bounced" and paid == amount:
                self.taken[key][2], paid = "bounced", 0
            elif outcome != "bounced" and 0 < paid <= amount - CENT * (outcome == "partly"):
                self.taken[key][2] = "paid"
            else:
                continue
            applied += 1
            self.money[entry] += paid
        found = answers.take(io.BytesIO(text.encode()), name, **self.act(by))
        if found.answer is not None:
            assert found.answer.applied == applied, (rows, found.answer.faults)
        else:
            assert applied == 0
        assert answers.take(io.BytesIO(text.encode()), "again", **self.act(by)).answer is None

    @rule(
        places=SOME,
        says=st.lists(
            st.sampled_from(["paid", "paid", "bounced", "partly"]), min_size=4, max_size=4
        ),
        more=st.sampled_from([0, 0, 0, 1]),
        by=TREASURERS,
    )
    def the_bank_sends_a_statement(self, places, says, more, by):
        items = self.chosen(PayoutItem, places, batch__state="sent", outcome="")
        rows, entries = [], []
        for item, outcome in zip(items, says, strict=False):
            back = {"paid": 0, "bounced": item.amount, "partly": CENT}[outcome]
            on = localdate(self.at)
            entries.append(transfer(item.key, "DBIT", item.amount, on))
            entries += [transfer(item.key, "CRDT", back, on)] if back else []
            became = "bounced" if back == item.amount else outcome
            rows.append((item.key, became, item.amount - back or None, on))
        if more:
            entries.append(transfer("NOTPROVIDED", "DBIT", CENT, localdate(self.at)))
        if entries:
            self.answered(STATEMENT.format("".join(entries)), rows, by, fits=not more)

    # what comes from elsewhere

    @rule(which=st.integers(0, len(LATER) - 1))
    def a_register_comes(self, which):
        if which not in self.later:
            self.later.add(which)
            assert take(register(*LATER[which]), f"{which}.csv").state == "posted"

    @rule(news=st.sampled_from(NEWS))
    def categories_come(self, news):
        spans(news)
        derive_rechecks(at=self.act("head")["at"])

    @rule(sum_=st.decimals(min_value=0, max_value=4250, places=2))
    def is_established(self, sum_):
        line = Line.objects.get(application__number="A4", number=1)
        refunding.establish(line.entry_id, sum_, at=self.act("head")["at"])

    # what must hold

    @invariant()
    def all_of_it_holds(self):
        refuse_at_commit()
        for name, query in BROKEN.items():
            assert ask(query) == [], name
        paid = dict(ask("SELECT entry_id, paid FROM payments_overpayment"))
        assert paid == dict.fromkeys(paid, 0) | self.money
        assert steps_taken() <= STEPS
        assert deadlines() == recounted()


def told(*codes):
    assert set(codes) <= {"", *labels.AGAINST, *labels_of_payments.NOT_DONE}, codes


STATEMENT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>{}'
    "</Stmt></BkToCstmrStmt></Document>"
)


def transfer(key, direction, amount, on):
    return (
        f'<Ntry><Amt Ccy="KZT">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{on}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId>"
        "</Refs></TxDtls></NtryDtls></Ntry>"
    )


def ask(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall()


HOLDS = "('approved', 'partly', 'confirmed', 'batched', 'sent')"
BROKEN = {
    "no tenge twice": """
        SELECT id FROM payments_overpayment
        WHERE reserved < 0 OR paid < 0 OR reserved + paid > amount""",
    "no more comes back than came in": """
        SELECT c.id FROM registry_contribution c
            JOIN registry_contribution o ON o.reverses_id = c.id
        GROUP BY c.id HAVING -sum(o.amount) > c.amount OR max(o.amount) >= 0""",
    "what was paid back is in the books": """
        SELECT p.id, p.paid FROM payments_overpayment p
            LEFT JOIN registry_contribution o ON o.reverses_id = p.entry_id
        GROUP BY p.id HAVING p.paid <> coalesce(-sum(o.amount), 0)""",
    "what is reserved is held by lines": f"""
        SELECT p.id FROM payments_overpayment p
            LEFT JOIN refunds_line l ON l.entry_id = p.entry_id
        GROUP BY p.id
        HAVING p.reserved <> coalesce(sum(l.approved) FILTER (WHERE l.state IN {HOLDS}), 0)
            OR p.paid <> coalesce(sum(l.paid_back), 0)""",
    "who holds nothing has nothing": f"""
        SELECT id FROM refunds_line
        WHERE (state IN {HOLDS} OR state = 'paid') <> (approved > 0)""",
    "what lines got is what the bank paid of them": """
        SELECT l.id FROM refunds_line l LEFT JOIN refunds_payoutitem i ON i.line_id = l.id
        GROUP BY l.id HAVING l.paid_back <> coalesce(sum(i.paid), 0) OR l.paid_back > l.asked""",
    "what the bank paid of a key is booked once": """
        SELECT i.key FROM refunds_payoutitem i
            LEFT JOIN registry_contribution o ON o.key = i.key
        WHERE i.paid <> coalesce(-o.amount, 0)""",
    "six eyes on what is paid": """
        SELECT i.key FROM refunds_payoutitem i JOIN refunds_batch b ON b.id = i.batch_id
        WHERE i.outcome IN ('paid', 'partly', 'bounced') AND (b.state NOT IN ('sent', 'settled')
            OR b.prepared_by_id IS NULL OR b.confirmed_by_id IS NULL OR b.released_by_id IS NULL
            OR b.prepared_by_id IN (b.confirmed_by_id, b.released_by_id)
            OR b.confirmed_by_id = b.released_by_id)""",
    "a batch is settled when all of it is answered": """
        SELECT b.id FROM refunds_batch b JOIN refunds_payoutitem i ON i.batch_id = b.id
        GROUP BY b.id, b.state
        HAVING b.state IN ('sent', 'settled')
            AND (b.state = 'settled') <> bool_and(i.outcome <> '')""",
    "a payout is in one batch at a time": """
        SELECT line_id FROM refunds_payoutitem WHERE outcome IN ('', 'paid')
        GROUP BY line_id HAVING count(*) > 1""",
    "four eyes on what is decided": """
        SELECT l.id FROM refunds_line l LEFT JOIN refunds_decision d ON d.id = l.decision_id
        WHERE l.state IN ('confirmed', 'batched', 'sent', 'paid', 'denied')
            AND (d.confirmed_by_id IS NULL OR d.confirmed_by_id = d.decided_by_id
                OR d.line_id <> l.id)""",
    "who decided and confirmed are those whom the events name": """
        SELECT d.id FROM refunds_decision d WHERE NOT EXISTS (
            SELECT FROM refunds_event e WHERE e.machine = 'line' AND e.subject = d.line_id
                AND e.at = d.decided_at AND e.by_id = d.decided_by_id AND e.after = d.outcome)
        UNION ALL
        SELECT d.id FROM refunds_decision d WHERE d.confirmed_by_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM refunds_event e WHERE e.machine = 'line' AND e.subject = d.line_id
                AND (e.step, e.at, e.by_id) = ('confirm', d.confirmed_at, d.confirmed_by_id))""",
    "events follow each other without a gap": """
        SELECT machine, subject, number FROM (
            SELECT *, lag(after, 1, '') OVER w AS last, lag(at) OVER w AS earlier,
                row_number() OVER w - 1 AS place, lag(id) OVER w AS last_id
            FROM refunds_event WHERE number IS NOT NULL
            WINDOW w AS (PARTITION BY machine, subject ORDER BY number)
        ) e WHERE number <> place OR before <> last OR at < earlier OR id < last_id""",
    "the last event is the state": """
        WITH r (machine, id, state, version) AS (
            SELECT 'application', id, state, version FROM refunds_application
            UNION ALL SELECT 'line', id, state, version FROM refunds_line
            UNION ALL SELECT 'batch', id, state, version FROM refunds_batch
        )
        SELECT r.* FROM r LEFT JOIN (
            SELECT DISTINCT ON (machine, subject) * FROM refunds_event WHERE number IS NOT NULL
            ORDER BY machine, subject, number DESC
        ) e ON (e.machine, e.subject) = (r.machine, r.id)
        WHERE (r.state, r.version) IS DISTINCT FROM (e.after::text, e.number)""",
    "an application is where its lines are": """
        SELECT a.number, a.state, s.states FROM refunds_application a CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT l.state::text) AS states FROM refunds_line l
            WHERE l.application_id = a.id
        ) s
        WHERE NOT CASE a.state
            WHEN 'review' THEN s.states && ARRAY['asked', 'bounced']
            WHEN 'decided' THEN NOT s.states && ARRAY['asked', 'bounced']
                AND s.states && ARRAY['approved', 'partly', 'refused']
            WHEN 'confirmed' THEN s.states && ARRAY['confirmed', 'batched', 'sent']
                AND NOT s.states && ARRAY['asked', 'bounced', 'approved', 'partly', 'refused']
            WHEN 'closed' THEN s.states <@ ARRAY['paid', 'denied', 'withdrawn']
                AND s.states && ARRAY['paid', 'denied']
            WHEN 'withdrawn' THEN s.states <@ ARRAY['withdrawn', 'denied']
            ELSE s.states <@ ARRAY['asked', 'withdrawn'] END""",
    "a confirmed application has its letter": """
        SELECT a.number FROM refunds_application a WHERE (
            SELECT count(*) FROM refunds_letter t WHERE t.application_id = a.id
        ) <> (
            SELECT count(*) FROM refunds_event e WHERE e.machine = 'application'
                AND e.subject = a.id AND e.step = 'confirm'
        )""",
}

STEPS = {
    (machine, step.name, str(step.before), str(step.after))
    for machine, steps in MACHINES.items()
    for step in steps
}


def steps_taken():
    return set(
        ask("SELECT DISTINCT machine, step, before, after FROM refunds_event WHERE number > 0")
    )


OPEN = "a.state NOT IN ('closed', 'withdrawn')"


def deadlines():
    """Of the clocks that have not come to their end."""
    return {
        number: dues
        for number, *dues in ask(
            "SELECT number, CASE WHEN fund_received_on IS NULL THEN check_due END,"
            " CASE WHEN confirmed_on IS NULL THEN review_due END, overall_due"
            f" FROM refunds_application a WHERE {OPEN}"
        )
    }


def recounted():
    """The same, day by day from the calendar and the pauses that have ended."""
    kinds = dict(ask("SELECT day, kind FROM registry_calendarday"))
    stood = {}
    for number, *days in ask(
        "SELECT a.number, p.since, p.until FROM refunds_pause p"
        " JOIN refunds_application a ON a.id = p.application_id WHERE p.until IS NOT NULL"
    ):
        stood.setdefault(number, []).append(days)

    def after(day, count, pauses):
        while count:
            day += timedelta(days=1)
            working = kinds.get(day, "worked" if day.weekday() < 5 else "off") == "worked"
            count -= working and not any(since <= day < until for since, until in pauses)
        return day

    found = {}
    for number, accepted, received, confirmed in ask(
        "SELECT number, accepted_on, fund_received_on, confirmed_on"
        f" FROM refunds_application a WHERE {OPEN}"
    ):
        pauses = stood.get(number, [])
        check, review = None, None
        if received is None:
            check = after(accepted, 5, pauses)
        if confirmed is None:
            review = after(received or check, 7, pauses)
        found[number] = [check, review, after(accepted, 15, pauses)]
    return found


def test_random_officers_find_no_way_to_break_it():
    build()
    run_state_machine_as_test(
        Office, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS_OF_EACH)
    )


EXAMPLES, STEPS_OF_EACH = 20, 30
