"""A Monday morning, a consultant with hours, a patient with a case."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings import availability_actions
from bookings.models import Consultation
from portal import clock
from portal.actors import Actor
from portal.reminders import sender
from tests import factories, people

NOW = datetime(2026, 11, 9, 14, tzinfo=UTC)  # Monday, 9 am in Toronto


@pytest.fixture
def monday():
    """The clock stands at 9 am on Monday, November 9, where Rosa and Joanne live."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def rosa(db):
    return people.person("rosa")


@pytest.fixture
def joanne(db):
    return people.person("joanne")


@pytest.fixture
def practice(monday, joanne):
    return factories.open_hours(joanne)


@pytest.fixture
def case(monday, rosa):
    return factories.open_case(rosa)


@pytest.fixture
def amirs(monday):
    """Amir, by Joanne's clock, who speaks French and knows about lungs."""
    amir = people.person("amir")
    amir.time_zone = "America/Toronto"
    amir.save(update_fields=["time_zone"])
    about = {"profession": "Nurse", "languages": "English, French", "specialties": "Lung cancer"}
    about["video_address"] = "https://video.example.org/amir"
    return availability_actions.set_about(factories.open_hours(amir), **about, by=Actor.person(amir))


@pytest.fixture
def call_in_ten_minutes(case, practice, monday):
    """Ten minutes before a first talk of Rosa's with Joanne."""
    call = factories.book(case, service="first_talk")
    sender.run(clock.now())
    monday.move_to(call.starts_at - timedelta(minutes=10))
    return Consultation.objects.select_related("case__patient", "consultant").get(pk=call.pk)
