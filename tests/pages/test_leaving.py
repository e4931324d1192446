"""Somebody works here no more: what ends at once, who takes over, what waits, and that the name stays."""

import datetime as dt

import pytest
from django.urls import reverse

from bookings import feeds
from bookings.feeds import CalendarFeed
from bookings.models import Consultation
from cases.case import people as rule
from cases.case.actions import ask_to_do, give_consent
from cases.case.away import actions as aways
from cases.case.leaving import CONSULTANT_LEFT
from cases.case.models import Assignment, Cover, ToDo, UrgentLook
from cases.case.urgent import actions as urgent
from cases.reviews.models import Review
from portal import clock
from portal.accounts import actions
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.assign(factories.open_case(), people.person("joanne"))


def close(key="joanne", to=None):
    return actions.close_account(people.person(key), to=people.person(to) if to else None, by=by("mara"))


def asked_of_joanne(case):
    day, joanne = dt.date(2026, 12, 1), people.person("joanne")
    return ask_to_do("call", case, case=case, due_on=day, for_user=joanne, by=by("theo"))


def opened_to_do(case, kind):
    return ToDo.objects.open().filter(case=case, kind=kind)


def test_all_their_places_and_ways_in_end_at_once(case):
    joanne = people.person("joanne")
    token = feeds.make(joanne, by=by("joanne"))
    client = people.browser(joanne)
    page = reverse("records:list", args=[case.pk])
    assert client.get(page).status_code == 200
    close()
    assert client.get(page)["Location"].startswith("/accounts/login/")
    assert client.get(feeds.path_of(token)).status_code == 404
    assert not CalendarFeed.objects.exists()
    assert not Assignment.objects.filter(user=joanne, ended_at=None).exists()


def test_without_a_colleague_the_case_waits_and_a_coordinator_is_asked(case):
    close()
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert opened_to_do(case, CONSULTANT_LEFT).get().for_role == "coordinator"


def test_the_colleague_gets_the_case_and_what_was_asked(case):
    todo = ask_to_do(
        "call", case, case=case, due_on=dt.date(2026, 12, 1), for_user=people.person("joanne"), by=by("theo")
    )
    close(to="amir")
    todo.refresh_from_db()
    assert todo.for_user == people.person("amir")
    assert rule.is_assigned(case, people.person("amir"))
    assert not rule.may("read_documents", case, people.person("amir"))  # until the patient says yes
    assert opened_to_do(case, CONSULTANT_LEFT).exists()


def test_a_patients_yes_to_them_ends_and_opens_no_file_to_an_urgent_look(case):
    given = give_consent("read", person=case.patient, case=case, consultant=people.person("joanne"), by=by("rosa"))
    look = urgent.begin(case, why="She is in the emergency room.", by=by("liv"))
    assert UrgentLook.objects.reading().filter(pk=look.pk).exists()
    User.objects.filter(pk=given.consultant_id).update(can_sign_in=False)  # a yes to nobody who is here
    assert not UrgentLook.objects.reading().filter(pk=look.pk).exists()
    User.objects.filter(pk=given.consultant_id).update(can_sign_in=True)

    close(to="amir")
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert not rule.has_consent_to_read(case, people.person("joanne"))
    assert not rule.may("read_documents", case, people.person("liv"))


def test_what_was_asked_of_them_goes_to_the_coordinators_otherwise(case):
    todo = ask_to_do(
        "call", case, case=case, due_on=dt.date(2026, 12, 1), for_user=people.person("joanne"), by=by("theo")
    )
    close()
    todo.refresh_from_db()
    assert (todo.for_user, todo.for_role) == (None, "coordinator")


def test_a_plan_in_their_hands_waits_for_another_reader():
    review = world.written()
    close()
    assert Review.objects.get(pk=review.pk).reader is None


def test_calls_to_come_are_asked_about_with_words_the_patient_reads(case):
    call = factories.book(case, service="first_talk")
    close()
    call.refresh_from_db()
    assert call.state == Consultation.State.BOOKED  # nothing is cancelled by itself
    assert call.note.startswith("Joanne Pike does not work with us any more.")
    assert opened_to_do(case, "ask_to_move").get().about_id == str(call.pk)


def test_the_call_can_go_to_another_of_us(case):
    factories.open_hours(people.person("amir"))
    call = factories.book(case, service="first_talk")
    close(to="amir")
    kept = factories.hold(case, people.person("amir"), service="first_talk", moving=call)
    assert kept.consultant == people.person("amir")


@pytest.mark.parametrize("to", ["theo", "nils", "joanne", "rosa"])
def test_only_one_of_our_consultants_takes_over(case, to):
    nils = people.person("nils")
    nils.can_sign_in = False
    nils.save()
    with pytest.raises(Refused):
        close(to=to)
    assert people.person("joanne").can_sign_in


def test_who_is_the_patient_gets_no_place_in_her_own_case():
    amir = people.person("amir")
    own = factories.open_case(amir)
    factories.assign(own, people.person("joanne"))
    close(to="amir")
    assert not Assignment.objects.filter(case=own, ended_at=None).exists()


def test_another_role_ends_the_same(case):
    actions.change_role(people.person("joanne"), role="coordinator", by=by("mara"))
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    assert opened_to_do(case, CONSULTANT_LEFT).exists()


def test_said_twice_it_is_said_once(case):
    close()
    close()
    assert Event.objects.filter(verb="account.closed").count() == 1
    actions.change_role(people.person("amir"), role="consultant", by=by("mara"))
    assert not Event.objects.filter(verb="account.role_changed").exists()


def test_an_urgent_look_ends():
    people.person("mara")
    case = factories.open_case()
    urgent.begin(case, "Joanne fell ill an hour before.", by=by("liv"))
    close("liv")
    assert UrgentLook.objects.get().ended_why == "left"


@pytest.mark.parametrize(("who", "stays"), [("joanne", "amir"), ("amir", "joanne")])
def test_who_stood_in_stays_and_where_they_stood_in_it_goes_back(case, who, stays):
    joanne, amir = people.person("joanne"), people.person("amir")
    today = clock.today(joanne.zone)
    away = aways.say_away(joanne, from_on=today, until_on=today + dt.timedelta(days=5), stands_in=amir, by=by("theo"))
    aways.hand_over(away, case, by=by("theo"))
    close(who)
    assert not Cover.objects.open().exists()
    assert list(Assignment.objects.filter(case=case, ended_at=None).values_list("user__email", flat=True)) == [
        people.person(stays).email
    ]


def test_the_name_stays_in_the_record(case):
    close()
    page = people.browser(people.person("rosa")).get(reverse("pages:privacy", args=[case.pk])).content.decode()
    assert "Joanne Pike" in page


def test_a_coordinators_work_goes_to_the_other_coordinators(case):
    theo = people.person("theo")
    client, where = people.browser(theo), reverse("records:list", args=[case.pk])
    todo = ask_to_do("call", case, case=case, due_on=dt.date(2026, 12, 1), for_user=theo, by=by("joanne"))
    assert (client.get(where).status_code, rule.may("see", case, theo)) == (200, True)
    actions.change_role(people.person("amir"), role="coordinator", by=by("mara"))
    close("theo")
    todo.refresh_from_db()
    assert (todo.for_user, todo.for_role) == (None, "coordinator")
    assert client.get(where)["Location"].startswith("/accounts/login/")
    assert not rule.may("see", case, people.person("theo"))
    done = people.browser(people.person("amir")).post(reverse("pages:settle_to_do", args=[todo.pk]))
    todo.refresh_from_db()
    assert (done.status_code, todo.done_by) == (302, people.person("amir"))


def test_an_administrator_who_leaves_opens_nothing_more_and_another_one_stays(case):
    mara = people.person("mara")
    client, where = people.browser(mara), reverse("accounts:people")
    assert client.get(where).status_code == 200
    with pytest.raises(Refused):
        actions.close_account(mara, by=by("mara"))  # the last one cannot
    actions.change_role(people.person("amir"), role="administrator", by=by("mara"))
    todo = ask_to_do("call", case, case=case, due_on=dt.date(2026, 12, 1), for_user=mara, by=by("theo"))
    actions.close_account(mara, by=by("amir"))
    assert client.get(where)["Location"].startswith("/accounts/login/")
    assert people.browser(mara).get(where).status_code != 200
    todo.refresh_from_db()
    assert (todo.for_user, todo.for_role) == (None, "coordinator")
    assert people.browser(people.person("amir")).get(where).status_code == 200


def test_an_administrator_says_it_on_one_page(case):
    client = people.browser(people.person("mara"))
    where = reverse("pages:leaving", args=[people.person("joanne").pk])
    page = client.get(where).content.decode()
    assert "Joanne Pike leaves" in page
    assert "Rosa" not in page
    people.person("amir")
    assert client.post(where, {"to": str(people.person("theo").pk)}).status_code == 422
    assert client.post(where, {"to": str(people.person("amir").pk)}).status_code == 302
    assert rule.is_assigned(case, people.person("amir"))
