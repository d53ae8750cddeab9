"""What the database itself refuses of the three machines of refunds."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from refunds import labels
from refunds.rules.workflow import BEGINNINGS, MACHINES
from registry.models.keeping import NO_DELETE


class Machine(models.Model):
    """A row with a state; `version` counts the steps it took."""

    version = models.IntegerField(_("version"), default=0)

    class Meta:
        abstract = True


def user_field(words, *, null=True):
    """Who did something, or nobody."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        db_index=False,
        verbose_name=words,
    )


def state_field(machine):
    return models.CharField(_("state"), max_length=10, choices=labels.STATES[machine])


def kept_by(machine):
    """Triggers: a row begins where the table says, takes its steps alone, and tells of each."""
    begins = ", ".join(f"'{state}'" for state in BEGINNINGS[machine])
    steps = sorted({(str(step.before), str(step.after)) for step in MACHINES[machine]})
    pairs = ", ".join(f"('{before}', '{after}')" for before, after in steps)
    return (
        NO_DELETE,
        pgtrigger.Trigger(
            name="begins",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=f"""
                IF NEW.state NOT IN ({begins}) OR NEW.version <> 0 THEN
                    RAISE EXCEPTION '{machine} does not begin as %', NEW.state
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{machine}_begins';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="steps",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("state", "version"),
            condition=pgtrigger.Condition("OLD.state <> NEW.state OR OLD.version <> NEW.version"),
            func=f"""
                IF (OLD.state, NEW.state) NOT IN ({pairs})
                    OR NEW.version <> OLD.version + 1 THEN
                    RAISE EXCEPTION '{machine} takes no step from % to %', OLD.state, NEW.state
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{machine}_steps';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="told",
            when=pgtrigger.After,
            timing=pgtrigger.Deferred,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("version"),
            func=f"""
                IF NOT EXISTS (
                    SELECT FROM refunds_event e
                    WHERE e.machine = '{machine}' AND e.subject = NEW.id
                        AND e.number = NEW.version AND e.after = NEW.state
                ) THEN
                    RAISE EXCEPTION 'no event tells that a {machine} is %', NEW.state
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{machine}_told';
                END IF;
                RETURN NULL;
            """,
        ),
    )
