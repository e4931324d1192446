"""What accounts leave behind. What is kept too long goes by portal/retention.py."""

from django.core.management import call_command

from portal import tries
from portal.celery import app


@app.task
def clear_old() -> None:
    """Delete sessions that ended, and counts of tries whose window is over."""
    call_command("clearsessions")
    tries.forget_past()
