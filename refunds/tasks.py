"""What takes longer than somebody waits for a page."""

from celery import shared_task
from django.contrib.auth import get_user_model
from django.utils import timezone

from refunds.actions import clocks


@shared_task
def follow_calendar(by):
    """Moves the deadlines of open applications after a user (a key) changed the calendar."""
    clocks.follow_calendar(by=get_user_model().objects.get(pk=by), at=timezone.now())
