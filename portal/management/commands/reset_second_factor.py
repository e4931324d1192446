"""`manage.py reset_second_factor EMAIL --seen-by A --seen-by B`: for a lost phone, once staff know who is asking."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.accounts import sessions
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.history.actions import record


class Command(BaseCommand):
    help = "Remove a person's passkeys, app and spare codes, and sign them out everywhere. Staff set up new ones first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--seen-by", action="append", default=[], help="address of a member of staff who knows it is them (twice)"
        )

    @transaction.atomic
    def handle(self, *args: object, email: str, seen_by: list[str], **options: object) -> None:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError("Nobody has this address.")
        staff = User.objects.filter(can_sign_in=True).exclude(role="").exclude(pk=person.pk)
        witnesses = {user.pk for address in seen_by for user in staff.filter(email__iexact=address)}
        needed = 2 if person.role else 1
        if len(witnesses) < needed:
            raise CommandError(f"{needed} of the staff must say that it is them: --seen-by ADDRESS.")
        Authenticator.objects.filter(user=person).delete()
        sessions.end_all(person)
        for witness in sorted(witnesses, key=str):
            record(SYSTEM, "account.second_factor_reset", person, why=str(witness))
        self.stdout.write("Removed. They sign in by code or password, and staff set up a new second factor first.")
