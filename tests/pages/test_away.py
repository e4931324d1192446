"""Pages about a consultant who is away: staff say it and hand over; the patient reads a line and answers."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.actions import assign
from cases.case.away import actions
from cases.case.away.models import Away, Cover
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 12, 1, 17, tzinfo=dt.UTC)
FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 18)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def noon():
    with clock.lived_at(NOON):
        yield


@pytest.fixture
def case():
    case = factories.open_case()
    assign(case, people.person("joanne"), why="taking", by=act("joanne"))
    return case


@pytest.fixture
def away():
    joanne, amir = people.person("joanne"), people.person("amir")
    return actions.say_away(joanne, from_on=FIRST, until_on=LAST, stands_in=amir, by=act("theo"))


def browser(key):
    return people.browser(people.person(key))


def page(away):
    return reverse("pages:away_of", args=[away.pk])


def read(client, address):
    return client.get(address).content.decode()


def test_a_coordinator_says_it_and_hands_the_case_over(case):
    joanne, amir = people.person("joanne"), people.person("amir")
    theo = browser("theo")
    said = {"consultant": joanne.pk, "from_on": FIRST, "until_on": LAST, "stands_in": amir.pk}

    assert ">Amir Haddad</option>" in read(theo, reverse("pages:away"))
    wrong = theo.post(reverse("pages:away"), said | {"stands_in": joanne.pk})
    assert wrong.status_code == 422
    assert "Choose somebody else to stand in." in wrong.content.decode()
    theo.post(reverse("pages:away"), said)

    away = Away.objects.get()
    assert "Rosa Delgado" in read(theo, page(away))
    assert "Joanne Pike" in read(theo, reverse("pages:away"))
    theo.post(page(away), {"do": "hand_over", "case": str(case.pk)})
    assert Cover.objects.open().get().case == case
    html = read(theo, page(away))
    assert "Waits for the patient’s yes to reading." in html
    assert "Amir Haddad stands in." in read(theo, reverse("pages:case_file", args=[case.pk]))


def test_nothing_ticked_or_a_case_that_went_is_said(case, away):
    theo = browser("theo")
    assert theo.post(page(away), {"do": "hand_over"}).status_code == 409
    other = factories.open_case(people.person("grace"))
    answer = theo.post(page(away), {"do": "hand_over", "case": [str(case.pk), str(other.pk)]})
    assert "The list has changed" in answer.content.decode()
    assert not Cover.objects.exists()
    for wrong in ({"do": "hand_back", "cover": "x"}, {"do": "nothing"}, {}):
        assert theo.post(page(away), wrong).status_code == 404


def test_a_consultant_says_her_own_days_only(case):
    joanne = browser("joanne")
    html = read(joanne, reverse("pages:away"))
    assert "Who is away?" not in html
    amir = people.person("amir")
    joanne.post(reverse("pages:away"), {"from_on": FIRST, "until_on": LAST, "stands_in": amir.pk})

    away = Away.objects.get()
    assert away.consultant == people.person("joanne")
    assert joanne.post(page(away), {"do": "hand_over", "all": "on"}).status_code == 404
    assert browser("nils").get(page(away)).status_code in {302, 404}
    assert "Joanne Pike is away" in read(browser("amir"), reverse("pages:today"))
    assert browser("amir").post(page(away), {"do": "end"}).status_code == 404


def test_she_reads_one_line_at_home_and_in_the_thread_and_answers(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    rosa, address = browser("rosa"), reverse("case:stands_in", args=[cover.pk])
    for place in (case.get_absolute_url(), reverse("threads:thread", args=[case.pk])):
        html = read(rosa, place)
        assert "Joanne Pike is away until Friday, December 18. Amir Haddad stands in." in html
        assert address in html
    assert "May Amir read your files?" in read(rosa, address)
    assert rosa.post(address, {"answer": "perhaps"}).status_code == 422

    assert rosa.post(address, {"answer": "no"}).status_code == 302
    assert "You said no for now." in read(rosa, address)
    rosa.post(address, {"answer": "yes"})
    assert "You said yes: Amir may read your files." in read(rosa, address)
    actions.hand_back(cover, by=act("theo"))
    assert "This is over" in read(rosa, address)
    assert "Amir Haddad stands in" not in read(rosa, case.get_absolute_url())


def test_a_yes_on_the_phone_and_all_back(case, away):
    cover = actions.hand_over(away, case, by=act("theo"))
    theo = browser("theo")

    theo.post(page(away), {"do": "said_yes", "cover": cover.pk})
    assert "May read." in read(theo, page(away))
    theo.post(page(away), {"do": "hand_all_back"})

    cover.refresh_from_db()
    assert cover.back_why == "back"
    theo.post(page(away), {"do": "end"})
    assert Away.objects.get().ended_at


def test_on_the_day_of_return_the_board_proposes_to_hand_back(case, away):
    actions.hand_over(away, case, by=act("theo"))
    theo = browser("theo")
    assert "Hand cases back" not in read(theo, reverse("pages:caseload"))

    with clock.lived_at(NOON + dt.timedelta(days=18)):
        html = read(theo, reverse("pages:caseload"))
        assert "Hand cases back" in html
        assert page(away) in html
        assert "was away until Friday, December 18. Amir Haddad still stands in." in read(
            browser("rosa"), case.get_absolute_url()
        )


def test_calls_of_those_days_are_listed_with_what_can_be_done(case):
    call = factories.book(case)
    joanne, amir = people.person("joanne"), people.person("amir")
    day = call.starts_at.astimezone(joanne.zone).date()
    away = actions.say_away(joanne, from_on=day, until_on=day, stands_in=amir, by=act("joanne"))

    html = read(browser("theo"), page(away))

    assert reverse("bookings:move", args=[call.pk]) in html
    assert reverse("bookings:cancel", args=[call.pk]) in html
    before = actions.say_away(joanne, from_on=FIRST, until_on=FIRST, stands_in=amir, by=act("joanne"))
    assert reverse("bookings:move", args=[call.pk]) not in read(browser("theo"), page(before))
