"""`manage.py reminders --as-of TIME`: who would get what at that moment, as things stand. Sends and changes nothing."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock
from portal.reminders import gathering, rules
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader, person_of
from portal.texts.words import organisation


class Command(BaseCommand):
    help = "Show who would get which reminders at a moment, without sending or changing anything."

    def add_arguments(self, parser):
        words = '"2026-11-17 09:00" in the organization\'s zone, or with an offset; default: now'
        parser.add_argument("--as-of", metavar="TIME", help=words)

    def handle(self, *args, as_of=None, **options):
        zone = organisation().zone
        now = moment(as_of, zone) if as_of else clock.now()
        self.stdout.write(f"As of {now.astimezone(zone):%Y-%m-%d %H:%M} {zone}:")
        with transaction.atomic():
            # Handing a role's rows to its people is part of the answer, so it is done and then undone.
            gathering.hand_on_roles(now)
            messages = [
                message for reader, rows in gathering.ready(now) for message in self.messages(reader, rows, now)
            ]
            transaction.set_rollback(True)
        for line in messages:
            self.stdout.write(line)
        self.stdout.write(f"{len(messages)} messages. Nothing was sent.")

    def messages(self, reader, rows, now):
        """One line for each message: to whom, how, and its rows with the leading one first."""
        due, _not_due = gathering.judge(rows, now)
        live = [row for row in rows if row.pk in due and row.pk not in rules.superseded(rows)]
        at_once = [[row] for row in live if rules.goes_at_once(row, now)]
        gathered = [row for row in live if not rules.goes_at_once(row, now)]
        for group in [*at_once, *([gathered] if gathered else [])]:
            yield f"  {name_of(reader)}, by {reader.channel}: {things(rules.leading(group))}"


def things(rows: list[Reminder]) -> str:
    """Kinds and ids, no words: what a row says stays in the message."""
    return "; ".join(f"{row.kind} ({row.about_type} {row.about_id}, version {row.version})" for row in rows)


def name_of(reader: Reader) -> str:
    person = person_of((reader.type, reader.id))
    return f"{person.name} <{reader.email or 'no email'}>" if person else reader.called


def moment(text: str, zone: ZoneInfo) -> dt.datetime:
    """An instant from what was typed. Raises CommandError with an example."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError('Give the time like "2026-11-17 09:00".') from None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(dt.UTC)
