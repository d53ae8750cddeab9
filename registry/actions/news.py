"""Who has news that no verdict knows yet: marked by whoever brings them, in one transaction."""

from registry.actions.columns import run


def mark(source, params=()):
    """Marks the persons whose ids a query delivers; they are judged next, whatever their verdict.

    In the transaction of the news: a judging takes the marks away first and gathers then.
    """
    run(
        f"INSERT INTO registry_awaiting (person_id) SELECT DISTINCT * FROM ({source}) s", params
    ).close()


def mark_everybody():
    mark("SELECT id FROM registry_person")
