"""Nights of the record for the tests: lines, their seals, and somebody with the owner's account who meddles."""

import datetime as dt
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection

from portal import clock
from portal.history import outside, sealing
from portal.history.models import Event
from tests import database

DAY = dt.timedelta(days=1)


def lines(count: int, days_ago: float = 0) -> list[Event]:
    at = clock.real_now() - days_ago * DAY
    return Event.objects.bulk_create(
        Event(at=at, actor_kind="system", verb="case.seen", about_type="case.case", about_id=str(number))
        for number in range(count)
    )


def sealed_nights(*counts: int) -> list[Event]:
    """A night of so many lines each; the last was last night."""
    made = []
    for ago, count in zip(range(len(counts), 0, -1), counts, strict=True):
        made += lines(count, ago)
        sealing.seal(clock.real_now() - ago * DAY)
    return made


def meddle(statement: str, *values, table: str = "history_event") -> None:
    """As the owner, who can put the guard aside for a moment."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        db.execute(statement, values or None)
        db.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def verified() -> str:
    """What the command says, with the sentence of its error at the end."""
    out = StringIO()
    try:
        call_command("verify_history", stdout=out)
    except CommandError as error:
        out.write(f"ERROR {error}")
    return out.getvalue()


def edit_outside(change) -> None:
    kept = outside.path().read_text().splitlines(keepends=True)
    outside.path().write_text("".join(change(kept)))
