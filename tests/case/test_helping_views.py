"""The patient's pages: who helps her, her yes or no, what she changes and ends."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case.helping import actions
from cases.case.helping.mandates import record_mandate
from cases.case.people import may
from portal import clock
from portal.actors import Actor
from tests import factories, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    case = factories.open_case(starter=people.person("ama"))
    ama = people.person("ama")
    return actions.ask(case, ama, kin="sister", by=Actor.person(ama))


@pytest.fixture
def rosa(asked):
    return people.browser(asked.patient)


def press(client, name, helper, **said):
    answer = client.post(reverse(f"case:{name}", args=[helper.pk]), said)
    helper.refresh_from_db()
    return answer


def test_she_reads_who_asked_and_says_yes_until_a_day(rosa, asked):
    page = rosa.get(reverse("case:helpers", args=[asked.case_id])).content.decode()
    assert "Ama Osei" in page
    assert "your sister" in page
    assert "would like to help you" in rosa.get(reverse("case:helper", args=[asked.pk])).content.decode()

    until = clock.today(asked.patient.zone) + dt.timedelta(days=30)
    press(rosa, "helper", asked, chosen="most", until_on=until.isoformat())

    assert (asked.chosen, asked.until_on, asked.agreed_how) == ("most", until, "page")
    assert "Everything except private words" in rosa.get(reverse("case:helpers", args=[asked.case_id])).content.decode()


def test_the_pages_say_what_who_asks_sees_and_what_a_paper_lets_them_do(rosa, asked):
    page, own = reverse("case:helper", args=[asked.pk]), reverse("case:helpers", args=[asked.case_id])
    assert "sees only what Ama put in" in rosa.get(page).content.decode()
    theo = Actor.person(people.person("theo"))
    today = clock.today(asked.patient.zone)

    record_mandate(asked.case, asked.person, kind="power", from_on=today, by=theo)

    for html in (rosa.get(page).content.decode(), rosa.get(own).content.decode()):
        assert "A paper lets Ama sign and decide for you." in html
        assert "These stay yours" not in html
    assert "Theo Lindqvist put this in on" in rosa.get(own).content.decode()


def test_one_by_one_counts_only_what_she_ticks(rosa, asked):
    assert press(rosa, "helper", asked, chosen="own").status_code == 422
    press(rosa, "helper", asked, chosen="own", switches=["files", "papers"])

    assert asked.switches == {"files", "papers"}


@pytest.mark.parametrize("said", [{}, {"chosen": "all"}, {"chosen": "acts", "until_on": "2020-01-01"}])
def test_what_cannot_be_is_asked_again(rosa, asked, said):
    assert press(rosa, "helper", asked, **said).status_code == 422
    assert asked.is_asked


def test_no_is_said_once_and_kindly(rosa, asked):
    press(rosa, "decline_helper", asked)

    assert asked.ended_why == "declined"
    assert rosa.get(reverse("case:helper", args=[asked.pk])).status_code == 404


def test_she_changes_and_ends_it_and_an_open_page_of_the_helper_shuts(rosa, asked):
    press(rosa, "helper", asked, chosen="acts")
    ama = people.browser(asked.person)
    records = reverse("records:list", args=[asked.case_id])
    assert ama.get(records).status_code == 200

    press(rosa, "helper", asked, chosen="dates")
    assert ama.get(records).status_code == 404

    press(rosa, "end_helper", asked)
    assert (asked.ended_why, may("see", asked.case, asked.person)) == ("patient", False)
    assert ama.get(asked.case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("key", ["ama", "grace", "joanne", "mara"])
def test_nobody_else_opens_or_presses_it(asked, key):
    client = people.browser(people.person(key))
    assert client.get(reverse("case:helpers", args=[asked.case_id])).status_code == 404
    assert client.get(reverse("case:helper", args=[asked.pk])).status_code == 404
    for name in ("helper", "decline_helper", "end_helper"):
        assert press(client, name, asked, chosen="acts").status_code == 404
    assert asked.is_asked


def test_a_helper_finds_times_where_the_patient_lets_her_book(rosa, asked):
    press(rosa, "helper", asked, chosen="dates")
    ama, pick = people.browser(asked.person), reverse("bookings:pick", args=[asked.case_id])
    factories.open_hours()
    assert "bookings/pick_not_you.html" in [used.name for used in ama.get(pick).templates]

    press(rosa, "helper", asked, chosen="most")

    assert "bookings/pick.html" in [used.name for used in ama.get(pick).templates]
