"""The office of the talk on its page: its time, her page where she lets them read it, one press."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.actions import add_office
from cases.case.models import ToDo
from cases.desk.links import codes
from cases.desk.links.actions import close, link_for
from cases.desk.models import OfficeLink
from cases.opinions.talk import actions
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests.desk.mail_builders import on_file
from tests.desk.packets import sign
from tests.opinions.builders import booked, fresh, write
from tests.pdf_letters import words_of
from tests.people import browser, person
from tests.records.builders import actor, booked_visit

pytestmark = pytest.mark.django_db
DAY_OF_TALK = "2026-12-03T18:00:00Z"


@pytest.fixture
def talk():
    visit = booked_visit()
    patient = visit.case.patient
    patient.birth_date = dt.date(1961, 5, 2)
    patient.save(update_fields=["birth_date"])
    return write(booked(visit.case))


@pytest.fixture
def elm(talk):
    return link_for(talk.case.visits.get(), talk.office, by=actor("theo"))


def at_the_desk(link):
    client = browser()
    client.post("/o/", {"code": codes.paper_code(link), "born": "5 2 1961"})
    return client


def page(client, link):
    return client.get(reverse("desk:page", args=[link.pk])).content.decode()


def pdf(client, link):
    return client.get(reverse("opinions:office_page", args=[link.pk]))


def press(client, link, verb):
    return client.post(reverse("opinions:office_tell", args=[link.pk, verb]))


def test_the_page_says_when_it_is_and_nothing_of_what_she_wrote(elm):
    said = page(at_the_desk(elm), elm)
    for words in ("Rosa Delgado’s talk with Dr. Abara", "Thursday, December 3", "The time is different"):
        assert words in said
    assert "smaller operation" not in said
    assert pdf(at_the_desk(elm), elm).status_code == 404


def test_her_page_opens_once_she_lets_them_and_no_longer_when_she_does_not(talk, elm):
    desk, rosa = at_the_desk(elm), browser(person("rosa"))
    show = reverse("opinions:show_agenda", args=[talk.case_id])
    rosa.post(show, {"show": "1"})
    assert "Is a smaller operation possible for me?" in words_of(pdf(desk, elm).content)
    event = Event.objects.get(verb="talk.agenda_taken")
    assert (event.actor_kind, event.actor_id) == ("office", elm.office_id)
    rosa.post(show)
    assert pdf(desk, elm).status_code == 404


@pytest.mark.parametrize("key", ["theo", "ama", "grace"])
def test_only_she_lets_them(talk, key):
    show = reverse("opinions:show_agenda", args=[talk.case_id])
    assert browser(person(key)).post(show, {"show": "1"}).status_code == 404
    with pytest.raises(Refused):
        actions.show_agenda(talk, True, by=actor(key))
    assert not fresh(talk).is_shown


def test_there_is_nothing_to_show_before_she_has_written():
    talk = booked()
    with pytest.raises(Refused):
        actions.show_agenda(talk, True, by=actor("rosa"))


def test_another_doctor_does_not_read_what_one_might(talk):
    actions.show_agenda(talk, True, by=actor("rosa"))
    booked(talk.case, role="first")
    assert not fresh(talk).is_shown


def test_the_birth_date_or_the_code_alone_does_not_open_it(talk, elm):
    actions.show_agenda(talk, True, by=actor("rosa"))
    client = browser()
    client.post(f"/o/{codes.mailed_token(elm)}/", {"born": "5 2 1961"})
    assert "opens with both the code and the birth date" in page(client, elm)
    assert pdf(client, elm).url == f"/o/page/{elm.pk}/"


def test_a_different_time_asks_a_coordinator_once_until_it_is_put_right(talk, elm):
    desk = at_the_desk(elm)
    for _press in range(2):
        assert press(desk, elm, "time").status_code == 302
    todo = ToDo.objects.open().get(kind="talk_time")
    assert "Elm Street" in todo.note
    assert "One of us calls you about the time." in page(desk, elm)
    assert "Talk: another time?" in browser(person("theo")).get(reverse("pages:caseload")).content.decode()
    booked(talk.case, on=dt.date(2026, 12, 10))
    assert not ToDo.objects.open().filter(kind="talk_time").exists()


def test_it_took_place_is_the_offices_own_word_and_not_before_its_day(talk, elm, november_5):
    assert press(at_the_desk(elm), elm, "held").status_code == 409
    november_5.move_to(DAY_OF_TALK)
    elm.awake_since = dt.datetime(2026, 12, 3, 17, tzinfo=dt.UTC)
    elm.save(update_fields=["awake_since"])
    desk = at_the_desk(elm)
    assert "It took place" in page(desk, elm)
    assert press(desk, elm, "held").status_code == 302
    assert (fresh(talk).state, fresh(talk).known_by) == ("held", "office_page")
    assert press(desk, elm, "held").status_code == 404


def test_another_office_of_the_case_sees_nothing_of_it(talk):
    visit = talk.case.visits.get()
    second = link_for(visit, visit.office, by=actor("theo"))
    desk = at_the_desk(second)
    assert "talk with" not in page(desk, second)
    assert press(desk, second, "time").status_code == 404
    assert pdf(desk, second).status_code == 404


def test_strangers_and_ended_links_get_nothing(talk, elm):
    desk = at_the_desk(elm)
    assert press(browser(), elm, "time").status_code == 404
    assert press(browser(person("rosa")), elm, "time").status_code == 404
    assert press(desk, elm, "fly").status_code == 404
    close(elm, by=actor("theo"))
    assert press(desk, elm, "time").status_code == 410
    assert pdf(desk, elm).status_code == 410


@pytest.fixture
def specialist(talk):
    """The talk is with a specialist of her choice, at an office that has to do with nothing else."""
    office = add_office(talk.case, name="Riverbend", region="US-PA", by=actor("rosa"))
    on_file(office)
    moved = booked(talk.case, role="", doctor="Dr. Okafor", office_name="Riverbend")
    sign(talk.case.visits.get())
    return moved


def send_page_of(talk):
    return reverse("desk:send_page", args=[talk.case_id, talk.office_id])


def test_an_office_that_has_only_the_talk_is_sent_its_page(specialist):
    rosa = browser(person("rosa"))
    assert send_page_of(specialist) in rosa.get(specialist.get_absolute_url()).content.decode()
    assert rosa.post(send_page_of(specialist), {"email": specialist.office.email}).status_code == 302
    link = OfficeLink.objects.get(office=specialist.office)
    assert Reminder.objects.get(kind="desk.page").about_id == link.pk
    desk = browser()
    desk.post(f"/o/{codes.mailed_token(link)}/", {"born": "5 2 1961"})
    assert "The time is different" in page(desk, link)
    assert press(desk, link, "time").status_code == 302


def test_without_a_date_there_is_nothing_to_write_about(specialist):
    actions.cancel(specialist, by=actor("rosa"))
    rosa = browser(person("rosa"))
    assert rosa.get(send_page_of(specialist)).status_code == 404
    assert not OfficeLink.objects.filter(office=specialist.office).exists()
    assert browser(person("grace")).get(send_page_of(specialist)).status_code == 404


def test_her_page_that_is_shown_has_a_page_to_be_read_on(specialist):
    for is_shown in (True, False, True):
        actions.show_agenda(specialist, is_shown, by=actor("rosa"))
    assert OfficeLink.objects.get(office=specialist.office).visit == specialist.case.visits.get()
