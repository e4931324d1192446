"""Which files were on their way when a page went away. Notes for their sender alone: no file, so no line of history."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from cases.case.actions import must
from cases.case.models import Case
from cases.documents import names, rules
from cases.documents.models import Sending
from portal import clock
from portal.actors import Actor

MOST = 100  # names kept of one person and case; the oldest go


@transaction.atomic
def begin(case: Case, files: Iterable[str], *, by: Actor) -> None:
    """The page begins to send these files."""
    must("add_documents", case, by)
    for name in list(files)[:MOST]:
        if kept := names.clean(name):
            begun = Sending(case=case, person=by.user, begun_at=clock.now())
            begun.name = kept
            begun.save(force_insert=True)
    mine = Sending.objects.filter(case=case, person=by.user).order_by("-begun_at", "-pk")
    Sending.objects.filter(pk__in=[row.pk for row in mine[MOST : 3 * MOST]]).delete()


@transaction.atomic
def forget(case: Case, files: Iterable[str], *, by: Actor) -> None:
    """These files have arrived, were answered for, or were given up: one row goes for each name."""
    rows = list(Sending.objects.select_for_update().filter(case=case, person=by.user).order_by("begun_at", "pk"))
    for name in files if rows else ():
        wanted = names.clean(name)
        found = next((row for row in rows if row.name == wanted), None)
        if found is not None:
            rows.remove(found)
            found.delete()


def not_arrived(case: Case, by: Actor) -> list[Sending]:
    """Those begun within the last day, each name once."""
    since = clock.now() - rules.LATELY
    rows = Sending.objects.filter(case=case, person=by.user, begun_at__gt=since).order_by("begun_at", "pk")
    return list({row.name: row for row in rows if row.name}.values())


def old(now: dt.datetime) -> QuerySet[Sending]:
    return Sending.objects.filter(begun_at__lt=now - rules.LATELY)


def delete_old(now: dt.datetime) -> int:
    return old(now).delete()[0]
