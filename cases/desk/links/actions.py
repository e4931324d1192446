"""An office's link: made, opened, woken, locked, ended."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import office_ties
from cases.case.actions import ask_to_do, must, settle_to_dos
from cases.case.models import Case, Office
from cases.case.people import PATIENT, role_in
from cases.desk.links import birth_dates, codes, rules
from cases.desk.links.models import FormerCode, OfficeLink
from cases.desk.links.rules import Ended, OpenedAgain, Standing
from cases.records.items.telling import lock_case
from cases.records.models import LIVE, Visit
from portal import clock, tries
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

# Kinds of to-do: each is about a link.
LOCKED, SEND_CODE, NOT_THEIRS = TO_DOS = "office_locked", "office_code", "office_not_theirs"
CLOSED_BY_HER = "office_closed"  # the patient ended a link: a coordinator looks how the records go now
AN_HOUR, A_DAY = 3600, 86400
WAKES = ((1, AN_HOUR), (3, A_DAY))  # how often a fresh code may be asked for


@transaction.atomic
def link_for(visit: Visit, office: Office, *, by: Actor) -> OfficeLink:
    """The standing link of an office to a visit, made when there is none. For letters and mails to that office.

    Raises Refused where the patient has closed it: then somebody asks her before it opens again.
    """
    lock_case(visit.case)
    office = office_ties.standing(office)
    found = OfficeLink.objects.standing().filter(visit=visit, office=office).first()
    if found:
        return found
    if OfficeLink.objects.filter(visit=visit, office=office, ended_why=Ended.PATIENT).exists():
        raise Refused(
            _("The patient closed the page of this office. Ask them first, then open it again."), code="closed"
        )
    now = clock.now()
    link = OfficeLink(visit=visit, office=office, made_at=now, awake_since=now)
    link.code_digest = codes.digest_of(link)
    link.save(force_insert=True)
    _record(by, "office_link.made", link)
    return link


def standing_of(link: OfficeLink) -> Standing:
    """Whether a link opens now. Select its visit and case."""
    now, visit = clock.now(), link.visit
    return rules.standing(
        ended_at=link.ended_at,
        is_live=_is_live(link),
        visit_on=visit.on_date,
        awake_since=link.awake_since,
        tries=link.wrong_tries,
        today=now.astimezone(visit.zone).date(),
        now=now,
    )


def is_wanted(link: OfficeLink) -> bool:
    """Whether visit and case go on and its last day has not passed, whatever became of the link."""
    last, today = rules.open_until(link.visit.on_date), clock.now().astimezone(link.visit.zone).date()
    return _is_live(link) and (last is None or today <= last)


def _is_live(link: OfficeLink) -> bool:
    return link.visit.state in LIVE and link.visit.case.state != Case.State.CLOSED


def desk_of(link: OfficeLink, address: str = "") -> Actor:
    """The office of a link as the one who acts."""
    return Actor("office", id=link.office_id, address=address)


@transaction.atomic
def try_to_open(link: OfficeLink, *, is_code_right: bool | None, born: date | None, by_mail: bool, by: Actor) -> bool:
    """Whether what somebody typed opens the link: it is open, and what it asks for is right.

    Wrong codes and wrong birth dates are counted apart; the last of either locks it and tells a coordinator. Only a
    right one of its own kind begins anew. None stands for what was left out.
    """
    link = _locked(link)
    on_file = birth_dates.of_patient(link.visit)
    if standing_of(link) != Standing.OPEN or on_file is None:
        return False
    is_born_right = None if born is None else born == on_file
    is_open = rules.is_right(is_code_right, is_born_right, by_mail=by_mail)
    link.tries = rules.tries_after(link.tries, is_code_right, is_open=is_open)
    link.birth_date_tries = rules.tries_after(link.birth_date_tries, is_born_right, is_open=is_open)
    if is_open:
        link.opened_at = clock.now()
        link.awake_since = max(link.awake_since, link.opened_at)
    link.save(update_fields=["opened_at", "awake_since", "tries", "birth_date_tries"])
    if is_open:
        _record(by, "office_link.opened", link, why="by_mail" if by_mail else "on_paper")
        return True
    someone = Actor("anonymous", address=by.address)
    _record(someone, "office_link.tried", link)
    if standing_of(link) == Standing.LOCKED:
        _record(someone, "office_link.locked", link)
        _ask(LOCKED, link, someone)
    return False


@transaction.atomic
def ask_for_code(link: OfficeLink, *, by: Actor) -> bool:
    """The office asks for its code once more: it goes to the fax or address on file, and nowhere else.

    One that sleeps wakes by a new code, and the earlier ones are false from now on. False when it was asked for a
    short time ago, or the link does not open any more.
    """
    link = _locked(link)
    found = standing_of(link)
    if found not in {Standing.OPEN, Standing.ASLEEP}:
        return False
    if not all(tries.may_once_more(f"office-code:{link.pk}", most, seconds) for most, seconds in WAKES):
        return False
    if found == Standing.ASLEEP:
        _renew(link)
    _record(by, "office_link.code_asked", link)
    _ask(SEND_CODE, link, by)
    return True


@transaction.atomic
def say_not_theirs(link: OfficeLink, *, by: Actor) -> None:
    """The office does not know this patient: its link ends at once, also on open pages, and a coordinator is told."""
    link = _locked(link)
    if link.ended_at is not None:
        return
    _end(link, Ended.NOT_OURS)
    _record(by, "office_link.not_theirs", link)
    _settle(link, SEND_CODE, by)
    _settle(link, LOCKED, by)
    _ask(NOT_THEIRS, link, by)


@transaction.atomic
def wake(link: OfficeLink, *, until: datetime | None = None, by: Actor) -> OfficeLink:
    """The link as it is now, for a message or letter to what is on file that names it: this counts as use. One that
    sleeps wakes by a new code.

    `until`: when that message goes. Its unused days count from then.
    """
    link = _locked(link)
    if standing_of(link) == Standing.ASLEEP:
        _renew(link)
        _record(by, "office_link.renewed", link)
    _use(link, until)
    return link


@transaction.atomic
def code_went_out(link: OfficeLink, *, by: Actor) -> None:
    """A letter with its code has gone out: the days without use begin now. What sleeps already stays so.

    Who asked for the code has it then.
    """
    link = _locked(link)
    _use(link)
    _settle(link, SEND_CODE, by)


@transaction.atomic
def make_new_code(link: OfficeLink, *, by: Actor) -> bool:
    """Every code and address that went out is false from now on. For one that sleeps, is locked, or fell into wrong
    hands. False where it is over.
    """
    must("log_calls", link.visit.case, by)
    link = _locked(link)
    if standing_of(link) == Standing.OVER:
        return False
    _renew(link)
    _record(by, "office_link.renewed", link)
    _settle(link, LOCKED, by)
    return True


@transaction.atomic
def unlock(link: OfficeLink, *, by: Actor) -> bool:
    """The office was rung: it may try again with the code that it has. False where it is not locked."""
    must("log_calls", link.visit.case, by)
    link = _locked(link)
    if standing_of(link) != Standing.LOCKED:
        return False
    link.tries = link.birth_date_tries = 0
    link.awake_since = clock.now()
    link.save(update_fields=["tries", "birth_date_tries", "awake_since"])
    _record(by, "office_link.unlocked", link)
    _settle(link, LOCKED, by)
    return True


@transaction.atomic
def close(link: OfficeLink, *, by: Actor) -> bool:
    """End a link, at once, also on open pages. False where it has ended before.

    The patient may, on her privacy page: then a coordinator is asked to look how the records go without it.
    """
    case = link.visit.case
    must("close_office_pages", case, by)
    link = _locked(link)
    if link.ended_at is not None:
        return False
    is_hers = role_in(case, by) == PATIENT
    _end(link, Ended.PATIENT if is_hers else Ended.STAFF)
    _record(by, "office_link.closed", link)
    for kind in TO_DOS:
        _settle(link, kind, by)
    if is_hers:
        _ask(CLOSED_BY_HER, link, by)
    return True


def why_not_again(link: OfficeLink, standing: Collection[tuple[UUID, UUID]] | None = None) -> str:
    """Why a link that was ended cannot be opened again; empty when it can. Select its visit and case.

    `standing`: the visit and office of each link that stands, where the caller has them all.
    """
    if link.ended_at is None:
        return _("This page is not closed.")
    if link.ended_why not in rules.UNDONE or not is_wanted(link):
        return _("The visit or the case is over, so this page stays closed.")
    own = (link.visit_id, link.office_id)
    others = OfficeLink.objects.standing().filter(visit=own[0], office=own[1])
    if own in standing if standing is not None else others.exists():
        return _("This office has another page for the visit, which is open.")
    return ""


@transaction.atomic
def open_again(link: OfficeLink, why: str, *, by: Actor) -> None:
    """Take back that it is not their patient, or that it was closed. What went out before stays void: a new code holds.

    Raises Refused where it cannot be.
    """
    must("log_calls", link.visit.case, by)
    link = _locked(link)
    if reason := why_not_again(link):
        raise Refused(reason, code="state")
    link.ended_at, link.ended_why = None, ""
    link.save(update_fields=["ended_at", "ended_why"])
    _renew(link)
    _record(by, "office_link.opened_again", link, why=OpenedAgain(why))
    _settle(link, NOT_THEIRS, by)
    _settle(link, CLOSED_BY_HER, by)


def _locked(link: OfficeLink) -> OfficeLink:
    """The link as it is now; nobody else changes it, or anything of its case, meanwhile."""
    lock_case(link.visit.case)
    together = ("office", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")
    return OfficeLink.objects.select_for_update(of=("self",)).select_related(*together).get(pk=link.pk)


def _use(link: OfficeLink, until: datetime | None = None) -> None:
    used = until or clock.now()
    if used > link.awake_since and standing_of(link) == Standing.OPEN:
        link.awake_since = used
        link.save(update_fields=["awake_since"])


def _renew(link: OfficeLink) -> None:
    _make_void(link)
    link.awake_since = clock.now()
    link.tries = link.birth_date_tries = 0
    link.save(update_fields=["awake_since", "tries", "birth_date_tries"])
    _make_merged_void(link)


def _end(link: OfficeLink, why: str) -> None:
    link.ended_at, link.ended_why = clock.now(), why
    link.save(update_fields=["ended_at", "ended_why"])
    _make_merged_void(link)


def _make_void(link: OfficeLink) -> None:
    """Every code and address that went out is false from now on, and known as such."""
    FormerCode.objects.create(code_digest=link.code_digest, link=link)
    link.generation += 1
    link.code_digest = codes.digest_of(link)
    link.renewed_at = clock.now()
    link.save(update_fields=["generation", "code_digest", "renewed_at"])


def _make_merged_void(link: OfficeLink) -> None:
    """The codes of those that a merge made one with this link lead to it, so they end with its own."""
    merged = OfficeLink.objects.filter(visit=link.visit_id, office=link.office_id, ended_why=Ended.MERGED)
    for each in merged.select_for_update(of=("self",)):
        _make_void(each)


def _record(by: Actor, verb: str, link: OfficeLink, why: str = "") -> None:
    case = link.visit.case
    record(by, verb, link, patient=case.patient_id, case=case.pk, why=why)


def _ask(kind: str, link: OfficeLink, by: Actor) -> None:
    today = organisation().today()
    office = link.office
    note = " · ".join(part for part in (office.name, office.phone, office.fax) if part)
    ask_to_do(kind, link, case=link.visit.case, due_on=today, note=note, by=by)


def _settle(link: OfficeLink, kind: str, by: Actor) -> None:
    settle_to_dos(link, kind, by=by)
