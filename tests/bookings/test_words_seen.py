"""A tick counts for the words that stood beside it: changed since, they are read once more."""

import re

import pytest
from django.urls import reverse

from bookings.models import Consultation
from cases.case.models import Consent
from portal import clock
from portal.texts.models import Text
from portal.texts.words import text
from tests import factories, people
from tests.bookings.test_asking import ask, helps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
AGAIN = "These words have changed since. Read them once more, then tick."


def sent_by(page):
    """What the hidden fields of the form say."""
    found = re.findall(r'<input type="hidden" name="(seen|words|version)" value="([^"]*)"', page.content.decode())
    return dict(found)


def change(kind):
    Text.objects.create(kind=kind, version=2, language="en", body="Other words now.", from_at=clock.now())


@pytest.mark.parametrize("kind", ["scope_tick", "consent_read"])
def test_words_that_changed_under_the_press_are_shown_before_they_count(case, rosa, kind):
    hers, at = people.browser(rosa), reverse("bookings:check", args=[factories.hold(case).pk])
    ticks = {"scope": "on", "may_read": "on", "hope": "To understand it"}
    sent = sent_by(hers.get(at)) | ticks
    change(kind)
    answer = hers.post(at, sent)
    shown = answer.content.decode()
    assert (answer.status_code, AGAIN in shown, " checked" in shown) == (422, True, False)
    assert "Other words now." in shown
    assert "To understand it" in shown
    assert not Consultation.objects.exists()
    assert hers.post(at, sent_by(answer) | ticks).status_code == 302
    assert set(Consent.objects.values_list("text", flat=True)) == {
        text("scope_tick").pk,
        text("consent_read").pk,
    }


def test_read_out_by_a_coordinator_too_and_the_next_press_goes_through(case):
    theos = people.browser(people.person("theo"))
    kept = reverse("bookings:pick", args=[case.pk])
    slot = theos.get(kept).context["offer"].suggestions()[0]["value"]
    at = theos.post(kept, {"slot": slot, "how": "phone"}).url
    said = {"scope": "on", "may_read": "on", "said": "phone"}
    sent = sent_by(theos.get(at)) | said
    change("scope_tick")
    answer = theos.post(at, sent)
    assert answer.status_code == 422
    assert sent_by(answer)["version"] == "2"
    assert theos.post(at, sent_by(answer) | said).status_code == 302
    assert Consultation.objects.get().scope.text.version == 2


def test_of_a_time_that_waits_for_a_yes_too(case, practice, rosa):
    helps(case)
    asked = ask(case, practice)
    hers = people.browser(rosa)
    sent = sent_by(hers.get(asked.get_absolute_url())) | {"do": "yes", "scope": "on"}
    change("scope_tick")
    answer = hers.post(asked.get_absolute_url(), sent)
    assert (answer.status_code, AGAIN in answer.content.decode()) == (422, True)
    assert hers.post(asked.get_absolute_url(), sent_by(answer) | {"do": "yes", "scope": "on"}).status_code == 302
    assert Consultation.objects.get().scope.text.version == 2


def test_what_was_agreed_to_in_another_tab_is_not_asked_again(case, rosa):
    hers, at = people.browser(rosa), reverse("bookings:check", args=[factories.hold(case).pk])
    sent = sent_by(hers.get(at)) | {"scope": "on", "may_read": "on"}
    assert hers.post(at, sent).status_code == 302
    again = reverse("bookings:check", args=[factories.hold(case, service="first_talk").pk])
    assert hers.post(again, sent_by(hers.get(again)) | {"words": sent["words"], "scope": "on"}).status_code == 302


def test_hostile_words_break_nothing(case, rosa):
    hers, at = people.browser(rosa), reverse("bookings:check", args=[factories.hold(case).pk])
    answer = hers.post(at, {"words": "<script>" * 99, "scope": "on", "may_read": "on"})
    assert (answer.status_code, "<script><script>" in answer.content.decode()) == (422, False)
