"""Whose session it is comes along with it: the same person as by themselves, of this very session, as they are now."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts import session_store
from portal.accounts.backend import PERSON, Backend, people_along, person_along
from portal.once import OnceMiddleware
from portal.texts import words
from portal.texts.models import Holiday, Organisation
from tests.people import browser, person

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/"


def session_of(client) -> session_store.SessionStore:
    return session_store.SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)


def people_asked(client, address: str = ACCOUNT) -> int:
    """How often a look asks who somebody is, beside asking for the session."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return sum('FROM "accounts_user" WHERE' in query["sql"] for query in asked.captured_queries)


@pytest.fixture
def client():
    someone = browser(person("joanne"))
    someone.get(ACCOUNT)  # the session begins
    return someone


@pytest.mark.parametrize("looks", [False, True])
def test_the_person_along_is_the_one_that_is_read_alone(client, looks, monkeypatch):
    monkeypatch.setattr(session_store, "is_page", lambda: looks)
    joanne = person("joanne")
    with person_along():
        session_of(client).load()
        [along] = people_along()
    [alone] = PERSON.of(key=joanne.pk, looks=looks)
    assert {name: value for name, value in vars(along).items() if name != "_state"} == {
        name: value for name, value in vars(alone).items() if name != "_state"
    }


def test_a_page_asks_for_session_person_and_house_in_one(client):
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("reviews:queue"))
    first, *others = [query["sql"] for query in asked.captured_queries]
    assert all(f'FROM "{table}"' in first for table in ("django_session", "accounts_user", "texts_organisation"))
    assert not [sql for sql in others if 'AS "has_second_factor"' in sql]
    assert not [sql for sql in others if "texts_organisation" in sql]


def test_the_facts_along_are_those_that_hold_now(client, django_assert_num_queries):
    for phone in ("416 555 0100", "416 555 0199"):
        Organisation.objects.create(from_at=clock.now(), phone=phone)
    Holiday.objects.create(region="CA-ON", on_date="2027-02-03")

    def look(_request):
        with person_along():
            session_of(client).load()
        return words.organisation().phone, words.days_typed_in()

    with django_assert_num_queries(1):
        assert OnceMiddleware(look)(RequestFactory().get("/")) == ("416 555 0199", [("CA-ON", dt.date(2027, 2, 3))])


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_may_not_sign_in_any_more_is_out_at_once(client, method):
    assert client.get(ACCOUNT).status_code == 200
    type(person("joanne")).objects.filter(email="joanne@example.org").update(can_sign_in=False)
    assert getattr(client, method)(ACCOUNT).status_code == 302


def test_a_session_without_its_row_in_the_list_still_knows_its_person(client):
    UserSession.objects.all().delete()
    assert people_asked(client) == 1


def test_nobody_is_somebody_else_by_a_wrong_row_in_the_list(client):
    UserSession.objects.update(user=person("amir"))
    page = client.get(ACCOUNT)
    assert page.context["user"] == person("joanne")


def test_nobody_along_outlives_the_look(client):
    with person_along():
        session_of(client).load()
    joanne = person("joanne")
    type(joanne).objects.filter(pk=joanne.pk).update(can_sign_in=False)
    assert people_along() is None
    assert Backend().get_user(joanne.pk) is None


def test_a_session_that_is_over_tells_nobody(client, time_machine):
    store = session_of(client)
    time_machine.move_to("2037-01-01T12:00Z")
    with person_along():
        store.load()
        assert people_along() == []
