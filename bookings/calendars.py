"""Calendar entries of a call: the ICS file, and links that add it to Google or Outlook. Pure.

An entry says as little as a shared calendar should show: "Call with Joanne". Nothing clinical ever enters it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from portal.lines import one_line, unturned

PRODUCT = "-//Remission Support//Portal//EN"
GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


class Method(StrEnum):
    """What the file does to the entry a person already has: add or renew it, or take it away."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Entry:
    """One call as a calendar needs it.

    `uid` stays for the life of the call; `version` rises with every move and becomes the SEQUENCE, so that a
    calendar replaces what it holds. `zone` is the zone the wall time was promised in.
    """

    uid: str
    version: int
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    title: str
    note: str
    url: str
    organizer_name: str
    organizer_email: str
    attendee_email: str = ""


def _rules_of(zone: ZoneInfo, first: date, last: date) -> Timezone:
    """The zone's clock changes near the calls; a calendar needs no others, and mail stays small."""
    year = timedelta(days=366)
    return Timezone.from_tzinfo(zone, first_date=first - year, last_date=last + year)


def _address(email: str, name: str = "") -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["CN"] = vText(one_line(name))
    return address


def _event(entry: Entry, method: Method, made_at: datetime, *, is_invitation: bool = True) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.version)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(entry.zone))
    event.add("dtend", entry.ends_at.astimezone(entry.zone))
    event.add("summary", one_line(entry.title))
    event.add("description", unturned(entry.note))
    event.add("url", entry.url)
    if is_invitation:
        event.add("organizer", _address(entry.organizer_email, entry.organizer_name))
    if is_invitation and entry.attendee_email:
        event.add("attendee", _address(entry.attendee_email))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    return event


def file(entry: Entry, method: Method, made_at: datetime) -> bytes:
    """The entry as an ICS file that adds, renews or removes it. `made_at` becomes its DTSTAMP."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    if entry.zone.key != "UTC":
        calendar.add_component(_rules_of(entry.zone, entry.starts_at.date(), entry.starts_at.date()))
    calendar.add_component(_event(entry, method, made_at))
    return calendar.to_ical()


def feed(entries: Sequence[Entry], made_at: datetime) -> bytes:
    """Several entries as a calendar that another one reads by itself: nobody is invited by it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    zones: dict[str, list[Entry]] = {}
    for entry in entries:
        zones.setdefault(entry.zone.key, []).append(entry)
    for key, here in sorted(zones.items()):
        days = [entry.starts_at.date() for entry in here]
        if key != "UTC":
            calendar.add_component(_rules_of(here[0].zone, min(days), max(days)))
    for entry in entries:
        calendar.add_component(_event(entry, Method.REQUEST, made_at, is_invitation=False))
    return calendar.to_ical()


def _utc(at: datetime, form: str) -> str:
    return at.astimezone(UTC).strftime(form)


def google_link(entry: Entry) -> str:
    """Opens Google's own "new event" page; it learns the title and the hour, not our address."""
    hours = "/".join(_utc(at, "%Y%m%dT%H%M%SZ") for at in (entry.starts_at, entry.ends_at))
    return f"{GOOGLE}?{urlencode({'action': 'TEMPLATE', 'text': entry.title, 'dates': hours})}"


def outlook_link(entry: Entry) -> str:
    """The same for Outlook on the web."""
    return f"{OUTLOOK}?" + urlencode(
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": entry.title,
            "startdt": _utc(entry.starts_at, "%Y-%m-%dT%H:%M:%SZ"),
            "enddt": _utc(entry.ends_at, "%Y-%m-%dT%H:%M:%SZ"),
        }
    )
