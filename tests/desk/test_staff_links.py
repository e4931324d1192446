"""The pages of offices on the case file, and what the team does about them."""

import datetime as dt

import pytest

from cases.case.models import ToDo
from cases.desk.links import actions, codes
from cases.desk.links.actions import link_for
from cases.desk.links.rules import Ended
from cases.desk.models import OfficeLink
from portal.history.models import Event
from tests import people
from tests.records.builders import actor

DAY = dt.timedelta(days=1)


@pytest.fixture
def theo(november_5):
    return people.browser(people.person("theo"))


def press(client, link, verb):
    return client.post(f"/office-links/{link.pk}/{verb}/")


def file_of(client, link):
    return client.get(f"/staff/cases/{link.visit.case_id}/").content.decode()


def fresh(link):
    return OfficeLink.objects.get(pk=link.pk)


def test_the_case_file_lists_each_page_and_how_it_stands(theo, client, link, second_link, paper):
    client.post("/o/", paper)
    html = file_of(theo, link)
    assert "Pages of offices" in html
    assert "Last opened" in html
    assert "Never opened." in html
    assert codes.paper_code(link) not in html
    assert codes.mailed_token(link) not in html


def test_a_new_code_makes_the_earlier_ones_void(theo, client, link, paper, address):
    assert press(theo, link, "new-code").status_code == 302
    assert "newer code" in client.post("/o/", paper).content.decode()
    assert "newer code" in client.get(address).content.decode()
    assert client.post("/o/", paper | {"code": codes.paper_code(fresh(link))}).status_code == 302


def test_unlocking_settles_what_was_asked_of_us(theo, client, link, paper):
    for _try in range(5):
        client.post("/o/", paper | {"born": "5 3 1961"})
    assert "Locked" in file_of(theo, link)
    press(theo, link, "unlock")
    assert not ToDo.objects.open().filter(kind=actions.LOCKED).exists()
    assert client.post("/o/", paper).status_code == 302


def test_closing_ends_it_and_pressed_twice_is_once(theo, link):
    for _press in range(2):
        assert press(theo, link, "close").status_code == 302
    assert fresh(link).ended_why == Ended.STAFF
    assert "Closed by us" in file_of(theo, link)


def test_a_fresh_code_after_14_days_is_on_the_board(theo, november_5, client, link, address):
    november_5.shift(14 * DAY)
    client.post(address, {"do": "fresh"})
    html = people.browser(people.person("theo")).get("/staff/cases/").content.decode()
    assert "Send an office its code" in html


@pytest.mark.parametrize("verb", ["new-code", "unlock", "close"])
@pytest.mark.parametrize("who", ["rosa", "grace", "joanne", "mara"])
def test_nobody_else_moves_a_link(link, verb, who):
    assert press(people.browser(people.person(who)), link, verb).status_code in {302, 404}
    assert (fresh(link).generation, fresh(link).ended_at) == (1, None)


@pytest.mark.parametrize("verb", ["new-code", "unlock", "close"])
def test_where_nothing_happened_nothing_is_said_to_have(theo, link, verb):
    if verb != "unlock":
        press(theo, link, "close")
        theo.get("/staff/cases/")
    html = theo.post(f"/office-links/{link.pk}/{verb}/", follow=True).content.decode()
    assert "Nothing has changed" in html
    assert not any(said in html for said in ("A new code holds", "Unlocked.", "Closed, also"))
    assert fresh(link).generation == 1


END = {
    "not theirs": lambda link: actions.say_not_theirs(link, by=actions.desk_of(link)),
    "closed": lambda link: actions.close(link, by=actor("theo")),
}


@pytest.mark.parametrize("end", END)
def test_a_page_closed_by_mistake_opens_again_with_a_new_code(theo, client, link, paper, address, end):
    END[end](link)
    page = f"/office-links/{link.pk}/open-again/"
    assert page in file_of(theo, link)
    assert "Why?" in theo.get(page).content.decode()
    assert theo.post(page, {}).status_code == 422
    assert [theo.post(page, {"why": "mistake"}).status_code for _press in range(2)] == [302, 409]
    assert (fresh(link).ended_at, fresh(link).generation) == (None, 2)
    assert client.post("/o/", paper).status_code == client.get(address).status_code == 403
    assert client.post("/o/", paper | {"code": codes.paper_code(fresh(link))}).status_code == 302
    assert not ToDo.objects.open().filter(kind=actions.NOT_THEIRS).exists()
    assert Event.objects.get(verb="office_link.opened_again").why == "mistake"
    assert page not in file_of(theo, link)


def test_it_stays_closed_where_another_stands_or_the_visit_is_over(theo, november_5, link):
    actions.close(link, by=actor("theo"))
    again = link_for(link.visit, link.office, by=actor("theo"))
    page = f"/office-links/{link.pk}/open-again/"
    assert page not in file_of(theo, link)
    assert "another page" in theo.get(page).content.decode()
    assert theo.post(page, {"why": "mistake"}).status_code == 409
    actions.close(again, by=actor("theo"))
    november_5.shift(60 * DAY)
    theo = people.browser(people.person("theo"))
    assert theo.post(page, {"why": "theirs"}).status_code == 409
    assert fresh(link).ended_at is not None


@pytest.mark.parametrize("who", ["rosa", "grace", "mara"])
def test_nobody_else_opens_one_again(link, who):
    actions.close(link, by=actor("theo"))
    answer = people.browser(people.person(who)).post(f"/office-links/{link.pk}/open-again/", {"why": "mistake"})
    assert answer.status_code in {302, 404}
    assert fresh(link).ended_at is not None


def test_another_verb_is_missing(theo, link):
    assert press(theo, link, "open").status_code == 404


def test_what_an_office_did_names_it_to_the_patient(client, link, paper):
    client.post("/o/", paper)
    rosa = people.browser(people.person("rosa"))
    html = rosa.get(f"/cases/{link.visit.case_id}/privacy/").content.decode()
    assert "Opened the page for an office" in html
    assert "A doctor’s office" in html
    assert actor("rosa").user.name in html
