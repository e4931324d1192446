"""A consultant's own page: who they are and what a call is; for the people of a case, with nothing to rank by."""

import uuid

import pytest
from django.urls import reverse

from bookings import availability_actions
from portal.accounts.models import User
from portal.actors import Actor
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


def page(case, consultant):
    return reverse("bookings:consultant", args=[case.pk, consultant])


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def rosas(rosa):
    return people.browser(rosa)


@pytest.fixture
def known(practice, joanne):
    about = {
        "profession": "Oncology <b>nurse</b>",
        "languages": "English, French",
        "specialties": "Breast",
        "video_address": "https://video.example.org/joanne",
    }
    return availability_actions.set_about(practice, **about, by=Actor.person(joanne))


def test_a_coordinator_reads_whose_clock_the_times_go_by(case, practice, rosas):
    at = page(case, practice.pk)
    assert "Times are shown in yours." in words(rosas.get(at))
    assert "Times are shown where Rosa is." in words(people.browser(people.person("theo")).get(at))


def test_it_says_who_they_are_and_what_a_call_is(rosas, case, known):
    shown = words(rosas.get(page(case, known.pk)))
    for said in ("Joanne", "Oncology &lt;b&gt;nurse&lt;/b&gt;", "English, French", "Breast", "60 minutes"):
        assert said in shown
    assert "Joanne reads your plan first. Joanne explains the plan you were given." in shown
    assert f"with={known.pk}" in shown
    assert "video.example.org" not in shown


def test_the_page_of_times_leads_there(rosas, case, known):
    assert page(case, known.pk) in words(rosas.get(reverse("bookings:pick", args=[case.pk])))


def test_what_was_not_said_is_left_out(rosas, case, practice):
    practice.profession = practice.languages = practice.specialties = ""
    practice.save()
    assert "Profession" not in words(rosas.get(page(case, practice.pk)))


def test_only_the_kinds_of_call_that_they_give_stand_there(rosas, case, practice):
    practice.left_out = ["plan"]
    practice.save(update_fields=["left_out"])
    shown = words(rosas.get(page(case, practice.pk)))
    assert "First talk, 30 minutes" in shown
    assert "60 minutes" not in shown


def test_nobody_who_works_here_no_page(rosas, case, practice, rosa):
    for other in (uuid.uuid4(), rosa.pk, people.person("theo").pk):
        assert rosas.get(page(case, other)).status_code == 404
    User.objects.filter(pk=practice.pk).update(can_sign_in=False)
    assert rosas.get(page(case, practice.pk)).status_code == 404


def test_a_stranger_to_the_case_finds_nothing(case, practice):
    assert people.browser(people.person("grace")).get(page(case, practice.pk)).status_code == 404
