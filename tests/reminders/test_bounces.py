"""Mail that came back later, told of by the provider: signed and fresh only, once, and nothing personal in logs."""

import datetime as dt
import hashlib
import hmac
import json
import logging

import pytest
from django.test import Client

from cases.case.models import ToDo
from portal import urls
from portal.accounts.models import User
from portal.history.models import Event
from portal.reminders import sender
from portal.reminders.models import Delivery
from tests import factories, people
from tests.reminders.kinds import NOON, plan

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.reminders.mail_events_urls")]
KEY = "key-of-the-tests"
ADDRESS = "/mail-events/mailgun/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def key(settings):
    settings.MAILGUN_SIGNING_KEY = KEY


@pytest.fixture
def sent(clock, rosa, smtp_sink):
    factories.open_case(rosa)  # without a case nobody of the team writes to her any more
    plan("tests.call", rosa, due_at=NOON - 2 * HOUR)
    sender.run()
    return Delivery.objects.get()


def signature(at=NOON, key=KEY):
    stamp, token = str(int(at.timestamp())), "a-token-of-fifty-letters"
    made = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": made}


def failed(delivery, **changes):
    """What Mailgun sends of a message that nobody took."""
    return {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": "rosa@example.org",
        "timestamp": NOON.timestamp(),
        "message": {"headers": {"message-id": delivery.message_id.strip("<>")}},
        "delivery-status": {"code": 550, "message": "No such user: rosa@example.org"},
    } | changes


def tell(event, signed=None):
    body = {"signature": signed or signature(), "event-data": event}
    return Client(enforce_csrf_checks=True).post(ADDRESS, json.dumps(body), content_type="application/json")


def wrong_addresses():
    return ToDo.objects.filter(kind="fix_address", done_at=None)


def test_a_hard_bounce_becomes_a_row_on_the_board_and_shows_in_the_log(sent, rosa):
    assert tell(failed(sent)).status_code == 200
    assert [todo.about_id for todo in wrong_addresses()] == [str(rosa.pk)]
    assert Delivery.objects.get().came_back_at == NOON
    assert Event.objects.get(verb="reminder.came_back").why == "bounced"
    html = people.browser(people.person("theo")).get("/staff/reminders/").content.decode()
    assert "Came back" in html


def test_a_complaint_is_looked_at_by_a_person(sent):
    assert tell(failed(sent, event="complained")).status_code == 200
    assert wrong_addresses().count() == 1
    assert Event.objects.get(verb="reminder.came_back").why == "complained"


@pytest.mark.parametrize(
    "changes", [{"severity": "temporary"}, {"event": "delivered"}, {"event": "opened"}, {"event": "x"}]
)
def test_what_is_not_for_good_changes_nothing(sent, changes):
    assert tell(failed(sent, **changes)).status_code == 200
    assert not wrong_addresses().exists()
    assert Delivery.objects.get().came_back_at is None


@pytest.mark.parametrize("message_id", ["", "no-id", "3f2f1d4e-0000-4000-8000-000000000000@example.org", "x" * 5000])
def test_a_message_that_is_not_ours_changes_nothing(sent, message_id):
    message = {"message": {"headers": {"message-id": message_id}}}
    assert tell(failed(sent) | message).status_code == 200
    assert tell(failed(sent) | {"message": {}}).status_code == 200
    assert not wrong_addresses().exists()


def test_our_id_under_another_name_is_not_ours(sent):
    for host in ("elsewhere.example", "\0"):
        message = {"message": {"headers": {"message-id": f"{sent.pk}@{host}"}}}
        assert tell(failed(sent) | message).status_code == 200
    assert Delivery.objects.get().came_back_at is None


def test_a_replay_changes_nothing_even_after_the_address_was_looked_at(sent, rosa):
    tell(failed(sent))
    wrong_addresses().update(done_at=NOON)
    assert tell(failed(sent)).status_code == 200
    assert not wrong_addresses().exists()
    assert Event.objects.filter(verb="reminder.came_back").count() == 1


def test_an_address_put_right_meanwhile_is_not_wrong_because_the_old_one_was(sent, rosa):
    old = rosa.email
    User.objects.filter(pk=rosa.pk).update(email="rosa.new@example.org")
    assert tell(failed(sent, recipient=old)).status_code == 200
    assert not wrong_addresses().exists()
    assert Delivery.objects.get().came_back_at == NOON


FALSE = {
    "unsigned": {},
    "signed by another": signature(key="another-key"),
    "its time moved": signature() | {"timestamp": str(int(NOON.timestamp()) + 60)},
    "its token moved": signature() | {"token": "another"},
    "stale": signature(at=NOON - dt.timedelta(hours=13)),
    "of the future": signature(at=NOON + dt.timedelta(hours=13)),
    "no number": signature() | {"timestamp": "nan"},
    "no text": {"timestamp": [], "token": {}, "signature": None},
    "no block": [1],
}


@pytest.mark.parametrize("signed", FALSE.values(), ids=FALSE)
def test_what_is_not_signed_now_and_by_them_is_refused(sent, signed, caplog):
    with caplog.at_level(logging.DEBUG):
        assert tell(failed(sent), signed or {"none": ""}).status_code == 400
    assert not wrong_addresses().exists()
    assert Delivery.objects.get().came_back_at is None


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '"x"', "null", "{}", "\xff"])
def test_bodies_that_are_none_are_refused(sent, body):
    assert Client().post(ADDRESS, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("event", [{}, [], None, 7, {"event": {}}, {"event": "failed", "timestamp": "x"}])
def test_signed_events_that_are_none_are_refused(sent, event):
    assert tell(event).status_code in (200, 400)
    assert not wrong_addresses().exists()


def test_forms_of_old_are_refused(sent):
    fields = signature() | {"event": "bounced", "Message-Id": sent.message_id, "recipient": "rosa@example.org"}
    assert Client().post(ADDRESS, fields).status_code == 400
    assert Client().post(ADDRESS, "event=bounced", content_type="application/x-www-form-urlencoded").status_code == 400
    assert Client().get(ADDRESS).status_code == 405


def test_logs_hold_nothing_personal(sent, rosa, caplog):
    with caplog.at_level(logging.DEBUG):
        tell(failed(sent))
        tell(failed(sent), signature(key="another-key"))
    for secret in (rosa.email, "Rosa", sent.message_id.strip("<>"), "No such user"):
        assert secret not in caplog.text


def test_without_a_key_there_is_no_such_page(sent, settings):
    settings.MAILGUN_SIGNING_KEY = ""
    assert tell(failed(sent)).status_code == 404


def test_without_a_key_it_is_not_even_routed():
    assert "mail_events" not in [getattr(each, "name", "") for each in urls.urlpatterns]
