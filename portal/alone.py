"""Work of which there is one turn at a time, whatever processes there are."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether nobody else is in a turn of this lock, a number of its own among PostgreSQL's advisory locks. Held until
    the end of the block, beyond any transaction in it.

    By a transaction on a line of its own: a pooler gives each transaction another line, and a lock of a session would
    stay behind on one of them.
    """
    line = connection.copy()
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            is_alone = cursor.fetchone()[0]
        yield is_alone
    finally:
        with suppress(DatabaseError):  # of a server that is gone: the lock went with it
            line.rollback()
        line.close()
