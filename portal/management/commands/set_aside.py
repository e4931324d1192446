"""`manage.py set_aside copy | back | forget`: the database as it was before an upgrade (deploy/server uses it)."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import aside
from portal.backup.envelope import Broken


class Command(BaseCommand):
    help = (
        "copy: keep the database beside itself, as NAME_before. back: put that copy in its place, and what is there "
        "goes. forget: let the copy go. Web, worker and beat must be stopped; needs DATABASE_OWNER_URL."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["copy", "back", "forget"])

    def handle(self, *args: object, what: str, **options: object) -> None:
        try:
            if what == "copy":
                aside.copy()
            elif what == "forget":
                aside.forget()
            elif not aside.back():
                self.stdout.write("There is no copy of before: nothing was changed.")
        except Broken as reason:
            raise CommandError(str(reason)) from reason
