"""Administrators set what can be booked: it holds for what is booked from now on, and calls that are booked stay."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from bookings import actions, asking, availability
from bookings.kinds import actions as kinds
from bookings.models import AskedHold, Consultation, Hold, Practice, Reservation, Service
from bookings.rules import JustTaken
from cases.case.helping import actions as helping
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
PAGE = "bookings:services"


def hand(key):
    return Actor.person(people.person(key))


def service(code="first_talk"):
    return Service.objects.get(code=code)


def change(code="first_talk", by="mara", **figures):
    one = service(code)
    said = {name: getattr(one, name) for name in ("minutes", "preparation_minutes", "needs_plan", "is_offered")}
    return kinds.change(one, **(said | figures), by=hand(by))


def form(code="first_talk", **figures):
    one = service(code)
    said = {"minutes": one.minutes, "preparation_minutes": one.preparation_minutes, "is_offered": "on"}
    said |= {"needs_plan": "on"} if one.needs_plan else {}
    return {"service": code, "seen": kinds.as_seen(one)} | said | figures


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_stays_and_saves_with_an_event(case):
    call = factories.book(case, service="first_talk")
    mara = people.browser(people.person("mara"))
    assert "1 call is booked and stays as it is." in words(mara.get(reverse(PAGE)))
    assert mara.post(reverse(PAGE), form(minutes=45)).status_code == 302
    assert mara.post(reverse(PAGE), form(minutes=45)).status_code == 302
    assert service().minutes == 45
    assert Event.objects.filter(verb="service.changed").count() == 1
    call.refresh_from_db()
    assert call.minutes == 30
    other = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    assert other.minutes == 45


def test_turned_off_it_is_offered_nowhere_and_what_is_booked_can_still_move(case, practice, rosa):
    call = factories.book(case, service="first_talk")
    slot = call.starts_at + timedelta(days=2)
    change(is_offered=False)
    practice = Practice.objects.select_related("consultant").get(pk=practice.pk)
    assert availability.free_starts(case, practice, service(), clock.now()) == []
    assert "First talk," not in words(people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]) + "?another=1"))
    with pytest.raises(JustTaken, match="not offered any more"):
        factories.hold(factories.open_case(people.person("grace")), service="first_talk", starts_at=slot)
    kept = factories.hold(case, service="first_talk", starts_at=slot, moving=call)
    assert actions.move(hold=kept, by=hand("rosa")).starts_at == slot
    change(is_offered=True)
    assert availability.free_starts(case, practice, service(), clock.now())


def test_the_usual_kind_off_the_page_offers_another(case, rosa):
    change("plan", is_offered=False)
    page = people.browser(rosa).get(reverse("bookings:pick", args=[case.pk]))
    assert page.status_code == 200
    assert page.context["offer"].service.code == "first_talk"


def test_a_hold_that_fits_no_more_loses_no_words_and_books_nothing_twice(case):
    kept = factories.hold(case, service="first_talk")
    factories.book(
        factories.open_case(people.person("grace")),
        service="first_talk",
        starts_at=kept.starts_at + timedelta(minutes=60),
    )
    change(minutes=90)
    kept = Hold.objects.get(pk=kept.pk)
    with pytest.raises(JustTaken):
        actions.book(hold=kept, accepts_scope=True, may_read=True, by=hand("rosa"))
    assert Consultation.objects.filter(case=case).count() == 0


def test_a_chosen_time_is_looked_at_once_more_when_it_takes_longer(case):
    kept = factories.hold(case, service="first_talk")
    change(minutes=45)
    assert not Reservation.objects.exists()
    with pytest.raises(Refused, match="takes 45 minutes now"):
        actions.book(hold=kept, accepts_scope=True, by=hand("rosa"))
    again = Hold.objects.get(pk=kept.pk)
    assert actions.book(hold=again, accepts_scope=True, by=hand("rosa")).minutes == 45


def test_a_time_that_waits_for_a_yes_is_not_accepted_at_another_length(case, practice):
    helping.agree(helping.ask(case, people.person("ama"), by=hand("theo")), chosen="most", by=hand("rosa"))
    asked = asking.ask(factories.hold(case, service="first_talk"), by=hand("ama"))
    change(preparation_minutes=15)
    with pytest.raises(Refused, match="not offered any more"):
        asking.accept(asked, accepts_scope=True, may_read=False, by=hand("rosa"))
    assert AskedHold.objects.get().state == "gone"
    assert not Reservation.objects.exists()


def test_whoever_read_the_minutes_before_holds_the_new_ones(case, practice):
    old = service()
    change(minutes=60)
    start = availability.free_starts(case, practice, service(), clock.now())[0]
    wish = {"consultant": practice.consultant, "service": old, "starts_at": start, "how": "phone"}
    kept = actions.hold(case=case, **wish, by=hand("rosa"))
    row = kept.reservations.get()
    assert row.ends_at - row.starts_at >= timedelta(minutes=60)


def test_one_kind_stays_on():
    change("plan", is_offered=False)
    change("after_second", is_offered=False)
    with pytest.raises(Refused, match="must stay on"):
        change("first_talk", is_offered=False)


@pytest.mark.parametrize("who", ["rosa", "joanne", "theo"])
def test_others_change_nothing(who):
    with pytest.raises(Refused):
        change(by=who, minutes=45)
    assert people.browser(people.person(who)).post(reverse(PAGE), form(minutes=45)).status_code == 404


@pytest.mark.parametrize(
    "sent", [{"minutes": "0"}, {"minutes": "999"}, {"minutes": "x"}, {"minutes": "33"}, {"service": "<script>"}]
)
def test_what_cannot_be_is_said_in_words(sent):
    answer = people.browser(people.person("mara")).post(reverse(PAGE), form() | sent)
    assert answer.status_code == 422
    assert service().minutes == 30


def test_a_form_from_before_anothers_change_is_refused():
    old = form(minutes=20)
    change(minutes=45)
    answer = people.browser(people.person("mara")).post(reverse(PAGE), old)
    assert answer.status_code == 409
    assert "Somebody changed this" in words(answer)
    assert service().minutes == 45


@pytest.mark.parametrize("bad", [{"minutes": 0}, {"minutes": 241}, {"preparation_minutes": 241}])
def test_the_database_refuses_bad_rows(bad):
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(code="first_talk").update(**bad)


def at(case, practice, code):
    return availability.free_starts(case, Practice.objects.get(pk=practice.pk), service(code), clock.now())


def test_a_plan_is_read_before_it_from_now_on(case, practice):
    soonest = at(case, practice, "first_talk")[0]
    booked = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    mara = people.browser(people.person("mara"))
    assert mara.post(reverse(PAGE), form(needs_plan="on")).status_code == 302
    assert service().needs_plan
    later = at(case, practice, "first_talk")[0]
    assert later > soonest + timedelta(days=1)  # 2 business days to read it first
    page = words(people.browser(case.patient).get(reverse("bookings:pick", args=[case.pk]), {"service": "first_talk"}))
    assert "Your plan is due 2 business days before the talk." in page
    kept = factories.hold(case, service="first_talk", starts_at=later)
    check = words(people.browser(case.patient).get(kept.get_absolute_url()))
    assert 'name="may_read"' in check
    with pytest.raises(Refused, match="so that your files can be read"):
        actions.book(hold=kept, accepts_scope=True, by=hand("rosa"))
    call = actions.book(hold=kept, accepts_scope=True, may_read=True, by=hand("rosa"))
    assert call.needs_plan
    assert availability.plan_by(call, clock.now())
    booked.refresh_from_db()
    assert not booked.needs_plan
    assert availability.plan_by(booked, clock.now()) is None


def test_no_plan_is_read_before_it_any_more_and_booked_calls_still_want_theirs(case, practice):
    booked = factories.book(case, service="plan")
    mara = people.browser(people.person("mara"))
    sent = form("plan")
    del sent["needs_plan"]
    mara.post(reverse(PAGE), sent)
    assert not service("plan").needs_plan
    booked.refresh_from_db()
    assert booked.needs_plan
    assert "leaves Joanne 2 business days to read it" in words(
        people.browser(case.patient).get(booked.get_absolute_url())
    )
    other = factories.open_case(people.person("grace"))
    kept = factories.hold(other, service="plan")
    assert actions.book(hold=kept, accepts_scope=True, by=Actor.person(other.patient)).needs_plan is False
    free = availability.free_starts(case, practice, service("plan"), clock.now(), moving=booked)
    moved = actions.move(hold=factories.hold(case, starts_at=free[-1], moving=booked), by=hand("rosa"))
    assert not moved.needs_plan


def test_the_page_says_what_it_means(case):
    page = words(people.browser(people.person("mara")).get(reverse(PAGE)))
    assert page.count("A plan is read before the call") == 3
    assert "moved, they take what is new" in page


def test_the_consultants_page_says_where_a_plan_is_read_first(case, practice):
    rosa, page = people.browser(case.patient), reverse("bookings:consultant", args=[case.pk, practice.pk])
    assert words(rosa.get(page)).count("Joanne reads your plan first.") == 1
    change("plan", needs_plan=False)
    assert "Joanne reads your plan first." not in words(rosa.get(page))


def test_calls_from_before_are_as_their_kind_was(case):
    plan = factories.book(case, service="plan")
    talk = factories.book(factories.open_case(people.person("grace")), service="first_talk")
    Consultation.objects.update(needs_plan=False)
    import_module("bookings.migrations.0019_plan_before_a_call").as_booked(apps, None)
    assert Consultation.objects.get(needs_plan=True) == plan
    talk.refresh_from_db()
    assert not talk.needs_plan
