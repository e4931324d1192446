"""The one lock over what is set for the house as a whole: its facts, its closed days."""

from django.db import connection

KEY = 0x0FAC75  # among PostgreSQL's advisory locks


def lock_house() -> None:
    """Until the transaction ends, nobody else changes what is set for the house. There may be no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEY])
