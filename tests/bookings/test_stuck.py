"""One of the two cannot get in: the other's page says so, a message goes, one of us rings; when, is said truly."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings import actions
from bookings.stuck import actions as stuck
from bookings.stuck import rules
from cases.case.actions import CALL, settle_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import emails, sender
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from portal.texts.models import Organisation
from tests import people
from tests.bookings import test_asking

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TORONTO = ZoneInfo("America/Toronto")
HOURS = "Monday to Friday, 9 am to 5 pm"


@pytest.fixture
def call(call_in_ten_minutes):
    """In the hours of our office."""
    known = {"hours": "Weekdays, 8 am to 5 pm", "time_zone": "America/Toronto", "region": "CA-ON"}
    Organisation.objects.create(from_at=clock.now(), **known)
    return call_in_ten_minutes


def act(key):
    return Actor.person(people.person(key))


def rows(kind):
    return Reminder.objects.unsettled().filter(kind=kind)


def words(answer):
    return " ".join(answer.content.decode().split())


def address(call):
    return reverse("bookings:call", args=[call.pk])


def page(call, key):
    return words(people.browser(people.person(key)).get(address(call)))


def press(call, key):
    return words(people.browser(people.person(key)).post(address(call), follow=True))


def told_in(row):
    person = reader_of((row.recipient_type, row.recipient_id), clock.now())
    return emails.words_of([row], person, clock.now())[row.pk]


def test_the_consultant_hears_of_it_on_the_call_page_on_today_and_by_a_message(call, rosa, joanne):
    rosa.phone = "+14165550134"
    rosa.save(update_fields=["phone"])
    assert "We know. Joanne hears it at once. One of us calls you now." in press(call, "rosa")
    assert "Rosa can’t get in. Please ring: (416) 555-0134" in page(call, "joanne")
    assert "Rosa can’t get in." in words(people.browser(joanne).get(reverse("pages:today")))
    row = rows("bookings.patient_stuck").get()
    assert row.recipient_id == str(joanne.pk)
    assert told_in(row).line == "Rosa cannot get in. The call page says how to reach them."
    assert ToDo.objects.open().filter(kind=CALL, about_id=str(call.pk)).count() == 1


def test_the_patient_hears_that_the_consultant_cannot(call, rosa, mailoutbox):
    assert "We know. Rosa hears it at once. One of us calls you now." in press(call, "joanne")
    assert "Joanne can’t get in just now. Please stay here, and keep your phone near." in page(call, "rosa")
    sender.run(clock.now())
    assert [mail.subject for mail in mailoutbox][-1] == "About your call just now"
    assert "can’t get in just now" not in page(call, "joanne")


def test_who_cannot_get_in_is_who_is_rung(call, joanne):
    joanne.phone = "+14165550199"
    joanne.save(update_fields=["phone"])
    for key in ("rosa", "joanne", "joanne"):
        press(call, key)
    assert ToDo.objects.open().get(kind=CALL).note == ""
    ours = ToDo.objects.open().get(kind=stuck.OURS)
    assert ours.note == "Joanne Pike, (416) 555-0199"
    board = words(people.browser(people.person("theo")).get(reverse("pages:caseload")))
    assert ours.note in board
    assert address(call).removesuffix("call/") in board


def test_twice_is_once_and_again_once_it_was_seen_to(call):
    todos = [stuck.say_stuck(call, by=act("rosa")) for _press in range(2)]
    assert todos[0] == todos[1]
    assert rows("bookings.patient_stuck").count() == 1
    assert Event.objects.filter(verb="todo.asked", why=CALL).count() == 1
    settle_to_do(todos[0], by=act("theo"))
    assert "can’t get in." not in page(call, "joanne")
    assert stuck.say_stuck(call, by=act("rosa")) != todos[0]
    assert "Rosa can’t get in." in page(call, "joanne")
    assert rows("bookings.patient_stuck").count() == 2


def test_what_was_seen_to_before_the_message_went_is_not_sent(call, mailoutbox):
    settle_to_do(stuck.say_stuck(call, by=act("joanne")), by=act("theo"))
    sender.run(clock.now())
    assert "About your call just now" not in [mail.subject for mail in mailoutbox]


@pytest.mark.parametrize(("at", "why"), [(-16, "not open yet"), (-15, ""), (0, ""), (29, ""), (30, "is over")])
def test_when_it_can_be_said(call, monday, at, why):
    monday.move_to(call.starts_at + at * MINUTE)
    assert ("I can’t get in" in page(call, "rosa")) is (not why)
    shown = press(call, "rosa")
    assert (why in shown) if why else ("We know." in shown)
    assert ToDo.objects.open().filter(about_id=str(call.pk)).exists() is (not why)


def test_it_ends_with_the_call(call, monday):
    stuck.say_stuck(call, by=act("rosa"))
    monday.move_to(call.ends_at)
    assert "can’t get in" not in page(call, "joanne")
    assert sender.run(clock.now()) is not None
    assert not rows("bookings.patient_stuck").exists()


def test_a_canceled_call_says_nothing_of_it(call):
    stuck.say_stuck(call, by=act("rosa"))
    actions.cancel(call, by=act("joanne"))
    assert "can’t get in" not in page(call, "joanne")
    with pytest.raises(Refused, match="not booked any more"):
        stuck.say_stuck(call, by=act("rosa"))


@pytest.mark.parametrize("key", ["grace", "amir"])
def test_it_is_nobody_elses_to_say(call, key):
    with pytest.raises(Refused):
        stuck.say_stuck(call, by=act(key))
    assert people.browser(people.person(key)).post(address(call)).status_code == 404
    assert not ToDo.objects.open().filter(kind=CALL).exists()


def test_a_helper_is_named_and_rung_by_one_of_us(call, case):
    test_asking.helps(case)
    stuck.say_stuck(call, by=act("ama"))
    assert "Ama can’t get in. One of us rings." in page(call, "joanne")
    assert ToDo.objects.open().get(kind=CALL).note.startswith("Ama ")


def test_a_patient_without_email_is_told_by_who_rings(call, rosa):
    rosa.channel, rosa.phone = "call", "+14165550134"
    rosa.save(update_fields=["channel", "phone"])
    assert "hears it at once" not in press(call, "joanne")
    assert not rows("bookings.stuck").exists()
    assert "Tell Rosa, too" in ToDo.objects.open().get(kind=stuck.OURS).note


def test_out_of_our_hours_the_page_says_when_one_of_us_rings(call):
    Organisation.objects.create(from_at=clock.now(), hours="Tuesday, 1 pm to 3 pm", time_zone="America/Toronto")
    opens = stuck.who_rings_at(clock.now())
    shown = page(call, "rosa")
    assert "Joanne hears it at once. Our office is closed now. One of us calls you on Tuesday," in shown
    assert "calls you now" not in press(call, "rosa")
    assert ToDo.objects.open().get(kind=CALL).due_on == opens.astimezone(TORONTO).date()
    assert "We know." in page(call, "rosa")


def test_hours_that_say_no_times_promise_none(call):
    Organisation.objects.create(from_at=clock.now(), hours="Mornings", time_zone="America/Toronto")
    assert "One of us calls you during our office hours: Mornings." in page(call, "rosa")
    Organisation.objects.create(from_at=clock.now(), hours="", time_zone="America/Toronto")
    assert "as soon as somebody is in our office" in page(call, "rosa")


@pytest.mark.parametrize(
    ("now", "closed", "rings"),
    [
        ((10, 14, 0), set(), (10, 14, 0)),  # a Tuesday, 9 am in Toronto
        ((10, 13, 59), set(), (10, 14, 0)),
        ((10, 22, 0), set(), (11, 14, 0)),
        ((13, 22, 0), set(), (16, 14, 0)),  # Friday evening
        ((10, 15, 0), {10, 11}, (12, 14, 0)),
    ],
)
def test_when_one_of_us_rings(now, closed, rings):
    days = {datetime(2026, 11, day, tzinfo=UTC).date() for day in closed}
    said = rules.rings_at(HOURS, TORONTO, days, datetime(2026, 11, *now, tzinfo=UTC))
    assert said == datetime(2026, 11, *rings, tzinfo=UTC)


def test_over_a_clock_change_it_is_9_on_the_wall():
    saturday = datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert rules.rings_at(HOURS, TORONTO, set(), saturday) == datetime(2026, 11, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize("key", ["rosa", "joanne"])
def test_the_page_asks_little_of_the_database_where_both_said_so(call, key, django_assert_max_num_queries):
    for each in ("rosa", "joanne"):
        stuck.say_stuck(call, by=act(each))
    browser = people.browser(people.person(key))
    browser.get(address(call))  # the first page of a sign-in writes it down
    with django_assert_max_num_queries(15):
        assert "We know." in words(browser.get(address(call)))
