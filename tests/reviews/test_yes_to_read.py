"""Whoever takes a plan without the patient's yes has her asked for it: once, until she answers or nobody has it."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.helping.mandates import record_mandate
from cases.case.models import Case, ToDo
from cases.reviews import actions, opening
from cases.reviews.models import Review
from cases.reviews.queue import handing, notices
from portal import clock
from portal.accounts.models import User
from portal.pages import closing_actions
from portal.reminders.models import Outcome, Reminder
from portal.reminders.readers import reader_of
from portal.reminders.rules import clinical_words
from tests import factories, people
from tests.pages.test_helper_home import agreed
from tests.people import browser
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def free(key: str = "rosa") -> Review:
    """A plan of a case without a consultant, to be read without a call."""
    case = factories.open_case(people.person(key))
    world.plan(case)
    return opening.ask_for_reading(case, by=by(key))


def taken(key: str = "amir") -> Review:
    return actions.take(free(), by=by(key))


def asked() -> list[Reminder]:
    """What she would be sent now."""
    rows = list(Reminder.objects.filter(kind=notices.ASKS_TO_READ, settled_at=None))
    due = notices.ASKING.still_due(rows, clock.now())
    return [row for row in rows if row.pk in due]


def home(case: Case, key: str = "rosa") -> str:
    return browser(people.person(key)).get(case.get_absolute_url()).text


def sent() -> None:
    Reminder.objects.filter(kind=notices.ASKS_TO_READ).update(settled_as=Outcome.SENT, settled_at=clock.now())


WAITS = "Amir Haddad would like to read the plan."


def test_taking_asks_her_by_message_and_on_her_home_which_leads_to_the_yes():
    review = taken()
    (row,) = asked()
    assert row.recipient_id == str(review.case.patient_id)
    assert WAITS in home(review.case)
    address = reverse("reviews:summary", args=[review.case_id])
    assert address in home(review.case)
    assert reverse("reviews:agree", args=[review.case_id]) in browser(people.person("rosa")).get(address).text
    page = browser(people.person("amir")).get(review.get_absolute_url())
    assert (page.status_code, "The patient is asked for their yes" in page.text) == (403, True)


def test_the_message_names_who_asks_and_nothing_clinical():
    taken()
    (row,) = asked()
    words = notices.ASKING.words([row], reader_of(("user", row.recipient_id), clock.now()), clock.now())[row.pk]
    assert words.lead == "Amir is there for you now, Rosa, and asks for your yes"
    assert clinical_words(" ".join([words.subject, words.lead, words.line])) == []


def test_her_yes_ends_it_everywhere():
    review = taken()
    browser(people.person("rosa")).post(reverse("reviews:agree", args=[review.case_id]))
    assert asked() == []
    assert not Reminder.objects.filter(kind=notices.ASKS_TO_READ, settled_at=None).exists()
    assert WAITS not in home(review.case)


def test_taken_twice_she_is_asked_once():
    review = taken()
    actions.take(review, by=by("amir"))
    assert Reminder.objects.filter(kind=notices.ASKS_TO_READ).count() == 1


def test_with_her_yes_from_before_nobody_asks():
    review = free()
    case_actions.give_consent(
        "read", person=review.case.patient, case=review.case, consultant=people.person("amir"), by=by("rosa")
    )
    actions.take(review, by=by("amir"))
    assert asked() == []
    assert WAITS not in home(review.case)


def test_with_a_call_for_which_she_was_asked_she_is_not_asked_again():
    review = world.waiting()
    case_actions.withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    actions.take(review, by=by("joanne"))
    assert asked() == []


def test_handed_back_nobody_asks_and_who_takes_it_next_does():
    review = taken()
    sent()
    review = actions.hand_back(review, by=by("amir"))
    assert asked() == []
    assert WAITS not in home(review.case)
    actions.take(review, by=by("joanne"))
    assert len(asked()) == 1
    assert "Joanne Pike would like to read the plan." in home(review.case)


@pytest.mark.parametrize(("days", "again"), [(3, 0), (20, 1)])
def test_who_gives_it_back_and_takes_it_again_asks_anew_only_after_two_weeks(days, again, time_machine):
    time_machine.move_to("2026-11-09T15:00Z", tick=False)
    review = taken()
    sent()
    review = actions.hand_back(review, by=by("amir"))
    time_machine.shift(dt.timedelta(days=days))
    actions.take(review, by=by("amir"))
    assert len(asked()) == again
    assert WAITS in home(review.case)


def test_handed_back_before_it_was_sent_and_taken_again_it_is_sent_once():
    review = actions.take(actions.hand_back(taken(), by=by("amir")), by=by("amir"))
    assert len(asked()) == 1
    assert Reminder.objects.filter(kind=notices.ASKS_TO_READ).count() == 1
    assert WAITS in home(review.case)


def test_handed_over_she_is_asked_for_the_colleague_alone():
    review = handing.hand_over(taken(), people.person("joanne"), by=by("amir"))
    assert asked() == []
    assert "Joanne Pike would like to read the plan." in home(review.case)


def test_a_closed_case_asks_nothing():
    review = taken()
    closing_actions.close_case(review.case, "asked", by=by("theo"))
    assert asked() == []
    assert not Review.objects.asking_for_yes().exists()


def test_what_she_took_back_is_not_asked_for_every_day():
    review = taken()
    handing.let_read(review, by=by("rosa"))
    case_actions.withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    assert WAITS not in home(review.case)
    page = browser(people.person("amir")).get(review.get_absolute_url())
    assert "or to a coordinator" in page.text


@pytest.fixture
def by_phone() -> Review:
    """Of a patient who signs in nowhere."""
    review = free()
    User.objects.filter(pk=review.case.patient_id).update(phone="+14165550123", email=None, can_sign_in=False)
    return actions.take(Review.objects.get(pk=review.pk), by=by("amir"))


def open_ones() -> int:
    return ToDo.objects.open().filter(kind="ask_to_read").count()


def test_who_has_no_email_is_rung_and_not_written_to(by_phone):
    assert (open_ones(), asked()) == (1, [])
    todo = ToDo.objects.open().get(kind="ask_to_read")
    assert (todo.about_id, todo.for_role) == (str(by_phone.pk), "coordinator")
    agree = reverse("reviews:agree", args=[by_phone.case_id])
    browser(people.person("theo")).post(agree, {"said": "phone"})
    assert open_ones() == 0


@pytest.mark.parametrize("way", ["handed_back", "closed", "leaves"])
def test_nobody_is_rung_once_nobody_has_it(by_phone, way):
    if way == "handed_back":
        actions.hand_back(by_phone, by=by("amir"))
    elif way == "closed":
        closing_actions.close_case(by_phone.case, "asked", by=by("theo"))
    else:
        actions.reader_leaves(by_phone.case, people.person("amir"), by=by("theo"))
    assert open_ones() == 0


def test_a_call_booked_with_the_reader_and_the_yes_settles_it(by_phone):
    User.objects.filter(pk=by_phone.case.patient_id).update(can_sign_in=True)
    world.talk(Case.objects.get(pk=by_phone.case_id), people.person("amir"))
    opening.open_due_reviews(clock.now())
    assert open_ones() == 0


def test_nobody_but_her_reads_the_line(by_phone):
    assert WAITS not in home(by_phone.case, "theo")


@pytest.mark.parametrize("is_lawful", [True, False])
def test_who_acts_for_her_in_law_reads_it_too(is_lawful):
    review = taken()
    agreed(review.case, chosen="most")
    if is_lawful:
        today = clock.today(review.case.patient.zone)
        record_mandate(review.case, people.person("ama"), kind="power", from_on=today, by=by("theo"))
    assert (WAITS in home(review.case, "ama")) == is_lawful
