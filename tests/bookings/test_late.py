"""One of the two is late: the other's page says so, a message goes; it ends by itself, twice says it once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, availability, tasks
from bookings.late import actions as late
from bookings.late import rules
from bookings.models import Consultation, Late
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import emails, sender
from portal.reminders.models import Reminder
from portal.reminders.readers import reader_of
from tests import people
from tests.bookings import test_asking

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def call(call_in_ten_minutes):
    return call_in_ten_minutes


def act(key):
    return Actor.person(people.person(key))


def rows(kind):
    return Reminder.objects.unsettled().filter(kind=kind)


def words(answer):
    return " ".join(answer.content.decode().split())


def call_page(call, key):
    return words(people.browser(people.person(key)).get(reverse("bookings:call", args=[call.pk])))


def test_the_consultants_word_stands_on_the_patients_page_and_a_message_goes(call, rosa):
    late.say_late(call, 10, by=act("joanne"))
    assert "Joanne is about 10 minutes late." in call_page(call, "rosa")
    row = rows("bookings.late").get()
    assert row.recipient_id == str(rosa.pk)
    told = emails.words_of([row], reader_of(("user", str(rosa.pk)), clock.now()), clock.now())[row.pk]
    assert told.subject == "Your call begins a little later"
    assert Event.objects.filter(verb="consultation.late").count() == 1


def test_the_message_goes_at_once(call, mailoutbox):
    late.say_late(call, 10, by=act("joanne"))
    sender.run(clock.now())
    assert rows("bookings.late").count() == 0
    assert [mail.subject for mail in mailoutbox][-1] == "Your call begins a little later"


def test_the_patient_says_so_too(call, joanne):
    late.say_late(call, 15, by=act("rosa"))
    assert "Rosa is about 15 minutes late." in call_page(call, "joanne")
    assert rows("bookings.patient_late").get().recipient_id == str(joanne.pk)
    page = words(people.browser(joanne).get(reverse("pages:today")))
    assert "Said to be about 15 minutes late." in page


def test_twice_says_it_once_and_another_number_says_it_anew(call):
    for minutes in (10, 10):
        late.say_late(call, minutes, by=act("joanne"))
    assert rows("bookings.late").count() == Event.objects.filter(verb="consultation.late").count() == 1
    late.say_late(call, 20, by=act("joanne"))
    assert [(row.version, row.useful_until) for row in rows("bookings.late")] == [(2, call.starts_at + 20 * MINUTE)]
    assert Late.objects.get().minutes == 20


def test_here_now_ends_it(call):
    late.say_late(call, 10, by=act("joanne"))
    for _press in range(2):
        late.say_there(call, by=act("joanne"))
    assert not Late.objects.exists()
    assert not rows("bookings.late").exists()
    assert Event.objects.filter(verb="consultation.there").count() == 1
    assert "minutes late." not in call_page(call, "rosa")


def test_it_ends_with_its_minutes(call, monday):
    late.say_late(call, 10, by=act("joanne"))
    monday.move_to(call.starts_at + 9 * MINUTE)
    assert "minutes late." in call_page(call, "rosa")
    monday.move_to(call.starts_at + 10 * MINUTE)
    assert "minutes late." not in call_page(call, "rosa")


@pytest.mark.parametrize("ends", ["cancel", "complete"])
def test_it_ends_with_the_call(call, monday, ends):
    late.say_late(call, 10, by=act("joanne"))
    monday.move_to(call.starts_at)
    getattr(actions, ends)(call, by=act("joanne"))
    assert not Late.objects.exists()
    assert not rows("bookings.late").exists()
    with pytest.raises(Refused, match="not booked any more"):
        late.say_late(call, 10, by=act("joanne"))


def test_a_call_that_moves_begins_anew(call, case, practice):
    late.say_late(call, 10, by=act("joanne"))
    start = availability.free_starts(case, practice, call.service, clock.now())[0]
    wish = {"case": case, "consultant": call.consultant, "service": call.service, "starts_at": start, "how": "video"}
    kept = actions.hold(**wish, moving=call, reason="She is ill", by=act("theo"))
    actions.move(hold=kept, by=act("theo"))
    assert not Late.objects.exists()


@pytest.mark.parametrize(
    ("at", "why"), [(-61, "from an hour before"), (-60, ""), (0, ""), (29, ""), (30, "This call is over")]
)
def test_when_it_can_be_said(call, at, why):
    said = rules.why_not(call, call.starts_at + at * MINUTE)
    assert (why in said) if why else (said == "")


@pytest.mark.parametrize("key", ["grace", "amir", "ama"])
def test_it_is_nobody_elses_to_say(call, key):
    with pytest.raises(Refused):
        late.say_late(call, 10, by=act(key))
    answer = people.browser(people.person(key)).post(reverse("bookings:late", args=[call.pk]), {"minutes": "10"})
    assert answer.status_code == 404
    assert not Late.objects.exists()


def test_a_helper_who_books_says_it_for_her(call, case):
    test_asking.helps(case)
    late.say_late(call, 5, by=act("ama"))
    assert Late.objects.get().side == "patient"


@pytest.mark.parametrize("minutes", ["0", "7", "-5", "x", "", "99999999999", "5.5", "٥"])
def test_what_is_no_choice_is_refused(call, minutes):
    browser = people.browser(people.person("joanne"))
    answer = browser.post(reverse("bookings:late", args=[call.pk]), {"minutes": minutes, "from": "call"})
    assert answer.url == reverse("bookings:call", args=[call.pk])
    assert not Late.objects.filter(minutes__gt=5).exists()


def test_from_today_it_leads_back_to_today(call, joanne):
    browser = people.browser(joanne)
    assert "I’m late by" in words(browser.get(reverse("pages:today")))
    body = {"minutes": "5", "from": "today"}
    assert browser.post(reverse("bookings:late", args=[call.pk]), body).url == reverse("pages:today")
    assert "I’m here now" in words(browser.get(reverse("pages:today")))


def test_who_has_no_email_is_rung(call, rosa):
    rosa.channel, rosa.phone = "call", "+14165550101"
    rosa.save(update_fields=["channel", "phone"])
    late.say_late(Consultation.objects.get(pk=call.pk), 10, by=act("joanne"))
    assert not rows("bookings.late").exists()
    assert ToDo.objects.open().filter(kind=late.TELL_LATE).count() == 1
    late.say_there(call, by=act("joanne"))
    assert not ToDo.objects.open().filter(kind=late.TELL_LATE).exists()


def test_said_after_the_start_it_counts_from_then(call, monday, mailoutbox):
    monday.move_to(call.starts_at + 8 * MINUTE)
    late.say_late(call, 5, by=act("joanne"))
    assert "Joanne is about 5 minutes late." in call_page(call, "rosa")
    sender.run(clock.now())
    assert [mail.subject for mail in mailoutbox][-1] == "Your call begins a little later"
    monday.move_to(call.starts_at + 14 * MINUTE)
    assert "minutes late." not in call_page(call, "rosa")
    late.say_late(call, 5, by=act("joanne"))  # once more, after those were over
    assert "Joanne is about 5 minutes late." in call_page(call, "rosa")


def rung(call, rosa):
    rosa.channel, rosa.phone = "call", "+14165550101"
    rosa.save(update_fields=["channel", "phone"])
    late.say_late(Consultation.objects.get(pk=call.pk), 10, by=act("joanne"))
    return ToDo.objects.open().filter(kind=late.TELL_LATE)


def test_her_own_here_now_leaves_the_ring_about_the_consultant(call, rosa):
    open_ones = rung(call, rosa)
    late.say_late(call, 5, by=act("rosa"))
    late.say_there(call, by=act("rosa"))
    assert open_ones.count() == 1


def test_nobody_rings_any_more_once_its_minutes_are_over(call, rosa, monday):
    open_ones = rung(call, rosa)
    tasks.end_asked()
    assert open_ones.count() == 1
    monday.move_to(call.starts_at + 10 * MINUTE)
    for _turn in range(2):
        tasks.end_asked()
    assert not open_ones.exists()
    assert Event.objects.filter(verb="todo.dropped").count() == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [({"minutes": 7}, "late_minutes_can_be_pressed"), ({"side": "nobody"}, "late_side_is_known")],
)
def test_the_database_refuses(call, change, name):
    late.say_late(call, 10, by=act("joanne"))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Late.objects.update(**change)


def test_one_word_a_side(call, joanne):
    said = late.say_late(call, 10, by=act("joanne"))
    with pytest.raises(IntegrityError, match="late_one_word_a_side"), transaction.atomic():
        Late.objects.create(
            call=call, side="consultant", minutes=5, starts_at=said.starts_at, said_at=clock.now(), said_by=joanne
        )
