"""`manage.py find_orphans`: files without a row, rows without a file or an owner, halves; removed when asked to."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal import clock
from portal.actors import SYSTEM
from portal.history.actions import record
from portal.vault import upkeep
from portal.vault.models import StoredFile


class Command(BaseCommand):
    help = (
        "List what has lost its other side in the store, by id. Ends with an error while anything is left. What is "
        "younger than a day belongs to a sending that may still go on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="remove files without a row or an owner, and halves, older than a day, on record",
        )

    def handle(self, *args: object, remove: bool, **options: object) -> None:
        left: Counter[str] = Counter()
        for thing in upkeep.astray(clock.real_now()):
            is_gone = remove and removed(thing)
            left[thing.what] += not is_gone
            self.stdout.write(f"{thing.id or '(name not shown)'}: {thing.what}{', removed' if is_gone else ''}")
        if left.total():
            raise CommandError("; ".join(f"{what}: {count}" for what, count in sorted(left.items()) if count))
        self.stdout.write("Nothing is astray.")


@transaction.atomic
def removed(thing: upkeep.Astray) -> bool:
    """Whether it went; one line of history tells of it, and is not kept when they could not go."""
    if thing.id is None or thing.what == upkeep.NO_FILE:
        return False
    record(SYSTEM, "file.orphan_removed", StoredFile(pk=thing.id), why="half" if thing.what == upkeep.HALF else "")
    if upkeep.clear(thing):
        return True
    transaction.set_rollback(True)
    return False
