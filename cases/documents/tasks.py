"""The worker's part: checks, found by beat even when no nudge arrives."""

from uuid import UUID

from cases.documents import store_notice
from cases.documents.models import Version
from cases.documents.worker import checking, machine_text, thumbnails
from portal import clock
from portal.celery import app, nudge
from portal.vault import upkeep


@app.task
def check_version(version_id: str) -> None:
    """Check one file now, if it still waits."""
    checking.check(UUID(version_id))
    for joined in Version.objects.filter(
        document__joined_pages__photo__versions=version_id, state=Version.State.RECEIVED
    ):
        checking.check(joined.pk)  # that photo may have been the last it waited for


@app.task
def check_waiting() -> None:
    """Check whatever is due: nudges that were lost, checks that died, files that waited for the scanner."""
    checking.check_waiting()


@app.task
def make_thumbnails() -> None:
    """Small pictures for pages kept before there were any; nothing to do once all have theirs."""
    thumbnails.make_missing()


@app.task
def read_pictures() -> None:
    """Read pages that are pictures, a little at a time: the rest queues again, behind all other work."""
    if machine_text.read_waiting():
        nudge(read_pictures)


@app.task
def sweep_rooms() -> None:
    """Empty what dead processes left open. What is kept too long goes by portal/retention.py."""
    checking.sweep_rooms()


@app.task
def look_over_store() -> None:
    """Count what is astray in the store, read the next files through. Told where it is seen; nothing is removed."""
    store_notice.tell_of(upkeep.look_over(clock.real_now()), clock.now())
