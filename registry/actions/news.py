"""Who has news that no verdict knows yet: marked by whoever brings them, in one transaction."""

from registry.actions.columns import run


def mark(source, params=()):
    """Marks the persons whose ids a query delivers; they are judged next, whatever their verdict.

    The mark is written after the news: a judging takes it away first and gathers then.
    """
    run(
        f"INSERT INTO registry_awaiting (person_id) SELECT DISTINCT * FROM ({source}) s"
        " ORDER BY 1 ON CONFLICT DO NOTHING",
        params,
    ).close()


def mark_everybody():
    mark("SELECT id FROM registry_person")
