"""The urgent lane: visit or treatment within 10 business days, a core record not there. Calls come before letters."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from cases.case.actions import TREATMENT_SOON, ask_to_do
from cases.case.models import Case, ToDo
from cases.records.days.closed_days import closed_days
from cases.records.models import RecordItem, Visit
from cases.records.release import keeping as release_keeping
from cases.records.standing import Standing, standings
from cases.records.states import IN_TROUBLE, THERE, ItemState, Need, Route, VisitState
from portal.actors import SYSTEM
from portal.texts.business_days import needs_a_call
from portal.texts.words import organisation

CALL_HOLDER = "call_holder"  # a to-do: messages about a record have done what they can
RING_OFFICE = "ring_office"  # a to-do: the office that has a record is rung the same day
NEAR_AT_MOST = timedelta(days=28)  # ten business days, and the longest holidays between them
ONE_DAY = timedelta(days=1)  # the widest that local dates differ from those of UTC
RUNG = frozenset({ItemState.NEEDED, ItemState.ASKED, ItemState.ACKNOWLEDGED}) | IN_TROUBLE


def is_urgent(stands: Standing) -> bool:
    """Whether a visit is ahead, it or treatment is near, and a core record is still to come."""
    visit = stands.visit
    if visit.state != VisitState.BOOKED or visit.on_date is None or visit.on_date < stands.today:
        return False
    days = [day for day in (visit.on_date, visit.case.treatment_on) if day]
    return any(needs_a_call(stands.today, day, stands.closed) for day in days) and any(
        _is_to_come(line.item) for line in stands.core
    )


def _is_to_come(item: RecordItem) -> bool:
    """Neither there nor in the patient's hands."""
    return item.state not in THERE and (item.state, item.route) != (ItemState.HELD, Route.CARRIED)


def to_ring(stands: Standing) -> list[RecordItem]:
    """The core records about which an office is rung. What needs the patient first is her call, not the office's."""
    if not is_urgent(stands):
        return []
    items = [line.item for line in stands.core]
    return [item for item in items if item.holder_id and item.state in RUNG and item.kind.need != Need.PLAN]


def ring(stands: Standing) -> int:
    """Ask for a call to each office that has one, today; once for each day of a visit. Under the lock of the case.

    Nobody rings before it is signed that we may ask, nor where a call to that office is on the board already.
    """
    items = to_ring(stands)
    if not items or not release_keeping.may_ask(stands.visit.case):
        return 0
    since = stands.visit.booked_at
    rung = Q(kind=RING_OFFICE, asked_at__gte=since) if since else Q(kind=RING_OFFICE)
    asked = ToDo.objects.filter(rung | Q(kind=CALL_HOLDER, done_at=None))
    done = set(asked.filter(about_id__in=[str(item.pk) for item in items]).values_list("about_id", flat=True))
    offices = {item.holder_id for item in items if str(item.pk) in done}
    for item in items:
        if item.holder_id in offices:
            continue
        offices.add(item.holder_id)
        ask_to_do(RING_OFFICE, item, case=stands.visit.case, due_on=stands.today, by=SYSTEM)
    return len(offices)


@transaction.atomic
def put_on_board(*, now: datetime) -> int:
    """What became urgent by passing time: the offices that are rung today. Twice, or late, changes nothing."""
    _put_near_treatments(now)
    days = (now.date() - ONE_DAY, now.date() + NEAR_AT_MOST)
    near = Q(on_date__range=days) | Q(case__treatment_on__range=days)
    found = Visit.objects.booked().filter(near, on_date__gte=days[0], case__in=Case.objects.open())
    found = found.select_related("case__key", "case__patient", "office")
    return sum(ring(stands) for stands in standings(found, now).values())


def _put_near_treatments(now: datetime) -> None:
    """Treatment came near while nobody changed its day: one of us calls the patient the same day, once."""
    here = organisation()
    today = here.today()
    closed = closed_days([here.region], today)[here.region]
    asked = ToDo.objects.filter(kind=TREATMENT_SOON, about_id=Cast(OuterRef("pk"), CharField()))
    seen = Visit.objects.filter(case=OuterRef("pk"), state=VisitState.HAPPENED)
    near = Case.objects.open().filter(treatment_on__range=(today, today + NEAR_AT_MOST))
    near = near.exclude(Exists(asked.filter(asked_at__gte=now - 2 * NEAR_AT_MOST))).exclude(Exists(seen))
    for case in near.select_related("patient"):
        if case.treatment_on and needs_a_call(today, case.treatment_on, closed):
            ask_to_do(TREATMENT_SOON, case, case=case, due_on=today, by=SYSTEM)
