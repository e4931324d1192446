"""`manage.py verify_backup [ARCHIVE]`: prove an archive to its last byte, and that its rows come back."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import proving, scratch
from portal.backup.envelope import Broken


class Command(BaseCommand):
    help = (
        "Open every byte of an archive, count its rows and compare its files with their digests. With --restore its "
        "rows are also brought back into a database made for it, compared there, and that database goes again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", nargs="?", default="", help="its path; without one the newest in BACKUP_TO")
        parser.add_argument(
            "--restore", action="store_true", help="needs the owner's account, allowed to make databases"
        )

    def handle(self, *args: object, archive: str, restore: bool, **options: object) -> None:
        try:
            proved = proving.prove(archive)
            if restore:
                if not scratch.is_possible():
                    raise Broken("DATABASE_OWNER_URL is not set, or its account may not make databases.")
                scratch.bring_back(archive)
        except Broken as reason:
            raise CommandError(str(reason)) from reason
        except OSError as error:
            raise CommandError(f"The archive cannot be read: {error}") from error
        self.stdout.write(f"Made {proved.made_at}; whole: {proved.rows} rows, {proved.files} files.")
        if restore:
            self.stdout.write("Its rows came back, and as they were.")
        if proved.faults:
            raise CommandError(f"{proved.faults} files were not as they should be when it was made.")
