"""`manage.py retention --dry-run`: what would go by its age, by kind, with ids and counts and no names."""

from django.core.management.base import BaseCommand, CommandParser

from portal import clock, retention

SHOWN = 50


class Command(BaseCommand):
    help = "Erase what has been kept as long as it may be, as the worker does each night. --dry-run only lists it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list what would go and why; erase nothing")

    def handle(self, *args: object, dry_run: bool, **options: object) -> None:
        now = clock.now()
        if not retention.CONFIRMED_BY_COUNSEL:
            self.stdout.write("These ages are to be confirmed by counsel.")
        if dry_run:
            for rule in retention.RULES:
                self._list(rule, now)
            return
        for code, count in retention.night(now).items():
            self.stdout.write(f"{code}: {count} erased")

    def _list(self, rule, now) -> None:
        due = rule.due(now).order_by("pk")
        count = due.count()
        self.stdout.write(f"{rule.code}: {count} would go ({rule.words}: {rule.kept.days} days)")
        for pk in due.values_list("pk", flat=True)[:SHOWN]:
            self.stdout.write(f"  {pk}")
        if count > SHOWN:
            self.stdout.write(f"  and {count - SHOWN} more")
