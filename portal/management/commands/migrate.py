"""Django's migrate beside a portal that is in use, then the cache table and the application role's rights."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from portal.history.rights import grant

# Whoever waits for a table keeps everybody behind waiting too: a migration gives up soon, undone, and comes again.
WAITS = "2s"
TRIES, PAUSE = 30, 2.0
ONE_AT_A_TIME = 0x316A7E  # among PostgreSQL's advisory locks: machines that start together take turns
LONGEST = 900.0  # seconds that one waits for another


class Command(migrate.Command):
    def handle(self, *args, **options):
        with in_turn(options["database"]):
            self._migrate(*args, **options)
            if options["database"] == "default" and not options["plan"] and not options["check_unapplied"]:
                call_command("createcachetable", verbosity=0)
                grant(str(settings.APP_DATABASE_USER))

    def _migrate(self, *args, **options):
        for left in reversed(range(TRIES)):
            try:
                with connections[options["database"]].cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [WAITS])
                super().handle(*args, **options)
                break
            except OperationalError as error:
                if not left or not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self.stderr.write("A table is in use; trying again.")
                time.sleep(PAUSE)


@contextmanager
def in_turn(database: str) -> Iterator[None]:
    """Alone among all machines that migrate this database. Raises CommandError when another takes too long."""
    until = time.monotonic() + LONGEST
    while not asked(database, "SELECT pg_try_advisory_lock(%s)"):
        if time.monotonic() > until:
            raise CommandError(f"Another migration of this database has been running for {LONGEST / 60:.0f} minutes.")
        time.sleep(PAUSE)
    try:
        yield
    finally:
        asked(database, "SELECT pg_advisory_unlock(%s)")


def asked(database: str, question: str) -> bool:
    with connections[database].cursor() as cursor:
        cursor.execute(question, [ONE_AT_A_TIME])
        return cursor.fetchone()[0]
