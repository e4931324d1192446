"""With a call booked she may hear of anyone's earlier times; one of those takes the place of the call, or nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import actions, call_needs
from bookings.models import Consultation, Hold, Reservation, Service, Wish
from bookings.rules import JustTaken
from bookings.waiting import actions as waiting
from bookings.waiting import looking, switching
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def hand(user):
    return Actor.person(user)


@pytest.fixture
def amir():
    return people.person("amir")


@pytest.fixture
def amirs(amir):
    amir.time_zone = "America/Toronto"  # so that their hours meet
    amir.save(update_fields=["time_zone"])
    return factories.open_hours(amir)


@pytest.fixture
def call(case, joanne):
    """Rosa's call with Joanne, in two weeks."""
    first = factories.hold(case, joanne, service="first_talk")
    Hold.objects.all().delete()
    return factories.book(case, joanne, service="first_talk", starts_at=first.starts_at + timedelta(days=14))


@pytest.fixture
def grace_call(amir, amirs):
    """Grace has the first time of Amir."""
    return factories.book(factories.open_case(people.person("grace")), amir, service="first_talk")


def ask(case, consultant=None):
    return waiting.ask(
        case,
        service=Service.objects.get(code="first_talk"),
        consultant=consultant,
        weekdays=range(5),
        until_on=clock.today(case.patient.zone) + timedelta(days=60),
        by=hand(case.patient),
    )


def told(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind="bookings.earlier_time")


def free_it(call):
    actions.cancel(call, by=hand(call.patient))
    return looking.look(clock.now())


def hold(case, amir, starts_at, call):
    return factories.hold(case, amir, service="first_talk", starts_at=starts_at, moving=call)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_who_asked_for_anyone_hears_of_another_consultants_time_and_who_did_not_does_not(
    case, call, grace_call, joanne, rosa
):
    ask(case, joanne)
    assert free_it(grace_call) == 0
    again = factories.book(
        factories.open_case(people.person("ama")), grace_call.consultant, service="first_talk",
        starts_at=grace_call.starts_at,
    )  # fmt: skip
    assert ask(case).consultant is None
    looking.look(clock.now())
    assert free_it(again) == 1
    assert told(rosa).count() == 1


def test_the_page_offers_anyone_and_choosing_it_books_one_and_cancels_the_other(case, call, grace_call, amir, rosa):
    page, mine = reverse("bookings:earlier", args=[case.pk]), people.browser(rosa)
    sent = {"who": "anyone", "part": "any", "weekdays": ["0", "1", "2", "3", "4"], "until_on": "2026-12-20"}
    assert mine.post(page, sent).status_code == 302
    assert Wish.objects.get().consultant is None
    free_it(grace_call)
    slot = f"{grace_call.starts_at:%Y-%m-%dT%H:%MZ}"
    shown = words(mine.get(page))
    assert "With anyone of us who fits." in shown
    kept = mine.post(reverse("bookings:move", args=[call.pk]), {"slot": slot, "how": "video", "with": str(amir.pk)})
    check = words(mine.get(kept.url))
    assert "This takes the place of the call with Joanne" in check
    assert "Check and book" in check
    for _time in range(2):
        assert mine.post(kept.url, {"hope": "Sooner", "may_read": "on"}).status_code == 302
    call.refresh_from_db()
    booked = Consultation.objects.get(case=case, state="booked")
    assert (call.state, booked.consultant, booked.starts_at, booked.hope) == (
        "cancelled",
        amir,
        grace_call.starts_at,
        "Sooner",
    )
    assert Wish.objects.get().ended_as == "booked"
    assert not Reservation.objects.filter(consultation=call).exists()


def test_the_two_may_overlap_and_what_is_needed_goes_along(case, call, grace_call, amir, rosa):
    call_needs.set_needs(call, interpreter="Polish", captions=True, by=hand(rosa))
    kept = hold(case, amir, call.starts_at, call)
    booked = switching.switch(kept, by=hand(rosa))
    assert (booked.interpreter, booked.captions, booked.starts_at) == ("Polish", True, call.starts_at)


def test_taken_meanwhile_the_call_stays(case, call, grace_call, amir, monday, rosa):
    kept = hold(case, amir, grace_call.starts_at + timedelta(days=7), call)
    monday.shift(timedelta(minutes=31))
    factories.book(factories.open_case(people.person("ama")), amir, service="first_talk", starts_at=kept.starts_at)
    with pytest.raises(JustTaken):
        switching.switch(kept, by=hand(rosa))
    call.refresh_from_db()
    assert call.state == "booked"


def test_within_two_hours_the_call_stays(case, call, grace_call, amir, monday, rosa):
    monday.move_to(call.starts_at - timedelta(days=2))
    kept = hold(case, amir, call.starts_at + timedelta(days=1), call)
    monday.move_to(call.starts_at - timedelta(minutes=90))
    with pytest.raises((Refused, JustTaken)):
        switching.switch(kept, by=hand(rosa))
    call.refresh_from_db()
    assert call.state == "booked"


def test_a_move_never_changes_the_consultant(case, call, grace_call, amir, rosa):
    kept = hold(case, amir, call.starts_at - timedelta(days=7), call)
    with pytest.raises(Refused):
        actions.move(hold=kept, by=hand(rosa))


def test_another_who_does_not_give_this_kind_is_not_offered(case, call, grace_call, amir, amirs):
    amirs.left_out = ["first_talk"]
    amirs.save(update_fields=["left_out"])
    with pytest.raises(JustTaken):
        hold(case, amir, call.starts_at - timedelta(days=7), call)


@pytest.mark.parametrize("who", ["amir", "grace", "joanne"])
def test_others_switch_nothing(case, call, grace_call, amir, who):
    kept = hold(case, amir, call.starts_at - timedelta(days=7), call)
    with pytest.raises(Refused):
        switching.switch(kept, by=hand(people.person(who)))
