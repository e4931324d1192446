"""What the application's database role may do: everything but change history, rows of rights or published texts."""

from django.db import connection, transaction

from portal.history.kept import TABLES

INSERT_ONLY = ["history_event", "history_digest", "texts_text"]


def grant(app_role: str) -> None:
    """Run as the owner after migrating. Does nothing when the application runs as the owner itself.

    All at once: no moment in which the application may change what it only reads, though the site is up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == app_role:
            return
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role])
        if not cursor.fetchone():
            return
        role = connection.ops.quote_name(app_role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        tables = connection.introspection.table_names(cursor)
        for table in INSERT_ONLY:
            if table in tables:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {connection.ops.quote_name(table)} FROM {role}")
        for table in TABLES:  # written by triggers, which run as the owner
            if table in tables:
                cursor.execute(
                    f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {connection.ops.quote_name(table)} FROM {role}"
                )
