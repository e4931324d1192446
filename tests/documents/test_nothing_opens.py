"""Every state × every address × everyone of the case, and what changes while a file is being opened."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.urls import reverse

from cases.documents import actions, erasing
from cases.documents.models import PageImage, Version
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from portal.vault import files as vault
from tests import people, plan_files
from tests.at_once.rivals import at_once
from tests.documents.files import read

TOLD = clock.real_now()
full = pytest.mark.full
KINDS = ["copy", "sent", "page", "small"]
PEOPLE = ("rosa", "joanne", "theo")
STATES = {
    "received": {"state": "received"},
    "checking": {"state": "checking", "claimed_at": TOLD},
    "unscanned": {"state": "unscanned"},
    "locked": {"state": "locked"},
    "refused": {"state": "refused", "reason": "virus", "original": None, "file": None},
    "taken back": {"withdrawn_at": TOLD},
}
ASKED = [
    {},
    {"Range": "bytes=0-9"},
    {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"},
    {"If-None-Match": "*"},
    {"HX-Request": "true"},
]


def holding_files(version):
    """Each address of a version under which bytes of it leave."""
    file, page = reverse("documents:file", args=[version.pk]), version.page_images.get()
    return [file, f"{file}?as=sent", page.get_absolute_url(), page.small_url]


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.parametrize("state", ["received", *(pytest.param(state, marks=full) for state in [*STATES][1:])])
def test_what_is_not_ready_opens_at_no_address_for_nobody(case, state):
    """Its pages are still there, as they are for a moment when a check begins anew."""
    version = read(case, "photo.jpg", plan_files.photo())
    places, page = holding_files(version), version.document.get_absolute_url()
    changes = STATES[state] | ({"withdrawn_by": case.patient} if state == "taken back" else {})
    Version.objects.filter(pk=version.pk).update(**changes)
    for key in PEOPLE:
        browser = people.browser(people.person(key))
        for place in places:
            for headers in ASKED:
                assert browser.get(place, headers=headers).status_code == 404, (key, place, headers)
            assert browser.head(place).status_code == 404
            assert browser.post(place).status_code in {404, 405}
        shown = browser.get(page).content.decode()
        assert not any(place in shown for place in [*places, *map(str, PageImage.objects.values_list("pk", flat=True))])
    assert not Event.objects.filter(verb__in=["document.opened", "document.downloaded"]).exists()


@contextmanager
def while_it_is_noted(what):
    """Do this, on a connection of its own, once a look is on record and before its bytes are read."""
    done = []

    def do():
        (outcome,) = at_once(what)
        assert outcome.error is None

    def noted(execute, sql, params, many, context):
        outcome = execute(sql, params, many, context)
        said = {str(part) for part in params or ()}
        if not done and "history_" in sql and said & {"document.opened", "document.downloaded"} and not is_read(sql):
            done.append(True)
            transaction.on_commit(do)
        return outcome

    with connection.execute_wrapper(noted):
        yield
    assert done


def is_read(sql):
    return sql.startswith("SELECT") and "history_note_once" not in sql


def erase(version):
    actions.withdraw(version.document, by=Actor.person(version.case.patient))
    assert erasing.erase_versions(erasing.taken_back(clock.now() + dt.timedelta(days=31))) == 1


def destroy_key(version):
    vault.erase(version.case.key)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [erase, destroy_key])
@pytest.mark.parametrize("which", [0, *(pytest.param(n, marks=full) for n in (1, 2, 3))], ids=KINDS)
def test_file_that_goes_for_good_while_it_is_opened_is_not_found(case, rosa, what, which):
    version = read(case)
    place = holding_files(version)[which]
    with while_it_is_noted(lambda: what(version)):
        assert rosa.get(place).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_bytes_that_are_lost_are_a_fault_and_no_missing_page(case, rosa):
    version = read(case)
    rosa.raise_request_exception = False
    with while_it_is_noted(lambda: vault.discard(version.file)):
        assert rosa.get(holding_files(version)[0]).status_code == 500


@pytest.mark.django_db(transaction=True)
def test_nobody_opens_a_file_once_it_was_taken_back_in_another_process(case):
    version = read(case)
    places = holding_files(version)
    taken_back = []

    def open_all():
        browser, found = people.browser(case.patient), []
        while not found or not found[-1][0]:
            was_taken_back = bool(taken_back)
            found += [(was_taken_back, browser.get(place).status_code) for place in places]
        return found

    def take_back():
        actions.withdraw(version.document, by=Actor.person(case.patient))
        taken_back.append(True)

    outcomes = at_once(open_all, open_all, take_back)
    assert [outcome.error for outcome in outcomes] == [None] * 3
    for was_taken_back, status in outcomes[0].result + outcomes[1].result:
        assert status == 404 if was_taken_back else status in {200, 404}
