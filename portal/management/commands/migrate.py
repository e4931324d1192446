"""Django's migrate beside a portal that is in use, then the cache table and the application role's rights."""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from portal.history.rights import grant

# Whoever waits for a table keeps everybody behind waiting too: a migration gives up soon, undone, and comes again.
WAITS = "2s"
TRIES, PAUSE = 30, 2.0


class Command(migrate.Command):
    def handle(self, *args, **options):
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
        if options["database"] == "default" and not options["plan"] and not options["check_unapplied"]:
            call_command("createcachetable", verbosity=0)
            grant(str(settings.APP_DATABASE_USER))
