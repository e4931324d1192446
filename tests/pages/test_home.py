"""Where each person lands, and what the patient's page shows."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.models import Case, ToDo
from cases.records import actions as records
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.texts.models import Organisation
from tests import factories, people

pytestmark = pytest.mark.django_db


def html_of(key: str, address: str) -> str:
    return people.browser(people.person(key)).get(address).content.decode()


@pytest.mark.parametrize(
    ("key", "place"),
    [("joanne", "/staff/today/"), ("theo", "/staff/cases/"), ("mara", "/staff/people/")],
)
def test_staff_land_at_their_work(key, place):
    Organisation.objects.create(from_at=clock.now())  # a house has its facts
    assert people.browser(people.person(key)).get(reverse("pages:home"))["Location"] == place


def test_in_a_new_house_its_administrator_lands_where_it_says_what_it_needs():
    assert people.browser(people.person("mara")).get(reverse("pages:home"))["Location"] == "/staff/organization/"


def test_a_patient_with_one_case_lands_on_it():
    case = factories.open_case()
    assert people.browser(case.patient).get(reverse("pages:home"))["Location"] == case.get_absolute_url()


def test_a_daughter_who_is_a_patient_herself_chooses():
    ama = people.person("ama")
    factories.open_case(starter=ama)
    factories.open_case(ama)
    html = html_of("ama", reverse("pages:home"))
    assert "My own page" in html
    assert "Rosa Delgado" in html


def test_without_a_case_the_page_offers_to_open_one():
    assert reverse("case:open") in html_of("rosa", reverse("pages:home"))


def test_the_page_leads_with_one_next_step():
    html = html_of("rosa", factories.open_case().get_absolute_url())
    assert html.count("rs-next rs-stack") == 1
    assert html.count("rs-btn--warm") == 1
    assert "Ask your doctor for a referral" in html


def test_the_greeting_follows_the_hour_on_the_readers_wall(time_machine):
    time_machine.move_to("2026-11-09T16:59Z", tick=False)
    address = factories.open_case().get_absolute_url()
    assert "Good morning, Rosa" in html_of("rosa", address)
    time_machine.move_to("2026-11-09T17:00Z", tick=False)
    assert "Good afternoon, Rosa" in html_of("rosa", address)


def test_not_today_hides_the_step_and_shows_it_again():
    case, rosa = factories.open_case(), people.person("rosa")
    tomorrow = clock.today(rosa.zone) + dt.timedelta(days=1)
    browser = people.browser(rosa)
    browser.post(reverse("pages:not_today", args=[case.pk]), {"until": tomorrow.isoformat()})
    assert "Not today" in browser.get(case.get_absolute_url()).content.decode()
    assert "Ask your doctor for a referral" not in browser.get(case.get_absolute_url()).content.decode()
    browser.post(reverse("pages:not_today", args=[case.pk]), {"until": clock.today(rosa.zone).isoformat()})
    assert "Ask your doctor for a referral" in browser.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize("until", ["", "soon", "2026-13-40", "2999-01-01"])
def test_a_day_that_cannot_be_changes_nothing(until):
    case = factories.open_case()
    answer = people.browser(case.patient).post(reverse("pages:not_today", args=[case.pk]), {"until": until})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case.pk).rests_until is None


def test_please_call_me_puts_one_call_on_the_board():
    case = factories.open_case()
    browser = people.browser(case.patient)
    for _press in range(2):
        browser.post(reverse("pages:call_me", args=[case.pk]))
    assert ToDo.objects.open().get().kind == "call"
    assert "One of us calls you" in browser.get(case.get_absolute_url()).content.decode()


def test_the_visit_and_its_verdict_stand_on_the_page(time_machine):
    time_machine.move_to("2026-11-09T15:00Z", tick=False)
    case, rosa = factories.open_case(), people.person("rosa")
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield", by=Actor.person(rosa))
    records.set_visit_date(visit, on=dt.date(2026, 12, 22), at=dt.time(14, 30), by=Actor.person(rosa))
    html = html_of("rosa", case.get_absolute_url())
    assert "Your second visit is in 43 days" in html
    assert "Second visit with Dr. Raman" in html
    assert "2:30" in html


def test_a_consultant_is_sent_to_the_own_page_of_the_day():
    case = factories.assign(factories.open_case(), people.person("joanne"))
    joanne = people.browser(people.person("joanne"))
    assert joanne.get(case.get_absolute_url())["Location"] == reverse("pages:today")


def test_a_coordinator_opens_the_page_for_the_patient_and_it_is_on_record():
    case = factories.open_case()
    html = html_of("theo", case.get_absolute_url())
    assert "Rosa’s page" in html
    assert "You act for Rosa" in html
    assert reverse("pages:case_file", args=[case.pk]) in html
    assert reverse("pages:call_me", args=[case.pk]) not in html
    seen = Event.objects.get(verb="case.seen")
    assert (seen.actor_id, seen.patient) == (people.person("theo").pk, case.patient_id)
