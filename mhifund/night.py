"""The verbs of the night in their order: each is safe to repeat."""

from payments.actions.derive import derive_rechecks
from registry.actions.judge import judge_all


def through(on, *, at, by=None, progress=lambda done: None):
    """The whole night for a day; returns its Run."""
    derive_rechecks(at=at)
    return judge_all(on=on, at=at, by=by, progress=progress)
