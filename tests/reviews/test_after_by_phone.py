"""What came of a call reaches a patient who signs in nowhere: read out once, or posted with her pages."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.opinions.questions import actions as questions
from cases.opinions.questions.targets import key_of
from cases.reviews.after import actions, by_phone
from cases.reviews.after.actions import Said
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import bundle
from tests import factories, people
from tests.by_hand import theo, to_email, to_phone, to_read
from tests.pdf_letters import words_of
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(time_machine):
    """A call of yesterday's with somebody who is reached by phone and post."""
    case = factories.open_case()
    booked = world.talk(case, people.person("joanne"), days=1, hope="")
    questions.add(case, text="Must it be so large?", target=key_of(booked), by=by("rosa"))
    to_phone(case.patient)
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    return booked


def save(call, words="We ask the lab about the margin.", seen=0):
    said = Said(went="took_place", follows="coordinator", follow_words=words, notes="She was tired.")
    return actions.save(call, said, seen=seen, by=by("joanne"))


def browser(key="theo"):
    return people.browser(people.person(key))


def press(call, until, key="theo"):
    return browser(key).post(reverse("reviews:newest_outcome", args=[call.case_id]), {"until": until})


def printed(case) -> str:
    content, _at = bundle.made_now(case, by=theo())
    return words_of(content)


def test_it_waits_on_the_board_and_leads_to_the_call(call):
    save(call)
    assert to_read(call.case) == ["read_outcome"]
    [row] = [row for row in browser().get(reverse("pages:caseload")).context["needs"] if "came of" in row["label"]]
    answer = browser().get(row["action"]["href"])
    assert answer["Location"] == f"{call.get_absolute_url()}#after"


def test_who_signs_in_reads_it_herself(call):
    to_email(call.patient)
    save(call)
    assert to_read(call.case) == []


def test_read_out_by_its_button_once_for_her(call):
    save(call)
    page = browser().get(call.get_absolute_url())
    until = page.context["part"]["to_read_until"] if "part" in page.context else clock.now().isoformat()
    assert "has not heard yet" in page.text
    assert "has not heard yet" not in browser("joanne").get(call.get_absolute_url()).text
    for _press in range(2):
        assert press(call, until).status_code == 302
    assert to_read(call.case) == []
    [line] = Event.objects.filter(verb="outcome.read_out")
    assert line.for_patient == call.patient_id
    assert "has not heard yet" not in browser().get(call.get_absolute_url()).text


def test_what_was_saved_meanwhile_is_read_out_as_well(call, time_machine):
    save(call)
    opened = clock.now()
    time_machine.move_to(opened + dt.timedelta(minutes=5), tick=False)
    save(call, "We ask the second lab.", seen=1)
    with pytest.raises(Refused, match="Something was saved since"):
        by_phone.read_out(call.case, until=opened, by=theo())
    assert to_read(call.case) == ["read_outcome"]


@pytest.mark.parametrize("until", ["", "yesterday", "2026-11-05T10:00", "2026-99-99T00:00:00Z"])
def test_hostile_words_for_the_time_change_nothing(call, until):
    save(call)
    press(call, until)
    assert to_read(call.case) == ["read_outcome"]


def test_others_cannot_say_it(call):
    save(call)
    until = clock.now().isoformat()
    assert press(call, until, "joanne").status_code in (403, 404)
    with pytest.raises(Refused):
        by_phone.read_out(call.case, until=clock.now(), by=by("joanne"))
    assert to_read(call.case) == ["read_outcome"]


def test_it_goes_with_her_pages_in_large_print_without_our_notes(call, time_machine):
    save(call)
    words = printed(call.case)
    for said in (
        "After my call",
        "You talked with Joanne.",
        "Must it be so large?",
        "We ask the lab about the margin.",
    ):
        assert said in words
    assert "She was tired" not in words
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1), tick=False)
    bundle.posted(call.case, seen={}, by=theo())
    assert to_read(call.case) == []
    assert "After my call" not in printed(call.case)


def test_what_was_saved_after_printing_waits_for_the_next(call, time_machine):
    save(call)
    printed(call.case)
    time_machine.move_to(clock.now() + dt.timedelta(minutes=5), tick=False)
    save(call, "We ask the second lab.", seen=1)
    bundle.posted(call.case, seen={}, by=theo())
    assert to_read(call.case) == ["read_outcome"]


def test_with_an_address_she_reads_it_herself_from_then_on(call):
    save(call)
    to_email(call.patient)
    assert to_read(call.case) == []
