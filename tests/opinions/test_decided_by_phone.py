"""Where a patient is who signs in nowhere, and what matters to her: written down on the phone, on record as hers."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.models import Case
from cases.opinions.deciding import actions, planning
from cases.opinions.models import Decision
from cases.records import actions as records
from cases.records.models import Visit
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.reminders.models import Delivery, Reminder
from portal.reminders.readers import reader_of
from tests import factories
from tests.by_hand import theo, to_email, to_phone
from tests.people import browser, person
from tests.records.builders import actor, booked_visit
from tests.records.report_builders import DAY_AFTER

pytestmark = pytest.mark.django_db
WORDS, MATTERS = "I want to be on my feet in April.", "Being at the wedding."
SAID = "Written down by Theo Lindqvist for Rosa on the phone."


@pytest.fixture
def case():
    made = factories.assign(booked_visit().case, person("joanne"))
    to_phone(made.patient)
    return made


def decide(case, choice="first", **said):
    stands = Decision.objects.current().filter(case=case).first()
    return actions.decide(case, choice=choice, seen=stands and stands.pk, is_hers=True, by=theo(), **said)


def say(case, words=MATTERS, *, is_shared=False, seen=0):
    return actions.say_what_matters(case, words, is_shared=is_shared, seen=seen, is_hers=True, by=theo())


def send(case, what="decide", key="theo", **said):
    return browser(person(key)).post(reverse(f"opinions:{what}_by_phone", args=[case.pk]), said)


def page(case, key="theo"):
    return browser(person(key)).get(reverse("opinions:compare", args=[case.pk]))


def fresh(case) -> Case:
    return Case.objects.select_related("key", "patient").get(pk=case.pk)


def test_her_answer_stands_as_hers_and_says_who_wrote_it_down(case):
    assert "Where is Rosa now?" in page(case).text
    assert send(case, choice="own", words=WORDS, seen="").status_code == 302
    made = Decision.objects.get()
    assert (made.decided_by, made.written_by) == (case.patient, theo().user)
    html = page(case).text
    assert WORDS in html
    assert SAID in html
    event = Event.objects.get(verb="decision.made")
    assert (event.actor_id, event.for_patient) == (theo().id, case.patient_id)


def test_what_matters_is_hers_and_goes_to_the_consultant_by_her_word_alone(case):
    for shared, readers in (({}, []), ({"matters-is_shared": "on"}, ["joanne"])):
        seen = {"matters-seen": fresh(case).matters_version, "matters-words": MATTERS}
        assert send(case, "matters", **seen, **shared).status_code == 302
        assert [key for key in ("joanne",) if MATTERS in page(case, key).text] == readers
    assert SAID in page(case, "joanne").text
    assert fresh(case).matters_written_by == theo().user


def test_more_time_rests_and_on_her_day_one_of_us_calls(case):
    on = clock.today(case.patient.zone) + dt.timedelta(days=20)
    assert send(case, choice="time", check_in_on=on.isoformat(), seen="").status_code == 302
    assert fresh(case).state == Case.State.RESTING
    row = Reminder.objects.get(kind=planning.CHECK_IN, settled_at=None)
    assert row.due_at.astimezone(case.patient.zone).date() == on
    assert reader_of(("user", str(case.patient_id)), row.due_at).channel == Delivery.Channel.CALL


def test_a_third_opinion_by_phone_begins_its_round(november_5):
    visit = booked_visit()
    to_phone(visit.case.patient)
    november_5.move_to(DAY_AFTER)
    records.say_took_place(visit, by=theo())
    decide(visit.case, "another")
    assert Visit.objects.get(case=visit.case, round=3).referral.state == "needed"


def test_pressed_twice_or_on_an_older_page_it_stands_once(case):
    first = decide(case, words=WORDS)
    assert decide(case, words=WORDS) == first
    answer = send(case, choice="own", words="Other words", seen="")
    assert answer.status_code == 409
    assert "Other words" in answer.text
    seen = answer.context["decision_form"]["seen"].value()
    assert send(case, choice="own", words="Other words", seen=seen).status_code == 302
    say(case)
    with pytest.raises(Refused) as refused:
        say(case, "Other")
    assert refused.value.code == "changed"


def test_what_she_saved_herself_before_stays_unread_and_is_not_lost_by_an_empty_field():
    case = booked_visit().case
    own = actions.decide(case, choice="own", words=WORDS, by=actor("rosa"))
    actions.say_what_matters(case, MATTERS, is_shared=False, seen=0, by=actor("rosa"))
    to_phone(case.patient)
    shown = page(case)
    assert WORDS not in shown.text
    assert MATTERS not in shown.text
    assert "Something was said for Rosa before that we do not see" in shown.text
    assert str(shown.context["decision_form"]["seen"].value()) == str(own.pk)
    assert send(case, "matters", **{"matters-words": " ", "matters-seen": 1}).status_code == 422
    assert fresh(case).matters == MATTERS
    assert send(case, choice="first", seen=str(own.pk)).status_code == 302
    assert WORDS not in page(case).text


def test_with_an_address_of_her_own_it_is_hers_alone_again(case):
    decide(case, words=WORDS)
    say(case)
    to_email(case.patient)
    html = page(case).text
    assert WORDS not in html
    assert MATTERS not in html
    assert "Where is Rosa now?" not in html
    hers = page(case, "rosa").text
    assert all(words in hers for words in (WORDS, MATTERS, SAID))
    answer = send(case, choice="own", words="Said on the phone", seen="")
    assert answer.status_code == 422
    assert "Said on the phone" in answer.text
    assert Decision.objects.current().get().choice == "first"


def test_her_own_words_after_it_are_marked_as_nobodys_else(case):
    decide(case, words=WORDS)
    say(case)
    to_email(case.patient)
    actions.say_what_matters(case, "Other", is_shared=False, seen=1, by=actor("rosa"))
    actions.decide(case, choice="own", seen=Decision.objects.get().pk, by=actor("rosa"))
    assert fresh(case).matters_written_by is None
    assert Decision.objects.current().get().written_by is None


@pytest.mark.parametrize("key", ["joanne", "mara", "grace", "ines"])
@pytest.mark.parametrize("what", ["decide", "matters"])
def test_nobody_else_writes_it_down(case, key, what):
    assert send(case, what, key, choice="own", **{"matters-words": "x", "matters-seen": 0}).status_code == 404
    assert not Decision.objects.exists()


def test_nobody_speaks_for_a_patient_who_signs_in_or_after_the_end(case):
    to_email(case.patient)
    for act in (decide, say):
        with pytest.raises(Refused):
            act(case)
    to_phone(case.patient)
    closed = closing.close_case(case, "asked", by=theo())
    for act in (decide, say):
        with pytest.raises(Refused):
            act(closed)
    assert send(closed, choice="own").status_code == 404


def test_the_database_refuses_what_its_owner_wrote_down(case):
    made = decide(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(written_by=case.patient)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(matters_written_by=case.patient)
