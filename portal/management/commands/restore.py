"""`manage.py restore ARCHIVE`: everything back, onto an empty database and an empty store."""

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.backup import restoring
from portal.backup.envelope import Broken
from portal.pages import erasing_again, wished_again
from portal.vault import files, masters


class Command(BaseCommand):
    help = (
        "Prove an archive, then bring back all of its rows and files and compare each. Refuses a database or a store "
        "that holds anything, and an archive that was cut or changed, with everything as it was. Needs the owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", help="its path, or its name in BACKUP_TO")
        parser.add_argument("--only-rows", action="store_true", help="leave the files: for a proof")

    def handle(self, *args: object, archive: str, only_rows: bool, **options: object) -> None:
        try:
            restoring.restore(archive, self.stdout.write, only_rows=only_rows)
            if only_rows:
                files.erase_again()
            else:
                self._erase_again()
        except restoring.Unfinished as error:
            raise CommandError(
                f"Rows and files are back and stay, but what comes after them failed ({error}). What had been erased "
                "since the archive was made may be there again. Before anybody signs in: manage.py migrate, then "
                "manage.py retention, which erases it again."
            ) from error
        except Broken as reason:
            raise CommandError(str(reason)) from reason
        except (DatabaseError, psycopg.Error) as error:  # its words would hold rows
            raise CommandError(f"The database refused ({type(error).__name__}); no row was kept.") from error
        except OSError as error:
            raise CommandError(
                f"Archive or store cannot be used ({error.strerror or error}); no row was kept."
            ) from error
        try:
            masters.refuse_lost()
        except ImproperlyConfigured as lost:
            self.stdout.write(str(lost))
        if not only_rows:
            self.stdout.write("Now: manage.py verify_files, and manage.py verify_history (docs/operations.md).")

    def _erase_again(self) -> None:
        try:
            back, asked = wished_again.run()
            keys, single = erasing_again.run()
        except Exception as error:
            raise restoring.Unfinished(type(error).__name__) from error
        if back:
            self.stdout.write(f"{back} wishes to erase had been taken back since the archive was made: they stay so.")
        if asked:
            self.stdout.write(f"{asked} wishes to erase a page came after the archive was made: they wait again.")
        if keys:
            self.stdout.write(f"{keys} keys had been destroyed since the archive was made: they are destroyed again.")
        if single:
            self.stdout.write(f"{single} files had been erased since the archive was made: they are erased again.")
