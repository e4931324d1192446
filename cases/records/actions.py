"""What changes a visit and its referral; what is said of a record stands in `telling` and is offered here, too."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases.case import office_ties
from cases.case.actions import add_office, ask_to_do, must, must_be_open, must_be_theirs, set_clinician
from cases.case.models import Case, CaseClinician, Office
from cases.case.people import why_not_theirs
from cases.records import rules, undoing
from cases.records.days.verdict import Timing
from cases.records.items import telling
from cases.records.items.laying import add_item, lay_items
from cases.records.items.lending import give_back, set_due_back
from cases.records.items.linking import follow_document, link_document
from cases.records.items.own_lists import weigh_anew
from cases.records.items.telling import (
    lock_case,
    role_of,
    set_core,
    set_holder,
    set_route,
    tell,
)
from cases.records.models import RecordItem, Referral, ReportLoop, Visit
from cases.records.planning import ASK_OFFICE, TREATMENT_FIRST, VISIT_SOON, replan
from cases.records.report import board as report_board
from cases.records.report import filing
from cases.records.report.actions import tell_report
from cases.records.report.planning import open_loop
from cases.records.rules import SECOND, THIRD
from cases.records.standing import Standing, standing
from cases.records.states import Route, VisitState
from portal import clock, moves
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.business_days import needs_a_call

DOCTOR_OF_ROUND = {SECOND: CaseClinician.Role.SECOND, THIRD: CaseClinician.Role.THIRD}


@transaction.atomic
def begin_round(case: Case, *, round: int = 2, by: Actor) -> Visit:
    """The live visit of a round, without doctor or day at first; it carries the referral from its first day on."""
    must("change_dates", case, by)
    lock_case(case)
    live = {visit.round: visit for visit in case.visits.live()}
    visit = live.get(round)
    if visit is None:
        second = live.get(SECOND)
        if round == THIRD and (reason := rules.why_not_third(second.state if second else "")):
            raise Refused(reason, code="state")
        visit = Visit.objects.create(case=case, round=round, time_zone=case.patient.time_zone, put_in_by=by.user)
        Referral.objects.create(visit=visit, put_in_by=by.user)
    must_be_theirs(case, visit.put_in_by_id, by)
    return visit


@transaction.atomic
def name_visit(
    case: Case,
    *,
    doctor: str,
    specialty: str = "",
    office: Office | None = None,
    office_name: str = "",
    office_details: dict[str, Any] | None = None,
    round: int = 2,
    by: Actor,
) -> Visit:
    """Name the second doctor and their office, and lay out the records that should reach them.

    `office` is one that is known; else one is added that serves this case only. Raises Refused once records are
    on their way to another office.
    """
    visit = begin_round(case, round=round, by=by)
    now = clock.now()
    if visit.state == VisitState.HAPPENED:
        raise Refused(_("This visit took place. Its doctor cannot be changed any more."))
    office = office_ties.standing(office) if office else None
    on_their_way = visit.items.exclude(sent_on=None).exclude(route=Route.CARRIED)
    if visit.office_id and visit.office != office and on_their_way.exists():
        raise Refused(_("Records are on their way to this office. Cancel this visit first, then name the new doctor."))
    if office is None and office_name.strip():
        office = add_office(case, name=office_name, by=by, **(office_details or {}))
    has_moved = bool(visit.office_id and visit.office != office)
    link = set_clinician(case, DOCTOR_OF_ROUND[round], name=doctor, specialty=specialty, office=office, by=by)
    visit.clinician, visit.office = link.clinician, office
    visit.time_zone = office.time_zone if office else case.patient.time_zone
    visit.named_at = now
    visit.version += 1
    undoing.take_over(visit, by=by)
    visit.save(update_fields=["clinician", "office", "time_zone", "named_at", "version", "put_in_by"])
    lay_items(visit, by=by)
    if has_moved:
        telling.ask_anew_for(visit, now=now, by=by)
        weigh_anew(visit, by=by)
    record(by, "visit.named", visit, patient=case.patient_id, case=case.pk)
    replan(visit, now=now)
    return visit


def _move_visit_row(visit: Visit, verb: str, *, now: datetime, by: Actor) -> Visit:
    """Lock, judge and move; the caller sets what else changes and calls `_settle`."""
    lock_case(visit.case)
    visit = Visit.objects.select_related("case", "case__patient", "case__key", "office").get(pk=visit.pk)
    must_be_open(visit.case, by)
    target = moves.check(rules.VISIT_MOVES, verb, visit.state, role_of(visit.case, by, "change_dates"))
    undoing.keep(visit, now=now, by=by)
    visit.state = target
    visit.version += 1
    _begin_messages_anew(visit)
    return visit


def _begin_messages_anew(visit: Visit) -> None:
    """A message about a record may be on its way with the old day in it: by its version it must not go out any more."""
    visit.items.update(version=F("version") + 1)


def _settle(visit: Visit, verb: str, *, now: datetime, by: Actor) -> Visit:
    visit.save()
    record(by, f"visit.{verb}", visit, patient=visit.case.patient_id, case=visit.case_id)
    stands = replan(visit, now=now)
    filing.follow_all(visit.case)  # a report that is here already may be of it, or of it no longer
    if verb in {"set_date", "move"}:
        _call_if_near(visit, stands, by)
    return visit


def _call_if_near(visit: Visit, stands: Standing, by: Actor) -> None:
    """A visit within 10 business days, or after treatment begins: a coordinator is asked to call the same day."""
    _call_if_after_treatment(visit, stands, by)
    is_booked = visit.state == VisitState.BOOKED
    if is_booked and visit.on_date and needs_a_call(stands.today, visit.on_date, stands.closed):
        ask_to_do(VISIT_SOON, visit, case=visit.case, due_on=stands.today, by=by)


def _call_if_after_treatment(visit: Visit, stands: Standing, by: Actor) -> None:
    if visit.is_after_treatment:
        ask_to_do(TREATMENT_FIRST, visit, case=visit.case, due_on=stands.today, by=by)


def _date(visit: Visit, verb: str, on: date, at: time | None, by: Actor) -> Visit:
    now = clock.now()
    if reason := rules.why_not_visit_on(on, now.astimezone(visit.zone).date()):
        raise Refused(reason, code="date")
    visit = _move_visit_row(visit, verb, now=now, by=by)
    visit.on_date, visit.at_time, visit.booked_at, visit.way = on, at, now, ""
    return _settle(visit, verb, now=now, by=by)


@transaction.atomic
def set_visit_date(visit: Visit, *, on: date, at: time | None = None, by: Actor) -> Visit:
    """Save the day of the visit; reminders and to-dos follow from it. Raises Refused for a day that has passed."""
    return _date(visit, "set_date", on, at, by)


@transaction.atomic
def move_visit(visit: Visit, *, on: date, at: time | None = None, by: Actor) -> Visit:
    """Move the visit to another day. Raises Refused for a day that has passed."""
    return _date(visit, "move", on, at, by)


@transaction.atomic
def save_date(visit: Visit, *, on: date, at: time | None = None, by: Actor) -> Visit:
    """Set or move, whichever the visit asks for; the same day and time again change nothing."""
    lock_case(visit.case)
    visit = Visit.objects.select_related("case__patient", "case__key", "office").get(pk=visit.pk)
    if visit.state == VisitState.BOOKED and (visit.on_date, visit.at_time) == (on, at):
        return visit
    act = move_visit if visit.state == VisitState.BOOKED else set_visit_date
    return act(visit, on=on, at=at, by=by)


@transaction.atomic
def cancel_visit(visit: Visit, *, by: Actor) -> Visit:
    """The visit is off. Everything planned about it and its records is withdrawn. Said twice is said once."""
    now = clock.now()
    lock_case(visit.case)
    visit = Visit.objects.select_related("case").get(pk=visit.pk)
    if visit.state == VisitState.CANCELLED:
        return visit
    return _settle(_move_visit_row(visit, "cancel", now=now, by=by), "cancel", now=now, by=by)


@transaction.atomic
def say_took_place(visit: Visit, *, by: Actor) -> Visit:
    """The visit took place: its report is asked for. Said twice is said once. Raises Refused while it is to come."""
    now = clock.now()
    lock_case(visit.case)
    visit = Visit.objects.select_related("case").get(pk=visit.pk)
    if visit.state == VisitState.HAPPENED:
        return visit
    _must_be_over(visit, now)
    visit = _move_visit_row(visit, "took_place", now=now, by=by)
    open_loop(visit, now)
    return _settle(visit, "took_place", now=now, by=by)


@transaction.atomic
def say_did_not(visit: Visit, *, by: Actor) -> Visit:
    """The visit did not take place: it has no day again. Raises Refused while it is still to come."""
    now = clock.now()
    _must_be_over(visit, now)
    visit = _move_visit_row(visit, "did_not", now=now, by=by)
    visit.on_date = visit.at_time = visit.booked_at = None
    return _settle(visit, "did_not", now=now, by=by)


def _must_be_over(visit: Visit, now: datetime) -> None:
    if visit.on_date and (reason := rules.why_not_over(visit.on_date, now.astimezone(visit.zone).date())):
        raise Refused(reason, code="date")


@transaction.atomic
def choose_way(visit: Visit, way: str, *, on: date, at: time | None = None, by: Actor) -> Visit:
    """Go on with a day: carry copies, have the office asked what it needs, or take a later day.

    The day is saved with it. Carrying turns the route of core records that may follow; asking puts a call on the
    coordinator's board for today.
    """
    if way not in {"carry", "ask", "later"}:
        raise Refused(_("Choose one of the three ways."))
    must("change_dates", visit.case, by)
    visit = save_date(visit, on=on, at=at, by=by)
    now = clock.now()
    visit.way = way
    visit.save(update_fields=["way"])
    record(by, "visit.way_chosen", visit, patient=visit.case.patient_id, case=visit.case_id, why=way)
    stands = standing(visit, now)
    if way == "carry":
        for line in stands.core:
            is_theirs = not why_not_theirs(visit.case, by, line.item.put_in_by_id)
            may_follow = line.judged is not None and line.judged.timing == Timing.MAY_FOLLOW
            if is_theirs and may_follow and line.item.route != Route.CARRIED:
                telling.set_route(line.item, Route.CARRIED, by=by)
    if way == "ask":
        ask_to_do(ASK_OFFICE, visit, case=visit.case, due_on=stands.today, by=by)
    return visit


@transaction.atomic
def follow_treatment(case: Case, *, by: Actor) -> None:
    """Treatment begins on another day: a visit that comes after it is talked about, one that no longer does is not."""
    for visit in case.visits.live().select_related(*telling.VISIT_PARTS):
        _call_if_after_treatment(visit, replan(visit, now=clock.now()), by)


@transaction.atomic
def move_referral(case: Case, verb: str, *, on: date | None = None, round: int = 2, by: Actor) -> Referral:
    """Say what is known of the referral: asked, agreed, refused, not needed, sent. Its record item follows."""
    visit, now = begin_round(case, round=round, by=by), clock.now()
    referral = Referral.objects.get(visit=visit)
    telling.say_of_referral(referral, verb, on=on, now=now, by=by)
    item = RecordItem.objects.filter(visit=visit, kind="referral_letter").first()
    item_verb = rules.ITEM_VERB_OF_REFERRAL.get(verb)
    if item and verb == "refused" and item.state not in {"needed", "needs_you", "not_wanted"}:
        telling.start_anew(item, now=now, by=by)
    elif item and item_verb:
        telling.follow(item, item_verb, on=on, now=now, by=by)
    replan(visit, now=now)
    return referral


@transaction.atomic
def undo(thing: Visit | Referral | RecordItem | ReportLoop, *, why: str = "", by: Actor) -> None:
    """Take the last move of a row back: one's own for 10 minutes, later by a coordinator, who says why: one of
    `rules.UNDO_WHYS`. Reminders follow.
    """
    visit = thing if isinstance(thing, Visit) else thing.visit
    case, now = visit.case, clock.now()
    lock_case(case)
    thing.refresh_from_db()
    is_own = by.user is not None and thing.moved_by_id == by.user.pk
    verb = "change_dates" if isinstance(thing, Visit) else telling.SAY
    if reason := rules.why_not_undo(thing.moved_at, is_own, role_of(case, by, verb), now):
        raise Refused(reason)
    if not rules.asks_why(thing.moved_at, now):
        why = ""
    elif why not in rules.UNDO_WHYS:
        raise Refused(_("Choose why it is taken back. It stands in the history."), code="input")
    if isinstance(thing, Visit) and _has_successor(thing):
        raise Refused(_("Another visit was named since. Cancel that one first."))
    telling.put_back(thing, why=why, by=by)
    if isinstance(thing, ReportLoop):
        report_board.put_on_board(thing, by=by)
    if isinstance(thing, Visit):
        _begin_messages_anew(thing)
    visit.refresh_from_db()
    stands = replan(visit, now=now)
    if isinstance(thing, Visit):
        filing.follow_all(case)
        _call_if_near(visit, stands, by)


def _has_successor(visit: Visit) -> bool:
    """Whether another visit took the place of a cancelled one, or a third opinion began after one took place."""
    live = visit.case.visits.live().exclude(pk=visit.pk)
    if visit.state == VisitState.CANCELLED:
        return live.filter(round=visit.round).exists()
    return visit.state == VisitState.HAPPENED and live.filter(round__gt=visit.round).exists()


__all__ = [
    "add_item",
    "begin_round",
    "cancel_visit",
    "choose_way",
    "follow_document",
    "follow_treatment",
    "give_back",
    "link_document",
    "move_referral",
    "move_visit",
    "name_visit",
    "save_date",
    "say_did_not",
    "say_took_place",
    "set_core",
    "set_due_back",
    "set_holder",
    "set_route",
    "set_visit_date",
    "tell",
    "tell_report",
    "undo",
]
