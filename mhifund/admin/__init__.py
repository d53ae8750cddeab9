"""What the admin shows beside the tables of the three apps."""

from mhifund.admin import office, persons, refunds

__all__ = ["office", "persons", "refunds"]
