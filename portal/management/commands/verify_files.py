"""`manage.py verify_files`: read every stored file through, decrypt it and compare its size and digest."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.vault import store, upkeep


def share(words: str) -> tuple[int, int]:
    """ "2/7" as its two numbers."""
    number, of = map(int, words.split("/"))
    if not 1 <= number <= of:
        raise ValueError
    return number, of


class Command(BaseCommand):
    help = (
        "Read every stored file through, decrypt it, compare size and digest. Tells faults by id only, and then ends "
        "with an error. Stopped, it goes on with --after; several machines may take a --share each."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--share", type=share, default=(1, 1), help="part of the files: 2/7 is the second of seven")
        parser.add_argument("--after", type=UUID, default=UUID(int=0), help="go on after the file with this id")

    def handle(self, *args: object, share: tuple[int, int], after: UUID, **options: object) -> None:
        looked = faults = 0
        for row in upkeep.Share(*share, after=after).rows:
            looked += 1
            try:
                fault = upkeep.fault(row)
            except store.Away as error:
                raise CommandError(f"The store does not answer. Go on with --after {after}") from error
            if fault:
                faults += 1
                self.stdout.write(f"{row.pk}: {fault}")
            after = row.pk
            if looked % 1000 == 0:
                self.stderr.write(f"{looked} files, up to {after}")
        if faults:
            raise CommandError(f"{faults} of {looked} files are not as they were put in.")
        self.stdout.write(f"{looked} files are as they were put in.")
