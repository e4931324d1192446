"""A consultant leaves: each patient is told, proposed one who is like her, and says yes, or asks for a call."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from bookings.left import proposing
from bookings.models import Consultation, Practice
from cases.case import people as rule
from cases.case.left import actions, notices
from cases.case.models import Consent, Departure, ToDo
from portal import clock
from portal.accounts import actions as accounts
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.reminders.models import Reminder
from portal.texts.words import text
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.records.builders import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.assign(factories.open_case(), people.person("joanne"))


def leave(to=None):
    to = people.person(to) if to else None
    accounts.close_account(people.person("joanne"), to=to, by=actor("mara"))
    return Departure.objects.get()


def browser(key="rosa"):
    return people.browser(people.person(key))


def address(departure):
    return reverse("bookings:left", args=[departure.pk])


def is_like(key, languages="English, Spanish", specialties="Breast"):
    person = people.person(key)
    factories.open_hours(person)
    Practice.objects.filter(pk=person.pk).update(languages=languages, specialties=specialties)
    return person


def open_to_dos(case):
    return set(ToDo.objects.open().filter(case=case).values_list("kind", flat=True))


def test_each_patient_is_told_once_and_reads_it_plainly(case):
    departure = leave()
    actions.tell(case, people.person("joanne"), by=actor("mara"))
    row = Reminder.objects.get(kind=notices.LEFT)
    assert (row.recipient_id, row.about_id) == (str(case.patient_id), departure.pk)
    page = browser().get(address(departure)).content.decode()
    assert "Joanne Pike does not work with us any more" in page
    assert "Nobody else reads your files until you say yes." in page


def test_one_who_is_like_her_is_proposed_and_reads_after_the_yes_alone(case):
    is_like("joanne")
    is_like("vera", specialties="Lung")
    amir = is_like("amir", languages="english")
    departure = leave()
    assert proposing.proposed(departure, case.patient, clock.now()) == amir
    assert not rule.is_assigned(case, amir)
    answer = browser().post(address(departure), {"answer": "takes", "who": str(amir.pk)})
    assert answer.status_code == 302
    assert rule.may("read_documents", case, amir)
    assert actions.CONSULTANT_LEFT not in open_to_dos(case)
    assert not Reminder.objects.unsettled().filter(kind=notices.LEFT).exists()
    browser().post(address(departure), {"answer": "takes", "who": str(amir.pk)})
    assert Event.objects.filter(verb="departure.answered").count() == 1
    assert "You chose Amir Haddad" in browser().get(address(departure)).content.decode()


def test_a_word_in_common_makes_nobody_alike(case):
    is_like("joanne", specialties="Breast cancer")
    is_like("vera", specialties="Lung cancer")
    departure = leave()
    assert proposing.proposed(departure, case.patient, clock.now()) is None
    is_like("amir", specialties="Lung cancer, breast CANCER")
    assert proposing.proposed(departure, case.patient, clock.now()) == people.person("amir")


def test_whoever_takes_the_cases_over_is_proposed_and_reads_nothing_before(case):
    is_like("joanne")
    departure = leave(to="amir")
    amir = people.person("amir")
    assert proposing.proposed(departure, case.patient, clock.now()) == amir
    assert not rule.may("read_documents", case, amir)


def test_without_one_like_her_a_person_finds_somebody(case):
    is_like("joanne")
    is_like("vera", languages="French")
    departure = leave()
    page = browser().get(address(departure)).content.decode()
    assert "We find somebody for you." in page
    assert 'value="takes"' not in page


def test_she_asks_for_a_call_instead(case):
    departure = leave()
    for _press in range(2):
        assert browser().post(address(departure), {"answer": "call"}).status_code == 302
    assert {"call", actions.CONSULTANT_LEFT} <= open_to_dos(case)
    assert ToDo.objects.open().filter(case=case, kind="call").count() == 1
    assert "You asked for a call." in browser().get(address(departure)).content.decode()


def test_a_booked_call_stays_until_she_chooses(case):
    call = factories.book(case, service="first_talk")
    departure = leave()
    call.refresh_from_db()
    assert call.state == Consultation.State.BOOKED
    page = browser().get(address(departure)).content.decode()
    assert "Nothing moves by itself." in page
    assert call.get_absolute_url() in page
    assert "ask_to_move" in open_to_dos(case)
    factories.open_hours(people.person("amir"))
    times = browser().get(reverse("bookings:move", args=[call.pk]))
    assert times.context["offer"].practice.pk == people.person("amir").pk


@pytest.mark.parametrize("typed", [{}, {"answer": "all"}, {"answer": "takes"}, {"answer": "takes", "who": "x"}])
def test_what_was_not_on_the_page_changes_nothing(case, typed):
    is_like("joanne")
    is_like("amir")
    departure = leave()
    assert browser().post(address(departure), typed).status_code == 422
    departure.refresh_from_db()
    assert departure.answered_at is None


def test_another_name_than_the_page_showed_is_asked_about_again(case):
    is_like("joanne")
    is_like("amir")
    departure = leave()
    answer = browser().post(address(departure), {"answer": "takes", "who": str(people.person("vera").pk)})
    assert answer.status_code == 422
    assert "Somebody else is proposed by now." in answer.content.decode()


@pytest.mark.parametrize("key", ["rosa", "theo", "joanne"])
def test_only_our_consultants_can_be_chosen(case, key):
    departure = leave()
    with pytest.raises(Refused):
        actions.choose(departure, people.person(key), by=actor("rosa"))


@pytest.mark.parametrize("key", ["grace", "ines", "amir", "mara"])
def test_nobody_answers_for_her(case, key):
    departure = leave()
    assert browser(key).post(address(departure), {"answer": "call"}).status_code == 404
    with pytest.raises(Refused):
        actions.ask_for_call(departure, by=actor(key))


def test_in_a_case_that_was_closed_since_nothing_is_chosen_or_sent(case):
    departure = leave()
    closing.close_case(case, "asked", by=actor("theo"))
    with pytest.raises(Refused):
        actions.choose(departure, people.person("amir"), by=actor("rosa"))
    assert not Reminder.objects.unsettled().filter(kind=notices.LEFT).exists()


@pytest.mark.parametrize(
    "change",
    [
        "answer = 'call'",
        "answered_at = left_at",
        "answer = 'takes', answered_at = left_at",
        "answer = 'takes', answered_at = left_at, chosen_id = consultant_id",
        "answer = 'call', answered_at = left_at - interval '1 hour'",
        "answer = 'call', answered_at = left_at, chosen_id = consultant_id",
    ],
)
def test_the_database_refuses_half_rows(case, change):
    leave()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE case_departure SET {change}")  # noqa: S608 -- words of this file


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_counts(case):
    departure = leave()
    outcomes = at_once(
        lambda: actions.choose(departure, people.person("amir"), by=actor("rosa")),
        lambda: actions.ask_for_call(departure, by=actor("rosa")),
    )
    assert sum(each.error is None for each in outcomes) == 1
    departure.refresh_from_db()
    assert departure.answered_at


# Written down by a coordinator


@pytest.fixture
def ready(case):
    """Amir is like Joanne, and takes bookings; she has left."""
    is_like("joanne")
    return leave(), is_like("amir")


def said(who, **more):
    return {"who": str(who.pk), "said": "phone", "version": str(text("consent_read").version)} | more


def test_what_she_says_on_the_phone_is_written_down_with_the_words_read_out(case, ready):
    departure, amir = ready
    theo = browser("theo")
    assert address(departure) in theo.get(reverse("pages:caseload")).content.decode()
    page = theo.get(address(departure)).content.decode()
    for words in ("Who goes on with Rosa?", "Read this out", "We propose Amir Haddad.", text("consent_read").body):
        assert words in page
    assert "checked" not in page
    assert page.count(" selected") == 1  # "Choose"
    for _press in range(2):
        assert theo.post(address(departure), said(amir)).status_code == 302
    assert rule.may("read_documents", case, amir)
    read = Consent.objects.standing().get(kind="read", consultant=amir)
    assert (read.how, read.person, read.text) == ("phone", case.patient, text("consent_read"))
    assert actions.CONSULTANT_LEFT not in open_to_dos(case)
    line = Event.objects.get(verb="departure.answered")
    assert (line.actor_id, line.for_patient) == (people.person("theo").pk, case.patient_id)
    assert "You chose Amir Haddad" in browser().get(address(departure)).content.decode()
    assert "Rosa chose Amir Haddad" in theo.get(address(departure)).content.decode()


def test_after_call_me_the_answer_ends_both_things_to_do(case, ready):
    departure, amir = ready
    actions.ask_for_call(departure, by=actor("rosa"))
    theo = browser("theo")
    assert "Rosa asked for a call about it." in theo.get(address(departure)).content.decode()
    theo.post(address(departure), said(amir, said="paper"))
    departure.refresh_from_db()
    assert (departure.answer, departure.chosen) == ("takes", amir)
    assert not {"call", actions.CONSULTANT_LEFT} & open_to_dos(case)


def test_what_she_chose_herself_since_stays(case, ready):
    departure, amir = ready
    actions.choose(departure, amir, by=actor("rosa"))
    vera = is_like("vera")
    answer = browser("theo").post(address(departure), said(vera))
    assert answer.status_code == 422
    departure.refresh_from_db()
    assert departure.chosen == amir


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"who": ""}, "Choose one of our consultants."),
        ({"who": "theo"}, "Select a valid choice"),
        ({"who": "joanne"}, "Select a valid choice"),
        ({"who": "<script>"}, "Select a valid choice"),
        ({"said": ""}, "Say how they agreed"),
        ({"said": "page"}, "Select a valid choice"),
        ({"version": "99"}, "Read out the new ones."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(case, ready, wrong, words):
    departure, amir = ready
    if (who := wrong.get("who")) in {"theo", "joanne"}:
        wrong = {"who": str(people.person(who).pk)}
    answer = browser("theo").post(address(departure), said(amir) | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    departure.refresh_from_db()
    assert departure.answered_at is None
    assert not rule.is_assigned(case, amir)


@pytest.mark.parametrize("how", ["", "mail"])
def test_a_coordinator_says_how_she_said_it(ready, how):
    departure, amir = ready
    with pytest.raises(Refused):
        actions.choose(departure, amir, how=how, version=text("consent_read").version, by=actor("theo"))


@pytest.mark.parametrize("key", ["rosa", "amir", "mara"])
def test_nobody_but_a_coordinator_writes_it_down(ready, key):
    departure, amir = ready
    with pytest.raises(Refused):
        actions.choose(departure, amir, how="phone", version=text("consent_read").version, by=actor(key))


def test_in_her_own_case_a_coordinator_answers_on_the_page_like_others():
    theo = people.person("theo")
    case = factories.assign(factories.open_case(theo), people.person("joanne"))
    departure = leave()
    assert departure.case == case
    assert "Who goes on with you?" in browser("theo").get(address(departure)).content.decode()
    with pytest.raises(Refused):
        actions.choose(
            departure, people.person("amir"), how="phone", version=text("consent_read").version, by=actor("theo")
        )


def test_after_the_case_is_closed_nothing_is_written_down(case, ready):
    departure, amir = ready
    closing.close_case(case, "asked", by=actor("theo"))
    assert browser("theo").post(address(departure), said(amir)).status_code in {404, 422}
    assert not rule.is_assigned(case, amir)
