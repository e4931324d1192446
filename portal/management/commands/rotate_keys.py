"""`manage.py rotate_keys`: put every data key under the newest master key, while the site goes on."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.vault import keys, masters


class Command(BaseCommand):
    help = (
        "Wrap every data key anew, under the first key of PORTAL_MASTER_KEY. Stop it when you like and run it again; "
        "two at once do no harm. Restart web and worker with the new setting first, or they go on using the old key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=100, help="keys in one transaction (default: 100)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many keys each master key wraps")

    def handle(self, *args: object, batch: int, dry_run: bool, **options: object) -> None:
        if batch < 1:
            raise CommandError("--batch is a number from 1.")
        if lost := masters.lost():
            raise CommandError(
                f"PORTAL_MASTER_KEY does not hold the right key under {_named(lost)}. "
                "Put it back behind the newest one; nothing was changed."
            )
        if not dry_run:
            self._rotate(batch)
        self._say_what_is_needed()

    def _rotate(self, batch: int) -> None:
        while masters.wrap_some_anew(batch) or masters.wrap_some_anew(batch, waits=True):
            self.stdout.write(f"{self._left()} left")
            self.stdout.flush()

    def _left(self) -> int:
        newest = next(iter(keys.master_keys()))
        return sum(count for name, count in masters.needed().items() if name != newest)

    def _say_what_is_needed(self) -> None:
        newest, *older = keys.master_keys()
        needed = masters.needed()
        self.stdout.write(f"“{newest}”, the newest, wraps {needed.get(newest, 0)} data keys.")
        for name in older:
            if count := needed.get(name):
                self.stdout.write(f"“{name}” is still needed: {count} data keys left.")
            else:
                self.stdout.write(
                    f"“{name}” is not needed any more. Take it out of PORTAL_MASTER_KEY, "
                    "and keep it elsewhere for as long as there are backups from before."
                )


def _named(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
