"""Django's command line, for people who run or build the portal."""

import contextlib
import os
import sys

# What is done to a house that is not running: these start its PostgreSQL themselves, and stop it.
BY_THEMSELVES = {
    "backup",
    "find_orphans",
    "migrate",
    "restore",
    "retention",
    "rotate_keys",
    "verify_backup",
    "verify_files",
    "verify_history",
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in {"migrate", "makemigrations", "prepare", "restore"}:
        os.environ.setdefault("PORTAL_AS", "owner")  # tables belong to portal_owner
    from portal.local_run import database_alone

    with database_alone() if command in BY_THEMSELVES else contextlib.nullcontext():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
