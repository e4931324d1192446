"""Load the invented organisation, once; --again empties the house first. Refuses in production."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from cases.records.models import RecordKind
from portal import celery, clock
from portal.accounts.models import User
from portal.history import outside
from portal.vault import store

KEPT = {"django_migrations", "django_content_type", "texts_text", "records_recordkind", "bookings_service"}
FIRST_PLAIN = 0x800000  # marks below are those of sealed words


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="empty the house first; needs the owner's account")

        parser.add_argument(
            "--marked",
            action="store_true",
            help="mark each text; PORTAL_VAR/marks.txt lists the marks",
        )

    def handle(self, *, again: bool, marked: bool, **options: object) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The demo does not exist in production.")
        if again:
            empty_the_house()
        if User.objects.exists():
            self.stdout.write("People are here already: nothing loaded.")
            return
        self.stdout.write(f"The demo is loaded: {load()} cases.")
        if marked:
            self.stdout.write(f"{mark()} marks; {marks_list()} says where each of them is.")


def load() -> int:
    """Tasks run here and now while the demo is loaded: no worker may be there yet, and none shall look meanwhile."""
    from portal.pages.demo.load import load as tell_stories

    was = celery.app.conf.task_always_eager
    celery.app.conf.task_always_eager = True
    try:
        return tell_stories(clock.real_now())
    finally:
        celery.app.conf.task_always_eager = was


def marks_list() -> Path:
    return Path(settings.PORTAL_VAR) / "marks.txt"


def mark() -> int:
    """Mark all that the demo holds, and list the marks for whoever looks for them elsewhere."""
    from portal.pages.demo import plain, rarely, twos
    from portal.pages.demo.marking import mark_everything

    with transaction.atomic():
        rarely.put_in()
        twos.put_in()
        marks = mark_everything()
        marks |= plain.mark(FIRST_PLAIN)
    marks_list().write_text("".join(f"{mark} {where}\n" for mark, where in marks.items()))
    return len(marks)


def empty_the_house() -> None:
    """Every table but the words, the kinds and Django's own, with all files; the clock goes back to real time."""
    kinds = list(RecordKind.objects.all())
    with transaction.atomic(), connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - KEPT
        quoted = ", ".join(connection.ops.quote_name(name) for name in sorted(names))
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")
        # They name who changed them, so they went with everybody.
        for kind in kinds:
            kind.changed_at = kind.changed_by = kind.replanned_at = None
        RecordKind.objects.bulk_create(kinds)
    outside.path().unlink(missing_ok=True)
    store.empty(store.current())
    for entry in Path(settings.EMAIL_FILE_PATH).glob("*"):
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
