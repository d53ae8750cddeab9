"""The clocks of an application as pages show them: until when, and how many days are left."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from refunds.rules.states import State
from refunds.rules.terms import left

SOON = 2
CLOCK_OF = {
    State.RECEIVED: "check",
    State.CHECK: "check",
    State.SENT: "review",
    State.REVIEW: "review",
    State.DECIDED: "review",
}


class Running(NamedTuple):
    """The clock that runs, or stands: its name, its last day, and how that looks in words."""

    name: str
    due: object
    look: tuple[str, str]
    words: str


def running(application, *, standing, on, calendar):
    """Nothing where no clock runs any more."""
    name = "overall" if application.confirmed_on else CLOCK_OF.get(application.state, "overall")
    if standing:
        return Running(name, application.due, ("", "circle-minus"), _("the clocks stand"))
    if application.due is None:
        return None
    return Running(name, application.due, *_left(application.due, on, calendar))


def _left(due, on, calendar):
    days = left(due, on, calendar)
    if due < on:
        late = ngettext("%(n)d working day overdue", "%(n)d working days overdue", -days)
        return ("is-bad", "circle-x"), late % {"n": -days} if days else _("overdue")
    if due == on:
        return ("is-warn", "clock-exclamation"), _("due today")
    words = ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}
    look = ("is-warn", "clock-exclamation") if days <= SOON else ("is-good", "circle-check")
    return look, words
