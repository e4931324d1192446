"""What accounts leave behind."""

from django.core.management import call_command

from portal.celery import app


@app.task
def clear_old() -> None:
    """Delete sessions that ended."""
    call_command("clearsessions")
