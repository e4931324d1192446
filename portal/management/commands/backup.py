"""`manage.py backup --to PLACE`: one sealed archive of all rows and files."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.backup import places, upkeep
from portal.backup.envelope import Broken


class Command(BaseCommand):
    help = (
        "Write one archive of every row and file, sealed with BACKUP_KEY, while the portal goes on. Archives older "
        "than 35 days go from that place. Ends with an error when a file was not as it should be; the rest is in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", help="a folder, or s3://…; BACKUP_TO unless given")
        parser.add_argument("--keep-all", action="store_true", help="remove no older archive")

    def handle(self, *args: object, to: str, keep_all: bool, **options: object) -> None:
        now = clock.real_now()
        try:
            there = places.place(to or settings.BACKUP_TO)
            made, old = upkeep.make_by_hand(there, now, keep_all=keep_all)
        except Broken as reason:
            raise CommandError(str(reason)) from reason
        except OSError as error:
            raise CommandError(f"Nothing was kept: {error}") from error
        self.stdout.write(f"{made.name}: {made.rows} rows, {made.files} files")
        for name in old:
            self.stdout.write(f"{name}: removed, older than {places.KEPT.days} days")
        for pk, fault in made.faults.items():
            self.stdout.write(f"{pk}: {fault}")
        if made.faults:
            raise CommandError(f"{len(made.faults)} files are not as they were put in; verify_files tells more.")
