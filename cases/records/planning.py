"""After each change: reminders of the visit and its records written anew, and what the case keeps of them."""

from collections.abc import Set
from datetime import date, datetime, time, timedelta
from uuid import UUID

from cases.case.actions import let_go, settle_to_do
from cases.case.models import ToDo
from cases.records import rules
from cases.records.board import urgent
from cases.records.board.keeping import keep
from cases.records.board.urgent import CALL_HOLDER as CALL_HOLDER
from cases.records.board.urgent import RING_OFFICE
from cases.records.days import lead_times
from cases.records.items import opening
from cases.records.models import LIVE, RecordItem, Referral, Visit
from cases.records.referral.letter_models import ReferralLetter
from cases.records.release import keeping as release_keeping
from cases.records.report import board as report_board
from cases.records.report import planning as report_planning
from cases.records.rules import Due
from cases.records.standing import ItemStanding, Standing, standings
from cases.records.states import IN_TROUBLE, ItemState, ReferralState, Route, VisitState
from portal.actors import SYSTEM
from portal.reminders.models import Outcome, Reminder
from portal.reminders.planning import Plan
from portal.reminders.readers import role
from portal.reminders.rules import at_wall, morning
from portal.texts.business_days import needs_a_call
from portal.texts.words import organisation

REQUEST_BY, CHASE, SAFE_BY = "records.request_by", "records.chase", "records.safe_by"
BEFORE_VISIT, TOOK_PLACE = "records.before_visit", "records.took_place"
DUE_BACK = "records.due_back"
FAX_LETTER, ASK_REFERRAL = REFERRAL_TO_DOS = ("fax_letter", "ask_referral")
VISIT_SOON, ASK_OFFICE, GIVE_BACK = "visit_soon", "ask_office", "give_back"
TREATMENT_FIRST = "treatment_first"  # treatment is to begin before the visit
TO_DOS = (VISIT_SOON, ASK_OFFICE, CALL_HOLDER, RING_OFFICE, GIVE_BACK, TREATMENT_FIRST)
AHEAD = {VisitState.PLANNED, VisitState.BOOKED}
OPEN_REFERRAL = {ReferralState.NEEDED, ReferralState.ASKED, ReferralState.REFUSED}
KIND_OF_DUE = {Due.REQUEST: REQUEST_BY, Due.CHASE: CHASE, Due.PERSON: SAFE_BY}
ASKED_FOR = timedelta(days=60)  # how long "did it take place?" stays open


def replan(visit: Visit, *, now: datetime) -> Standing:
    """Plan what is due about the visit and its records from `now` on, and withdraw what is not due any more.

    Call it at the end of every action, in its transaction and under the case's lock. Raise the version of what
    changed first: a message already on its way is then not sent.
    """
    release_keeping.look_at(visit, now)
    others = visit.case.visits.live().exclude(pk=visit.pk).select_related("case__patient", "office")
    stand = standings([visit, *others], now)
    now_stands = stand[visit.pk]
    plan = Plan(now)
    plan.covers(visit)
    if visit.state == VisitState.BOOKED:
        _plan_visit(plan, visit, now_stands.closed, now)
    # What is not wanted any more stands in no standing, and had a row, too.
    for item in visit.items.all():
        plan.covers(item)
        if item.due_back_on and item.back_on is None:
            _plan_due_back(plan, item, visit, now)
    if visit.state in AHEAD:
        for line in now_stands.items:
            _plan_item(plan, line, visit, now)
    report_planning.plan_report(plan, visit, now_stands.closed)
    plan.write()
    _settle_to_dos(now_stands)
    urgent.ring(now_stands)
    keep([visit.case], stand.values(), now)
    return now_stands


def _settle_to_dos(now_stands: Standing) -> None:
    """Calls that the case no longer asks for leave the board: the visit is off or far, the record is there."""
    visit, today = now_stands.visit, now_stands.today
    is_booked = visit.state == VisitState.BOOKED and visit.on_date is not None
    is_near = is_booked and needs_a_call(today, visit.on_date or today, now_stands.closed)
    stands = {(VISIT_SOON, visit.pk): is_near, (ASK_OFFICE, visit.pk): is_booked}
    stands[TREATMENT_FIRST, visit.pk] = visit.is_after_treatment
    for item in visit.items.only("pk", "due_back_on", "back_on", "route"):
        stands |= {(CALL_HOLDER, item.pk): False, (GIVE_BACK, item.pk): item.is_ours_to_give_back(today)}
        stands[RING_OFFICE, item.pk] = False
    stands |= {(RING_OFFICE, item.pk): True for item in urgent.to_ring(now_stands)}
    if visit.state in LIVE:  # what was asked for is looked for, also after the visit
        stands |= {(CALL_HOLDER, line.item.pk): line.waits_for_a_person(today) for line in now_stands.items}
    found = list(
        ToDo.objects.open().filter(case=visit.case, kind__in=TO_DOS + REFERRAL_TO_DOS + report_planning.REPORT_TO_DOS)
    )
    if any(todo.kind in REFERRAL_TO_DOS for todo in found):
        stands |= _referral_stands(visit)
    if any(todo.kind in report_planning.REPORT_TO_DOS for todo in found):
        report_board.settle_what_is_over(visit, now_stands)
    for todo in found:
        if not stands.get((todo.kind, UUID(todo.about_id)), True):
            (let_go if todo.kind == VISIT_SOON else settle_to_do)(todo, by=SYSTEM)


def _referral_stands(visit: Visit) -> dict[tuple[str, UUID], bool]:
    """Whether there is still something to ask of a doctor or of the second office."""
    referral = Referral.objects.select_related("visit").filter(visit=visit).first()
    if referral is None:
        return {}
    stands = is_asked_for(referral)
    letters = ReferralLetter.objects.filter(referral=referral).values_list("pk", flat=True)
    return {(ASK_REFERRAL, referral.pk): stands} | {(FAX_LETTER, pk): stands for pk in letters}


def is_asked_for(referral: Referral) -> bool:
    """Whether its letter still has somebody to convince."""
    return referral.visit.state in AHEAD and referral.state in OPEN_REFERRAL


def visit_begins(visit: Visit) -> datetime:
    """The instant of the visit, or the start of its day where the time is not known. The visit has a date."""
    assert visit.on_date is not None
    return visit.starts_at or datetime.combine(visit.on_date, time(0), visit.zone)


def _plan_visit(plan: Plan, visit: Visit, closed: Set[date], now: datetime) -> None:
    patient, on = visit.case.patient, visit.on_date
    assert on is not None
    about = {"version": visit.version, "recipient": patient, "case": visit.case}
    plan.keep(BEFORE_VISIT, visit, version=visit.version)
    for days, day in lead_times.days_before(on, closed):
        due_at = morning(day, patient.zone)
        # The last one says "tomorrow": not on the day itself, even after a night without mail.
        until = at_wall(on, time(0), patient.zone) if days == 1 else visit_begins(visit)
        plan.want(BEFORE_VISIT, visit, due_at=due_at, useful_until=until, step=days, is_late=due_at <= now, **about)
    asked_at = max(morning(on + timedelta(days=1), patient.zone), now)
    plan.keep(TOOK_PLACE, visit, version=visit.version)
    plan.want(TOOK_PLACE, visit, due_at=asked_at, useful_until=asked_at + ASKED_FOR, **about)


def _plan_due_back(plan: Plan, item: RecordItem, visit: Visit, now: datetime) -> None:
    """What is lent is asked about on its day, whatever became of the visit: of her who carries it, else of us."""
    is_hers = item.route == Route.CARRIED
    recipient = visit.case.patient if is_hers else role("coordinator")
    zone = visit.case.patient.zone if is_hers else organisation().zone
    assert item.due_back_on is not None
    due_at = max(morning(item.due_back_on, zone), now)
    until = due_at + ASKED_FOR
    about = {"version": item.version, "recipient": recipient, "case": visit.case}
    plan.keep(DUE_BACK, item, version=item.version)
    plan.want(DUE_BACK, item, due_at=due_at, useful_until=until, **about)


def _plan_item(plan: Plan, line: ItemStanding, visit: Visit, now: datetime) -> None:
    """What an item asks for next, and the day a person takes over if the asking goes unanswered.

    A word about it withdraws the rows and plans the next.
    """
    until = visit_begins(visit) if visit.state == VisitState.BOOKED else None
    _plan_questions(plan, line, visit, until=until, now=now)
    if line.next_day is None:
        return
    # Asked on its day, and whoever said "not yet" is asked again, also once a person's day has come.
    asking = REQUEST_BY if line.next_day.due == Due.REQUEST else CHASE
    plan.keep(asking, line.item, version=line.item.version)
    _plan_day(plan, line, line.next_day, until, now)
    if line.next_day.due == Due.CHASE and line.person_on:
        _plan_day(plan, line, rules.NextDay(Due.PERSON, line.person_on), until, now)


def _plan_questions(plan: Plan, line: ItemStanding, visit: Visit, *, until: datetime | None, now: datetime) -> None:
    """Plan the questions about one item, to whoever asked for it: the patient or us. `until`: the visit's instant."""
    item = line.item
    if not opening.is_in_doubt(item) or item.arrived_on is None:
        return
    kind = opening.CHECK_IT_OPENS if item.asked_by_us else opening.DID_IT_OPEN
    recipient = role("coordinator") if item.asked_by_us else visit.case.patient
    zone = organisation().zone if item.asked_by_us else visit.case.patient.zone
    thing = line.dates.thing
    plan.keep(kind, item, version=item.version)
    for step, day in opening.days_to_ask(item.arrived_on, visit.on_date if until else None, thing.lead, thing.closed):
        due_at = morning(day, zone)
        if due_at <= now and _was_asked(kind, item, step):
            continue
        due_at = max(due_at, now)
        plan.want(
            kind,
            item,
            version=item.version,
            recipient=recipient,
            due_at=due_at,
            useful_until=until or due_at + ASKED_FOR,
            case=visit.case,
            step=step,
        )


def _was_asked(kind: str, item: RecordItem, step: int) -> bool:
    """A new visit day plans anew; a question that went out before is not put again for it."""
    told = (Outcome.SENT, Outcome.ANSWERED, Outcome.HANDED_ON)
    return Reminder.objects.filter(kind=kind, about_id=item.pk, step=step, settled_as__in=told).exists()


def _plan_day(plan: Plan, line: ItemStanding, day: rules.NextDay, until: datetime | None, now: datetime) -> None:
    visit = line.item.visit
    # What is with us is ours to send on, whoever asked for it; what we asked for in vain is ours to ask for again.
    is_for_us = line.item.asked_by_us or line.item.state == ItemState.HELD
    is_chased = day.due == Due.CHASE or line.item.state in IN_TROUBLE
    is_ours = day.due == Due.PERSON or (is_chased and is_for_us)
    recipient = role("coordinator") if is_ours else visit.case.patient
    zone = organisation().zone if is_ours else visit.case.patient.zone
    due_at = max(morning(day.on, zone), now)
    plan.want(
        KIND_OF_DUE[day.due],
        line.item,
        version=line.item.version,
        recipient=recipient,
        due_at=due_at,
        useful_until=until or due_at + ASKED_FOR,
        case=visit.case,
    )
