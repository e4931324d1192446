"""A wish for an earlier time is about one call, or one kind of call: it follows no other, and ends with its own."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from bookings import actions, availability
from bookings.models import Consultation, Service, ToldTime, Wish
from bookings.picker import value_of
from bookings.waiting import actions as waiting
from bookings.waiting import looking
from bookings.waiting.notices import EARLIER_TIME
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import kinds
from portal.reminders.models import Reminder
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
TALK, AFTER = "first_talk", "after_second"


def hand(user):
    return Actor.person(user)


def service(code):
    return Service.objects.get(code=code)


def ask(case, code=TALK, **wish):
    fields = {"weekdays": range(7), "until_on": clock.today(case.patient.zone) + timedelta(days=80)}
    return waiting.ask(case, service=service(code), **(fields | wish), by=hand(case.patient))


def free(case, practice, code=TALK):
    return availability.free_starts(case, practice, service(code), clock.now())


@pytest.fixture
def grace_call(case):
    """Grace has the first time that Joanne has free."""
    return factories.book(factories.open_case(people.person("grace")), service=TALK)


@pytest.fixture
def talk(case, practice, grace_call):
    """Rosa's next call: a first talk in two weeks."""
    at = next(at for at in free(case, practice) if at > grace_call.starts_at + timedelta(days=14))
    return factories.book(case, service=TALK, starts_at=at)


@pytest.fixture
def after(case, practice, talk):
    """Her call after that, of another kind."""
    at = next(at for at in free(case, practice, AFTER) if at > talk.starts_at + timedelta(days=14))
    return factories.book(case, service=AFTER, starts_at=at)


def open_wish(case):
    return Wish.objects.open().filter(case=case).first()


def words(answer):
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def page(case, **asked):
    return words(people.browser(case.patient).get(reverse("bookings:earlier", args=[case.pk]), asked))


def told(user):
    return Reminder.objects.to_person(user).unsettled().filter(kind=EARLIER_TIME.code)


def test_it_is_about_the_next_call_of_its_kind(case, talk, after):
    assert ask(case, AFTER).call == after
    assert ask(case, TALK).call == talk
    assert ask(case, "plan").call is None


def test_asked_about_another_kind_the_first_ends_with_what_was_told(case, talk, after, grace_call):
    ask(case, TALK)
    actions.cancel(grace_call, by=hand(grace_call.patient))
    assert looking.look(clock.now()) == 1
    row = told(case.patient).get()
    again = ask(case, AFTER)
    row.refresh_from_db()
    assert (row.settled_as, again.told.count(), Wish.objects.count()) == ("withdrawn", 0, 2)


def test_only_times_of_its_own_call_are_told_and_offered(case, practice, talk, after, grace_call):
    ask(case, AFTER)
    actions.cancel(grace_call, by=hand(grace_call.patient))
    assert looking.look(clock.now()) == 1
    assert set(ToldTime.objects.values_list("service__code", flat=True)) == {AFTER}
    shown = page(case)
    assert f'action="{reverse("bookings:move", args=[after.pk])}"' in shown
    assert reverse("bookings:move", args=[talk.pk]) not in shown
    kept = people.browser(case.patient).post(
        reverse("bookings:move", args=[after.pk]), {"slot": value_of(grace_call.starts_at), "how": "video"}
    )
    people.browser(case.patient).post(kept.url, {"hope": ""})
    after.refresh_from_db(), talk.refresh_from_db()
    assert (after.starts_at, talk.state, open_wish(case)) == (grace_call.starts_at, "booked", None)


def test_another_call_that_is_over_leaves_it(case, talk, after, monday):
    ask(case, AFTER)
    monday.move_to(talk.starts_at + timedelta(minutes=1))
    looking.look(clock.now())
    assert open_wish(case).call == after
    monday.move_to(after.starts_at + timedelta(minutes=1))
    looking.look(clock.now())
    assert Wish.objects.get().ended_as == "over"


def test_a_later_one_of_the_same_kind_that_moves_leaves_it(case, practice, talk):
    ask(case)
    times = [at for at in free(case, practice) if at > talk.starts_at + timedelta(days=7)]
    second = factories.book(case, service=TALK, starts_at=times[-1])
    assert open_wish(case).call == talk
    kept = factories.hold(case, service=TALK, starts_at=times[0], moving=second)
    actions.move(hold=kept, by=hand(case.patient))
    assert open_wish(case).call == talk


def test_a_sooner_one_of_the_same_kind_ends_it(case, practice, talk):
    ask(case)
    factories.book(case, service=TALK, starts_at=free(case, practice)[0])
    assert Wish.objects.get().ended_as == "booked"


def test_canceled_by_her_it_ends_and_the_message_stays_at_home(case, talk, grace_call):
    ask(case)
    actions.cancel(grace_call, by=hand(grace_call.patient))
    looking.look(clock.now())
    row = told(case.patient).get()
    actions.cancel(talk, by=hand(case.patient))
    assert not kinds.kind_of(row.kind).still_due([row], clock.now())
    looking.look(clock.now())
    assert Wish.objects.get().ended_as == "over"
    assert not told(case.patient).exists()


def test_canceled_by_its_consultant_she_waits_on_for_any_time_of_that_kind(case, talk, joanne):
    ask(case)
    actions.cancel(talk, by=hand(joanne))
    looking.look(clock.now())
    assert open_wish(case) is not None
    assert f'action="{reverse("bookings:pick", args=[case.pk])}"' in page(case)
    factories.book(case, service=TALK)
    assert Wish.objects.get().ended_as == "booked"


def test_what_follows_the_visit_does_not_end_with_it(monday):
    case = factories.case_with_visit(days=10)
    ask(case, AFTER)
    monday.shift(timedelta(days=13))
    looking.look(clock.now())
    assert open_wish(case)


def test_a_call_that_is_over_or_another_patients_is_refused(case, talk, grace_call, monday):
    hers = people.browser(case.patient)
    sent = {"part": "any", "weekdays": ["0"], "until_on": "2026-12-20", "who": "anyone"}
    for pk in (grace_call.pk, "x' OR 1=1", "<script>"):
        answer = hers.post(reverse("bookings:earlier", args=[case.pk]), sent | {"call": pk})
        assert (answer.status_code, "That call has begun, or was canceled." in words(answer)) == (409, True)
    for call in (talk, grace_call):
        monday.move_to(call.starts_at + timedelta(minutes=1))
        with pytest.raises(Refused, match="has begun"):
            ask(case, call=call)
    assert not Wish.objects.exists()


def test_the_page_of_another_call_says_what_is_asked_for_already(case, talk, after):
    ask(case, AFTER)
    shown = page(case, call=talk.pk)
    assert "After the second opinion, in place of the call on" in shown
    assert "This takes the place of what is asked for above." in shown
    assert f'name="call" value="{talk.pk}"' in shown
    assert "in place of the call" not in page(case)


def test_each_call_asks_for_itself(case, talk, after):
    hers = people.browser(case.patient)
    for call in (after, talk):
        assert f"?call={call.pk}" in words(hers.get(call.get_absolute_url()))
    sent = {"part": "any", "weekdays": ["0"], "until_on": "2026-12-20", "call": str(after.pk)}
    assert hers.post(reverse("bookings:earlier", args=[case.pk]), sent).status_code == 302
    assert open_wish(case).call == after
    assert Consultation.objects.booked().count() == 3


def test_wishes_from_before_go_on_about_the_call_that_they_were_shown_with(case, talk, after):
    ask(case, AFTER)
    Wish.objects.update(call=None)
    import_module("bookings.migrations.0021_wish_for_a_call").as_it_was_shown(apps, None)
    assert open_wish(case).call == after


def test_a_time_with_one_who_has_no_video_is_by_phone_and_the_others_by_video(case, practice, talk):
    amir = factories.open_hours(people.person("amir"))
    amir.video_address = ""
    amir.save(update_fields=["video_address"])
    ask(case, weekdays=[0, 1, 2, 3, 4])
    shown = page(case)
    assert 'name="how" value="phone"' in shown
    assert "With Amir, by phone" in shown
    his = next(at for at in free(case, amir) if at not in free(case, practice) and at < talk.starts_at)
    form = next(part for part in shown.split("<form") if value_of(his) in part)
    assert 'name="how" value="phone"' in form
    sent = {"slot": value_of(his), "how": "phone", "with": "anyone", "service": TALK}
    assert people.browser(case.patient).post(reverse("bookings:move", args=[talk.pk]), sent).status_code == 302
