"""Changes of the law in tests, through four eyes as everywhere."""

from datetime import UTC, date, datetime

from django.contrib.auth import get_user_model

from registry.actions.proposals import decide, propose
from registry.models import Proposal

AT = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


def officers():
    """Two who propose and decide."""
    users = get_user_model().objects
    return [users.get_or_create(username=f"editor {number}")[0] for number in (1, 2)]


def proposed(code, value, since, *, subject="parameter", **fields):
    number = {"group": value} if subject == "category" else {"value": value}
    basis = {"act": "Law 405-V of 16.11.2015", "source": "test", "confidence": "high"}
    proposal = Proposal(subject=subject, code=code, since=since, **number, **basis | fields)
    return propose(proposal, by=officers()[0], at=AT)


def changed(code, value, since=date(2020, 1, 1), **fields):
    """A change that two persons agreed on."""
    return decide(proposed(code, value, since, **fields), "confirmed", by=officers()[1], at=AT)
