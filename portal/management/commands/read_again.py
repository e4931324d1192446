"""`manage.py read_again`: pages that the machine gave up, or found no words on, wait for it once more."""

from django.core.management.base import BaseCommand, CommandParser

from cases.documents.worker import machine_text


class Command(BaseCommand):
    help = (
        "Let pages that are pictures be read once more, after the program was mended or got a language: those that it "
        "failed on three times; with --empty also those on which it found no words. The worker reads them by and by."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="also pages on which no words were found")

    def handle(self, *args: object, empty: bool, **options: object) -> None:
        self.stdout.write(f"{machine_text.let_wait(with_empty=empty)} pages wait to be read.")
