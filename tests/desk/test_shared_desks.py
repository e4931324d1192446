"""An office's page on a computer that many use, and in the browser of somebody of the case."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.models import OfficeLink, Receipt
from portal.history.models import Event
from tests import factories, people
from tests.desk.letter_builders import letter, signed_visit
from tests.records.builders import actor

MINUTE = dt.timedelta(minutes=1)
SHOWN = "May 2, 1961"
SAID = "We have it, and the patient can see it"


def page_of(link):
    return reverse("desk:page", args=[link.pk])


@pytest.fixture
def typed(second_link):
    return {"code": codes.paper_code(second_link), "born": "5 2 1961"}


@pytest.fixture
def desk(client, typed):
    client.post("/o/", typed)
    return client


def say_received(browser, link):
    return browser.post(reverse("desk:say_received", args=[link.pk]), {"came": "all", "said_by": "Dana"})


@pytest.fixture
def graces(second_link):
    """Another patient's page of the same office."""
    grace = people.person("grace")
    grace.birth_date = dt.date(1970, 1, 1)
    grace.save(update_fields=["birth_date"])
    visit = factories.case_with_visit(days=30, patient=grace).visits.get()
    return link_for(visit, second_link.office, by=actor("theo"))


def test_it_can_be_closed_on_this_computer_and_stays_open_elsewhere(desk, second_link, typed):
    assert "Close it on this computer" in desk.get(page_of(second_link)).content.decode()
    answer = desk.post(reverse("desk:leave", args=[second_link.pk]))
    assert "Closed on this computer" in answer.content.decode()
    assert "Rosa" not in answer.content.decode()
    assert desk.get(page_of(second_link)).status_code == 404
    assert OfficeLink.objects.get(pk=second_link.pk).ended_at is None
    assert desk.post("/o/", typed).status_code == 302


def test_closing_one_page_leaves_the_other_open(desk, second_link, graces):
    desk.post("/o/", {"code": codes.paper_code(graces), "born": "1 1 1970"})
    desk.post(reverse("desk:leave", args=[second_link.pk]))
    assert desk.get(page_of(graces)).status_code == 200


def test_left_alone_for_30_minutes_records_ask_for_the_birth_date_again(desk, november_5, second_link):
    november_5.shift(29 * MINUTE)
    assert SHOWN in desk.get(page_of(second_link)).content.decode()
    november_5.shift(30 * MINUTE)
    assert say_received(desk, second_link).status_code == 409
    assert not Receipt.objects.exists()
    html = desk.get(page_of(second_link)).content.decode()
    assert SHOWN not in html
    assert "To open records we need both" in html
    assert desk.post(reverse("desk:add_proof", args=[second_link.pk]), {"born": "5 2 1961"}).status_code == 302
    assert SHOWN in desk.get(page_of(second_link)).content.decode()


def test_thanks_show_on_the_page_they_are_of_and_once(desk, second_link, graces):
    say_received(desk, second_link)
    assert SAID not in desk.get("/o/").content.decode()
    desk.post("/o/", {"code": codes.paper_code(graces), "born": "1 1 1970"})
    assert SAID not in desk.get(page_of(graces)).content.decode()
    shown = [SAID in desk.get(page_of(second_link)).content.decode() for _time in range(2)]
    assert shown == [True, False]


@pytest.mark.parametrize("who", ["rosa", "theo"])
def test_somebody_of_the_case_does_not_speak_for_the_office(second_link, typed, who):
    browser = people.browser(people.person(who))
    for answer in (browser.post("/o/", typed), browser.post("/o/", {"do": "not_ours", "code": typed["code"]})):
        assert answer.status_code == 403
        assert "This page is for the office" in answer.content.decode()
    assert OfficeLink.objects.get(pk=second_link.pk).ended_at is None
    assert not Event.objects.filter(verb__startswith="office_link.", actor_kind="office").exists()


def test_who_signs_in_after_opening_it_is_shut_out(second_link, typed):
    clerk = people.browser(people.person("grace"))  # who may be a patient of ours, too
    clerk.post("/o/", typed)
    assert clerk.get(page_of(second_link)).status_code == 200
    rosa = people.browser(people.person("rosa"))
    session = rosa.session
    session["office_proofs"] = clerk.session["office_proofs"]
    session.save()
    assert rosa.get(page_of(second_link)).status_code == 403
    assert say_received(rosa, second_link).status_code == 403
    assert not Receipt.objects.exists()


def test_looking_at_the_head_of_a_form_is_no_opening(client, november_5):
    made = letter(signed_visit())
    link = link_for(made.visit, made.office, by=actor("theo"))
    client.post("/o/", {"code": codes.paper_code(link), "born": "5 2 1961"})
    theo = people.browser(people.person("theo"))
    looks = [
        (client, reverse("desk:release", args=[link.pk, made.release_id]), "release.opened"),
        (client, reverse("desk:authority", args=[link.pk]), "authority.opened"),
        (theo, reverse("desk:letter", args=[made.pk]), "letter.opened"),
    ]
    for browser, address, verb in looks:
        assert browser.head(address).status_code == 200
        assert not Event.objects.filter(verb=verb).exists()
        browser.get(address)
        assert Event.objects.filter(verb=verb).count() == 1


def test_what_was_asked_for_after_that_leads_to_the_form(desk, november_5, second_link):
    november_5.shift(30 * MINUTE)
    for name in ("authority", "receive_pdf", "receive_zip"):
        assert desk.get(reverse(f"desk:{name}", args=[second_link.pk])).url == page_of(second_link)
