"""The worker's part: checks, found by beat even when no nudge arrives."""

from uuid import UUID

from cases.documents import checking
from portal.celery import app


@app.task
def check_version(version_id: str) -> None:
    """Check one file now, if it still waits."""
    checking.check(UUID(version_id))


@app.task
def check_waiting() -> None:
    """Check whatever is due: nudges that were lost, checks that died, files that waited for the scanner."""
    checking.check_waiting()


@app.task
def sweep_rooms() -> None:
    """Empty what dead processes left open. What is kept too long goes by portal/retention.py."""
    checking.sweep_rooms()
