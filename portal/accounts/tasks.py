"""What accounts leave behind."""

from django.core.management import call_command

from portal import clock
from portal.accounts import actions, drafts
from portal.celery import app


@app.task
def clear_old() -> None:
    """Delete sessions that ended, drafts of 30 days ago, and sign-ups whose address was never confirmed."""
    call_command("clearsessions")
    drafts.delete_old(clock.now())
    actions.forget_unconfirmed(clock.now())
