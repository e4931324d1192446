"""A patient says who helps: yes with a set, no, a change, an end; and nobody else does."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.helping import actions
from cases.case.helping.models import Helper
from cases.case.models import Case
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return factories.open_case(starter=people.person("ama"))


@pytest.fixture
def asked(case) -> Helper:
    ama = people.person("ama")
    return actions.ask(case, ama, kin="daughter", by=Actor.person(ama))


def say(helper: Helper, key: str = "rosa", **said):
    return people.browser(people.person(key)).post(reverse("case:helper", args=[helper.pk]), said)


def html_of(address: str, key: str = "rosa") -> str:
    return people.browser(people.person(key)).get(address).content.decode()


def test_who_asks_is_said_and_nothing_is_picked(case, asked):
    assert "Ama would like to help you." in html_of(case.get_absolute_url())
    assert "Answer Ama Osei" in html_of(reverse("case:helpers", args=[case.pk]))
    html = html_of(reverse("case:helper", args=[asked.pk]))
    assert "Ama would like to help you" in html
    assert "your daughter" in html
    assert "checked" not in html


@pytest.mark.parametrize("chosen", ["dates", "most", "acts"])
def test_yes_with_one_of_three_sets_until_a_day(case, asked, chosen):
    until = clock.today(case.patient.zone) + dt.timedelta(days=30)
    assert say(asked, chosen=chosen, until_on=until.isoformat()).status_code == 302
    helper = Helper.objects.granted().get()
    assert (helper.chosen, helper.until_on, helper.agreed_how) == (chosen, until, "page")
    assert "You said yes on" in html_of(reverse("case:helpers", args=[case.pk]))


def test_one_by_one(asked):
    say(asked, chosen="own", switches=["files", "summary"])
    assert Helper.objects.granted().get().switches == {"files", "summary"}


@pytest.mark.parametrize(
    "said",
    [{}, {"chosen": "all"}, {"chosen": "own"}, {"chosen": "own", "switches": ["sign"]},
     {"chosen": "most", "until_on": "2020-01-01"}, {"chosen": "most", "until_on": "soon"}],
)  # fmt: skip
def test_what_is_not_whole_allows_nothing(asked, said):
    assert say(asked, **said).status_code == 422
    assert not Helper.objects.granted().exists()


def test_no_needs_no_reason_and_shuts_the_page(case, asked):
    assert say(asked, no="1").status_code == 302
    assert people.browser(people.person("ama")).get(case.get_absolute_url()).status_code == 404
    assert say(asked, chosen="most").status_code == 404


def test_a_change_and_an_end_count_at_once(case, asked):
    say(asked, chosen="acts")
    say(asked, chosen="dates")
    assert Helper.objects.granted().get().chosen == "dates"
    page = reverse("case:end_help", args=[asked.pk])
    assert people.browser(case.patient).post(page).status_code == 302
    assert people.browser(case.patient).post(page).status_code == 404
    assert people.browser(people.person("ama")).get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("key", ["ama", "grace", "theo", "joanne"])
def test_nobody_else_says_yes_changes_or_ends(case, asked, key):
    assert say(asked, key, chosen="acts").status_code == 404
    browser = people.browser(people.person(key))
    assert browser.post(reverse("case:end_help", args=[asked.pk])).status_code == 404
    assert browser.get(reverse("case:helpers", args=[case.pk])).status_code == 404
    assert Helper.objects.asked().count() == 1
