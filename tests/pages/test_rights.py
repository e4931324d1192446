"""The administrators' search over the rows of rights: what it finds, what it says, and that it is on record."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from cases.case.actions import assign, give_consent
from cases.case.helping import actions as helping
from cases.case.second import actions as second
from cases.case.urgent import actions as urgent
from portal import clock
from portal.accounts import actions as accounts
from portal.actors import Actor
from portal.history.models import Event
from portal.pages.rights import views
from tests import factories
from tests.documents.files import folder
from tests.people import browser, person
from tests.reviews import world

__all__ = ["folder"]

pytestmark = pytest.mark.django_db


def by(key: str) -> Actor:
    return Actor.person(person(key))


@pytest.fixture
def case():
    """Ama began it for Rosa and helps her until a day; Joanne has a place, and may read."""
    case = factories.open_case(starter=person("ama"))
    helper = helping.ask(case, person("ama"), kin="sister", by=by("ama"))
    until = clock.today(case.patient.zone) + dt.timedelta(days=30)
    helping.agree(helper, chosen="most", until_on=until, by=by("rosa"))
    assign(case, person("joanne"), why="taking", by=by("joanne"))
    give_consent("read", person=case.patient, case=case, consultant=person("joanne"), by=by("rosa"))
    return case


@pytest.fixture
def mara():
    return browser(person("mara"))


def look(client, **sought) -> str:
    answer = client.post(reverse("pages:rights"), sought)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def table(client, **sought) -> list[str]:
    answer = client.post(reverse("pages:rights"), sought).content.decode()
    rows = re.findall(r"<tr><td.*?</tr>", answer, re.S)
    return [" ".join(strip_tags(row.replace("<", " <")).split()) for row in rows]


def test_it_says_who_gave_what_to_whom_until_when(mara, case):
    yes, place, agreed, asked = table(mara, reference=case.reference)

    assert "Yes: A consultant may read" in yes
    assert "Joanne Pike Rosa Delgado" in yes
    assert "Consultant of the case took the case up Joanne Pike" in place
    assert "Help: Everything except private words" in agreed
    assert "Ama Osei Rosa Delgado" in agreed
    assert "until" in agreed
    assert "Help was asked for Ama Osei" in asked


def test_it_says_who_ended_it(mara, case):
    client = browser(case.patient)
    helper = case.helpers.get()
    assert client.post(reverse("case:end_helper", args=[helper.pk])).status_code in {200, 302}
    (ended, *_rest) = table(mara, person="Ama", kind="help")
    assert "by Rosa Delgado. The patient ended it." in ended


def test_a_role_says_who_gave_it(mara, case):
    accounts.invite(name="Nan Roe", email="nan@example.org", role="coordinator", by=by("mara"))
    joanne = person("joanne")
    mara.post(reverse("accounts:change_person", args=[joanne.pk, "close"]))
    closed, given = table(mara, person="joanne@EXAMPLE.org", kind="role")
    assert "Consultant, account closed Joanne Pike Mara Okafor" in closed
    assert "Joanne Pike by itself, or by a command" in given


def test_urgent_looks_are_among_them_and_say_who_ended_them(mara, case):
    look = urgent.begin(case, "She rang and could not breathe.", by=by("amir"))
    urgent.end(look, by=by("rosa"))
    ended, begun = table(mara, reference=case.reference, kind="urgent")
    assert "Urgent look, for an hour at most Amir" in begun
    assert "The patient ended it." in ended
    assert "breathe" not in begun + ended


def test_second_readers_are_among_them(mara, folder):
    case, until = world.written().case, second.last_days()[1]
    asked = second.ask(case, person("amir"), question="Usual?", why="To be sure.", until_on=until, by=by("joanne"))
    second.agree(asked, by=by("amir"))
    yes, question = table(mara, reference=case.reference, kind="along")
    assert "Second reader: asked Amir" in question
    assert "Second reader: reads along Amir" in yes
    assert "until" in yes


@pytest.mark.parametrize(
    ("sought", "count"),
    [
        ({"person": "ama"}, 2),
        ({"person": "Rosa"}, 3),
        ({"person": "Rosa", "kind": "consent"}, 1),
        ({"person": "nobody at all"}, 0),
        ({"kind": "law"}, 0),
        ({"reference": "RS XXX 999"}, 0),
        ({"kind": "place", "person": "joanne"}, 1),
    ],
)
def test_each_filter_narrows(mara, case, sought, count):
    assert len(table(mara, **sought)) == count


def test_a_case_has_no_roles_and_is_found_however_it_is_typed(mara, case):
    assert table(mara, reference=case.reference, kind="role") == []
    assert len(table(mara, reference=case.reference.lower().replace(" ", ""))) == 4


def test_the_day_is_the_readers(mara, case):
    today = clock.today(person("mara").zone)
    assert len(table(mara, day=today.isoformat(), reference=case.reference)) == 4
    assert table(mara, day=(today - dt.timedelta(days=1)).isoformat()) == []


@pytest.mark.parametrize("day", ["yesterday", "9999-12-31", "0001-01-01", "2026-13-01"])
def test_a_day_that_is_none_is_said(mara, day):
    answer = mara.post(reverse("pages:rights"), {"day": day})
    assert answer.status_code == 422
    assert "Enter a day" in answer.content.decode()


def test_help_that_was_chosen_one_by_one_names_its_parts(mara, case):
    helping.change(case.helpers.get(), chosen="own", switches=["files", "messages"], until_on=None, by=by("rosa"))
    assert "records and files, messages" in table(mara, kind="help")[0]


def test_long_lists_go_page_by_page(mara, case, monkeypatch):
    monkeypatch.setattr(views, "LINES_ON_A_PAGE", 3)
    first, second = table(mara, reference=case.reference), table(mara, reference=case.reference, page="2")
    assert (len(first), len(second)) == (3, 1)
    assert not set(first) & set(second)
    assert 'name="page" value="2"' in mara.get(reverse("pages:rights")).content.decode()
    for odd in ("0", "-1", "x", "٣", "99999999999"):
        assert table(mara, reference=case.reference, page=odd) == first


def test_each_search_is_on_record_and_the_patient_reads_hers(mara, case):
    mara.get(reverse("pages:rights"))
    look(mara, person="a")
    look(mara, person="Rosa Delgado")
    look(mara, reference=case.reference)
    look(mara, person="joanne")

    lines = list(Event.objects.filter(verb="rights.searched").order_by("pk").values_list("patient", "case_id", "why"))

    rosa = case.patient_id
    assert lines == [
        (None, None, ""), (None, None, ""), (rosa, None, ""), (rosa, case.pk, ""), (None, None, "")
    ]  # fmt: skip


def test_nothing_sought_stands_in_an_address(mara, case):
    page = mara.post(reverse("pages:rights"), {"person": "Rosa"}).content.decode()
    assert not re.findall(r'(?:href|action)="[^"]*Rosa', page)


def test_asks_few_questions_whatever_is_kept(mara, case, django_assert_max_num_queries):
    for key in ("theo", "amir", "vera", "liv", "nils"):
        assign(case, person(key), why="taking", by=by("theo"))
    mara.get(reverse("pages:rights"))  # the session is there
    with django_assert_max_num_queries(15):
        mara.post(reverse("pages:rights"), {"person": "Rosa", "reference": case.reference})


def test_only_after_showing_who_one_is_a_moment_ago(mara):
    assert mara.get(reverse("pages:rights")).status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11)):
        for answer in (mara.get(reverse("pages:rights")), mara.post(reverse("pages:rights"), {"person": "Rosa"})):
            assert answer["Location"].startswith("/account/check/")
            assert "Rosa" not in answer["Location"]
