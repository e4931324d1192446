"""A helper's time, held for 3 days while the patient is asked: taken, declined, over, lost; nobody else gets it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, asking, availability, availability_actions, leaving, week
from bookings.away.actions import say_away
from bookings.models import AskedHold, Consultation, Reservation, Service
from bookings.rules import JustTaken
from cases.case.helping import actions as helping
from cases.case.models import Assignment, Case, Consent, ToDo
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.reminders import sender
from portal.reminders.models import Delivery, Reminder
from portal.texts.words import text
from tests import factories, people

pytestmark = pytest.mark.django_db
State = AskedHold.State


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


def helps(case, key="ama", chosen="most"):
    helper = helping.ask(case, people.person(key), by=act("theo"))
    said = {"how": "phone"} if case.patient.email is None else {}
    return helping.agree(helper, chosen=chosen, by=act("theo") if said else Actor.person(case.patient), **said)


def choose(case, practice, key="ama", nth=0, service="first_talk", ahead=timedelta(days=5)):
    wanted = Service.objects.get(code=service)
    free = availability.free_starts(case, practice, wanted, clock.now())
    start = [start for start in free if start > clock.now() + ahead][nth]
    wish = {"consultant": practice.consultant, "service": wanted, "starts_at": start, "how": "phone"}
    return actions.hold(case=case, **wish, by=act(key))


def ask(case, practice, key="ama", **wish) -> AskedHold:
    return asking.ask(choose(case, practice, key, **wish), by=act(key))


def accept(asked, key="rosa", **said) -> Consultation:
    return asking.accept(asked, **{"accepts_scope": True, "may_read": False} | said, by=act(key))


def kinds_to(user) -> list[str]:
    """What about calls is still to be said to somebody."""
    waits = Reminder.objects.unsettled().filter(recipient_id=str(user.pk), kind__startswith="bookings.")
    return sorted(waits.values_list("kind", flat=True))


def fresh(asked) -> AskedHold:
    return AskedHold.objects.get(pk=asked.pk)


@pytest.fixture
def asked(case, practice) -> AskedHold:
    helps(case)
    return ask(case, practice)


@pytest.fixture
def amas(case):
    return people.browser(people.person("ama"))


@pytest.fixture
def rosas(case):
    return people.browser(case.patient)


def test_her_choice_is_held_for_3_days_and_nothing_is_booked(case, practice, amas):
    helps(case)
    kept = choose(case, practice)
    page = amas.get(kept.get_absolute_url()).text
    assert "Hold it and ask Rosa" in page
    assert 'name="scope"' not in page

    for _press in range(2):
        answer = amas.post(kept.get_absolute_url(), {"seen": kept.choice, "hope": "To understand it"})
        assert answer["Location"] == reverse("bookings:asked", args=[kept.pk])

    asked = AskedHold.objects.get()
    assert (asked.until - clock.now(), asked.hope) == (timedelta(days=3), "To understand it")
    assert asked.asked_by == people.person("ama")
    assert not Consultation.objects.exists()
    assert not Assignment.objects.exists()
    assert kinds_to(case.patient) == ["bookings.asked"]
    assert "Waits for Rosa" in amas.get(asked.get_absolute_url()).text
    assert "Waits for Rosa until" in amas.get(reverse("pages:case_home", args=[case.pk])).text


def test_nobody_else_gets_the_time_and_the_database_refuses_it(asked, practice):
    other = factories.open_case(people.person("grace"))
    with pytest.raises(JustTaken):
        actions.hold(
            case=other, consultant=practice.consultant, service=asked.service, starts_at=asked.starts_at, how="video",
            by=act("grace"),
        )  # fmt: skip
    row = Reservation.objects.get(asked=asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(
            consultant=practice.consultant, kind="blocked", starts_at=row.starts_at, ends_at=row.ends_at
        )


def test_the_consultant_sees_it_as_held_and_not_as_booked(asked, practice):
    joanne = people.browser(practice.consultant)
    shown = week.of(practice, week.monday_of(asked.starts_at.date()), clock.now())

    assert [line["title"] for line in shown.lines()] == ["Held, not booked yet"]
    assert "Rosa" not in joanne.get(reverse("bookings:calendar")).text
    assert joanne.get(asked.get_absolute_url()).status_code == 404


def test_her_yes_on_one_page_books_it_once(asked, rosas):
    page = rosas.get(asked.get_absolute_url()).text
    assert "Ama chose a time for you" in page
    assert rosas.post(asked.get_absolute_url(), {"do": "yes"}).status_code == 422
    assert "waits for your yes" in rosas.get(reverse("pages:case_home", args=[asked.case_id])).text

    first = rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"})
    again = rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"})

    call = Consultation.objects.get()
    assert first["Location"] == again["Location"] == call.get_absolute_url()
    assert (call.starts_at, call.booked_by, call.scope.person) == (asked.starts_at, asked.patient, asked.patient)
    assert (fresh(asked).state, Reservation.objects.filter(asked=asked).count()) == (State.ACCEPTED, 0)
    assert kinds_to(people.person("ama")) == ["bookings.asked_answer"]
    assert "bookings.asked" not in kinds_to(asked.patient)
    assert Event.objects.filter(verb="hold.accepted").count() == 1


def test_her_no_frees_the_time_and_the_helper_is_told(asked, rosas, practice):
    for _press in range(2):
        assert rosas.post(asked.get_absolute_url(), {"do": "no"}).status_code == 302

    assert fresh(asked).state == State.DECLINED
    assert asked.starts_at in availability.free_starts(asked.case, practice, asked.service, clock.now())
    assert kinds_to(people.person("ama")) == ["bookings.asked_answer"]
    assert rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"}).status_code == 409
    assert Event.objects.filter(verb="hold.declined").count() == 1


def test_without_an_answer_it_is_free_after_3_days_and_both_are_told(asked, practice, monday, rosas):
    monday.shift(timedelta(days=3) - timedelta(minutes=1))
    assert asking.end_over(clock.now()) == 0
    monday.shift(timedelta(minutes=1))

    assert rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"}).status_code == 409
    assert (asking.end_over(clock.now()), asking.end_over(clock.now())) == (1, 0)

    assert fresh(asked).state == State.EXPIRED
    assert not Reservation.objects.exists()
    assert kinds_to(asked.patient) == ["bookings.asked_over"]
    assert kinds_to(people.person("ama")) == ["bookings.asked_answer"]
    assert not Consultation.objects.exists()


def test_a_time_that_is_over_is_in_nobodys_way_before_the_clock_has_come_by(asked, practice, monday):
    monday.shift(timedelta(days=3))
    other = factories.open_case(people.person("grace"))
    factories.hold(other, service="first_talk", starts_at=asked.starts_at)
    assert asking.end_over(clock.now()) == 1


def test_it_never_waits_until_the_call_itself(case, practice):
    helps(case)
    asked = ask(case, practice, ahead=timedelta(0))
    assert asked.until == asked.starts_at - timedelta(hours=2) < clock.now() + timedelta(days=3)
    for fields in ({"until": asked.starts_at + timedelta(hours=1)}, {"asked_by": case.patient}, {"state": "accepted"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AskedHold.objects.filter(pk=asked.pk).update(**fields)


def test_a_time_that_the_consultant_closed_meanwhile_is_told_as_lost(asked, practice, rosas):
    day = asked.starts_at.astimezone(practice.zone).date()
    availability_actions.add_time_off(practice, from_on=day, until_on=day, by=act("joanne"))

    answer = rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"})

    assert answer.status_code == 409
    assert "not offered any more" in answer.text
    assert not Consultation.objects.exists()


def away(practice, asked):
    on = asked.starts_at.astimezone(practice.zone).date()
    return say_away(
        practice.consultant, from_on=on, until_on=on, stands_in=people.person("amir"), answers={}, by=act("theo")
    )


def test_when_its_consultant_goes_away_it_is_over_and_both_are_told(asked, practice, rosas):
    away(practice, asked)

    assert (fresh(asked).state, Reservation.objects.exists()) == (State.GONE, False)
    assert kinds_to(asked.patient) == ["bookings.asked_over"]
    assert kinds_to(people.person("ama")) == ["bookings.asked_answer"]
    page = rosas.get(asked.get_absolute_url()).text
    assert "not offered any more. Nothing is booked" in page
    assert "Free times near it" in page
    assert rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"}).status_code == 409
    assert not Consultation.objects.exists()


def test_what_was_away_before_it_was_looked_at_is_refused_in_words(asked, practice, rosas):
    row = Reservation.objects.get()
    away(practice, asked)
    AskedHold.objects.filter(pk=asked.pk).update(state=State.WAITING, settled_at=None, settled_by=None)
    Reservation.objects.bulk_create([row])

    answer = rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"})

    assert answer.status_code == 409
    assert "Here are times near it." in answer.text
    assert "Free times near it" in answer.text
    assert not Consultation.objects.exists()


def test_a_chosen_time_is_not_booked_into_days_away(case, practice):
    kept = factories.hold(case, service="first_talk")
    away(practice, kept)
    with pytest.raises(JustTaken):
        actions.book(hold=kept, accepts_scope=True, by=act("rosa"))


def test_when_its_consultant_leaves_it_is_over(asked, practice):
    leaving.left(practice.consultant, "consultant", None, by=act("mara"))
    assert fresh(asked).state == State.GONE


def test_another_choice_of_the_same_helper_takes_its_place(asked, case, practice):
    other = ask(case, practice, nth=3)

    assert (fresh(asked).state, other.state) == (State.WITHDRAWN, State.WAITING)
    assert Reservation.objects.filter(kind="asked").count() == 1
    with pytest.raises(Refused, match="not held any more"):
        accept(asked)
    assert accept(other).starts_at == other.starts_at


def test_another_helper_waits_until_the_first_choice_is_answered(asked, case, practice):
    helps(case, "grace")
    with pytest.raises(Refused, match="held already"):
        ask(case, practice, "grace", nth=3)
    assert AskedHold.objects.count() == 1


def test_she_takes_it_back_and_the_patient_is_not_asked_any_more(asked, amas):
    amas.post(asked.get_absolute_url(), {"do": "no"})

    assert fresh(asked).state == State.WITHDRAWN
    assert kinds_to(asked.patient) == kinds_to(people.person("ama")) == []


def test_a_helper_does_not_answer_for_the_patient(asked, case, practice, amas):
    answer = amas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on", "may_read": "on"})
    assert answer.status_code == 409
    assert "Only Rosa can do this" in answer.text
    with pytest.raises(Refused, match="Only Rosa"):
        actions.book(hold=choose(case, practice, nth=3), accepts_scope=True, may_read=True, by=act("ama"))
    assert not Consent.objects.exists()


def test_the_patient_books_herself_meanwhile_and_nothing_waits_any_more(asked, case):
    call = factories.book(case, service="first_talk")

    assert fresh(asked).state == State.WITHDRAWN
    assert Reservation.objects.filter(kind="asked").count() == 0
    assert kinds_to(people.person("ama")) == ["bookings.asked_answer"]
    with pytest.raises(Refused):
        accept(asked)
    assert Consultation.objects.get() == call


def test_when_the_helpers_help_has_ended_the_time_is_still_the_patients(asked, amas, case):
    helping.end(case.helpers.get(), by=act("rosa"))

    assert amas.get(asked.get_absolute_url()).status_code == 404
    assert amas.post(asked.get_absolute_url(), {"do": "no"}).status_code == 404
    call = accept(asked)
    assert call.patient == case.patient
    sender.run()
    assert not Reminder.objects.filter(kind="bookings.asked_answer", settled_as="sent").exists()


def test_with_the_case_it_ends_and_opened_again_it_does_not_come_back(asked, case):
    people.person("theo")
    closing.close_case(case, "asked", by=act("theo"))
    assert (fresh(asked).state, Reservation.objects.exists()) == (State.WITHDRAWN, False)
    assert not Reminder.objects.unsettled().filter(kind__startswith="bookings.").exists()
    closing.reopen_case(case, by=act("rosa"))
    with pytest.raises(Refused):
        accept(fresh(asked))
    assert not Consultation.objects.exists()


def test_in_a_closed_case_it_books_nothing(asked, rosas, case):
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())

    answer = rosas.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"})

    assert answer.status_code == 409
    assert "This case is closed" in answer.text
    sender.run()
    assert not Delivery.objects.filter(recipient_id=str(case.patient_id)).exists()


@pytest.mark.parametrize("person", ["grace", "joanne", "mara"])
def test_nobody_else_knows_of_it(asked, person):
    browser = people.browser(people.person(person))
    assert browser.get(asked.get_absolute_url()).status_code == 404
    assert browser.post(asked.get_absolute_url(), {"do": "no"}).status_code == 404


@pytest.fixture
def walter(monday) -> User:
    """He has a phone and a letter box, and no email."""
    return User.objects.create_user(
        name="Walter Ames", called="Walter", can_sign_in=False, phone="+12125550123", channel="letter",
        postal="14 Mill Lane\nAlbany, NY 12207", time_zone="America/Chicago",
    )  # fmt: skip


def test_somebody_without_email_is_rung_and_the_words_are_read_out(walter, practice):
    case = factories.open_case(walter)
    helps(case)
    asked = ask(case, practice)
    todo = ToDo.objects.open().get(kind="asked_time")
    assert (todo.about_id, kinds_to(walter)) == (str(asked.pk), [])

    theo = people.browser(people.person("theo"))
    assert "Read this out before you book" in theo.get(asked.get_absolute_url()).text
    assert theo.post(asked.get_absolute_url(), {"do": "yes", "scope": "on"}).status_code == 422
    said = {"do": "yes", "scope": "on", "said": "phone", "version": str(text("scope_tick").version)}
    answer = theo.post(asked.get_absolute_url(), said)

    call = Consultation.objects.get()
    assert answer["Location"] == call.get_absolute_url()
    assert (call.booked_by, call.scope.how) == (people.person("theo"), "phone")
    assert not ToDo.objects.open().filter(kind="asked_time").exists()


def test_somebody_without_email_is_rung_when_it_is_gone(walter, practice):
    case = factories.open_case(walter)
    helps(case)
    asked = ask(case, practice)
    away(practice, asked)

    todo = ToDo.objects.open().get()
    assert (todo.kind, todo.about_id) == ("asked_gone", str(asked.pk))
    theo = people.browser(people.person("theo"))
    assert reverse("bookings:asked", args=[asked.pk]) in theo.get(reverse("pages:caseload")).text
    assert "Free times near it" in theo.get(asked.get_absolute_url()).text


def test_with_the_scope_accepted_she_books_and_only_the_patient_lets_anybody_read(case, practice, rosas):
    helps(case)
    first = actions.book(hold=factories.hold(case, service="first_talk"), accepts_scope=True, by=act("rosa"))
    actions.cancel(first, by=act("rosa"))
    kept = choose(case, practice, service="plan")
    page = people.browser(people.person("ama")).get(kept.get_absolute_url()).text
    assert "We ask Rosa; the call is booked either way." in page

    call = actions.book(hold=kept, may_read=True, by=act("ama"))

    assert call.booked_by == people.person("ama")
    assert not Consent.objects.filter(kind="read").exists()
    assert "bookings.ask_to_read" in kinds_to(case.patient)
    assert "May Joanne read the files" in rosas.get(call.get_absolute_url()).text
    for key, given in (("ama", 0), ("joanne", 0), ("rosa", 1), ("rosa", 1)):
        people.browser(people.person(key)).post(reverse("bookings:agree_to_read", args=[call.pk]))
        assert Consent.objects.filter(kind="read", consultant=call.consultant).count() == given


def test_whoever_has_no_email_is_rung_about_who_may_read(walter, practice):
    case = factories.open_case(walter)
    helps(case)
    accept(ask(case, practice), "theo", how="phone", version=text("scope_tick").version)
    call = actions.book(hold=choose(case, practice, service="plan"), by=act("ama"))
    assert ToDo.objects.open().get(kind="ask_to_read").about_id == str(call.pk)

    theo, address = people.browser(people.person("theo")), reverse("bookings:agree_to_read", args=[call.pk])
    theo.post(address)
    assert not Consent.objects.filter(kind="read").exists()
    theo.post(address, {"said": "phone"})

    assert Consent.objects.get(kind="read").how == "phone"
    assert not ToDo.objects.open().filter(kind="ask_to_read").exists()
