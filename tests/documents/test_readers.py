"""Who is said to be able to open a document, compared person by person with what the pages answer."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import actions as cases
from cases.case.models import Case
from cases.documents import actions
from cases.documents.reading.readers import readers_of
from portal import clock
from portal.actors import Actor
from tests import factories, people
from tests.documents.files import read

pytestmark = pytest.mark.django_db

CAST = ("rosa", "ama", "grace", "joanne", "amir", "nils", "theo", "mara", "dora")


def by(key):
    return Actor.person(people.person(key))


def said(document):
    document.refresh_from_db()
    return {reader.user.name.split()[0].lower() for reader in readers_of(document)}


def let_in(version):
    """Those to whom the page of its first picture, its thumbnail and its copy are all given."""
    image = version.page_images.first()
    places = [image.get_absolute_url(), image.small_url, reverse("documents:file", args=[version.pk])]
    found = set()
    for key in CAST:
        browser = people.disabled() if key == "dora" else people.browser(people.person(key))
        answers = {browser.get(place).status_code for place in places}
        assert len(answers) == 1, f"{key} is answered in two ways"
        if answers == {200}:
            found.add(key)
        elif key not in ("dora", "nils"):  # who are sent elsewhere first
            assert answers == {404}
    return found


@pytest.fixture
def case():
    """Rosa's, begun by Ama; Joanne and Nils read it with Rosa's yes, Amir has a place in it without."""
    case = factories.open_case(starter=people.person("ama"))
    factories.assign(case, people.person("joanne"))
    factories.assign(case, people.person("nils"))
    cases.assign(case, people.person("amir"), why="taking", by=by("theo"))
    return case


def nothing(document):
    return document


def hide(document):
    return actions.mark_only_me(document, by=by("rosa"))


def withdraw(document):
    return actions.withdraw(document, by=by("rosa"))


def end_joanne(document):
    return cases.end_assignment(document.case, people.person("joanne"), by=by("joanne"))


def take_yes_back(document):
    consent = document.case.consents.get(kind="read", consultant=people.person("joanne"))
    return cases.withdraw_consent(consent, by=by("rosa"))


def close(document):
    Case.objects.filter(pk=document.case_id).update(state=Case.State.CLOSED, closed_at=clock.now())


@pytest.mark.full
@pytest.mark.parametrize(
    ("put_in_by", "change", "expected"),
    [
        ("rosa", nothing, {"rosa", "joanne", "theo"}),
        ("ama", nothing, {"rosa", "ama", "joanne", "theo"}),
        ("theo", nothing, {"rosa", "joanne", "theo"}),
        ("rosa", hide, {"rosa"}),
        ("ama", hide, {"rosa"}),
        ("rosa", withdraw, set()),
        ("ama", withdraw, set()),
        ("rosa", end_joanne, {"rosa", "theo"}),
        ("rosa", take_yes_back, {"rosa", "theo"}),
        ("ama", close, {"rosa", "joanne"}),
    ],
)
def test_list_of_readers_is_what_the_pages_answer(case, put_in_by, change, expected):
    version = read(case, by=people.person(put_in_by))
    change(version.document)
    assert said(version.document) == let_in(version) == expected


@pytest.mark.full
def test_a_coordinator_who_began_the_case_reads_as_whoever_began():
    theo = people.person("theo")
    case = factories.open_case(starter=theo)
    version = read(case)
    assert said(version.document) == let_in(version) == {"rosa"}


def told(document, key):
    return [(line.name, line.why) for line in (reader.told_to(people.person(key)) for reader in readers_of(document))]


def test_each_reader_is_named_with_part_and_reason(case):
    document = read(case, by=people.person("ama")).document
    case.consents.filter(kind="read").update(given_at=dt.datetime(2026, 11, 3, 15, tzinfo=dt.UTC))
    assert told(document, "rosa") == [
        ("You", ""),
        ("Ama Osei", "your helper, because they put it in"),
        ("Joanne Pike", "your consultant, since you said yes on November 3, 2026"),
        ("Theo Lindqvist", "your coordinator, to keep your records moving"),
    ]
    assert told(document, "joanne")[0] == ("Rosa Delgado", "the patient")
    assert told(document, "joanne")[2] == ("You", "consultant, since the patient said yes on November 3, 2026")


def test_page_names_the_readers_and_only_me(case):
    document = read(case).document
    page = people.browser(case.patient).get(document.get_absolute_url()).content.decode()
    assert "Who can open this file" in page
    assert "Joanne Pike" in page
    hide(document)
    page = people.browser(case.patient).get(document.get_absolute_url()).content.decode()
    assert "nobody else can open it" in page
    assert "Joanne Pike" not in page
    withdraw(document)
    page = people.browser(case.patient).get(document.get_absolute_url()).content.decode()
    assert "Nobody can open it now." in page
