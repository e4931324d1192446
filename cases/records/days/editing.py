"""Lead times as administrators edit them, and the open visits that are planned anew by the new days."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.records import rules
from cases.records.days.lead_times import Lead
from cases.records.items.telling import VISIT_PARTS, lock_case
from cases.records.models import RecordItem, RecordKind, Visit
from cases.records.planning import AHEAD, replan
from cases.records.states import THERE, ItemState
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.celery import app, nudge
from portal.errors import Refused
from portal.history.actions import record

# By name: the task's module imports this one.
REPLAN_CHANGED = app.signature("cases.records.tasks.replan_changed")


@transaction.atomic
def change_lead_time(kind: RecordKind, lead: Lead, *, source: str, seen_at: datetime | None, by: Actor) -> RecordKind:
    """Save how long a kind of record takes and where that is known from; open visits follow within minutes.

    `seen_at` is the last change that the person saw: two administrators do not overwrite each other unseen. Raises
    Refused for that, for days that cannot be, and without a source.
    """
    if by.user is None or by.user.role != User.Role.ADMINISTRATOR:
        raise Refused(_("Only an administrator can do this."), code="role")
    kind = RecordKind.objects.select_for_update(of=("self",)).get(pk=kind.pk)
    if kind.changed_at != seen_at:
        raise Refused(_("Somebody else changed this since you opened the page. Look at it once more."), code="state")
    if reason := rules.why_not_lead(lead, source):
        raise Refused(reason, code="input")
    if (kind.lead, kind.source) == (lead, source.strip()):
        return kind
    kind.expected, kind.safe, kind.reading, kind.source = lead.expected, lead.safe, lead.reading, source.strip()
    kind.changed_at, kind.changed_by = clock.now(), by.user
    kind.save(update_fields=["expected", "safe", "reading", "source", "changed_at", "changed_by"])
    record(by, "kind.changed", kind)
    nudge(REPLAN_CHANGED)
    return kind


def replan_changed() -> int:
    """Plan the open visits anew whose records go by days that changed. Answers how many.

    One transaction a visit, so that nobody waits for all of them; stopped half-way, it begins again.
    """
    done = 0
    for kind in RecordKind.objects.not_replanned().order_by("changed_at"):
        for pk in _open_visits(kind):
            done += replan_one(pk)
        # Unless it was changed once more meanwhile.
        RecordKind.objects.filter(pk=kind.pk, changed_at=kind.changed_at).update(replanned_at=clock.now())
    return done


def _open_visits(kind: RecordKind) -> list[UUID]:
    waiting = RecordItem.objects.filter(kind=kind, visit__state__in=AHEAD).exclude(
        state__in=[*THERE, ItemState.NOT_WANTED]
    )
    waiting = waiting.exclude(visit__case__state=Case.State.CLOSED)
    return list(waiting.order_by("visit").values_list("visit", flat=True))


@transaction.atomic
def replan_one(pk: UUID) -> int:
    visit = Visit.objects.select_related(*VISIT_PARTS).get(pk=pk)
    lock_case(visit.case)
    visit.refresh_from_db()
    replan(visit, now=clock.now())
    return 1
