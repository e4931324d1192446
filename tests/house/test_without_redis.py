"""Without the broker people sign in, read, put files in and book; what was to be done soon is found by beat."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bookings import availability
from bookings.models import Consultation, Hold, Service
from cases.documents.models import Version
from portal.celery import app
from portal.reminders.models import Reminder
from tests import factories, people, plan_files
from tests.bookings.conftest import NOW
from tests.bookings.test_views import TICKS, value
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)  # queueing comes after each commit, as it does for people
SECONDS = 10  # for each press; it is to cost a moment


@pytest.fixture(params=["redis+socket:///nonexistent/redis.sock", "redis://127.0.0.1:1/0"], ids=["gone", "refused"])
def away(request, monkeypatch, settings):
    monkeypatch.setattr(app.conf, "broker_write_url", request.param)
    settings.REDIS_URL = request.param


def press(client: Client, address: str, words: dict[str, object]) -> int:
    began = time.monotonic()
    answer = client.post(address, words)
    assert time.monotonic() - began < SECONDS
    return answer.status_code


def test_sign_in_reading_adding_and_booking_go_on(away, time_machine):
    time_machine.move_to(NOW)
    rosa = people.person("rosa")
    case, practice = factories.open_case(rosa), factories.open_hours()
    client = Client()
    assert press(client, reverse("account_login"), {"login": rosa.email, "password": PASSWORD}) == 302
    for name in ("pages:case_home", "records:list", "documents:list", "bookings:pick"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 200
    plan = SimpleUploadedFile("plan.pdf", plan_files.pdf())
    assert press(client, reverse("documents:add_plan", args=[case.pk]), {"files": plan}) == 302
    assert Version.objects.get().state == Version.State.RECEIVED
    start = availability.free_starts(case, practice, Service.objects.get(code="first_talk"), NOW)[5]
    chosen = {"slot": value(start), "how": "phone", "service": "first_talk"}
    assert press(client, reverse("bookings:pick", args=[case.pk]), chosen) == 302
    hold = Hold.objects.get()
    assert press(client, reverse("bookings:check", args=[hold.pk]), {"seen": hold.choice, **TICKS}) == 302
    call = Consultation.objects.get(state="booked")
    assert call.starts_at == start
    assert Reminder.objects.filter(about_id=call.pk).exists()
