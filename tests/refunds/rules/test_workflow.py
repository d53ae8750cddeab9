"""Every cell of the three tables: step, state, role, and each guard on both sides."""

from decimal import Decimal
from pathlib import Path

import pytest

from refunds.rules.guards import ApplicationFacts, BatchFacts, LineFacts
from refunds.rules.states import BatchState, LineState, Role, State
from refunds.rules.workflow import (
    BEGINNINGS,
    MACHINES,
    chosen,
    diagram,
    final,
    offered,
    states_of,
)

STATES = {"application": State, "line": LineState, "batch": BatchState}
F, H, T, S = Role.OFFICER, Role.HEAD, Role.TREASURER, Role.SYSTEM

STEPS = {
    "application": {
        ("begin_check", "received"): ("check", [F]),
        ("return", "check"): ("returned", [F]),
        ("complete", "returned"): ("check", [F]),
        ("send", "check"): ("sent", [F]),
        ("register", "sent"): ("review", [F]),
        ("withdraw", "received"): ("withdrawn", [F]),
        ("withdraw", "check"): ("withdrawn", [F]),
        ("withdraw", "returned"): ("withdrawn", [F]),
        ("withdraw", "sent"): ("withdrawn", [F]),
        ("withdraw", "review"): ("withdrawn", [F]),
        ("withdraw", "decided"): ("withdrawn", [F]),
        ("withdraw", "confirmed"): ("withdrawn", [F]),
        ("decide", "review"): ("decided", [S]),
        ("confirm", "decided"): ("confirmed", [S]),
        ("close", "confirmed"): ("closed", [S]),
        ("end", "review"): ("withdrawn", [S]),
        ("reopen", "decided"): ("review", [S]),
        ("reopen", "confirmed"): ("review", [S]),
        ("reopen", "closed"): ("review", [S]),
    },
    "line": {
        ("approve", "asked"): ("approved", [F]),
        ("approve", "bounced"): ("approved", [F]),
        ("part", "asked"): ("partly", [F]),
        ("part", "bounced"): ("partly", [F]),
        ("refuse", "asked"): ("refused", [F]),
        ("refuse", "bounced"): ("refused", [F]),
        ("take_back", "approved"): ("asked", [F]),
        ("take_back", "partly"): ("asked", [F]),
        ("take_back", "refused"): ("asked", [F]),
        ("send_back", "approved"): ("asked", [H]),
        ("send_back", "partly"): ("asked", [H]),
        ("send_back", "refused"): ("asked", [H]),
        ("confirm", "approved"): ("confirmed", [H]),
        ("confirm", "partly"): ("confirmed", [H]),
        ("confirm", "refused"): ("denied", [H]),
        ("reverse", "confirmed"): ("asked", [F]),
        ("reverse", "denied"): ("asked", [F]),
        ("batch", "confirmed"): ("batched", [S]),
        ("unbatch", "batched"): ("confirmed", [S]),
        ("send", "batched"): ("sent", [S]),
        ("pay", "sent"): ("paid", [S]),
        ("bounce", "sent"): ("bounced", [S]),
        ("withdraw", "asked"): ("withdrawn", [F]),
        ("withdraw", "approved"): ("withdrawn", [F]),
        ("withdraw", "partly"): ("withdrawn", [F]),
        ("withdraw", "refused"): ("withdrawn", [F]),
        ("withdraw", "confirmed"): ("withdrawn", [F]),
        ("withdraw", "bounced"): ("withdrawn", [F]),
    },
    "batch": {
        ("confirm", "prepared"): ("confirmed", [H]),
        ("release", "confirmed"): ("sent", [T]),
        ("cancel", "prepared"): ("cancelled", [F, H]),
        ("cancel", "confirmed"): ("cancelled", [H, T]),
        ("settle", "sent"): ("settled", [S]),
    },
}
APPLICATION = ApplicationFacts(note="asked", open_points=0, lines=frozenset())
LINE = LineFacts(
    actor=2,
    note="asked",
    application="review",
    found=True,
    asked=Decimal(100),
    amount=Decimal(100),
    left=Decimal(100),
    to_be_confirmed=False,
    reason="no_grounds",
    decided_by=1,
    batch="",
)
BATCH = BatchFacts(actor=3, note="asked", prepared_by=1, confirmed_by=2, lines=4, unanswered=0)


def lines(*states):
    return APPLICATION._replace(lines=frozenset(states))


def fit(machine, name, state):
    """Facts against which nothing stands."""
    if machine == "application":
        undone = {"reopen": "asked", "withdraw": "asked", "end": "withdrawn"}
        settled = {"decide": "approved", "confirm": "confirmed", "close": "paid"}
        wanted = {**undone, **settled}
        return lines(wanted[name]) if name in wanted else APPLICATION
    if machine == "line":
        batch = {"batch": "prepared", "unbatch": "prepared"}.get(name, "sent")
        amount = Decimal(40) if name == "part" else Decimal(100)
        return LINE._replace(amount=amount, batch=batch)
    return BATCH


CELLS = [
    (machine, name, state, role)
    for machine, steps in STEPS.items()
    for name in sorted({name for name, _state in steps})
    for state in STATES[machine]
    for role in Role
]


@pytest.mark.parametrize(("machine", "name", "state", "role"), CELLS)
def test_a_cell(machine, name, state, role):
    step, against = chosen(machine, name, state, {role}, fit(machine, name, state))
    if (name, state) not in STEPS[machine]:
        assert (step, against) == (None, ("no_such_step",))
        assert name not in [row.name for row in offered(machine, state, set(Role))]
        return
    after, roles = STEPS[machine][name, state]
    if role not in roles:
        assert (step, against) == (None, ("not_your_role",))
        assert name not in [row.name for row in offered(machine, state, {role})]
        return
    assert ((step.name, step.before, step.after, step.role), against) == (
        (name, state, after, role),
        (),
    )
    assert name in [row.name for row in offered(machine, state, {role})]


def test_the_tables_have_no_other_rows():
    rows = {
        machine: {(row.name, str(row.before)): str(row.after) for row in table}
        for machine, table in MACHINES.items()
    }
    assert rows == {
        machine: {cell: after for cell, (after, _roles) in steps.items()}
        for machine, steps in STEPS.items()
    }


ALL = "approve", "part", "refuse"
GUARDED = [
    ("application", "return", "check", APPLICATION._replace(note=""), ["said_why"]),
    ("application", "send", "check", APPLICATION._replace(open_points=1), ["formally_complete"]),
    (
        *("application", "register", "sent"),
        *(APPLICATION._replace(note="", open_points=1), ["complete_or_explained"]),
    ),
    ("application", "register", "sent", APPLICATION._replace(open_points=1), []),
    ("application", "register", "sent", APPLICATION._replace(note=""), []),
    ("application", "withdraw", "review", APPLICATION._replace(note=""), ["said_why"]),
    *(
        ("application", "withdraw", "confirmed", lines("asked", state), ["no_money_on_its_way"])
        for state in ("batched", "sent", "paid")
    ),
    ("application", "withdraw", "confirmed", lines("confirmed", "denied", "bounced"), []),
    ("application", "decide", "review", lines("approved", "asked"), ["all_decided"]),
    ("application", "decide", "review", lines("paid", "bounced"), ["all_decided"]),
    ("application", "decide", "review", lines("approved", "partly", "refused", "denied"), []),
    ("application", "decide", "review", lines("withdrawn"), ["some_not_withdrawn"]),
    ("application", "end", "review", lines("withdrawn", "denied"), ["all_withdrawn"]),
    *(
        ("application", "confirm", "decided", lines("confirmed", state), ["all_confirmed"])
        for state in ("asked", "bounced", "approved", "partly", "refused")
    ),
    ("application", "confirm", "decided", lines("confirmed", "denied", "batched"), []),
    *(
        ("application", "close", "confirmed", lines("paid", state), ["all_settled"])
        for state in ("asked", "bounced", "approved", "confirmed", "batched", "sent")
    ),
    ("application", "close", "confirmed", lines("paid", "denied", "withdrawn"), []),
    *(
        ("application", "reopen", state, lines("paid", "denied"), ["some_undecided"])
        for state in ("decided", "confirmed", "closed")
    ),
    *(
        ("line", name, "asked", fit("line", name, "asked")._replace(application=state), against)
        for name in ALL
        for state, against in (
            ("sent", ["under_review"]),
            ("decided", ["under_review"]),
            ("review", []),
        )
    ),
    *(
        ("line", name, "bounced", fit("line", name, "bounced")._replace(found=False), against)
        for name, against in (("approve", ["payment_found"]), ("part", ["payment_found"]))
    ),
    ("line", "refuse", "asked", LINE._replace(found=False), []),
    *(
        (
            *("line", name, "asked"),
            fit("line", name, "asked")._replace(to_be_confirmed=True),
            ["duplicate_confirmed"],
        )
        for name in ("approve", "part")
    ),
    ("line", "approve", "asked", LINE._replace(left=Decimal("99.99")), ["within_refundable"]),
    ("line", "approve", "asked", LINE._replace(amount=Decimal("99.99")), ["whole_sum"]),
    (
        *("line", "approve", "asked"),
        *(LINE._replace(amount=Decimal("100.01")), ["within_refundable", "whole_sum"]),
    ),
    ("line", "part", "asked", LINE._replace(amount=Decimal("99.99")), []),
    ("line", "part", "asked", LINE, ["part_of_the_sum"]),
    ("line", "part", "asked", LINE._replace(amount=Decimal(0)), ["part_of_the_sum"]),
    ("line", "part", "asked", LINE._replace(amount=Decimal(-1)), ["part_of_the_sum"]),
    ("line", "refuse", "asked", LINE._replace(reason=""), ["reason_given"]),
    ("line", "send_back", "partly", LINE._replace(note=""), ["said_why"]),
    ("line", "take_back", "partly", LINE._replace(note=""), []),
    *(
        ("line", "confirm", state, LINE._replace(actor=actor), ["four_eyes"])
        for state in ("approved", "partly", "refused")
        for actor in (1, None)
    ),
    ("line", "reverse", "denied", LINE._replace(note=""), ["said_why"]),
    ("line", "reverse", "denied", LINE._replace(application="withdrawn"), ["in_the_fund"]),
    ("line", "reverse", "denied", LINE._replace(application="closed"), []),
    *(
        ("line", "batch", "confirmed", LINE._replace(batch=batch), ["batch_open"])
        for batch in ("", "confirmed", "sent", "settled", "cancelled")
    ),
    *(
        ("line", "unbatch", "batched", LINE._replace(batch=batch), against)
        for batch, against in (
            ("sent", ["batch_not_sent"]),
            ("settled", ["batch_not_sent"]),
            ("prepared", []),
            ("confirmed", []),
            ("cancelled", []),
        )
    ),
    *(
        ("line", name, state, LINE._replace(batch=batch), ["batch_sent"])
        for name, state in (("send", "batched"), ("pay", "sent"), ("bounce", "sent"))
        for batch in ("", "prepared", "confirmed", "settled", "cancelled")
    ),
    ("line", "withdraw", "asked", LINE._replace(note=""), ["said_why"]),
    ("batch", "confirm", "prepared", BATCH._replace(lines=0), ["has_lines"]),
    ("batch", "confirm", "prepared", BATCH._replace(actor=1), ["second_person"]),
    ("batch", "confirm", "prepared", BATCH._replace(actor=None), ["second_person"]),
    ("batch", "release", "confirmed", BATCH._replace(lines=0), ["has_lines"]),
    ("batch", "release", "confirmed", BATCH._replace(actor=1), ["third_person"]),
    ("batch", "release", "confirmed", BATCH._replace(actor=2), ["third_person"]),
    ("batch", "cancel", "prepared", BATCH._replace(note=""), ["said_why"]),
    ("batch", "cancel", "confirmed", BATCH._replace(note=""), ["said_why"]),
    ("batch", "settle", "sent", BATCH._replace(unanswered=1), ["all_answered"]),
]


@pytest.mark.parametrize(("machine", "name", "state", "facts", "against"), GUARDED)
def test_a_guard(machine, name, state, facts, against):
    assert list(chosen(machine, name, state, set(Role), facts)[1]) == against


def test_every_guard_stood_against_something():
    stood = {code for *_cell, against in GUARDED for code in against}
    assert stood == {
        guard.__name__ for table in MACHINES.values() for row in table for guard in row.guards
    }


@pytest.mark.parametrize(
    ("machine", "begins", "ends"),
    [
        ("application", ["received", "sent"], {"withdrawn"}),
        ("line", ["asked"], {"paid", "withdrawn"}),
        ("batch", ["prepared"], {"settled", "cancelled"}),
    ],
)
def test_where_a_machine_begins_and_ends(machine, begins, ends):
    assert list(BEGINNINGS[machine]) == begins
    assert final(machine) == ends
    assert set(states_of(machine)) == set(STATES[machine])


@pytest.mark.parametrize("machine", MACHINES)
def test_the_diagram_in_the_docs_is_the_table(machine):
    docs = (Path(__file__).parents[3] / "docs" / "refunds.md").read_text()
    assert f"```mermaid\n{diagram(machine)}\n```" in docs
