"""Help with a last day: both are asked a week before, one press makes it longer, and its end is written down once."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.helping import actions, mandates
from cases.case.helping.inviting import actions as inviting
from cases.case.helping.models import Helper, Mandate
from cases.case.models import ToDo
from cases.case.tasks import end_help
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people
from tests.at_once.rivals import at_once

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 4, 17, tzinfo=dt.UTC)
LAST_DAY = dt.date(2026, 12, 31)
OVER = dt.datetime(2027, 1, 1, 5, tzinfo=dt.UTC)  # Rosa lives in Toronto
DAY = dt.timedelta(days=1)
SOON = OVER - 3 * DAY


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture
def helper() -> Helper:
    with clock.lived_at(NOON - dt.timedelta(hours=1)):
        asked = actions.ask(factories.open_case(), people.person("ama"), by=act("theo"))
        return actions.agree(asked, chosen="most", until_on=LAST_DAY, by=act("rosa"))


def due(*codes: str) -> dict[str, str]:
    """kind → whom it would go to now."""
    names = {str(people.person(key).pk): key for key in ("rosa", "ama")}
    found = {}
    for code in codes:
        rows = list(
            Reminder.objects.unsettled().filter(kind=code, due_at__lte=clock.now(), useful_until__gt=clock.now())
        )
        still = kinds.kind_of(code).still_due(rows, clock.now())
        found.update((row.kind, names[row.recipient_id]) for row in rows if row.pk in still)
    return found


ASKING = ("helping.ends", "helping.mine_ends")
PAST = ("helping.past", "helping.mine_past")


def test_both_are_asked_a_week_before_and_not_sooner(helper):
    with clock.lived_at(OVER - 8 * DAY):
        assert due(*ASKING) == {}
    with clock.lived_at(SOON):
        assert due(*ASKING) == {"helping.ends": "rosa", "helping.mine_ends": "ama"}
    with clock.lived_at(OVER + DAY):
        assert due(*ASKING) == {}
    assert {row.message_class for row in Reminder.objects.filter(kind__in=ASKING)} == {kinds.REMINDER}


def test_help_that_was_taken_up_by_a_link_is_asked_about_as_well():
    with clock.lived_at(NOON):
        who = {"name": "Ama", "email": "ama@example.org"}
        asked = inviting.invite(factories.open_case(), **who, chosen="dates", until_on=LAST_DAY, by=act("rosa"))
        inviting.take(asked, people.person("ama"), by=act("ama"))
    with clock.lived_at(SOON):
        assert set(due(*ASKING)) == set(ASKING)


@pytest.mark.parametrize("until_on", [None, dt.date(2026, 11, 8)])
def test_nobody_is_asked_where_there_is_no_last_day_or_it_was_just_chosen(helper, until_on):
    with clock.lived_at(NOON):
        actions.change(helper, chosen="most", until_on=until_on, by=act("rosa"))
    assert not Reminder.objects.unsettled().filter(kind__in=ASKING).exists()


def test_changed_it_is_asked_about_by_its_new_day(helper):
    with clock.lived_at(SOON):
        actions.change(helper, chosen="most", until_on=dt.date(2027, 3, 31), by=act("rosa"))
        assert due(*ASKING) == {}
    with clock.lived_at(dt.datetime(2027, 3, 27, 17, tzinfo=dt.UTC)):
        assert set(due(*ASKING)) == set(ASKING)


def test_ended_by_hand_nobody_is_asked(helper):
    with clock.lived_at(NOON):
        actions.end(helper, by=act("ama"))
    with clock.lived_at(SOON):
        assert due(*ASKING) == {}


def test_one_press_makes_it_longer_and_twice_is_once(helper):
    client, page = people.browser(people.person("rosa")), reverse("case:helper", args=[helper.pk])
    with clock.lived_at(NOON):
        assert "Let it end" not in client.get(page).content.decode()
    with clock.lived_at(SOON):
        html = client.get(page).content.decode()
        assert "Go on until March 31, 2027" in html
        assert "Let it end" in html
        for _press in range(2):
            client.post(reverse("case:prolong_helper", args=[helper.pk]), {"until": "2027-03-31"})
    helper.refresh_from_db()
    assert (helper.until_on, helper.version, helper.chosen) == (dt.date(2027, 3, 31), 2, "most")


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01", "2099-01-01"])
def test_a_day_that_cannot_be_changes_nothing(helper, until):
    with clock.lived_at(SOON):
        client = people.browser(people.person("rosa"))
        client.post(reverse("case:prolong_helper", args=[helper.pk]), {"until": until})
    helper.refresh_from_db()
    assert helper.until_on == LAST_DAY


@pytest.mark.parametrize("key", ["ama", "grace", "theo"])
def test_nobody_else_makes_it_longer(helper, key):
    answered = people.browser(people.person(key)).post(
        reverse("case:prolong_helper", args=[helper.pk]), {"until": "2027-03-31"}
    )
    assert answered.status_code == 404


def test_its_end_is_written_down_once_and_both_are_told(helper):
    with clock.lived_at(OVER - dt.timedelta(minutes=1)):
        end_help()
        assert Helper.objects.granted().exists()
    with clock.lived_at(OVER + dt.timedelta(minutes=1)):
        for _turn in range(2):
            end_help()
        assert due(*PAST) == {"helping.past": "rosa", "helping.mine_past": "ama"}
    helper.refresh_from_db()
    assert (helper.ended_why, helper.ended_by) == ("expired", None)
    event = Event.objects.get(verb="helping.ended")
    assert (event.actor_kind, event.why, event.patient) == ("system", "ended_expired", helper.patient_id)


def test_a_coordinator_looks_who_helps_and_waiting_questions_are_settled(helper):
    with clock.lived_at(OVER + DAY):
        end_help()
    assert ToDo.objects.open().get(kind="helper_stopped").about_id == str(helper.pk)


def test_papers_of_it_end_with_it(helper):
    with clock.lived_at(NOON):
        mandates.record_mandate(
            helper.case, people.person("ama"), kind="power", from_on=dt.date(2026, 11, 1), by=act("theo")
        )
    with clock.lived_at(OVER + DAY):
        end_help()
    assert Mandate.objects.get().ended_at
    assert Event.objects.filter(verb="mandate.ended", actor_kind="system").count() == 1


def test_lengthened_at_the_last_moment_it_goes_on(helper):
    with clock.lived_at(OVER + DAY):
        actions.change(helper, chosen="most", until_on=dt.date(2027, 3, 31), by=act("rosa"))
        end_help()
        assert Helper.objects.granted().exists()
        assert due(*PAST) == {}


def test_whoever_helps_again_is_not_told_of_the_end(helper):
    with clock.lived_at(OVER + DAY):
        end_help()
        anew = actions.ask(helper.case, people.person("ama"), by=act("theo"))
        actions.agree(anew, chosen="dates", by=act("rosa"))
        assert due(*PAST) == {}


def test_an_answer_settles_the_call_that_waits_for_it():
    case = factories.open_case(starter=people.person("ama"))
    people.browser(people.person("ama")).post(
        reverse("pages:ask_by_phone", args=[case.pk]), {"kin": "", "note": "416 555 0117"}
    )
    actions.decline(Helper.objects.get(), by=act("rosa"))
    assert not ToDo.objects.open().filter(kind="ask_patient").exists()


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_write_one_end(helper):
    with clock.lived_at(OVER + DAY):
        outcomes = at_once(end_help, end_help)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Event.objects.filter(verb="helping.ended").count() == 1
