"""`manage.py verify_history`: prove the record of what happened against the digests of its nights."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal import clock
from portal.actors import SYSTEM
from portal.history import outside, proof, sealing
from portal.history.actions import record
from portal.history.models import Digest
from portal.texts.words import organisation


class Command(BaseCommand):
    help = (
        "Compare every line of the record with the digest of its night, the digests with each other and with the file "
        "outside the database, and look at the rights that guard both. Names each night that does not fit, by its ids, "
        "and then ends with an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write-anew",
            action="store_true",
            help="after a restore, or with a new folder: set the file outside aside and write it from the database",
        )

    def handle(self, *args: object, write_anew: bool, **options: object) -> None:
        try:
            if write_anew:
                self._write_anew()
            found = proof.faults(clock.real_now())
        except OSError as error:
            raise CommandError(f"HISTORY_FOLDER cannot be used: {error.strerror}") from error
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"The record is not as it was sealed: {len(found)} faults.")
        nights = Digest.objects.count()
        self.stdout.write(f"{nights} nights are as they were sealed; {proof.unsealed()} lines wait for the next one.")

    @transaction.atomic
    def _write_anew(self) -> None:
        sealing.hold()
        record(SYSTEM, "history.written_anew", organisation())
        lines = [sealing.line_of(digest) for digest in Digest.objects.order_by("pk")]
        aside = outside.write_anew(lines, clock.real_now())
        self.stdout.write(f"Written anew. The file as it was: {aside}" if aside else "Written.")
