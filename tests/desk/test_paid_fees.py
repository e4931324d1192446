"""A paid fee, told back to the office: on its page and in the next letter."""

import json

import pytest
from django.urls import reverse

from cases.case.models import ToDo
from cases.desk.answers import answer
from cases.desk.holder import asking
from cases.desk.letters import sending
from cases.desk.links.actions import link_for
from cases.desk.links.gate import Opened
from cases.records import actions as records
from cases.records.models import Want
from cases.records.wants import fees
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.pages import todos
from portal.pages.facts import of_case
from tests.desk.letter_builders import letter, signed_visit
from tests.records.builders import actor, item, on_november_5

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def slides():
    thing = records.tell(item(signed_visit(), "slides"), "asked", by=actor("theo"))
    return answer(thing, "needs", needs=["fee"], fee="$25", by=Actor("office", id=thing.holder_id)).item


def rows(made):
    return {row["label"]: row["value"] for row in json.loads(made.said)["rows"]}


def test_the_next_letter_says_it_and_then_nobody_calls(slides):
    slides = fees.say_paid(slides, by=actor("rosa"))
    made = letter(slides.visit, kind="again")
    assert rows(made)["Your fee"] == "paid on November 5, 2026"
    sending.sent(made, "posted", by=actor("theo"))
    assert not ToDo.objects.open().filter(kind=fees.TELL_PAID).exists()
    assert Want.objects.get().told_at


def test_a_letter_that_says_paid_goes_no_more_once_that_is_taken_back(slides):
    slides = fees.say_paid(slides, by=actor("rosa"))
    made = letter(slides.visit, kind="again")
    fees.take_back_paid(slides, by=actor("rosa"))
    with pytest.raises(Refused):
        sending.sent(made, "posted", by=actor("theo"))


def test_an_office_that_read_paid_hears_that_it_is_not(slides):
    slides = fees.say_paid(slides, by=actor("rosa"))
    sending.sent(letter(slides.visit, kind="again"), "posted", by=actor("theo"))
    for _press in range(2):
        fees.take_back_paid(item(slides.visit, "slides"), by=actor("rosa"))
    todo = ToDo.objects.open().get(kind=fees.TELL_OPEN)
    assert slides.holder.name in todo.note
    row = todos.row(todo, {slides.visit.case_id: of_case(slides.visit.case, clock.now())}, clock.now().date())
    assert row["label"] == "A fee is open after all"
    assert row["action"]["href"] == reverse("records:fee", args=[slides.pk])
    fees.say_paid(item(slides.visit, "slides"), by=actor("rosa"))
    assert [each.kind for each in ToDo.objects.open().filter(about_id=str(slides.pk))] == [fees.TELL_PAID]


def test_who_was_not_told_that_it_is_paid_need_not_hear_that_it_is_not(slides):
    slides = fees.say_paid(slides, by=actor("rosa"))
    fees.take_back_paid(slides, by=actor("rosa"))
    assert not ToDo.objects.open().filter(about_id=str(slides.pk)).exists()


def test_its_page_says_it(slides):
    slides = fees.say_paid(slides, by=actor("rosa"))
    link = link_for(slides.visit, slides.holder, by=actor("theo"))
    page = asking.part(Opened(link, True, False, Actor("office", id=link.office_id)), clock.now())
    paid = {row["pk"]: row["paid_on"] for row in page["items"]}
    assert str(paid.pop(slides.pk)) == "2026-11-05"
    assert set(paid.values()) <= {None}
