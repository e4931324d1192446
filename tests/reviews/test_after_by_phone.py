"""What came of a call reaches a patient who signs in nowhere: read out once, or posted with her pages."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Consultation
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


def booked(count: int) -> list[Consultation]:
    """So many calls, eight days apart, with somebody who is reached by phone and post from then on."""
    case = factories.open_case()
    made = [world.talk(case, people.person("joanne"), days=1 + 8 * number, hope="") for number in range(count)]
    questions.add(case, text="Must it be so large?", target=key_of(made[0]), by=by("rosa"))
    to_phone(case.patient)
    return made


@pytest.fixture
def call(time_machine):
    """A call of yesterday's with her."""
    [call] = booked(1)
    time_machine.move_to(clock.now() + dt.timedelta(days=2), tick=False)
    return call


@pytest.fixture
def calls(time_machine):
    """Six calls, of all of which something was saved, and nothing read out."""
    made = booked(6)
    for number, each in enumerate(made):
        time_machine.move_to(each.ends_at + dt.timedelta(days=7), tick=False)
        save(each, f"We ask laboratory {number}.")
    return made


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


def test_all_that_she_has_not_heard_stands_above_the_button(calls, time_machine):
    newest = calls[-1]
    answer = browser().get(reverse("reviews:newest_outcome", args=[newest.case_id]))
    assert answer["Location"] == f"{newest.get_absolute_url()}#after"
    page = browser().get(newest.get_absolute_url()).text
    for said in ("Must it be so large?", *(f"laboratory {number}" for number in range(6))):
        assert said in page.split("I read it out")[0]
    assert "She was tired" not in page.split("Read this out as well")[1].split("I read it out")[0]


def test_what_she_has_heard_is_not_read_out_again(calls, time_machine):
    by_phone.read_out(calls[0].case, until=clock.now(), by=theo())
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1), tick=False)
    save(calls[2], "We ask nobody.", seen=1)
    page = browser().get(calls[-1].get_absolute_url()).text
    assert "We ask nobody." in page.split("I read it out")[0]
    assert "laboratory 1" not in page


def test_our_notes_alone_are_nothing_to_read_out(call, time_machine):
    save(call)
    by_phone.read_out(call.case, until=clock.now(), by=theo())
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1), tick=False)
    said = Said(
        went="took_place", follows="coordinator", follow_words="We ask the lab about the margin.", notes="Call her son."
    )
    actions.save(call, said, seen=1, by=by("joanne"))
    assert to_read(call.case) == []
    assert by_phone.unheard(call.case) == []


def test_all_that_she_has_not_heard_is_printed_however_old_and_many(calls, time_machine):
    words = printed(calls[0].case)
    for number in range(6):
        assert f"laboratory {number}" in words
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1), tick=False)
    bundle.posted(calls[0].case, seen={}, by=theo())
    assert to_read(calls[0].case) == []


def test_the_page_asks_the_database_no_more_for_many_calls(calls):
    theos = browser()
    theos.get(calls[-1].get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        assert "laboratory 0" in theos.get(calls[-1].get_absolute_url()).text
    assert len(asked) <= 15, [each["sql"][:120] for each in asked]


def test_with_an_address_she_reads_it_herself_from_then_on(call):
    save(call)
    to_email(call.patient)
    assert to_read(call.case) == []
