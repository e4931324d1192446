"""The part of an office's page for the office that sees the patient: what it takes, what came, its report."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case import authority_actions, offices
from cases.case.models import CaseClinician, Office
from cases.desk.links.gate import Opened
from cases.desk.links.parts import Part
from cases.desk.mail import wishes
from cases.desk.packet import contents
from cases.desk.packet.contents import Packet
from cases.desk.packet.models import Taken
from cases.desk.receiving import rules
from cases.desk.receiving.forms import ReceiptForm, ReportForm
from cases.documents import kinds, words
from cases.documents.models import Version
from cases.records.board import urgent
from cases.records.models import RecordItem, ReportLoop
from cases.records.report.passing import SECOND_REPORT
from cases.records.standing import SENT_OR_THERE, ItemStanding, Standing, standing
from cases.records.states import THERE, UNASKED, ItemState, ReportState, Route, VisitState
from portal import when
from portal.errors import Refused

NAME = "receiving"


def is_theirs(opened: Opened) -> bool:
    """Whether this is the office of the visit."""
    return opened.visit.office_id == opened.link.office_id


def is_open(opened: Opened) -> bool:
    """Records need both, however the page was opened."""
    return opened.has_code and opened.has_birth_date


def packet_of(opened: Opened, now: datetime) -> tuple[Packet, str]:
    """What the office may take now, and why nothing where it may not."""
    visit = opened.visit
    try:
        return contents.for_office(visit, now.astimezone(visit.zone).date()), ""
    except Refused:
        return Packet(visit, ()), _("The patient has not signed that we may pass records on. We ask for it.")


def in_packet(packet: Packet) -> set[UUID]:
    return {part.item.pk for part in packet.parts if part.item}


def spoken_of(opened: Opened, packet: Packet) -> list[tuple[RecordItem, list[rules.Said]]]:
    """The records that something can be said of, with what."""
    there = in_packet(packet)
    found = opened.visit.items.wanted().select_related("kind").order_by("kind__place")
    rows = []
    for item in found:
        item.visit = opened.visit  # so that its sealed words open without another look
        if said := rules.can_be_said(item.state, item.route, item.pk in there):
            rows.append((item, said))
    return rows


def receipt_form(opened: Opened, packet: Packet, sent: Any = None) -> ReceiptForm:
    items = [(item.pk, item.called, said) for item, said in spoken_of(opened, packet)]
    return ReceiptForm(sent, items=items)


def context(opened: Opened, now: datetime) -> dict[str, Any] | None:
    """None for an office that does not see the patient; without code and birth date only what is missing."""
    if not is_theirs(opened):
        return None
    if over := why_over(opened):
        return {"title": "", "lead": "", "over": over}
    found: dict[str, Any] = {"title": "", "lead": _lead(opened), "is_open": is_open(opened)}
    if not is_open(opened):
        return found
    (packet, refused), stands = packet_of(opened, now), standing(opened.visit, now)
    taken = set(Taken.objects.filter(link=opened.link).values_list("version", flat=True))
    last = opened.link.receipts.select_related("link__visit__case__key").order_by("-said_at").first()
    return found | {
        "packet": packet,
        "refused": refused,
        "zip_size": words.size_in_words(packet.size),
        "files": [_file(part, opened, part.version.pk in taken) for part in packet.parts],
        "direct": [line for each in stands.items if (line := _coming(each))],
        "in_parts": _in_parts(stands, packet),
        "receipt": last,
        "receipt_form": receipt_form(opened, packet),
        "trouble": _trouble(opened),
        "report_form": ReportForm(),
        "accept": kinds.ACCEPT,
        "limits_in_words": words.limits_in_words(),
        **_report(opened, now),
    }


def _in_parts(stands: Standing, packet: Packet) -> list[str]:
    """In the urgent lane: what we still wait for ourselves, so that nobody waits for all of it."""
    if not urgent.is_urgent(stands):
        return []
    there = in_packet(packet)
    to_come = [each.item for each in stands.items if each.item.route == Route.THROUGH_US and each.item.pk not in there]
    return [item.called for item in to_come if item.state not in SENT_OR_THERE]


def why_over(opened: Opened) -> str:
    """Why the page asks, gives and takes nothing any more: the patient took back what lets us; "" while it stands."""
    if not authority_actions.is_taken_back(opened.case):
        return ""
    return _(
        "The patient took back that we ask for records and pass them on. We can give you nothing, and take nothing."
        " Send your report straight to the patient’s own doctor."
    )


def _lead(opened: Opened) -> str:
    visit = opened.visit
    if visit.on_date is None:
        return _("The visit has no day yet. Three things to do, in any order.")
    day = when.day(visit.on_date)
    if visit.at_time:
        day = _("%(day)s, %(time)s") % {"day": day, "time": when.clock_time(visit.at_time)}
    return _("Visit: %(day)s. Three things to do, in any order.") % {"day": day}


def _file(part: contents.Part, opened: Opened, is_taken: bool) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "title": part.title if part.title != part.heading else "",
        "about": part.about,
        "is_imaging": part.is_imaging,
        "is_taken": is_taken,
        "href": reverse("desk:receive_file", args=[opened.link.pk, part.version.pk]),
    }


def _coming(line: ItemStanding) -> str:
    """ "MRI reports: sent November 6, FedEx 1234"; empty for what is there, comes from us, or nobody asked for."""
    item = line.item
    if item.state in THERE | UNASKED or item.route == Route.THROUGH_US:
        return ""
    said = {"what": item.called, "day": when.month_day(item.sent_on) if item.sent_on else ""}
    if item.route == Route.CARRIED:
        return _("%(what)s: the patient brings it") % said
    if item.state == ItemState.SENT:
        how = ", ".join(part for part in (item.carrier, item.tracking) if part)
        sent = _("%(what)s: sent %(day)s") % said
        return f"{sent}, {how}" if how else sent
    if line.dates.there_expected and item.state in rules.ON_THE_WAY:
        day = when.month_day(line.dates.there_expected)
        return _("%(what)s: asked for, usually there by %(day)s") % {**said, "day": day}
    return _("%(what)s: we are looking into it") % said


def _trouble(opened: Opened) -> list[dict[str, str]]:
    """What the office, or somebody else, said is no use: we are at it."""
    states = [ItemState.INCOMPLETE, ItemState.WILL_NOT_OPEN]
    found = opened.visit.items.filter(state__in=states).select_related("kind").order_by("kind__place")
    rows = []
    for item in found:
        item.visit = opened.visit
        rows.append({"name": item.called, "said": item.get_state_display(), "why": item.reason})
    return rows


def _report(opened: Opened, now: datetime) -> dict[str, Any]:
    visit = opened.visit
    loop = ReportLoop.objects.filter(visit=visit).first() if visit.state == VisitState.HAPPENED else None
    primary = offices.doctor(visit.case, CaseClinician.Role.PRIMARY)
    office = primary.clinician.office if primary else None
    today = now.astimezone(visit.zone).date()
    return {
        "doctor": primary.clinician.name if primary else "",
        "doctor_fax": office.fax if office else "",
        "loop": loop,
        "is_there": loop is not None and loop.state in {ReportState.RECEIVED, ReportState.CONFIRMED},
        "announced_on": loop.sent_on if loop and loop.state == ReportState.ANNOUNCED else None,
        "has_happened": visit.state == VisitState.HAPPENED,
        "may_send": contents.why_not(visit) == "",
        "may_say_happened": visit.state == VisitState.BOOKED and visit.on_date is not None and visit.on_date <= today,
        "reports": reports(opened),
        "wish": wishes.waiting(opened.link),
        "remind_on": wishes.day_for(visit, opened.office, now),
    }


def reports(opened: Opened) -> list[dict[str, Any]]:
    """What this office put in, newest first, and where each file stands."""
    same = Office.objects.filter(Q(pk=opened.link.office_id) | Q(merged_into=opened.link.office_id))
    found = Version.objects.live().filter(
        case=opened.visit.case_id, put_in_by_office__in=same.values("pk"), document__kind=SECOND_REPORT
    )
    found = found.select_related("case__key", "document").order_by("-put_in_at")
    return [
        {
            "name": version.name,
            "ending": version.own_kind.short,
            "tag": words.tag(version),
            "text": words.explanation(version),
            "at": version.put_in_at,
        }
        for version in found
    ]


PART = Part(NAME, "desk/_receiving.html", context)
