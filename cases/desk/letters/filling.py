"""The facts of a letter, gathered from the case as it is now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.case import authority_actions, offices
from cases.case.authority import Authority
from cases.case.models import CaseClinician, Office
from cases.case.people import COORDINATOR, role_in
from cases.desk.letters import paper, rules, visits, words
from cases.desk.letters.models import Letter, LetterItem
from cases.desk.letters.referring import Referring
from cases.desk.letters.states import REFERRALS, WITHOUT_RELEASE, LetterKind
from cases.desk.letters.words import Asked, Facts, Place
from cases.desk.links.actions import standing_of
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Standing
from cases.desk.packet import contents
from cases.documents.models import Version
from cases.records import words as record_words
from cases.records.board import urgent
from cases.records.days import legal_clock
from cases.records.days.closed_days import closed_days
from cases.records.items.telling import REFERRAL_KIND
from cases.records.models import IdentityCopy, RecordItem, Release, Visit
from cases.records.release import form as release_form
from cases.records.release import keeping as release_keeping
from cases.records.release.form import Details
from cases.records.release.states import Stain
from cases.records.rules import THIRD
from cases.records.standing import ItemStanding, standing
from cases.records.states import ItemState, Route, VisitState
from cases.records.wants import copies, fees
from portal import phones, when
from portal.actors import SYSTEM, Actor
from portal.once import once
from portal.texts.models import Organisation
from portal.texts.words import organisation

OF_ITEM = ("kind", "visit__case__patient", "visit__case__key")
VISIT_TOGETHER = ("case__patient", "case__key", "office", "clinician__office")


@dataclass(frozen=True)
class Request:
    """What a letter would be about: an office, the records to name, and what was signed for them."""

    kind: str
    visit: Visit
    office: Office
    items: Sequence[RecordItem]
    release: Release | None
    authority: Authority | None
    why_not: str = ""  # the reason why none may go today
    identity: IdentityCopy | None = None

    @property
    def wants_release(self) -> bool:
        return self.kind not in WITHOUT_RELEASE


def for_items(kind: str, about: RecordItem, now: datetime) -> Request | None:
    """A letter to the office that has this record, for all that it still has to send; None where there is none."""
    visit = fresh_visit(about.visit)
    if about.holder is None:
        return None
    found = release_form.items_of(visit, about.holder)
    if kind == LetterKind.AGAIN:
        found = [item for item in found if item.state in rules.WAITS]
    else:
        found = [item for item in found if rules.kind_of(item.kind_id) == kind]
    # The record that was asked about leads, so that it is on the page when there are too many.
    found.sort(key=lambda item: item.pk != about.pk)
    if not found or found[0].pk != about.pk:
        return None
    return _request(kind, visit, about.holder, found, now)


def for_visit(kind: str, visit: Visit, now: datetime) -> Request | None:
    """A letter about a visit as a whole: for its report or its referral, or with what we pass on."""
    visit = fresh_visit(visit)
    office = visits.office_of(kind, visit)
    if office is None or not visits.is_open(kind, visit):
        return None
    items: list[RecordItem] = []
    if kind == LetterKind.COVER:
        items = passed_on(visit, now)
        if not items and not why_not(visit):
            return None
    elif kind in REFERRALS:
        items = list(RecordItem.objects.wanted().filter(visit=visit, kind=REFERRAL_KIND).select_related(*OF_ITEM))
    return _request(kind, visit, office, items, now)


def for_link(link: OfficeLink, now: datetime) -> Request | None:
    """A letter with the code of an office's page; None once that is closed."""
    visit = fresh_visit(link.visit)
    link.visit = visit
    if standing_of(link) == Standing.OVER:
        return None
    return _request(LetterKind.CODE, visit, link.office, [], now)


def passed_on(visit: Visit, now: datetime) -> list[RecordItem]:
    """The records in our hands whose files may go to the visit's office today: what the packet has, too."""
    if contents.why_not(visit):
        return []
    packet = contents.for_office(visit, now.astimezone(visit.zone).date())
    found = {part.item.pk: part.item for part in packet.parts if part.item}
    return [item for item in found.values() if (item.route, item.state) == (Route.THROUGH_US, ItemState.HELD)]


def asked_by(letter: Letter) -> list[LetterItem]:
    """What a letter asks for, each with its record as it is now, in the letter's order; once a page."""
    asks = letter.asks.select_related(*(f"item__{each}" for each in OF_ITEM)).order_by("place")
    return once(("asked by", letter.pk), lambda: list(asks))


def fresh_visit(visit: Visit) -> Visit:
    return Visit.objects.select_related(*VISIT_TOGETHER).get(pk=visit.pk)


def _request(kind: str, visit: Visit, office: Office, items: list[RecordItem], now: datetime) -> Request:
    release, named, why, copy = None, items, "", None
    if kind not in WITHOUT_RELEASE:
        today = now.astimezone(visit.zone).date()
        signed = [each for each in release_keeping.signed_for(visit) if each.holder_id == office.pk]
        release = next((each for each in signed if each.is_signed), None)
        named = [item for item in items if release_keeping.why_not(item, visit, signed, today) is None]
        first = release_keeping.why_not(items[0], visit, signed, today)
        copy = copies.live_for(visit, office)
        why = (str(first.label) if first else "") or _why_not_yet(copy)
    return Request(
        kind,
        visit,
        office,
        tuple(named[: rules.MOST_ITEMS]),
        release,
        authority_actions.standing(visit.case),
        why_not(visit, kind) or why,
        copy,
    )


def _why_not_yet(copy: IdentityCopy | None) -> str:
    if copy is None or copy.is_ready:
        return ""
    return _("The copy of the ID is still being checked. Look again in a moment.")


def why_not(visit: Visit, kind: str = "") -> str:
    """Why no letter about a visit may go out today; empty when one may."""
    if visit.state == VisitState.CANCELLED:
        return _("That visit is called off.")
    if not release_keeping.may_ask(visit.case):
        return _("It is not signed yet that we may ask about these records.")
    return visits.why_not(kind, visit)


def facts_of(request: Request, items: Sequence[RecordItem], now: datetime, *, by: Actor) -> Facts:
    """What the page is made of, for these of its records."""
    visit, office, us = request.visit, request.office, organisation()
    patient, details = visit.case.patient, Details.read(request.release.details if request.release else "")
    is_ours = role_in(visit.case, by) == COORDINATOR and by.user is not None
    asks = Referring(request.kind, visit, now) if request.kind in REFERRALS else None
    stands = standing(visit, now) if request.wants_release else None
    named = {item.pk for item in items}
    own = [line for line in stands.items if line.item.pk in named] if stands else []
    files = visits.report_files(visit) if request.kind == LetterKind.PASS_ON else []
    return Facts(
        kind=request.kind,
        patient=patient.name,
        # The page asks for it beside the code, so the two do not come on one sheet.
        born_on=None if request.kind == LetterKind.CODE else patient.birth_date or details.born_on,
        today=now.astimezone(ZoneInfo(office.time_zone)).date(),
        to=[office.name, _for_whom(request, asks), _fax(office)],
        us=us.name,
        our_phone=phones.shown(us.phone),
        our_fax=phones.shown(us.fax),
        our_hours=us.hours,
        speak_to=by.user.name if is_ours else "",
        items=_asked(request, items, now),
        former_name=details.former_name,
        record_number=details.record_number,
        accession=details.accession if request.kind == LetterKind.SLIDES else "",
        stain=str(Stain(details.stain).label) if details.stain and request.kind == LetterKind.SLIDES else "",
        dates=_dates(details),
        straight_to=_where_to(request, items, us, asks),
        needed_by=asks.needed_by if asks else _needed_by(request, own, now),
        back_on=items[0].due_back_on if request.kind == LetterKind.SLIDES else None,
        signed=_signed(request),
        with_it=_with_it(request, asks, files),
        law=legal_clock.clock_for(office.region),
        visit_on=visit.on_date,
        is_third=visit.round == THIRD,
        behind=[str(each.pk) for each in files],
        first=asks.first if asks else "",
        treatment_on=visit.case.treatment_on if asks else None,
        own_words=asks.own_words if asks else (),
        is_urgent=stands is not None and urgent.is_urgent(stands),
        paid=_paid(items) if request.wants_release else "",
    )


def is_still_so(letter: Letter, visit: Visit, items: Sequence[RecordItem]) -> bool:
    """Whether the page of a letter says nothing that is wrong by now: whose it is, where it goes, what it asks for.

    The visit and its records as they are now.
    """
    asked_with = (letter.release, letter.authority)
    request = Request(letter.kind, visit, letter.office, items, *asked_with, identity=letter.identity)
    with paper.reader(visit.zone):
        facts = facts_of(request, items, letter.made_at, by=SYSTEM)
    return words.is_still_so(json.loads(letter.said or "{}"), facts)


def _for_whom(request: Request, asks: Referring | None) -> str:
    """The doctor whom it is for, or the desk that has records."""
    if asks:
        return asks.doctor
    if request.kind == LetterKind.PASS_ON:
        primary = offices.doctor(request.visit.case, CaseClinician.Role.PRIMARY)
        return primary.clinician.name if primary else ""
    return request.office.desk


def _fax(office: Office) -> str:
    return _("Fax %(number)s") % {"number": phones.shown(office.fax)} if office.fax else ""


def _asked(request: Request, items: Sequence[RecordItem], now: datetime) -> list[Asked]:
    if request.kind != LetterKind.AGAIN:
        return [Asked(item.called) for item in items]
    region = request.office.region
    law, closed = legal_clock.clock_for(region), closed_days([region], now.date())[region]
    return [
        Asked(item.called, item.asked_on, law.answer_by(item.asked_on, closed) if item.asked_on else None)
        for item in items
    ]


def _paid(items: Sequence[RecordItem]) -> str:
    """ "Paid on November 24, 2026", or which of them on which day."""
    days = fees.paid_on(items)
    said = {pk: _("paid on %(day)s") % {"day": when.month_day(day, year=True)} for pk, day in days.items()}
    if len(items) == 1 or not said:
        return said.get(items[0].pk, "") if items else ""
    return ", ".join(f"{rules.PLACES[at]}) {said[item.pk]}" for at, item in enumerate(items) if item.pk in said)


def _dates(details: Details) -> str:
    days = [when.month_day(day, year=True) for day in (details.records_from, details.records_to) if day]
    if len(days) == 2:
        return days[0] if days[0] == days[1] else _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}
    if details.records_from:
        return _("%(day)s on") % {"day": days[0]}
    return _("up to %(day)s") % {"day": days[0]} if days else ""


def _where_to(request: Request, items: Sequence[RecordItem], us: Organisation, asks: Referring | None) -> list[Place]:
    """One place for each way; where records of a letter go different ways, each says which."""
    if request.kind == LetterKind.CODE:
        return []
    if request.kind == LetterKind.COVER:
        return [Place([record_words.doctor_of(request.visit)])]
    if request.kind == LetterKind.REPORT:
        return [_primary(request.visit)]
    second = _there(record_words.doctor_of(request.visit), request.visit.office)
    if request.kind == LetterKind.PASS_ON:
        return [second]
    if asks:
        return [asks.to_whom(second)]
    routes = list(dict.fromkeys(item.route for item in items))
    places = [_way(route, request.visit, us) for route in routes]
    if len(routes) < 2:
        return places
    return [
        replace(place, which=", ".join(rules.PLACES[at] for at, item in enumerate(items) if item.route == route))
        for route, place in zip(routes, places, strict=True)
    ]


def _way(route: str, visit: Visit, us: Organisation) -> Place:
    if route == Route.CARRIED:
        return Place([visit.case.patient.name], _("who carries it"))
    if route == Route.THROUGH_US:
        return Place([us.name, us.address], _reach(us.phone, us.fax))
    return _there(record_words.doctor_of(visit), visit.office)


def _there(doctor: str, office: Office | None) -> Place:
    if office is None:
        return Place([doctor])
    return Place([doctor, office.name, office.desk, office.place], _reach(office.phone, office.fax))


def _reach(phone: str, fax: str) -> str:
    reach = [
        _("phone %(number)s") % {"number": phones.shown(phone)} if phone else "",
        _("fax %(number)s") % {"number": phones.shown(fax)} if fax else "",
    ]
    return ", ".join(part for part in reach if part)


def _primary(visit: Visit) -> Place:
    """The primary doctor with the office: where a report goes."""
    found = visit.case.clinicians.filter(role=CaseClinician.Role.PRIMARY).select_related("clinician__office").first()
    return _there(found.clinician.name, found.clinician.office) if found else Place([_("the primary doctor")])


def _needed_by(request: Request, lines: Sequence[ItemStanding], now: datetime) -> date | None:
    if not request.visit.on_date or not request.wants_release:
        return None
    days = [line.safe_by for line in lines if line.safe_by]
    today = now.astimezone(request.visit.zone).date()
    # A safe day that has passed is not held up to anyone: then the visit's own day counts.
    return max(min(days), today) if days and min(days) >= today else request.visit.on_date


def _signed(request: Request) -> str:
    if request.kind == LetterKind.CODE:
        return ""
    thing = request.release or request.authority
    if thing is None or thing.signed_at is None:
        return ""
    zone = request.visit.case.patient.zone
    return _("By the patient on %(day)s.") % {"day": when.month_day(thing.signed_at, zone, year=True)}


def _with_it(request: Request, asks: Referring | None, files: Sequence[Version]) -> list[str]:
    if request.kind == LetterKind.CODE:
        return []
    pages = [_("the permission to send records")] if request.release else []
    count = sum(each.pages for each in files)
    if count:
        pages.append(ngettext("the report, %(count)d page", "the report, %(count)d pages", count) % {"count": count})
    if asks and asks.own_words:
        pages.append(_("the patient’s own letter"))
    pages.append(_("the words by which we may ask"))
    if request.release and request.release.own_form and request.release.own_form.withdrawn_at is None:
        pages.append(_("your own form"))
    if request.identity:
        pages.append(_("a copy of the patient’s ID"))
    return pages
