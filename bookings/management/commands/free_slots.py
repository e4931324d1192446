"""`manage.py free_slots CONSULTANT DATE`: what can be booked, by the function that the pages use."""

from argparse import ArgumentTypeError
from datetime import UTC, date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings import availability
from bookings.models import Practice, Service
from portal import clock

MOST_DAYS = 366


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as wrong:
        raise ArgumentTypeError(f"{written} is no day like 2026-11-17") from wrong


def _days(written: str) -> int:
    days = int(written) if written.isdecimal() else 0
    if not 1 <= days <= MOST_DAYS:
        raise ArgumentTypeError(f"{written} is no number of days from 1 to {MOST_DAYS}")
    return days


class Command(BaseCommand):
    help = "Print the starts that somebody without a plan yet can book with a consultant, in UTC, one a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("consultant", help="email address or key")
        parser.add_argument("date", type=_day, help="the first day, as on the consultant's own calendar: 2026-11-17")
        parser.add_argument("--service", choices=Service.Code.values, default=Service.Code.PLAN)
        parser.add_argument("--days", type=_days, default=1)

    def handle(self, *args: object, **options: object) -> None:
        first, days = options["date"], options["days"]
        assert isinstance(first, date)
        assert isinstance(days, int)
        practice = self._practice(str(options["consultant"]))
        service = Service.objects.offered(str(options["service"]))
        last = first + timedelta(days=days - 1)
        for start in availability.free_between(practice, service, clock.now(), first, last):
            self.stdout.write(start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def _practice(self, wanted: str) -> Practice:
        known = Practice.objects.working().select_related("consultant")
        try:
            found = known.filter(pk=UUID(wanted)).first()
        except (ValueError, ValidationError):
            found = known.filter(consultant__email__iexact=wanted).first()
        if found is None:
            raise CommandError("No consultant with hours works here under this address or key.")
        return found
