"""`manage.py reset_second_factor EMAIL --seen-by A --seen-by B --sign rang --sign born`: the way back from a shell.

For the day on which nobody of us can ask for it on the page. It waits and tells as the page does: the first call asks,
the same call a day later does it.
"""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal import clock
from portal.accounts.models import User, WayBack
from portal.accounts.way_back import actions
from portal.accounts.way_back.rules import Sign
from portal.actors import SYSTEM
from portal.errors import Refused


class Command(BaseCommand):
    help = "Ask that a person's passkeys, app and spare codes go, a day later, and do it when that day is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--seen-by", action="append", default=[], help="address of a member of staff who knows it is them (twice)"
        )
        parser.add_argument(
            "--sign",
            action="append",
            default=[],
            choices=Sign.values,
            help="how they know (two, one a strong one)",
        )

    @transaction.atomic
    def handle(self, *args: object, email: str, seen_by: list[str], sign: list[str], **options: object) -> None:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError("Nobody has this address.")
        staff = User.objects.filter(can_sign_in=True).exclude(role="").exclude(pk=person.pk)
        witnesses = {user for address in seen_by for user in staff.filter(email__iexact=address)}
        if len(witnesses) != 2:
            raise CommandError("2 of the staff must say that it is them: --seen-by ADDRESS --seen-by ADDRESS.")
        now = clock.now()
        way = WayBack.objects.open().filter(person=person, ready_at__lte=now).exclude(agreed_at=None).first()
        try:
            if way and {user.pk for user in witnesses} == {way.asked_by_id, way.agreed_by_id}:
                actions.finish_by_two(way, by=SYSTEM)
                self.stdout.write("Removed, with the password. They sign in by a code; staff set up a new second step.")
                return
            way = actions.ask_by_two(person, sign, *sorted(witnesses, key=lambda user: str(user.pk)), by=SYSTEM)
        except Refused as no:
            raise CommandError(no.message) from no
        self.stdout.write(
            f"Written down, and they are told. Say the same again from {way.ready_at:%Y-%m-%d %H:%M} UTC on."
        )
