"""Django's command line, for people who run or build the portal."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if len(sys.argv) > 1 and sys.argv[1] in {"migrate", "makemigrations", "prepare"}:
        os.environ.setdefault("PORTAL_AS", "owner")  # tables belong to portal_owner
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
