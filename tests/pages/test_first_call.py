"""Somebody without email rings: one form opens an account and a case, and keeps what was read out."""

import uuid

import pytest
from django.urls import reverse

from cases.case.models import Case, Consent, ToDo
from portal.accounts.by_phone import open_by_phone, privacy_read_out
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.texts.words import text
from tests import factories, people

pytestmark = pytest.mark.django_db

ADDRESS = "/staff/cases/new/"


def said(**other) -> dict[str, str]:
    """What Theo types while Walter Ames is on the phone."""
    return {
        "ticket": str(uuid.uuid4()), "version": str(text("privacy_notice").version), "rang": "patient_rang",
        "name": "Walter Ames", "called": "Mr. Ames", "birth_date": "1941-05-06", "phone": "212 555 0123",
        "safe_to_ring": "Mornings", "may_leave_message": "on", "postal": "14 Mill Lane\nAlbany, NY 12207",
        "channel": "letter", "language": "en", "time_zone": "America/New_York", "large_print": "on", "privacy": "on",
    } | other  # fmt: skip


def theo():
    return people.browser(people.person("theo"))


def post(**other):
    return theo().post(ADDRESS, said(**other))


def test_the_form_opens_an_account_that_nobody_signs_in_to():
    answer = post()
    walter = User.objects.get(name="Walter Ames")
    case = Case.objects.get(patient=walter)
    assert answer["Location"] == reverse("pages:case_file", args=[case.pk])
    assert (walter.email, walter.can_sign_in, walter.called, walter.channel) == (None, False, "Mr. Ames", "letter")
    assert (walter.safe_to_ring, walter.may_leave_message, walter.text_size) == ("Mornings", True, "large")
    assert walter.postal == "14 Mill Lane\nAlbany, NY 12207"
    assert (str(walter.birth_date), str(walter.phone)) == ("1941-05-06", "+12125550123")
    assert case.starter is None


def test_the_privacy_notice_was_read_out_by_version():
    post()
    walter = User.objects.get(name="Walter Ames")
    consent = Consent.objects.get(person=walter)
    notice = text("privacy_notice")
    assert (consent.kind, consent.how, consent.text) == ("privacy", "phone", notice)
    assert walter.privacy_version == notice.version
    given = Event.objects.get(verb="consent.given")
    assert (given.actor_id, given.for_patient) == (people.person("theo").pk, walter.pk)


def test_history_says_who_rang():
    post()
    event = Event.objects.get(verb="account.opened_by_phone")
    assert (event.why, event.for_patient) == ("patient_rang", User.objects.get(name="Walter Ames").pk)


def test_a_helper_rings_and_the_notice_waits_for_the_patient():
    post(rang="helper_rang", privacy="")
    case = Case.objects.get(patient__name="Walter Ames")
    assert not Consent.objects.exists()
    todo = ToDo.objects.open().get(kind="read_out", case=case)
    assert reverse("pages:read_out", args=[case.pk]) in theo().get(reverse("pages:caseload")).text
    page = reverse("pages:read_out", args=[case.pk])
    assert text("privacy_notice").body[:40] in theo().get(page).text
    assert theo().post(page, {"version": str(text("privacy_notice").version)}).status_code == 302
    assert Consent.objects.get(person=case.patient).how == "phone"
    todo.refresh_from_db()
    assert todo.done_at


def test_a_helper_cannot_agree_for_the_patient():
    assert post(rang="helper_rang").status_code == 422
    assert not User.objects.filter(name="Walter Ames").exists()


def test_words_that_changed_since_are_read_out_anew():
    assert post(version="99").status_code == 422
    assert not Case.objects.exists()
    case = factories.open_case()
    answer = theo().post(reverse("pages:read_out", args=[case.pk]), {"version": "99"})
    assert answer.status_code == 409
    assert "Read out the new ones" in answer.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"birth_date": "2015-01-01"}, "We open pages for adults"),
        ({"privacy": ""}, "Read the privacy notice out first"),
        ({"channel": "letter", "postal": ""}, "There is no postal address"),
        ({"channel": "call", "phone": ""}, "There is no phone number"),
        ({"channel": "mail"}, "Select a valid choice"),
        ({"rang": ""}, "Choose who is on the phone"),
        ({"name": ""}, "Enter your full name"),
    ],
)
def test_what_is_missing_is_said_and_nothing_opens(wrong, words):
    answer = post(**wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert not Case.objects.exists()


def test_sent_twice_it_opens_one():
    form, browser = said(), theo()
    first, second = browser.post(ADDRESS, form), browser.post(ADDRESS, form)
    assert first["Location"] == second["Location"]
    assert (User.objects.filter(name="Walter Ames").count(), Case.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="account.opened_by_phone").count() == 1


def test_the_form_never_takes_the_account_of_another():
    rosa = people.person("rosa")
    assert post(ticket=str(rosa.pk)).status_code == 422
    rosa.refresh_from_db()
    assert (rosa.name, rosa.can_sign_in) == ("Rosa Delgado", True)


def test_somebody_of_that_name_and_birth_date_is_shown_first():
    post()
    answer = post()
    assert answer.status_code == 422
    assert "Walter Ames" in answer.text
    assert Case.objects.count() == 1
    assert post(is_another="on").status_code == 302
    assert Case.objects.count() == 2


def test_only_a_coordinator_opens_one():
    form = said()
    for key in ("rosa", "joanne", "mara"):
        assert people.browser(people.person(key)).post(ADDRESS, form).status_code == 404
        by = Actor.person(people.person(key))
        with pytest.raises(Refused):
            open_by_phone(ticket=uuid.uuid4(), fields={"name": "x", "channel": "letter"}, rang="patient_rang", by=by)
        with pytest.raises(Refused):
            privacy_read_out(people.person("rosa"), version=1, by=by)
