"""Changes of the law: proposed by one, tried on everybody, confirmed by another."""

import re

from django.db import transaction

from registry.actions import news, sweeps
from registry.actions.columns import run
from registry.models import Category, CategoryGroup, Parameter, Proposal, Sweep
from registry.rules.edition import CODES
from registry.rules.law import OF_THE_DUES, Code

CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")
"""What the code of a category looks like."""

OF_THE_STATUS = (*CODES, Code.TOLERANCE_DUE)


class NotAnother(Exception):
    """Who proposed a change does not decide it, and nobody else withdraws it."""


class Decided(Exception):
    """The proposal is open no longer."""


class Unknown(Exception):
    """No such parameter or category, or a value that is none."""


def propose(proposal, *, by, at):
    """Keeps a Proposal with its legal basis; IntegrityError when one for its day is open."""
    if proposal.subject == "parameter":
        if proposal.code not in set(Code):
            raise Unknown(proposal.code)
    elif not proposal.group or not _is_category(proposal):
        raise Unknown(proposal.code)
    proposal.proposed_by, proposal.proposed_at, proposal.state = by, at, "proposed"
    with transaction.atomic():
        proposal.save()
    return proposal


def _is_category(proposal):
    """One that is known, or a new one with a code and its names."""
    if Category.objects.filter(pk=proposal.code).exists():
        return True
    names = (proposal.name_kk, proposal.name_ru, proposal.name_en)
    return CODE.fullmatch(proposal.code) is not None and all(names)


def before(proposal):
    """The row that is in force on the first day of a proposal, or None."""
    if proposal.subject == "parameter":
        rows = Parameter.objects.current().filter(code=proposal.code)
    else:
        rows = CategoryGroup.objects.current().filter(category=proposal.code)
    return rows.filter(since__lte=proposal.since).order_by("-since").first()


@transaction.atomic
def decide(proposal, state, *, by, at, note=""):
    """Confirms, rejects or withdraws a proposal; what is confirmed is the law from then on.

    A confirmed change of the dues leaves a Sweep that settles the entries concerned anew.
    """
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if proposal.state != "proposed":
        raise Decided
    if (by == proposal.proposed_by) != (state == "withdrawn"):
        raise NotAnother
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.note = note
    proposal.save()
    if state == "confirmed":
        _enact(proposal, at)
    return proposal


def _enact(proposal, at):
    if proposal.subject == "category":
        Category.objects.get_or_create(
            pk=proposal.code,
            defaults={
                "basis": ", ".join(filter(None, (proposal.act, proposal.article)))[:200],
                **{name: getattr(proposal, name) for name in ("name_kk", "name_ru", "name_en")},
            },
        )
        rows = CategoryGroup.objects.current().filter(category=proposal.code)
        rows.filter(since=proposal.since).update(superseded_at=at)
        CategoryGroup.objects.create(
            category_id=proposal.code,
            since=proposal.since,
            group=proposal.group,
            proposal=proposal,
        )
        holders = "SELECT person_id FROM registry_categoryspan WHERE category_id = %s"
        news.mark(holders, (proposal.code,))
        run(
            f"INSERT INTO registry_recheck (person_id) SELECT DISTINCT person_id FROM ({holders}) h"
            " ON CONFLICT DO NOTHING",
            (proposal.code,),
        ).close()
        return
    rows = Parameter.objects.current().filter(code=proposal.code, since=proposal.since)
    rows.update(superseded_at=at)
    fields = ("code", "since", "value", "text", "unit", "act", "article", "source", "confidence")
    Parameter.objects.create(
        proposal=proposal, **{field: getattr(proposal, field) for field in fields}
    )
    if proposal.code in OF_THE_STATUS:
        news.mark_everybody()
    if proposal.code in OF_THE_DUES:
        begin_sweep(proposal, "settlement", on=proposal.since, at=at)


def begin_sweep(proposal, kind, *, on, at):
    """A new walk through everybody; an earlier trial of the proposal gives way."""
    if kind == "trial":
        Sweep.objects.filter(proposal=proposal, kind=kind).delete()
    return sweeps.begin(kind, proposal=proposal, on=on, at=at)
