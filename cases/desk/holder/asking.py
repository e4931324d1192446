"""What a holder's page shows: the permissions, each record that is asked for, and what was answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case import authority_actions
from cases.case.authority import Authority
from cases.desk.answers import ON_ITS_WAY
from cases.desk.holder.forms import AnswerForm
from cases.desk.letters.models import Letter
from cases.desk.letters.states import REFERRALS
from cases.desk.links.gate import Opened
from cases.records.board import urgent
from cases.records.items.telling import REFERRAL_KIND
from cases.records.models import RecordItem, Release, Visit
from cases.records.release import keeping
from cases.records.release.form import SLIDES, Details
from cases.records.release.states import Why
from cases.records.standing import standing
from cases.records.states import UNASKED, ItemState, KnownBy, Need, Route
from cases.records.wants import fees
from cases.records.words import doctor_of
from portal import phones, when
from portal.texts.words import organisation

BY_THE_OFFICE = {KnownBy.OFFICE_PAGE, KnownBy.OFFICE_FAX, KnownBy.OFFICE_POST, KnownBy.OFFICE}
DONE = ON_ITS_WAY | {ItemState.HELD}
TAKEN_BACK = {Why.TAKEN_BACK, Why.PAPER_GONE}


@dataclass(frozen=True)
class Asked:
    """What is asked of one office for one visit, by permissions that hold today."""

    items: tuple[RecordItem, ...]  # still to be sent
    done: tuple[RecordItem, ...]
    stopped: tuple[RecordItem, ...]  # was permitted, and is not any more
    releases: tuple[Release, ...]  # those that cover what is asked for
    authority: Authority | None


def asked_of(opened: Opened, now: datetime) -> Asked:
    """Nothing is asked for that is not signed for, and nothing once we may not ask."""
    visit, today = opened.visit, now.astimezone(opened.visit.zone).date()
    held = visit.items.wanted().filter(holder=opened.office).exclude(need=Need.PLAN)
    held = held.select_related("kind", "holder").order_by("-is_core", "kind__place")
    releases = [each for each in keeping.signed_for(visit) if each.holder_id == opened.office.pk]
    signed = authority_actions.standing(opened.case)
    may_ask = signed is not None and not keeping.is_paper_gone(signed)
    items, done, stopped, used = [], [], [], set()
    for item in held:
        item.visit = visit  # so that its sealed words open without another look
        covers = [each for each in releases if keeping.why_not(item, visit, [each], today) is None]
        if item.kind_id == REFERRAL_KIND:  # the office writes it itself: no permission of ours lets it go
            if may_ask and _is_asked_to_refer(opened, item):
                (done if item.state in DONE else items).append(item)
        elif item.state in DONE:
            done += [item] if may_ask and (covers or item.known_by in BY_THE_OFFICE) else []
        elif covers and may_ask:
            items.append(item)
            used.add(covers[0].pk)
        elif _was_permitted(item, releases) and (not may_ask or keeping.why_not(item, visit, releases, today)):
            stopped.append(item)
    return Asked(
        items=tuple(items),
        done=tuple(done),
        stopped=tuple(stopped),
        releases=tuple(each for each in releases if each.pk in used),
        authority=signed if may_ask and items else None,
    )


def _is_asked_to_refer(opened: Opened, item: RecordItem) -> bool:
    """Whether it was asked for, or a letter that asks for it is made: the office may have that before we hear so."""
    if item.state not in UNASKED:
        return True
    made = Letter.objects.filter(visit=opened.visit, office=opened.office, kind__in=REFERRALS)
    return made.filter(ended_at__isnull=True).exists()


def part(opened: Opened, now: datetime) -> dict[str, Any] | None:
    """The part of the page; None where this office was never asked for a record by a signed permission."""
    asked = asked_of(opened, now)
    if not (asked.items or asked.done or asked.stopped):
        return None
    stands = standing(opened.visit, now)
    needed = {line.item.pk: line.safe_by for line in stands.items}
    paid = fees.paid_on(asked.items)
    count, name = len(asked.items), {"name": opened.patient.name, "count": len(asked.items)}
    title = _("Thank you. Nothing more is asked for %(name)s") % name
    if count:
        title = ngettext("%(name)s asks for a record", "%(name)s asks for %(count)d records", count) % name
    return {
        "title": title,
        "lead": _lead(asked.releases),
        "items": [
            _row(item, opened.visit, needed.get(item.pk), asked.releases) | {"paid_on": paid.get(item.pk)}
            for item in asked.items
        ],
        "is_urgent": bool(asked.items) and urgent.is_urgent(stands),
        "done": [{"name": item.called, "text": _where_it_is(item)} for item in asked.done],
        "stopped": [item.called for item in asked.stopped],
        "releases": [{"pk": each.pk, "on": each.signed_at} for each in asked.releases],
        "authority": asked.authority,
    }


def _was_permitted(item: RecordItem, releases: Iterable[Release]) -> bool:
    return any(item.pk in release.held.items for release in releases)


def _lead(releases: Iterable[Release]) -> str:
    numbers = dict.fromkeys(Details.read(each.details).record_number for each in releases)
    return " ".join(_("Your number: %(number)s.") % {"number": number} for number in numbers if number)


def _row(item: RecordItem, visit: Visit, needed_by: Any, releases: Iterable[Release]) -> dict[str, Any]:
    return {
        "pk": item.pk,
        "name": item.called,
        "needed_by": needed_by,
        "which": _which(item, releases),
        "where": _where_to(item, visit),
        "said": _said(item),
        "form": form_for(item),
    }


def form_for(item: RecordItem, sent: Any = None) -> AnswerForm:
    return AnswerForm(sent, item=item.pk, is_referral=item.kind_id == REFERRAL_KIND)


def _which(item: RecordItem, releases: Iterable[Release]) -> str:
    """The number of the slides, the years of the records: as they stand on the permission."""
    named = (each for each in releases if _was_permitted(item, [each]))
    details = next((Details.read(each.details) for each in named), Details())
    parts = []
    if item.kind_id == SLIDES and details.accession:
        parts.append(_("Number %(number)s.") % {"number": details.accession})
    if details.records_from:
        parts.append(_("From %(day)s on.") % {"day": when.month_day(details.records_from, year=True)})
    if details.records_to:
        parts.append(_("Up to %(day)s.") % {"day": when.month_day(details.records_to, year=True)})
    if item.is_lent and item.due_back_on:
        parts.append(_("Lent: back with you by %(day)s.") % {"day": when.month_day(item.due_back_on)})
    return " ".join(parts)


def _where_to(item: RecordItem, visit: Visit) -> str:
    us = organisation()
    if item.route == Route.CARRIED:
        return _("Give it to the patient, who takes it along.")
    if item.route == Route.THROUGH_US:
        return _("Send it to us: %(us)s%(fax)s. We pass it on.") % {"us": us.name, "fax": _fax(us.fax)}
    office = visit.office
    parts = [office.name if office else "", doctor_of(visit), office.place if office else ""]
    there = ", ".join(part for part in parts if part)
    return _("Send it straight to %(there)s%(fax)s.") % {"there": there, "fax": _fax(office.fax if office else "")}


def _fax(number: str) -> str:
    return _(", fax %(number)s") % {"number": phones.shown(number)} if number else ""


def _said(item: RecordItem) -> str:
    """What the office has answered, while it can still answer anew."""
    if item.known_by not in BY_THE_OFFICE:
        return ""
    words = {"reason": item.reason.rstrip(". ")}
    if item.kind_id == REFERRAL_KIND and item.reason:
        return _("You told us: %(reason)s. We have asked the patient.") % words
    if item.state == ItemState.NOT_LOCATED:
        return _("You told us that you cannot find it. %(reason)s.") % words
    if item.state == ItemState.NEEDS_YOU:
        return _("You told us what you need first: %(reason)s. We have asked the patient.") % words
    if item.state == ItemState.ACKNOWLEDGED and item.reason:
        return _("%(reason)s.") % words
    return ""


def _where_it_is(item: RecordItem) -> str:
    if item.state == ItemState.SENT and item.sent_on:
        return _("Sent on %(day)s.") % {"day": when.month_day(item.sent_on)}
    if item.state == ItemState.HELD:
        return _("It has been handed over.")
    return _("It has arrived.")


def find(opened: Opened, pk: UUID, now: datetime) -> RecordItem | None:
    """A record that this office's page asks for or has asked for, by its id; None for any other."""
    asked = asked_of(opened, now)
    return next((item for item in (*asked.items, *asked.done) if item.pk == pk), None)
