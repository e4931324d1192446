"""Two who close, open again, or hand over at the same moment: it is done once, and nobody crashes."""

import threading
from functools import partial

import pytest

from bookings import actions as bookings
from bookings import availability
from bookings.models import Consultation, Hold, Service
from cases.case.actions import assign
from cases.case.away import actions as aways
from cases.case.away.models import Away, Cover
from cases.case.models import Assignment, Case
from cases.case.worry import Worry
from cases.case.worry_actions import raise_worry
from portal import clock
from portal.accounts import actions as accounts
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.pages import news
from tests import factories, people
from tests.at_once.rivals import WAIT, at_once
from tests.records.builders import actor
from tests.threads.builders import write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case() -> Case:
    for key in ("theo", "joanne", "amir", "nils"):
        people.person(key)
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=actor("joanne"))
    return case


def errors(outcomes) -> list:
    return [outcome.error for outcome in outcomes]


@pytest.mark.full
def test_closed_and_opened_again_twice_at_once_is_once(case):
    press = partial(closing.close_case, case, "asked", by=actor("theo"))
    assert errors(at_once(press, press)) == [None, None]
    again = partial(closing.reopen_case, case, by=actor("rosa"))
    assert errors(at_once(again, again)) == [None, None]
    for verb in ("case.closed", "case.reopened"):
        assert Event.objects.filter(verb=verb).count() == 1


@pytest.mark.full
def test_booked_and_closed_at_once_is_one_of_both():
    people.person("theo")
    case = factories.open_case()
    for _round in range(4):
        book = partial(bookings.book, hold=factories.hold(case), accepts_scope=True, may_read=True, by=actor("rosa"))
        outcomes = at_once(partial(closing.close_case, case, "asked", by=actor("theo")), book)
        lost = [error for error in errors(outcomes) if error]
        assert [type(error) for error in lost] == [Refused]
        case.refresh_from_db()
        booked = Consultation.objects.booked().filter(case=case).first()
        assert (booked is None) is (case.state == "closed")
        assert Assignment.objects.filter(case=case, ended_at=None).exists() is (case.state == "open")
        if booked:
            bookings.cancel(booked, by=actor("rosa"))
        closing.reopen_case(case, by=actor("theo"))
        case.refresh_from_db()


def held_while_closed(case) -> list:
    """A time is chosen at the moment of closing; whoever chooses waits a while between the look and the hold."""
    joanne, service = people.person("joanne"), Service.objects.get(code="first_talk")
    practice = factories.open_hours(joanne)
    start = availability.free_starts(case, practice, service, clock.now())[0]
    wish = {"consultant": joanne, "service": service, "starts_at": start, "how": "phone"}
    judged, closed, judge = threading.Event(), threading.Event(), bookings.check_free

    def judge_then_wait(*args, **kwargs):
        judge(*args, **kwargs)
        judged.set()
        closed.wait(2)  # as long as the guard lets the other in

    def close():
        judged.wait(WAIT)
        closing.close_case(case, "asked", by=actor("theo"))
        closed.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bookings, "check_free", judge_then_wait)
        return errors(at_once(partial(bookings.hold, case=case, by=actor("rosa"), **wish), close))


@pytest.mark.full
def test_no_time_is_held_in_a_case_that_is_closed_at_that_moment(case):
    assert held_while_closed(case) == [None, None]
    assert Case.objects.get(pk=case.pk).state == "closed"
    assert not Hold.objects.filter(case=case).exists()


@pytest.mark.full
def test_without_the_locks_of_patient_and_case_a_time_stays_held_in_a_closed_one(case, monkeypatch):
    monkeypatch.setattr(bookings, "lock_open", lambda case, by: None)
    monkeypatch.setattr(bookings, "lock_patient", lambda case: case.patient)
    assert held_while_closed(case) == [None, None]
    assert Case.objects.get(pk=case.pk).state == "closed"
    assert Hold.objects.filter(case=case).exists()


@pytest.mark.full
def test_handed_over_twice_at_once_is_once(case):
    joanne = people.person("joanne")
    today = clock.today(joanne.zone)
    say = partial(
        aways.say_away, joanne, from_on=today, until_on=today, stands_in=people.person("amir"), by=actor("theo")
    )
    assert errors(at_once(say, say)) == [None, None]
    away = Away.objects.get()
    over = partial(aways.hand_over, away, case, by=actor("theo"))
    assert errors(at_once(over, over)) == [None, None]
    back = partial(aways.hand_back, Cover.objects.get(), by=actor("theo"))
    assert errors(at_once(back, back)) == [None, None]
    assert Assignment.objects.get(case=case, ended_at=None).user == joanne


def test_nobody_goes_away_while_standing_in_also_at_once(case):
    joanne, amir, nils = (people.person(key) for key in ("joanne", "amir", "nils"))
    days = {"from_on": clock.today(joanne.zone), "until_on": clock.today(joanne.zone)}

    outcomes = at_once(
        partial(aways.say_away, joanne, **days, stands_in=amir, by=actor("theo")),
        partial(aways.say_away, amir, **days, stands_in=nils, by=actor("amir")),
    )

    assert [error is None for error in errors(outcomes)].count(True) == 1
    assert Away.objects.count() == 1


@pytest.mark.full
def test_two_worried_at_once_and_one_twice(case):
    twice = partial(raise_worry, case, "Cried.", by=actor("theo"))
    other = partial(raise_worry, case, "Sounds low.", by=actor("joanne"))
    assert errors(at_once(twice, twice, other)) == [None, None, None]
    assert Worry.objects.open().count() == 2


@pytest.mark.full
def test_marked_as_read_twice_at_once_is_once(case):
    theo = people.person("theo")
    write(case)
    press = partial(news.mark_read, theo, upto=news.unread(theo).get().pk)
    assert errors(at_once(press, press)) == [None, None]
    assert not news.unread(theo).exists()


@pytest.mark.full
@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_call_booked_while_an_account_closes_is_asked_about(is_guarded, monkeypatch):
    """Who books has looked whether Joanne works here, and waits a moment before the call is made."""
    people.person("mara")
    case = factories.open_case()  # where Joanne has no place yet: nothing of the case holds her leaving up
    if not is_guarded:  # the twin: nobody waits for what is being booked
        monkeypatch.setattr(accounts.changes, "access_changed", lambda person, *, by: None)
    kept, works, closed = factories.hold(case), threading.Event(), threading.Event()
    make = bookings.make_call

    def wait_then_make(*args, **kwargs):
        works.set()
        closed.wait(2 if is_guarded else WAIT)
        return make(*args, **kwargs)

    def close():
        works.wait(WAIT)
        accounts.close_account(people.person("joanne"), by=actor("mara"))
        closed.set()

    monkeypatch.setattr(bookings, "make_call", wait_then_make)
    book = partial(bookings.book, hold=kept, accepts_scope=True, may_read=True, by=actor("rosa"))
    assert errors(at_once(book, close)) == [None, None]
    call = Consultation.objects.booked().get(case=case)
    assert (call.move_asked_at is not None) is is_guarded
