"""Persons, what is booked for them, and whether they are insured."""

from registry.models.books import (
    Contribution,
    Exclusion,
    PaidMonths,
)
from registry.models.identity import (
    Addressed,
    FormerIin,
    Moved,
    PersonEvent,
)
from registry.models.law import (
    CalendarChange,
    CalendarDay,
    Category,
    CategoryGroup,
    Named,
    Parameter,
    Region,
)
from registry.models.persons import (
    Awaiting,
    CategorySpan,
    Person,
    PersonFields,
    PersonRecord,
    Recheck,
)
from registry.models.proposals import Proposal, Sweep
from registry.models.verdicts import (
    CategoryShift,
    Part,
    Run,
    Shift,
    ShiftFields,
    Tally,
    TrialShift,
    Verdict,
    VerdictChange,
    VerdictFields,
)

__all__ = [
    "Addressed",
    "Awaiting",
    "CalendarChange",
    "CalendarDay",
    "Category",
    "CategoryGroup",
    "CategoryShift",
    "CategorySpan",
    "Contribution",
    "Exclusion",
    "FormerIin",
    "Moved",
    "Named",
    "PaidMonths",
    "Parameter",
    "Part",
    "Person",
    "PersonEvent",
    "PersonFields",
    "PersonRecord",
    "Proposal",
    "Recheck",
    "Region",
    "Run",
    "Shift",
    "ShiftFields",
    "Sweep",
    "Tally",
    "TrialShift",
    "Verdict",
    "VerdictChange",
    "VerdictFields",
]
