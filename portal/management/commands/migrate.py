"""Django's migrate, then the cache table and the application role's rights."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate

from portal.history.rights import grant


class Command(migrate.Command):
    def handle(self, *args, **options):
        super().handle(*args, **options)
        if options["database"] == "default" and not options["plan"] and not options["check_unapplied"]:
            call_command("createcachetable", verbosity=0)
            grant(str(settings.APP_DATABASE_USER))
