"""Prints the state machines of refunds as diagrams, for the docs."""

from django.core.management.base import BaseCommand

from refunds.rules.workflow import MACHINES, diagram

TITLES = {"application": "An application", "line": "A line of it", "batch": "A payout batch"}


class Command(BaseCommand):
    help = "Prints the state machines of refunds as Mermaid diagrams."
    requires_system_checks = ()

    def handle(self, **options):
        parts = [
            f"## {TITLES[machine]}\n\n```mermaid\n{diagram(machine)}\n```" for machine in MACHINES
        ]
        self.stdout.write("\n\n".join(parts))
