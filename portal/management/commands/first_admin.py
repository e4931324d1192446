"""`manage.py first_admin NAME EMAIL`: the first administrator of a fresh installation."""

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM
from portal.history.actions import record


class Command(BaseCommand):
    help = "Make the first administrator. They sign in with a code by email and set up a second factor first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args: object, name: str, email: str, **options: object) -> None:
        validate_email(email)
        if User.objects.filter(role="administrator", can_sign_in=True).exists():
            raise CommandError("There is an administrator already: ask them for an invitation.")
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError("This address has an account already: use another one.")
        user = User.objects.create_user(email=email, name=name, role="administrator", joined_at=clock.now())
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record(SYSTEM, "account.joined", user, why="administrator")
        self.stdout.write("Made. Sign in with a code by email; a second factor is asked for before anything else.")
