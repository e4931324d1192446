"""An interpreter or captions: asked for on the call's page, arranged by a coordinator, and again on a move."""

import pytest
from django.urls import reverse

from bookings import actions, availability, call_needs
from bookings.models import Consultation, Practice
from cases.case.actions import settle_to_do
from cases.case.models import ToDo
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]


@pytest.fixture
def call(case):
    return factories.book(case)


def words(answer):
    return " ".join(answer.content.decode().split())


def to_dos():
    return ToDo.objects.open().filter(kind=call_needs.ARRANGE)


def need(call, interpreter="Polish", captions=False, by=None):
    return call_needs.set_needs(call, interpreter=interpreter, captions=captions, by=by or Actor.person(call.patient))


def send(person, call, **sent):
    address = reverse("bookings:needs", args=[call.pk])
    return people.browser(people.person(person)).post(address, sent, follow=True)


def test_she_asks_on_the_page_and_the_consultant_reads_it(call, joanne):
    assert "One of us arranges it" in words(send("rosa", call, interpreter=" Polish ", captions="on"))
    call = Consultation.objects.get()
    assert (call.interpreter, call.captions) == ("Polish", True)
    assert to_dos().count() == 1
    page = words(people.browser(joanne).get(call.get_absolute_url()))
    assert "An interpreter: Polish" in page
    assert "Captions" in page
    assert call_needs.said(call) == ["An interpreter: Polish", "Captions"]


def test_the_same_again_is_one_thing_to_do_and_one_line(call):
    need(call)
    need(call)
    assert to_dos().count() == 1
    assert Event.objects.filter(verb="consultation.needs_set").count() == 1


@pytest.mark.parametrize("end", ["taken back", "canceled", "over"])
def test_when_nothing_is_needed_any_more_nothing_is_to_do(call, joanne, monday, end):
    need(call)
    if end == "taken back":
        need(call, interpreter="")
    elif end == "canceled":
        actions.cancel(call, by=Actor.person(call.patient))
    else:
        monday.move_to(call.ends_at)
        actions.complete(call, by=Actor.person(joanne))
    assert not to_dos().exists()


def test_a_moved_call_is_arranged_again(call, rosa):
    need(call)
    settle_to_do(to_dos().get(), by=Actor.person(people.person("theo")))
    practice = Practice.objects.get(pk=call.consultant_id)
    start = availability.free_starts(call.case, practice, call.service, clock.now(), moving=call)[-1]
    actions.move(hold=factories.hold(call.case, starts_at=start, moving=call), by=Actor.person(rosa))
    assert to_dos().count() == 1


def test_after_the_call_nothing_can_be_asked_for(call, monday):
    monday.move_to(call.ends_at)
    with pytest.raises(Refused, match="over"):
        need(call)


@pytest.mark.parametrize("who", ["joanne", "amir", "grace"])
def test_it_is_hers_or_her_coordinators_to_say(call, who):
    with pytest.raises(Refused):
        need(call, by=Actor.person(people.person(who)))


def test_a_coordinator_says_it_for_her(call):
    need(call, by=Actor.person(people.person("theo")))
    assert Consultation.objects.get().interpreter == "Polish"


def test_too_long_or_hostile_words_do_no_harm(call):
    assert send("rosa", call, interpreter="x" * 61).status_code == 422
    page = words(send("rosa", call, interpreter="<script>x</script>"))
    assert "<script>x</script>" not in page
    assert Consultation.objects.get().interpreter == "<script>x</script>"


def test_the_language_is_kept_sealed(call):
    need(call)
    assert "Polish" not in str(Consultation.objects.values("interpreter").get())
