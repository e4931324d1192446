"""Bring everything up to date before the portal starts: tables, static files, translations."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.vault import masters


class Command(BaseCommand):
    help = "Migrate the database (as its owner), look at keys, static files and translations. May be run again."

    def handle(self, *args, **options):
        call_command("migrate", interactive=False, verbosity=0)
        try:
            masters.refuse_lost()
        except ImproperlyConfigured as lost:
            raise CommandError(str(lost)) from lost
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("messages", compile=True, verbosity=0)
