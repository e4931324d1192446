"""The primary doctor's office has the report faxed: by itself where that can be, else by one of us, and once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.case import directory
from cases.case.actions import settle_to_do
from cases.case.authority_actions import take_back_authority
from cases.case.models import ToDo
from cases.desk.fax import actions as faxes
from cases.desk.fax import sending, wanted
from cases.desk.fax.telling import FAX_FAILED
from cases.desk.links import actions as links
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.models import Fax, Letter
from cases.documents import actions as documents
from cases.documents.reading import readers
from cases.records import actions
from cases.records.models import ReportLoop
from portal import clock
from portal.actors import SYSTEM
from portal.history.models import Event
from portal.pages import todos
from portal.pages.facts import of_case
from tests.desk.test_fax import certificate, fax_line
from tests.people import browser, person
from tests.records.builders import actor, offices_named
from tests.records.report_builders import put_in_report, sign_that_we_may

__all__ = ["certificate", "fax_line"]
BORN, DIALED, SHOWN = "5 2 1961", "15550100179", "(555) 010-0179"


@pytest.fixture
def loop(visit, november_5):
    """The visit took place, its report is here, and we may pass it on."""
    november_5.move_to("2026-11-25T15:00:00Z")
    found = ReportLoop.objects.get(visit=actions.say_took_place(visit, by=actor("rosa")))
    sign_that_we_may(found)
    found.document = put_in_report(found)
    return found


@pytest.fixture
def office(loop):
    """Elm Street: we have called it, and its fax is on file."""
    [found] = offices_named("Elm Street")
    directory.change_entry(found, fax="555 010 0179", phone="+1 555 010 0177", by=actor("theo"))
    directory.check_office(found, by=actor("theo"))
    found.refresh_from_db()
    return found


@pytest.fixture
def elm(loop, office):
    return link_for(loop.visit, office, by=actor("theo"))


@pytest.fixture
def desk(client, elm):
    client.post("/o/", {"code": codes.paper_code(elm), "born": BORN})
    return client


def shown(desk, link):
    return desk.get(reverse("desk:page", args=[link.pk])).content.decode()


def press(desk, link, number=DIALED):
    return desk.post(reverse("desk:primary_fax", args=[link.pk]), {"number": number})


def state(loop):
    return ReportLoop.objects.get(pk=loop.pk).state


def waits():
    return ToDo.objects.open().filter(kind="fax_report")


def test_with_a_gateway_it_goes_by_itself_and_once(desk, elm, loop, fax_line):
    page = shown(desk, elm)
    assert f"Fax it to {SHOWN}" in page.replace("+1 ", "")
    assert "One of us sends the fax" not in page
    for _press in range(2):
        assert press(desk, elm).status_code == 302
    assert Letter.objects.get().kind == "pass_on"
    assert "It goes out now, by fax" in shown(desk, elm)
    assert state(loop) == "announced"
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    assert fax_line.recipients == [[f"{DIALED}@fax.example"]]
    assert "It went out by fax" in shown(desk, elm)
    told = ReportLoop.objects.get()
    assert (told.state, told.came) == ("received", "through_us")
    wished = Event.objects.get(verb="report.fax_wanted")
    assert (wished.actor_kind, wished.actor_id) == ("office", elm.office_id)
    assert readers.beyond(loop.document)[0] == "Elm Street was sent a copy on November 25, 2026."
    assert not waits().exists()


def test_without_a_gateway_one_of_us_sends_it(desk, elm, loop):
    assert "One of us sends the fax, in our hours." in shown(desk, elm)
    for _press in range(2):
        assert press(desk, elm).status_code == 302
    assert "You asked for it by fax. One of us sends it to" in shown(desk, elm)
    [todo] = waits()
    assert not Fax.objects.exists()
    row = todos.row(todo, {loop.visit.case_id: of_case(loop.visit.case, clock.now())}, clock.now().date())
    assert row["action"]["href"] == loop.get_absolute_url()
    assert "wants the report by fax" in " ".join(row["lines"])
    actions.tell_report(loop, "passed_on", told="office_fax", by=actor("theo"))
    assert not waits().exists()
    assert "Fax it to" not in shown(desk, elm)


def test_a_number_that_nobody_has_called_is_ours_to_look_at(desk, elm, office, fax_line):
    type(office).objects.filter(pk=office.pk).update(checked_at=None, checked_by=None)
    assert "One of us sends the fax, in our hours." in shown(desk, elm)
    press(desk, elm)
    assert (waits().count(), Fax.objects.count(), Letter.objects.count()) == (1, 0, 0)


def test_it_goes_only_to_the_number_that_was_shown(desk, elm, office, loop, fax_line):
    directory.change_entry(office, fax="555 010 0999", by=actor("theo"))
    answer = press(desk, elm)
    assert answer.status_code == 409
    assert "The number has changed since you opened the page." in answer.content.decode()
    for made_up in ("", "15559999999", "<script>"):
        assert press(desk, elm, made_up).status_code == 409
    assert (Fax.objects.count(), waits().count()) == (0, 0)


def test_a_number_that_changes_on_the_way_stops_it(desk, elm, office, loop, fax_line):
    press(desk, elm)
    directory.change_entry(office, fax="555 010 0999", by=actor("theo"))
    assert sending.send_due() == 0
    assert fax_line.messages == []
    assert "did not go through. One of us looks after it." in shown(desk, elm)
    assert ToDo.objects.open().filter(kind="fax_failed").count() == 1
    assert state(loop) == "announced"


@pytest.mark.parametrize("what", ["taken back", "withdrawn", "there"])
def test_what_is_over_between_press_and_sending_does_not_go(desk, elm, loop, fax_line, what):
    press(desk, elm)
    if what == "taken back":
        take_back_authority(loop.visit.case, by=actor("rosa"))
    elif what == "withdrawn":
        documents.withdraw(loop.document, by=actor("rosa"))
    else:
        actions.tell_report(loop, "confirmed", by=actor("rosa"))
    assert sending.send_due() == 0
    assert fax_line.messages == []


@pytest.mark.parametrize("what", ["taken back", "withdrawn", "there", "no number"])
def test_what_cannot_go_is_not_offered(desk, elm, office, loop, what):
    if what == "taken back":
        take_back_authority(loop.visit.case, by=actor("rosa"))
    elif what == "withdrawn":
        documents.withdraw(loop.document, by=actor("rosa"))
    elif what == "there":
        actions.tell_report(loop, "confirmed", by=actor("rosa"))
    else:
        directory.change_entry(office, fax="", by=actor("theo"))
    assert "Fax it to" not in shown(desk, elm)
    assert press(desk, elm).status_code == 409
    assert (Fax.objects.count(), waits().count()) == (0, 0)


def test_a_copy_that_goes_leaves_nothing_to_fax_by_hand(desk, elm, loop):
    press(desk, elm)
    documents.withdraw(loop.document, by=actor("rosa"))
    assert not waits().exists()


def test_code_and_birth_date_are_asked_for_and_others_find_nothing(client, elm, second_link, loop):
    assert press(client, elm).status_code == 404
    assert press(browser(person("theo")), elm).status_code == 404
    client.post(f"/o/{codes.mailed_token(elm)}/", {"born": BORN})
    assert "Fax it to" not in shown(client, elm)
    answer = press(client, elm)
    assert answer.status_code == 409
    assert "Nothing was saved." in answer.content.decode()
    client.post("/o/", {"code": codes.paper_code(second_link), "born": BORN})
    assert press(client, second_link).status_code == 404
    assert not waits().exists()


def test_pressed_after_half_an_hour_it_asks_for_the_birth_date(desk, elm, fax_line, november_5):
    november_5.shift(timedelta(minutes=31))
    answer = press(desk, elm)
    assert answer.status_code == 409
    assert reverse("desk:add_proof", args=[elm.pk]) in answer.content.decode()
    assert not Fax.objects.exists()
    desk.post(reverse("desk:add_proof", args=[elm.pk]), {"born": BORN})
    assert press(desk, elm).status_code == 302
    assert Fax.objects.exists()


def test_a_page_that_was_ended_faxes_nothing(desk, elm):
    links.close(elm, by=actor("theo"))
    assert press(desk, elm).status_code == 410


def test_a_fax_of_an_offices_wish_names_nobody_of_us(elm, loop, fax_line):
    assert wanted.ask(elm, loop, number=DIALED, by=links.desk_of(elm)) == wanted.Stand.GOING
    assert Fax.objects.get().asked_by is None
    assert browser(person("theo")).get(reverse("desk:fax", args=[Letter.objects.get().pk])).status_code == 200


@pytest.mark.full
def test_a_fax_that_failed_after_all_has_not_reached_them(desk, elm, loop, fax_line, november_5):
    press(desk, elm)
    sending.send_due()
    november_5.shift(timedelta(minutes=5))
    faxes.say(Fax.objects.get(), False, by=SYSTEM)
    assert state(loop) == "announced"
    page = shown(desk, elm)
    assert "did not go through. One of us looks after it." in page
    assert "We were told that it reached you" not in page
    assert ToDo.objects.open().filter(kind="pass_on_report").exists()
    settle_to_do(ToDo.objects.open().get(kind=FAX_FAILED), by=actor("theo"))
    page = shown(desk, elm)
    assert "did not go through" not in page
    assert "Fax it to" in page
    assert press(desk, elm).status_code == 302
    assert sending.send_due() == 1
    assert len(fax_line.messages) == 2
    assert state(loop) == "received"
    assert not ToDo.objects.open().filter(kind="pass_on_report").exists()


def test_what_was_said_since_stands_when_the_fax_fails(desk, elm, loop, fax_line, november_5):
    press(desk, elm)
    sending.send_due()
    november_5.shift(timedelta(minutes=5))
    desk.post(reverse("desk:primary_tell", args=[elm.pk]), {"said": "from_you"})
    assert state(loop) == "confirmed"
    faxes.say(Fax.objects.get(), False, by=SYSTEM)
    assert state(loop) == "confirmed"
