"""The directory of offices, shared by all cases: coordinators change, check and merge its entries."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import office_rules, office_ties
from cases.case.actions import CHECK_OFFICE, ask_to_do, settle_to_do
from cases.case.models import Case, Office, OfficeMerge, ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

WHY_AT_MOST = 200


def _coordinator(by: Actor) -> User:
    if by.user is None or by.user.role != User.Role.COORDINATOR:
        raise Refused(_("Only a coordinator can do this."), code="role")
    return by.user


def _check(reason: str) -> None:
    if reason:
        raise Refused(reason, code="state")


@transaction.atomic
def change_entry(office: Office, *, seen: str = "", by: Actor, **details: Any) -> Office:
    """Change an entry, checked or not. Visits and records live by what it says from now on.

    `seen` is the mark of these details as the form showed them. Raises Refused where they are others by now, and for
    an entry that was merged.
    """
    _coordinator(by)
    rows, _cases = office_ties.lock(office.pk)
    office = rows[office.pk]
    _check(office_rules.why_not_change(office))
    if office_ties.differs(office, details) and seen and seen != office_rules.as_seen(office, details):
        raise Refused(_("Someone changed this entry since you opened it. Look at it once more."), code="state")
    if before := office_ties.set_details(office, details):
        _record("office.changed", office, by)
        office_ties.follow(office, before, by=by)
    return office


@transaction.atomic
def check_office(office: Office, *, by: Actor) -> Office:
    """A coordinator called the number and it is right: from now on everybody finds the office while typing.

    Raises Refused without a number, and for an entry that was merged.
    """
    coordinator = _coordinator(by)
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    _check(office_rules.why_not_check(office))
    if office.checked_at is None:
        office.checked_at, office.checked_by = clock.now(), coordinator
        office.save(update_fields=["checked_at", "checked_by"])
        _record("office.checked", office, by)
    _settle(office, by, kind=CHECK_OFFICE)
    return office


@transaction.atomic
def merge(source: Office, target: Office, *, by: Actor) -> Office:
    """Make two entries of one office one: whatever names `source` names `target` from now on.

    Answers the entry that stands. Pressed twice, or from both sides at once, it is done once. Raises Refused for one
    and the same entry, one that was merged with a third, and while the number of `target` was not called.
    """
    coordinator = _coordinator(by)
    rows, _cases = office_ties.lock(source.pk, target.pk)
    source, target = rows[source.pk], rows[target.pk]
    if source.merged_into_id == target.pk:
        return target
    if target.merged_into_id == source.pk:
        return source
    _check(office_rules.why_not_merge(source, target))
    touched = office_ties.cases_of([source.pk])
    moved = office_ties.move(source, target, by=by)
    source.merged_into, source.merged_at, source.merged_by = target, clock.now(), coordinator
    source.save(update_fields=["merged_into", "merged_at", "merged_by"])
    OfficeMerge.objects.create(
        source=source, target=target, merged_at=source.merged_at, merged_by=coordinator, moved=moved
    )
    _settle(source, by)
    _record("office.merged", source, by, touched)
    return target


def standing_merge(source: Office) -> OfficeMerge | None:
    """The merge by which this entry became part of another one, while it stands and what moved is known."""
    found = OfficeMerge.objects.standing().select_related("target", "merged_by")
    return found.filter(source=source).first()


@transaction.atomic
def undo_merge(source: Office, *, why: str = "", by: Actor) -> Office:
    """Take two entries apart again: what moved and still names the one that stands goes back.

    One's own merge for 10 minutes without a word, later or another's with a reason. Answers the entry that stands for
    itself again; pressed twice it is done once. Raises Refused when what moved is not known, and while the other entry
    is itself part of a third one.
    """
    coordinator, why = _coordinator(by), why.strip()
    known = standing_merge(source)
    rows, _cases = office_ties.lock(source.pk, *([known.target_id] if known else []))
    source, merge = rows[source.pk], standing_merge(source)
    if source.merged_into_id is None:
        return source
    target = rows.get(merge.target_id) if merge else None
    _check(office_rules.why_not_undo(merge, source, target))
    assert merge is not None
    assert target is not None
    now = clock.now()
    if not why and office_rules.needs_a_word(merge, coordinator.pk, now):
        raise Refused(_("Say why in a few words: it is a while ago, or somebody else merged them."), code="input")
    if len(why) > WHY_AT_MOST:
        raise Refused(_("Keep it under %(count)d letters.") % {"count": WHY_AT_MOST}, code="input")
    source.merged_into = source.merged_at = source.merged_by = None
    source.save(update_fields=["merged_into", "merged_at", "merged_by"])
    office_ties.move_back(source, target, merge.moved, by=by)
    merge.undone_at, merge.undone_by, merge.undone_why = now, coordinator, why
    merge.save(update_fields=["undone_at", "undone_by", "undone_why"])
    case = source.for_case
    if source.checked_at is None and case and case.state != Case.State.CLOSED:
        ask_to_do(CHECK_OFFICE, source, case=case, due_on=clock.today(_zone()), note=source.name, by=by)
    _record("office.taken_apart", source, by, office_ties.cases_of([source.pk]))
    return source


def _zone() -> ZoneInfo:
    return organisation().zone


def _settle(office: Office, by: Actor, **which: str) -> None:
    """What the team was asked to do about an entry is done."""
    for todo in ToDo.objects.open().filter(about_type=office._meta.label_lower, about_id=str(office.pk), **which):
        settle_to_do(todo, by=by)


def _record(verb: str, office: Office, by: Actor, cases: Iterable[UUID] = ()) -> None:
    """A line in the history of each case that it touches; one of the house where it touches none."""
    wanted = set(cases) or ({office.for_case_id} if office.for_case_id else set())
    for case, patient in Case.objects.filter(pk__in=wanted).values_list("pk", "patient"):
        record(by, verb, office, patient=patient, case=case)
    if not wanted:
        record(by, verb, office)
