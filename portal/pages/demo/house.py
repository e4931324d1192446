"""The demo's house: the organisation's facts, its people, consultants' hours, checked offices."""

import datetime as dt
from uuid import uuid4
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password

from bookings import availability_actions, slots
from bookings.models import Practice
from cases.case.models import Office
from cases.reviews.sentences import actions as sentences
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages.demo.people import OFFICES, PEOPLE, DemoOffice, DemoPerson
from portal.pages.demo.reviews import SENTENCES
from portal.reminders import patterns, rewording
from portal.texts.models import Organisation

PASSWORD = "demo-demo-demo"
ZONE = ZoneInfo("America/Toronto")
VIDEO_ADDRESS = "https://video.example.org/{reference}"
FACTS = {
    "phone": "416-555-0100",
    "fax": "416-555-0199",
    "email": "office@example.org",
    "address": "12 Sample Street, Toronto",
    "hours": "Monday to Friday, 9 am to 5 pm Eastern Time",
    "time_zone": "America/Toronto",
    "region": "CA-ON",
    "emergency_number": "911",
    "crisis_lines": "988",
    "price": "Free of charge",
    "answer_time": "one business day",
    "languages": "English, Spanish; others with an interpreter",
    "serves": "People in Canada and the United States",
}
# Weekly hours on the consultant's own wall, Monday first: (from, until) spans a day.
MORNINGS, DAYS = ((9, 13),), ((9, 12), (13, 17))
HOURS = {
    "joanne": (DAYS, DAYS, DAYS, DAYS, MORNINGS),
    "amir": (DAYS, DAYS, MORNINGS, DAYS, MORNINGS),
    "sofie": (DAYS, MORNINGS, DAYS, MORNINGS, DAYS),
    "nathan": (MORNINGS, DAYS, MORNINGS, DAYS, DAYS),
    "keiko": (DAYS, DAYS, DAYS, MORNINGS, MORNINGS),
}
PROFESSIONS = {
    "joanne": "Oncology nurse",
    "amir": "Pharmacist",
    "sofie": "Oncology nurse",
    "nathan": "Radiation therapist",
    "keiko": "Social worker",
}

LINES = (
    "Then we know what comes next, and ask no more.",
    "One word from you is enough. Then we know what comes next, and ask no more.",
)


def furnish() -> dict[str, User]:
    """Facts, people, hours, offices; answers the people by key. Walter's row comes with his case."""
    Organisation.objects.create(from_at=clock.now(), **FACTS)
    people = {person.key: _move_in(person) for person in PEOPLE if person.email}
    # Hashing is slow on purpose; one hash serves all of the invented people.
    User.objects.update(password=make_password(PASSWORD))
    for key, week in HOURS.items():
        _open_practice(people[key], PROFESSIONS[key], week)
    for part, title, text in SENTENCES:
        sentences.add(part=part, title=title, text=text, pk=uuid4(), by=Actor.person(people["joanne"]))
    for office in OFFICES:
        _check_in(office, people["theo"])
    _reword(people["mara"])
    return people


def _reword(administrator: User) -> None:
    """One message says it in the house's own words, at the second try."""
    pattern = patterns.known("records.took_place")
    assert pattern is not None
    for seen, line in enumerate(LINES):
        parts = pattern.ours() | {"line": line}
        rewording.reword(pattern, parts, language="en", seen=seen, by=Actor.person(administrator))


def _move_in(person: DemoPerson) -> User:
    user = User.objects.create_user(
        email=person.email,
        role=person.role,
        joined_at=clock.now(),
        **about(person),
    )
    EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    if person.role:
        TOTP.activate(user, generate_totp_secret())
    return user


def about(person: DemoPerson) -> dict[str, object]:
    """What a person says about themselves."""
    return {
        "name": person.name,
        "called": person.called,
        "phone": person.phone.replace(" ", ""),
        "safe_to_ring": person.safe_to_ring,
        "time_zone": person.zone,
        "birth_date": dt.date(person.birth_year, 4, 12) if person.birth_year else None,
    }


def _open_practice(user: User, profession: str, week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    about = {"time_zone": user.time_zone, "profession": profession, "video_address": VIDEO_ADDRESS}
    practice = Practice.objects.create(consultant=user, **about)
    spans = [
        slots.Span(weekday, dt.time(first), dt.time(last)) for weekday, day in enumerate(week) for first, last in day
    ]
    availability_actions.set_hours(practice, spans=spans, by=Actor.person(user))


def _check_in(office: DemoOffice, coordinator: User) -> Office:
    return Office.objects.create(
        name=office.name,
        desk=office.desk,
        phone=office.phone,
        fax=office.fax,
        email=office.email,
        hours=office.hours,
        time_zone=office.zone,
        region=office.region,
        place=office.place,
        likes_to_be_asked=office.likes_to_be_asked,
        has_own_form=bool(office.own_form),
        own_form=office.own_form,
        wants_with_it=office.wants_with_it,
        fee=office.fee,
        never_releases=office.never_releases,
        asks_for=list(office.asks_for),
        usual_days=office.usual_days,
        note=office.note,
        checked_at=clock.now(),
        checked_by=coordinator,
    )


def business_day(today: dt.date, days: int) -> dt.date:
    """So many days from today, moved off a weekend; a day in the past moves back, one to come moves on."""
    on = today + dt.timedelta(days=days)
    while on.weekday() >= 5:
        on += dt.timedelta(days=1 if days >= 0 else -1)
    return on
