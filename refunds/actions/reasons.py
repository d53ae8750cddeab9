"""The reasons follow their table."""

from pathlib import Path

from django.apps import apps as installed

from registry.actions.law import add_missing, basis, names, read

DATA = Path(__file__).parents[1] / "data"


def load_reasons(apps=installed, using="default"):
    """Adds the reasons that are missing; one that is there stays as the staff left it."""
    rows = (
        {
            "code": row["code"],
            "kind": row["kind"],
            "since": row["since"],
            "basis": basis(row),
            **names(row),
        }
        for row in read(DATA / "reasons.csv")
    )
    add_missing(apps.get_model("refunds", "Reason"), rows, using)
