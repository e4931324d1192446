"""Days away ask about each call that is booked then: keep, ask for another time, cancel with a note."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from bookings import availability, availability_actions
from bookings.availability_actions import Unanswered
from bookings.away import actions
from bookings.models import Consultation, Reservation, Service
from cases.case.models import Away
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
NOTE = "I am <b>ill</b> that week."
DAY = timedelta(days=1)


@pytest.fixture
def call(case):
    return factories.book(case)


@pytest.fixture
def amir():
    return people.person("amir")


def by(who):
    return Actor.person(people.person(who))


def day_of(call):
    return call.starts_at.astimezone(call.zone).date()


def say(call, amir, who="theo", **more):
    days = {"from_on": day_of(call), "until_on": day_of(call)} | more
    return actions.say_away(call.consultant, **days, stands_in=amir, by=by(who))


def told(user):
    return set(Reminder.objects.to_person(user).unsettled().values_list("kind", flat=True))


@pytest.mark.parametrize("who", ["theo", "joanne"])
def test_nothing_is_saved_until_each_call_has_its_answer(call, amir, who):
    with pytest.raises(Unanswered) as asked:
        say(call, amir, who)
    assert asked.value.calls == [call]
    with pytest.raises(Unanswered):
        say(call, amir, who, answers={call.pk: ("perhaps", "")})
    assert not Away.objects.exists()


@pytest.mark.parametrize("who", ["theo", "joanne"])
def test_each_answer_reaches_its_patient_with_its_note(case, call, amir, who):
    grace, ama = (factories.book(factories.open_case(people.person(name))) for name in ("grace", "ama"))
    answers = {call.pk: ("cancel", NOTE), grace.pk: ("move", NOTE), ama.pk: ("keep", NOTE)}
    last = max(day_of(each) for each in (call, grace, ama))
    say(call, amir, who, until_on=last, answers=answers)
    for each in (call, grace, ama):
        each.refresh_from_db()
    assert [(each.state, each.note) for each in (call, grace, ama)] == [
        ("cancelled", NOTE),
        ("booked", NOTE),
        ("booked", ""),
    ]
    assert (call.move_asked_at, bool(grace.move_asked_at), ama.move_asked_at) == (None, True, None)
    assert "bookings.told_patient" in told(case.patient)
    assert "bookings.please_move" in told(grace.patient)
    assert not {"bookings.told_patient", "bookings.please_move"} & told(ama.patient)
    assert Away.objects.get().until_on == last


def test_said_twice_what_was_kept_is_not_asked_about_again(call, amir):
    first = say(call, amir, answers={call.pk: ("keep", "")})
    assert say(call, amir) == first
    assert Away.objects.count() == 1


def test_more_days_ask_about_their_calls_and_not_about_those_before(case, call, practice, amir):
    other, plan = factories.open_case(people.person("grace")), call.service
    free = availability.free_starts(other, practice, plan, clock.now())
    later = factories.book(other, starts_at=next(at for at in free if at > call.starts_at + DAY))
    away = say(call, amir, answers={call.pk: ("keep", "")})
    days = {"from_on": day_of(call), "until_on": day_of(later), "stands_in": amir}
    with pytest.raises(Unanswered) as asked:
        actions.change_away(away, **days, by=by("theo"))
    assert asked.value.calls == [later]
    away.refresh_from_db()
    assert away.until_on == day_of(call)
    actions.change_away(away, **days, answers={later.pk: ("cancel", NOTE)}, by=by("theo"))
    later.refresh_from_db()
    assert (later.state, later.note) == ("cancelled", NOTE)
    actions.change_away(away, from_on=day_of(call), until_on=day_of(call), stands_in=amir, by=by("theo"))


def test_a_call_kept_outside_the_hours_is_asked_about_again(call, practice, joanne, amir):
    availability_actions.set_hours(practice, spans=[], answers={call.pk: ("keep", "")}, by=Actor.person(joanne))
    with pytest.raises(Unanswered):
        say(call, amir)


def test_extra_hours_do_not_hold_while_away(call, practice, joanne, amir):
    day, by_her = day_of(call), Actor.person(joanne)
    hours = {"from_time": time(9), "until_time": time(17)}
    availability_actions.add_extra_hours(practice, on_date=day, **hours, by=by_her)
    with pytest.raises(Unanswered):
        say(call, amir)
    say(call, amir, answers={call.pk: ("cancel", "")}, until_on=day + DAY)
    free = availability.free_between(practice, Service.objects.get(code="first_talk"), clock.now(), day, day)
    assert free == []
    with pytest.raises(Refused, match="away on that day"):
        availability_actions.add_extra_hours(practice, on_date=day + DAY, **hours, by=by_her)


def test_a_chosen_time_on_these_days_is_let_go(case, joanne, amir):
    kept = factories.hold(case)
    day = kept.starts_at.astimezone(joanne.zone).date()
    actions.say_away(joanne, from_on=day, until_on=day, stands_in=amir, by=by("theo"))
    assert not Reservation.objects.filter(hold=kept).exists()


@pytest.mark.parametrize("who", ["amir", "rosa", "mara"])
def test_nobody_else_says_it_nor_cancels_by_it(call, amir, who):
    with pytest.raises(Refused):
        say(call, amir, who, answers={call.pk: ("cancel", NOTE)})
    assert Consultation.objects.get().is_booked
    assert not Away.objects.exists()


def test_days_that_cannot_be_are_refused_and_nothing_is_canceled(call, amir):
    with pytest.raises(Refused, match="must not come before"):
        say(call, amir, until_on=day_of(call) - DAY, answers={call.pk: ("cancel", NOTE)})
    with pytest.raises(Refused, match="somebody else to stand in"):
        say(call, call.consultant, answers={call.pk: ("cancel", NOTE)})
    assert Consultation.objects.get().is_booked


def test_who_has_no_hours_is_away_all_the_same(case, amir):
    nils = people.person("vera")
    away = actions.say_away(
        nils, from_on=clock.now().date(), until_on=clock.now().date(), stands_in=amir, by=by("theo")
    )
    assert actions.change_away(away, from_on=away.from_on, until_on=away.until_on + DAY, stands_in=amir, by=by("theo"))


# The pages


def words(answer):
    return " ".join(answer.content.decode().split())


def form_of(call, amir, **more):
    day = day_of(call).isoformat()
    return {"consultant": str(call.consultant_id), "from_on": day, "until_on": day, "stands_in": str(amir.pk)} | more


@pytest.mark.parametrize("who", ["theo", "joanne"])
def test_the_page_asks_with_the_same_choices_as_the_hours(call, amir, who):
    browser, page = people.browser(people.person(who)), reverse("pages:away")
    answer = browser.post(page, form_of(call, amir, **{f"note-{call.pk}": NOTE}))
    assert answer.status_code == 409
    shown = words(answer)
    assert "1 call is booked on these days" in shown
    assert "Rosa Delgado" in shown
    for value in ("keep", "move", "cancel"):
        assert (
            f'form="away-form" type="radio" name="answer-{call.pk}" id="{value[0]}{call.pk}" value="{value}"' in shown
        )
    assert "I am &lt;b&gt;ill&lt;/b&gt; that week." in shown
    sent = form_of(call, amir, **{f"answer-{call.pk}": "cancel", f"note-{call.pk}": NOTE})
    assert browser.post(page, sent).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.note) == ("cancelled", NOTE)


def test_its_own_page_asks_about_days_that_come_to_it(call, amir):
    away = actions.say_away(
        call.consultant, from_on=day_of(call) - 3 * DAY, until_on=day_of(call) - DAY, stands_in=amir, by=by("theo")
    )
    browser, page = people.browser(people.person("theo")), reverse("pages:away_of", args=[away.pk])
    sent = form_of(call, amir, do="change", from_on=away.from_on.isoformat())
    answer = browser.post(page, sent)
    assert answer.status_code == 409
    assert "1 call is booked on these days" in words(answer)
    assert browser.post(page, sent | {f"answer-{call.pk}": "move", "answer-x": "keep"}).status_code == 302
    call.refresh_from_db()
    away.refresh_from_db()
    assert call.move_asked_at
    assert away.until_on == day_of(call)


def test_too_late_to_be_asked_for_another_time_is_said_and_nothing_saved(call, amir, monday):
    monday.move_to(call.starts_at - timedelta(minutes=30))
    sent = form_of(call, amir, **{f"answer-{call.pk}": "move"})
    answer = people.browser(people.person("theo")).post(reverse("pages:away"), sent)
    assert answer.status_code == 422
    assert "too late to ask" in words(answer)
    assert not Away.objects.exists()


def test_the_page_of_hours_says_when_she_is_away(call, amir):
    browser, page = people.browser(call.consultant), reverse("bookings:hours")
    assert reverse("pages:away") in words(browser.get(page))
    assert "None planned." in words(browser.get(page))
    away = say(call, amir, answers={call.pk: ("keep", "")})
    shown = words(browser.get(page))
    assert reverse("pages:away_of", args=[away.pk]) in shown
    assert "Away. Amir Haddad stands in." in shown
    assert "None planned." not in shown
    other = factories.open_hours(amir)
    assert "Away. Amir" not in words(people.browser(other.consultant).get(page))
