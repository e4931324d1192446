"""Bring everything up to date before the portal starts: tables, static files, translations."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate the database (as its owner), collect static files, compile translations. May be run again."

    def handle(self, *args, **options):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("messages", compile=True, verbosity=0)
