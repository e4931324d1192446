"""The worker's part for copies of an ID: checks, found by beat even when no nudge arrives."""

from uuid import UUID

from cases.records.wants import checking
from portal.celery import app


@app.task
def check_copy(copy_id: str) -> None:
    """Check one copy now, if it still waits."""
    checking.check(UUID(copy_id))


@app.task
def check_copies() -> None:
    """Check whatever is due: nudges that were lost, checks that died, copies that waited for the scanner."""
    checking.check_waiting()
