"""What is said of a record item, by whom, and how it is known; its route and holder."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import office_ties
from cases.case.actions import add_office, must, must_be_open
from cases.case.models import Case, Office
from cases.case.people import role_for
from cases.documents.ready import can_be_read
from cases.records import rules, undoing
from cases.records.items import former
from cases.records.models import RecordItem, Referral, ReportLoop, Undoable, Visit
from cases.records.planning import replan
from cases.records.states import IN_TROUBLE, ItemState, KnownBy, ReferralState, Route
from portal import clock, moves
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

SAY = "say_where_records_are"
PLAN_KIND, REFERRAL_KIND = "treatment_plan", "referral_letter"
VISIT_PARTS = ("case__patient", "case__key", "office")


def lock_case(case: Case) -> None:
    """Everything said of one case waits in one line: the case's row."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def role_of(case: Case, by: Actor, verb: str) -> str:
    """As whom somebody makes a move; `verb` of `people.MAY` says what a helper must be allowed for it."""
    if by.kind in {rules.SYSTEM, rules.OFFICE}:
        return by.kind
    return role_for(verb, case, by)


@transaction.atomic
def tell(
    item: RecordItem,
    verb: str,
    *,
    on: date | None = None,
    told: str = "",
    need: str = "",
    reason: str = "",
    carrier: str = "",
    tracking: str = "",
    by: Actor,
) -> RecordItem:
    """Say what is known of a record: a verb of `rules.ITEM_MOVES`, about day `on` (today where the visit is).

    `told` is how staff heard ("office" in writing, else by phone). Raises Refused for a verb that the state does
    not allow, a day that cannot be, or trouble without a reason.
    """
    now = clock.now()
    words = {"told": told, "need": need, "reason": reason, "carrier": carrier, "tracking": tracking}
    item = say(item, verb, on=on, now=now, by=by, **words)
    if item.kind_id == REFERRAL_KIND:
        _say_of_its_referral(item, verb, on=on, now=now, told=told, by=by)
    replan(item.visit, now=now)
    return item


def _say_of_its_referral(item: RecordItem, verb: str, *, on: date | None, now: datetime, told: str, by: Actor) -> None:
    """What is said of the letter is said of the referral, where its state allows it."""
    referral = Referral.objects.filter(visit=item.visit).first()
    for referral_verb in rules.REFERRAL_VERBS_OF_ITEM.get(verb, ()):
        if referral and referral.state in rules.REFERRAL_MOVES[referral_verb].sources:
            say_of_referral(referral, referral_verb, on=on, now=now, told=told, by=by)
            return


def say(item: RecordItem, verb: str, *, on: date | None = None, now: datetime, by: Actor, **words: Any) -> RecordItem:
    lock_case(item.visit.case)
    item = fresh(item)
    case = item.visit.case
    must_be_open(case, by)
    role = role_of(case, by, SAY)
    target = moves.check(rules.ITEM_MOVES, verb, item.state, role)
    today = now.astimezone(item.visit.zone).date()
    dates = {name: getattr(item, name) for name in rules.ALL_DATES}
    if reason := _why_not(item, verb, role, on, today, dates, words):
        raise Refused(reason, code="input")
    undoing.keep(item, now=now, by=by)
    former.keep(item)
    for name, day in rules.dates_after(verb, dates, target, on or today).items():
        setattr(item, name, day)
    item.stopped_in = item.state if target in IN_TROUBLE else ""
    item.state = target
    item.known_by = rules.known_by(role, words.get("told", ""))
    item.need = words.get("need") or item.kind.need if target == ItemState.NEEDS_YOU else ""
    item.reason = words.get("reason", "").strip()
    if verb == "asked":  # what came by that courier is not what is asked for now
        item.carrier = item.tracking = ""
    item.carrier = words.get("carrier") or item.carrier
    item.tracking = words.get("tracking") or item.tracking
    if verb == "asked" or dates["asked_on"] is None:
        item.asked_by_us = role == rules.COORDINATOR
    if verb == "asked" and item.back_on:  # lent once more
        item.due_back_on = item.back_on = None
    if verb == "held" and item.route == Route.DIRECT:
        # In hand means in the hands of whoever says so: the team's are ours.
        item.route = Route.THROUGH_US if role in {rules.SYSTEM, rules.COORDINATOR} else Route.CARRIED
    item.version += 1
    item.save()
    record(by, f"item.{verb}", item, patient=case.patient_id, case=case.pk)
    return item


def _why_not(
    item: RecordItem,
    verb: str,
    role: str,
    on: date | None,
    today: date,
    dates: dict[str, date | None],
    words: dict[str, Any],
) -> str:
    if verb in rules.NEEDS_A_REASON and not words.get("reason", "").strip():
        return _("Say in a few words what is wrong, so that we can ask for the right thing.")
    if verb == "needs_you" and not (words.get("need") or item.kind.need):
        return _("Choose what they need from you: a signature, a choice or a fee.")
    if verb == "held" and item.is_lent and item.route == Route.DIRECT and role == rules.COORDINATOR:
        return _("We never keep this one. It goes straight, or in the patient’s hands: choose how it travels first.")
    return rules.why_not_on(on or today, today, dates, verb)


def fresh(item: RecordItem) -> RecordItem:
    together = ("kind", "holder", "visit__case__patient", "visit__case__key", "visit__office")
    return RecordItem.objects.select_related(*together).get(pk=item.pk)


def say_of_referral(
    referral: Referral, verb: str, *, on: date | None, now: datetime, told: str = "", by: Actor
) -> None:
    """Move the referral itself. Its caller holds the case's lock, moves the record item with it, and replans."""
    visit = referral.visit
    must_be_open(visit.case, by)
    role = role_of(visit.case, by, SAY)
    target = moves.check(rules.REFERRAL_MOVES, verb, referral.state, role)
    today = now.astimezone(visit.zone).date()
    day = on or today
    begins_anew = verb in {"asked", "asked_anew", "wanted"}
    if reason := rules.why_not_on(day, today, {} if begins_anew else {"asked_on": referral.asked_on}, verb):
        raise Refused(reason, code="input")
    undoing.keep(referral, now=now, by=by)
    referral.state = target
    referral.known_by = "" if verb == "wanted" else rules.known_by(role, told)
    if begins_anew:
        referral.asked_on = None if verb == "wanted" else day
        referral.answered_on = referral.sent_on = None
    elif verb != "not_needed":
        referral.asked_on = referral.asked_on or day
        referral.answered_on = referral.answered_on or day if verb == "sent" else day
        referral.sent_on = day if verb == "sent" else None
    referral.save()
    record(by, f"referral.{verb}", referral, patient=visit.case.patient_id, case=visit.case_id)


def follow(item: RecordItem, verb: str, *, on: date | None, now: datetime, by: Actor) -> None:
    """Say of the referral letter what was said of the referral, where its state allows it."""
    if item.state == ItemState.NOT_WANTED and verb != "not_wanted":
        item = say(item, "wanted", now=now, by=by)
    if item.state in rules.ITEM_MOVES[verb].sources:
        say(item, verb, on=on, now=now, by=by)


def ask_anew_for(visit: Visit, *, now: datetime, by: Actor) -> None:
    """The visit goes to another office: what was asked to be sent to the former one is to be asked for again."""
    asked = visit.items.filter(route=Route.DIRECT, state__in=[ItemState.ASKED, ItemState.ACKNOWLEDGED])
    for item in asked.order_by("pk"):
        _ask_another(item, now=now, by=by)
    _refer_anew(visit, now=now, by=by)


def _ask_another(item: RecordItem, *, now: datetime, by: Actor) -> None:
    start_anew(item, now=now, by=by)
    record(by, "item.to_be_asked_again", item, patient=item.visit.case.patient_id, case=item.visit.case_id)


def _refer_anew(visit: Visit, *, now: datetime, by: Actor) -> None:
    referral = Referral.objects.filter(visit=visit, state__in=[ReferralState.ASKED, ReferralState.AGREED]).first()
    if referral:  # it was asked of another doctor, or for another one
        undoing.keep(referral, now=now, by=by)
        referral.state, referral.known_by = ReferralState.NEEDED, ""
        referral.asked_on = referral.answered_on = None
        referral.save()
        record(by, "referral.to_be_asked_again", referral, patient=visit.case.patient_id, case=visit.case_id)


def start_anew(item: RecordItem, *, now: datetime, by: Actor) -> None:
    """As if nobody had asked for it: whom it was asked of said no, or it was asked for in vain."""
    item = fresh(item)
    undoing.keep(item, now=now, by=by)
    for name in rules.ALL_DATES:
        setattr(item, name, None)
    item.state, item.known_by = ItemState.NEEDED, ""
    item.version += 1
    item.save()


@transaction.atomic
def set_route(item: RecordItem, route: str, *, by: Actor) -> RecordItem:
    """Choose how a record travels. What was in hand and now goes directly is asked for again; what is a file of the
    case stays in hand, ours or the patient's. Raises Refused once it is on its way.
    """
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item = fresh(item)
    if item.state in {ItemState.SENT, ItemState.ARRIVED, ItemState.OPENS_FINE}:
        raise Refused(_("This one is already on its way."), code="state")
    if route not in Route.values:
        raise Refused(_("Choose one of the ways it can travel."))
    if route not in rules.allowed_routes(item.is_lent):
        raise Refused(_("We never keep this one. It goes straight, or in your hands."))
    if route == item.route:
        return item
    undoing.keep(item, now=clock.now(), by=by)
    item.route = route
    _hold_or_ask_anew(item)
    item.version += 1
    item.save()
    record(by, "item.route_set", item, patient=item.visit.case.patient_id, case=item.visit.case_id, why=route)
    replan(item.visit, now=clock.now())
    return item


def _hold_or_ask_anew(item: RecordItem) -> None:
    """After a change of route: is the record in the hands that it goes through now?"""
    is_file_here = any(can_be_read(link.document) for link in item.documents.select_related("document"))
    if item.state == ItemState.HELD and (item.route == Route.DIRECT or not is_file_here):
        item.state, item.held_on = ItemState.ASKED, None
    elif item.route == Route.THROUGH_US and is_file_here and item.state in rules.ITEM_MOVES["held"].sources:
        item.state, item.held_on, item.known_by = ItemState.HELD, clock.today(item.visit.zone), KnownBy.DOCUMENT
        item.asked_on = item.asked_on or item.held_on


@transaction.atomic
def set_holder(item: RecordItem, *, office: Office | None = None, office_name: str = "", by: Actor) -> RecordItem:
    """Say which office has a record: one that is known, or a name typed in, which serves this case only.

    What was asked of the former one is to be asked of this one.
    """
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item = fresh(item)
    if office is None and office_name.strip():
        office = add_office(item.visit.case, name=office_name, by=by)
    before, item.holder = item.holder, office_ties.standing(office) if office else None
    item.version += 1
    undoing.take_over(item, by=by)
    item.save(update_fields=["holder", "version", "put_in_by"])
    record(by, "item.holder_set", item, patient=item.visit.case.patient_id, case=item.visit.case_id)
    if before and before != item.holder and item.state in {ItemState.ASKED, ItemState.ACKNOWLEDGED}:
        _ask_another(item, now=clock.now(), by=by)
        if item.kind_id == REFERRAL_KIND:
            _refer_anew(item.visit, now=clock.now(), by=by)
        item = fresh(item)
    replan(item.visit, now=clock.now())
    return item


@transaction.atomic
def set_core(item: RecordItem, needed: bool, *, by: Actor) -> RecordItem:
    """What was heard for this visit alone: the second office needs this on the day, or it can follow."""
    must("say_where_records_are", item.visit.case, by)
    lock_case(item.visit.case)
    item = fresh(item)
    if item.is_core != needed:
        item.is_core = needed
        item.version += 1
        undoing.take_over(item, by=by)
        item.save(update_fields=["is_core", "version", "put_in_by"])
        why = "core" if needed else "can_follow"
        record(by, "item.core_set", item, patient=item.visit.case.patient_id, case=item.visit.case_id, why=why)
        replan(item.visit, now=clock.now())
    return item


@transaction.atomic
def put_back(thing: Undoable, *, why: str = "", by: Actor) -> None:
    """Set a row back one move. The referral and its letter, moved in one breath, go back in one breath."""
    moved_at = thing.moved_at
    _put_back(thing, why, by=by)
    for twin in _twins(thing):
        if twin.moved_at == moved_at:
            _put_back(twin, why, by=by)


def _twins(thing: Undoable) -> Iterable[Undoable]:
    if isinstance(thing, Referral):
        return RecordItem.objects.filter(visit=thing.visit, kind=REFERRAL_KIND)
    if isinstance(thing, RecordItem) and thing.kind_id == REFERRAL_KIND:
        return Referral.objects.filter(visit=thing.visit)
    return []


def _put_back(thing: Undoable, why: str, *, by: Actor) -> None:
    moved_at = thing.moved_at
    undoing.take_over(thing, by=by)
    names = undoing.put_back(thing)
    if isinstance(thing, RecordItem):
        names += former.put_back(thing, moved_at)
    if not isinstance(thing, Referral):
        thing.version += 1
        names.append("version")
    names.append("put_in_by")
    thing.save(update_fields=names)
    visit = thing if isinstance(thing, Visit) else thing.visit
    verb = {Visit: "visit", Referral: "referral", RecordItem: "item", ReportLoop: "report"}[type(thing)]
    record(by, f"{verb}.undone", thing, patient=visit.case.patient_id, case=visit.case_id, why=why)
