"""Walks over every address beside the table of pages: everybody's forms, own case with another's row, ways out, extra
fields."""

import datetime as dt
import functools
import uuid
import zlib
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import transaction
from django.urls import reverse

from cases.case.models import Case
from cases.documents.models import Document, Version
from cases.threads import actions as threads
from portal import clock
from portal.accounts import drafts, middleware, sessions
from portal.accounts.models import User
from portal.actors import Actor
from tests import people
from tests.hostile_shapes import BODIES, FORM, TAKEN, VALUES, bodies, body
from tests.page_rows import PEOPLE
from tests.pages_table import PAGES
from tests.test_access import (
    LOGIN,
    OURS,
    address_of,
    ask,
    expected,
    in_lines,
    outcome,
    state_of_the_house,
    walk,
)
from tests.test_fuzz import POSTS, Site, faults_of

SHUT = {"missing", "sign in", "second factor"}


# Who reads the page on which such a form stands for others, and is told in words that it is not theirs.
OF_FILES = {"documents:move", "documents:take_version_back", "documents:put_version_back"}
TOLD_NO = {
    "helper": OF_FILES,  # of files that others put in
    "assigned": {"records:say_which_report", "pages:call_me"},
    "coordinator": {"reviews:agree", "pages:call_me"},  # how she agreed is not said; she asks for her call herself
    "second_reader": OF_FILES,
    "urgent_reader": OF_FILES,
}


def says_no(answer) -> bool:
    """A refusal in words: on the page, or above the one it leads to."""
    said = list(get_messages(answer.wsgi_request))
    on_its_way = answer.status_code == 302 and bool(said) and all(each.level_tag != "success" for each in said)
    return on_its_way or answer.status_code == 409


@walk
@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("person", PEOPLE)
def test_forms_of_others_are_shut_and_change_nothing(person, world):
    """Those whom the table of pages does not let in, also by forms that name nothing."""
    client, before, wrong = world.client(person), state_of_the_house(), []
    for name, page in PAGES.items():
        if person in page.who or name not in OURS:
            continue
        answer = client.post(address_of(name, world), page.body)
        is_told = name in TOLD_NO.get(person, ())
        if not (says_no(answer) if is_told else outcome(answer) in SHUT):
            wrong.append((name, answer.status_code, outcome(answer)))
    assert not wrong, in_lines(wrong)
    assert state_of_the_house() == before


NO_ROWS = {"case", "consultant"}  # the people to choose from belong to no case


@walk
@pytest.mark.timeout(600)
def test_ones_own_case_leads_to_nobody_elses_row(world):
    """The second part of an address is looked for within the first: OpenEMR's and care's mistake."""
    grace, wrong = people.person("grace"), []
    own, client = Case.objects.get(patient=grace).pk, world.client("other_patient")
    mixed = {name: page for name, page in PAGES.items() if "case" in page.args and len(page.args) > 1}
    assert len(mixed) > 3
    for name, page in mixed.items():
        others = [key for key in page.args if key not in NO_ROWS and isinstance(world[key], uuid.UUID)]
        if not others or "other_patient" in page.who:
            continue
        address = reverse(name, args=[own if key == "case" else world[key] for key in page.args])
        for method in ("get", "post"):
            with transaction.atomic():
                answer = getattr(client, method)(address, page.body if method == "post" else {})
                transaction.set_rollback(True)
            if outcome(answer) not in SHUT:
                wrong.append((method, name, outcome(answer)))
    assert not wrong, in_lines(wrong)


@walk
@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("person", PEOPLE)
def test_parts_of_pages_are_guarded_like_pages(person, world):
    """What htmx asks for: to sign in it is sent off the panel, and a stranger's part is missing."""
    client, wrong = world.client(person), []
    for name, page in PAGES.items():
        if page.posts == "only" or not page.is_ours:
            continue
        answer, promised = ask(client, "get", name, world, headers={"HX-Request": "true"}), expected(name, person)
        got = "sign in" if LOGIN in answer.headers.get("HX-Redirect", "") else outcome(answer)
        if got != promised:
            wrong.append((name, got, promised))
    assert not wrong, in_lines(wrong)


ELSEWHERE = [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "\\\\elsewhere.example",
    "https:elsewhere.example", "javascript:alert(1)", " //elsewhere.example", "http://testserver@elsewhere.example/",
    "http://testserver.elsewhere.example/", "http://[::1", "///elsewhere.example", "/\t/elsewhere.example",
    "https://elsewhere.example\\@testserver/", "http://testserver//elsewhere.example/",
]  # fmt: skip
WAYS = ("next", "to", "back", "url", "return", "redirect")


def leads_elsewhere(answer) -> bool:
    for header in ("Location", "HX-Redirect", "HX-Location"):
        to = answer.headers.get(header, "")
        if urlsplit(to).netloc not in {"", "testserver"} or to.startswith(("//", "/\\", "javascript:")):
            return True
    return False


READ_A_WAY = [
    "account_login", "accounts:check", "accounts:zone", "reminders:rest", "reminders:done", "account_logout",
    "account_reauthenticate",
]  # fmt: skip


@walk
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "names", [pytest.param(READ_A_WAY, id="short"), pytest.param(None, id="all", marks=pytest.mark.full)]
)
def test_nothing_leads_to_another_site(names, world):
    client_of, wrong = functools.cache(world.client), []
    # All ways and headers at once; the long form takes one shape for each address.
    for number, name in enumerate(names or sorted(PAGES)):
        page = PAGES[name]
        client = client_of(page.owner or "anonymous")
        cookies = SimpleCookie(client.cookies)
        for shape in ELSEWHERE if names else [ELSEWHERE[number % len(ELSEWHERE)]]:
            query = body({way: [shape] for way in WAYS}).decode()
            headers = {"Referer": shape, "HX-Current-URL": shape}
            for method in ("get", "post"):
                with transaction.atomic():
                    content = body({way: [shape] for way in WAYS} | {key: [said] for key, said in page.body.items()})
                    answer = client.generic(
                        method.upper(), f"{address_of(name, world)}?{query}", content, FORM, headers=headers
                    )
                    transaction.set_rollback(True)
                client.cookies = SimpleCookie(cookies)
                if leads_elsewhere(answer):
                    wrong.append((method, name, shape, answer.headers.get("Location")))
    assert not wrong, in_lines(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ELSEWHERE)
def test_after_signing_in_nobody_is_sent_away(shape):
    people.person("rosa")
    answer = people.browser().post(
        LOGIN, {"login": "rosa@example.org", "password": people.PASSWORD, "next": shape}, headers={"Referer": shape}
    )
    assert answer.status_code == 302
    assert not leads_elsewhere(answer)


# What is for: a role, an address, the person's own, a death.
MAY_CHANGE_RIGHTS = {
    "accounts:change_person", "pages:fix_address", "pages:leaving", "case:invited", "accounts:invitation",
    "pages:farewell",
}  # fmt: skip


def rights() -> set[tuple]:
    """What each person is, and whose each case is."""
    of_people = User.objects.values_list("pk", "role", "can_sign_in", "password", "email")
    return {*of_people, *Case.objects.values_list("pk", "patient_id", "starter_id", "key_id")}


@walk
@pytest.mark.full
@pytest.mark.timeout(900)
def test_no_field_sets_what_a_form_does_not_show(site):
    """Each form as its page has it, filled in, with those that a row has: no role and no owner ever comes from them."""
    before, wrong, taken = rights(), [], []
    extra = dict.fromkeys(TAKEN, str(site.world["patient_pk"])) | {"role": "administrator", "can_sign_in": "on"}
    names = [name for name, page in PAGES.items() if page.posts and page.is_ours and name not in MAY_CHANGE_RIGHTS]
    for name in sorted(names):
        shown = {key: values if any(values) else ["1"] for key, values in site.forms.get(name, {}).items()}
        sent = {key: [value] for key, value in extra.items()} | shown
        sent |= {key: [value] for key, value in PAGES[name].body.items()}
        client = site.client(name)
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.generic("POST", address_of(name, site.world), body(sent), FORM)
            if answer.status_code in {204, 302} and not says_no(answer):
                taken.append(name)
            if lost := before - rights():
                wrong.append((name, lost))
            transaction.set_rollback(True)
        client.cookies = cookies
    assert not wrong, in_lines(wrong)
    assert len(taken) > 60, len(taken)  # a form that is refused for another reason shows nothing


CHECK = "/account/check/"
# What is promised, in the test's own words: what gives access away or copies a case may not fall out of the list.
GIVES_ACCESS_AWAY = {
    "account_email", "account_set_password", "account_change_password",  # how one signs in
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_generate_recovery_codes",
    "accounts:people", "accounts:invite", "accounts:change_person", "pages:leaving", "pages:rights",  # who works here
    "case:ask_helper", "case:ask_again", "case:helper", "case:prolong_helper", "pages:ask_helper",  # helpers
    "pages:helper_mandate", "pages:invite_address",
    "desk:send_page", "desk:open_again", "desk:new_letter", "desk:print_letter",  # an office's link and its code
    "desk:packet_pdf", "desk:packet_zip", "pages:archive", "pages:privacy_list", "pages:print_bundle",  # copies
    "records:export", "bookings:own_calendar", "bookings:company",
    "pages:urgent", "pages:way_back", "pages:fix_address", "pages:farewell", "pages:erase",  # another's account or case
}  # fmt: skip


def test_what_gives_access_away_is_on_the_list():
    assert sorted(GIVES_ACCESS_AWAY - middleware.SENSITIVE) == []
    assert sorted(GIVES_ACCESS_AWAY - PAGES.keys()) == []


ASKED_IN_SHORT = {
    "desk:send_page",
    "desk:packet_zip",
    "case:ask_helper",
    "case:helper",
    "case:prolong_helper",
    "desk:print_letter",
    "accounts:change_person",
    "account_email",
    "pages:fix_address",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ASKED_IN_SHORT else pytest.mark.full)
        for name in sorted(middleware.SENSITIVE)
    ],
)
def test_it_asks_after_ten_minutes_and_changes_nothing(name, world):
    owner = PAGES[name].owner
    client = world.client("unready" if name in middleware.ENROLMENT and owner == "patient" else owner)
    client.get("/account/check/")
    began = clock.now()
    with time_machine.travel(began + dt.timedelta(minutes=9), tick=False):
        for method in ("get", "post"):
            assert not ask(client, method, name, world).headers.get("Location", "").startswith(CHECK)
    with time_machine.travel(began + dt.timedelta(minutes=11), tick=False):
        for method in ("get", "head", "post"):
            assert ask(client, method, name, world).headers["Location"].startswith(CHECK)
            panel = ask(client, method, name, world, headers={"HX-Request": "true"})
            assert panel.headers["HX-Redirect"].startswith(CHECK)


def test_what_was_typed_survives_the_check(world):
    client, form = world.client("patient"), reverse("case:ask_helper", args=[world["case"]])
    client.get(form)
    name = drafts.named(people.person("rosa"), "ask-helper", world["case"])
    words = {"name": "Ben Adu", "email": "ben@example.org", "draft_of": name}
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11), tick=False):
        answer = client.post(form, words, headers={"referer": f"http://testserver{form}"})
        assert answer.headers["Location"] == f"{CHECK}?next={form.replace('/', '%2F')}"
        client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
        assert "Ben Adu" in client.get(form).content.decode()


def test_there_are_more_shapes_than_promised():
    assert len(VALUES) + len(BODIES) >= 38


@pytest.fixture
def site(world):
    site = Site(world)
    yield site
    site.close()


@walk
@pytest.mark.timeout(300)
def test_each_form_bears_one_shape(site):
    """The short form: another shape for each address."""
    wrong = []
    for name in POSTS:
        turn = zlib.crc32(name.encode())
        shapes = list(bodies(site.fields(name), turn))
        wrong += faults_of(site, name, [shapes[turn % len(shapes)]])
    assert not wrong, in_lines(wrong)


def test_the_walk_sees_a_crash(site, monkeypatch):
    """The twin: a view that breaks is found."""
    monkeypatch.setattr("portal.accounts.views.drafts.of_post", lambda post: 1 / 0)
    (found, *_rest) = faults_of(site, "accounts:draft", [("any", b"a=b", FORM)])
    assert found[2][0] == "ZeroDivisionError"
    assert reverse("accounts:draft", args=["x"])


# What opens without the light check: times of a call for a calendar, and the paper of who began for a patient.
NO_DOCUMENTS = {"bookings:calendar_file", "bookings:feed", "bookings:together_file", "pages:yes_on_paper"}
ADDING = {"documents:add", "documents:add_plan", "documents:add_record"}
NAME_OF_FILE = "Nameofafile"


@pytest.fixture
def named_files(world):
    """Every file has a name that is found again on a page; a message names one."""
    case, rosa = Case.objects.get(pk=world["case"]), Actor.person(people.person("rosa"))
    threads.send(case, "Here it is.", files=[world["document"]], by=rosa)
    for document in filter(lambda each: each.title, Document.objects.all()):
        document.title = f"{NAME_OF_FILE} title"
        document.save(update_fields=["title"])
    for version in filter(lambda each: each.name, Version.objects.all()):
        version.name = f"{NAME_OF_FILE}.pdf"
        version.save(update_fields=["name"])


def days_later(client) -> None:
    """The same browser in a session that is kept, long after the last check."""
    session = client.session
    session.update({sessions.KEPT: True, sessions.CHECKED: 0})
    session.save()


@walk
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "person",
    ["patient", *(pytest.param(each, marks=pytest.mark.full) for each in ("helper", "dates_only", "starter"))],
)
def test_a_kept_session_opens_no_document_and_names_none_before_the_check(person, world, named_files):
    client, wrong = world.client(person), []
    days_later(client)
    for name, page in PAGES.items():
        if person not in page.who or page.posts == "only":
            continue
        for headers in ({}, {"HX-Request": "true"}):
            answer = ask(client, "get", name, world, headers=headers)
            to = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
            is_asked = to.startswith(CHECK)
            if page.is_file and name not in NO_DOCUMENTS and not is_asked:
                wrong.append((name, "a file", answer.status_code))
            # What somebody is putting in right now is listed all the same, where the page asks for it by itself.
            is_adding = name in ADDING and headers
            if not answer.streaming and not is_adding and NAME_OF_FILE.encode() in answer.content:
                wrong.append((name, "a name", answer.status_code))
    assert not wrong, in_lines(wrong)
