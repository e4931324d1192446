"""Bring everything up to date before the portal starts: tables, static files, translations."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal import checks
from portal.vault import masters


class Command(BaseCommand):
    help = (
        "Look at settings and keys, migrate the database (as its owner), static files, translations. May be run again."
    )

    def handle(self, *args, **options):
        try:
            if settings.IN_PRODUCTION:
                checks.refuse_unsafe()
                checks.refuse_unreachable()
            call_command("migrate", interactive=False, verbosity=0)
            masters.refuse_lost()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("messages", compile=True, verbosity=0)
