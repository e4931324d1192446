"""Every page of a patient and a helper offers a call in the same place; every page says our number and hours."""

import html
import re

import pytest
from django.urls import reverse

from cases.case.models import Case
from portal import clock
from portal.accounts.models import User
from portal.texts.models import Organisation
from tests import factories, people
from tests.pages_table import PAGES
from tests.test_access import ask
from tests.world import built, world  # noqa: F401

pytestmark = pytest.mark.django_db

HELP = re.compile(r'<aside class="rs-help".*?</aside>', re.S)
CALL = re.compile(r'<a href="([^"]+)">(?:(?!</a>).)*Please call me', re.S)
FIRST = ["pages:case_home", "threads:thread", "accounts:settings", "documents:list", "bookings:pick", "pages:about"]
WHO = ("patient", "helper", "starter", "dates_only")


def pages_of(names, person, world):  # noqa: F811
    """(name, html) of the whole pages among these that open for a person."""
    client = world.client(person)
    for name in names:
        page = PAGES[name]
        if person not in page.who or page.posts == "only" or page.is_file:
            continue
        answer = ask(client, "get", name, world)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            said = answer.getvalue() if answer.streaming else answer.content
            if b"<html" in said:
                yield name, said.decode()


def ways_to_a_call(names, world):  # noqa: F811
    """Where "Please call me" leads, by person; and the pages from which no way leads."""
    ways, without = {person: set() for person in WHO}, []
    for person in WHO:
        for name, said in pages_of(names, person, world):
            help_of_page = HELP.search(said)
            found = CALL.search(help_of_page[0]) if help_of_page else None
            if found:
                ways[person].add(html.unescape(found[1]))
            elif not _is_for_the_signed_out(said):
                without.append((name, person))
    return ways, without


def _is_for_the_signed_out(said: str) -> bool:
    """A page that a message or a paper leads to, in which nobody is named: it says whom to ring."""
    return 'rs-header__name">' in said


def every_page_leads_to_the_form(names, world):  # noqa: F811
    ways, without = ways_to_a_call(names, world)
    assert without == []
    for person, links in ways.items():
        client = world.client(person)
        for link in links:
            said = client.get(link.partition("#")[0], follow=True).content.decode()
            assert f'action="{reverse("pages:call_me", args=[world["case"]])}"' in said, (person, link)
            assert 'id="call"' in said, (person, link)


def test_main_pages_lead_to_the_form(world):  # noqa: F811
    every_page_leads_to_the_form(FIRST, world)


@pytest.mark.full
def test_every_page_leads_to_the_form(world):  # noqa: F811
    every_page_leads_to_the_form(PAGES, world)


def says_whom_to_ring(names, world):  # noqa: F811
    here = Organisation.objects.latest() if Organisation.objects.exists() else Organisation()
    here.pk, here.phone, here.hours = None, "+1 416 555 0100", "Monday to Friday, 9 to 5"
    here.from_at = Case.objects.get(pk=world["case"]).opened_at
    here.save(force_insert=True)
    without = [
        name
        for name, said in pages_of(names, "anonymous", world)
        if "416" not in said or "Monday to Friday, 9 to 5" not in said
    ]
    assert without == []


def test_main_pages_say_whom_to_ring_without_signing_in(world):  # noqa: F811
    says_whom_to_ring(["pages:landing", "pages:start", "account_login", "reminders:answer", "desk:code"], world)


@pytest.mark.full
def test_every_page_says_whom_to_ring_without_signing_in(world):  # noqa: F811
    says_whom_to_ring(PAGES, world)


def test_without_a_case_our_number_and_with_two_a_choice():
    grace = User.objects.create_user("new@example.org", name="New Here", privacy_version=1, privacy_at=clock.now())
    client, home = people.browser(grace), reverse("pages:call_home")
    assert "You have no page of a case here yet." in client.get(home).content.decode()
    first = factories.open_case(grace)
    assert client.get(home)["Location"] == reverse("pages:ledger", args=[first.pk]) + "#call"
    factories.open_case(grace)
    assert "Whom is the call about?" in client.get(home).content.decode()
    assert people.browser(people.person("theo")).get(home)["Location"] == reverse("pages:home")
