"""`manage.py changed_clocks`: after newer rules for time zones, keep the calls at the hour that was promised."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookings import changed_laws
from portal import clock
from portal.actors import SYSTEM


class Command(BaseCommand):
    help = (
        "Move calls, and times that wait for a yes, that a changed law on clocks took away from their promised hour "
        "back to it; both people are told. What is left becomes a to-do of the coordinators."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="only list them")

    def handle(self, *args: Any, look: bool, **options: Any) -> None:
        wrong = changed_laws.found(clock.now())
        if look:
            for one in wrong:
                self._line(one, "would move" if one.right_at else changed_laws.Outcome.NO_SUCH_TIME)
            self.stdout.write(f"{len(wrong)} found")
            return
        done = changed_laws.put_all_right(by=SYSTEM)
        for one, outcome in done:
            self._line(one, outcome)
        moved = sum(outcome in changed_laws.DONE for _one, outcome in done)
        self.stdout.write(f"{moved} moved, {len(done) - moved} left for a person")

    def _line(self, one: changed_laws.Found, outcome: str) -> None:
        self.stdout.write(f"{one.name}  {one.thing.wall_at} {one.thing.time_zone}  {outcome}")
