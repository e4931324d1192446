"""The page of a copy of an ID, as the patient and the coordinator have it."""

import pytest
from django.urls import reverse

from cases.records import actions
from cases.records.models import IdentityCopy
from portal.history.models import Event
from tests import people, plan_files
from tests.documents.conftest import folder
from tests.documents.files import upload
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.records.want_builders import added, put_in

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5(folder):
    with on_november_5():
        yield


@pytest.fixture
def slides():
    thing = item(booked_visit(), "slides")
    return actions.tell(thing, "needs_you", need="identity", reason="Copy of ID", by=actor("theo"))


def page(thing, name="identity"):
    return reverse(f"records:{name}", args=[thing.pk])


def test_the_record_leads_to_it(slides):
    rosa = people.browser(people.person("rosa"))
    listed = rosa.get(reverse("records:list", args=[slides.visit.case_id])).content.decode()
    assert page(slides) in listed
    assert "Add a copy of your ID" in listed


def test_patient_adds_one_and_erases_it(slides):
    rosa = people.browser(people.person("rosa"))
    assert "by November 26" in rosa.get(page(slides)).content.decode()
    answer = rosa.post(page(slides), {"do": "add", "file": upload("id.jpg", plan_files.photo())}, follow=True)
    assert "We are checking it" in answer.content.decode()
    answer = rosa.post(page(slides), {"do": "erase"}, follow=True)
    assert "Erased on November 5" in answer.content.decode()
    assert IdentityCopy.objects.get().erased_by == people.person("rosa")
    assert rosa.post(page(slides), {"do": "erase"}).status_code == 404


def test_what_cannot_be_taken_is_said_on_the_page(slides):
    rosa = people.browser(people.person("rosa"))
    assert rosa.post(page(slides), {"do": "add"}).status_code == 422
    answer = rosa.post(page(slides), {"do": "add", "file": upload("id.txt", b"Rosa Delgado")})
    assert answer.status_code == 422
    assert "PDF, a TIFF or a photo" in answer.content.decode()
    assert not IdentityCopy.objects.exists()


def test_each_look_at_the_copy_is_on_record(slides):
    put_in(slides)
    theo = people.browser(people.person("theo"))
    answer = theo.get(page(slides, "identity_file"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content)
    event = Event.objects.get(verb="identity.opened")
    assert (event.actor_id, event.patient) == (people.person("theo").pk, slides.visit.case.patient_id)


def test_nothing_is_given_out_before_it_was_checked(slides):
    added(slides)
    assert people.browser(people.person("rosa")).get(page(slides, "identity_file")).status_code == 404
