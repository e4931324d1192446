"""Photos joined, taken back and renewed at the same moment: one speaks after the other, no photo is left behind."""

import threading
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from django.db import IntegrityError

from cases.documents import actions
from cases.documents.joining import actions as joining
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Version
from cases.documents.worker import checking
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories
from tests.at_once.rivals import at_once
from tests.documents.files import added, upload
from tests.documents.test_joining import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


@pytest.fixture
def case():
    return factories.open_case()


def sent(case, count=3):
    return [added(case, f"IMG_{number}.jpg", photo(number)).document_id for number in range(count)]


def whole():
    """Pages are numbered from 1 without a gap, and the newest version is of just these pages."""
    for joined in Document.objects.filter(joined_pages__number=1):
        pages = list(joined.joined_pages.values_list("number", "photo"))
        assert [number for number, _photo in pages] == list(range(1, len(pages) + 1))
        assert joined.versions.order_by("-number").first().made_of == [photo for _number, photo in pages]


def errors(outcomes):
    assert all(outcome.error is None or isinstance(outcome.error, Refused) for outcome in outcomes), outcomes
    return sum(outcome.error is not None for outcome in outcomes)


@pytest.mark.full
def test_two_presses_of_join_make_one_document(case):
    wanted, by = sent(case), Actor.person(case.patient)
    with window_held_open(4):
        outcomes = at_once(*[partial(joining.join, case, wanted, by=by)] * 4)
    assert errors(outcomes) == 0
    assert len({outcome.result.pk for outcome in outcomes}) == 1
    assert (JoinedPage.objects.count(), Version.objects.exclude(made_of=[]).count()) == (3, 1)
    whole()


@contextmanager
def window_held_open(rivals, seconds=0.5):
    """Between "are these photos free" and "take them", wait for the others as long as the guard lets them come."""
    meet, choose = threading.Barrier(rivals), joining._chosen

    def choose_then_wait(*args, **more):
        rows = choose(*args, **more)
        with suppress(threading.BrokenBarrierError):
            meet.wait(seconds)
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "_chosen", choose_then_wait)
        yield patch


@pytest.mark.full
def test_without_the_lock_a_second_press_breaks_and_the_database_keeps_the_photos_in_one_document(case):
    wanted, by = sent(case), Actor.person(case.patient)
    with window_held_open(2, seconds=10) as patch:
        patch.setattr(joining, "hold_papers", lambda case_id: None)
        outcomes = at_once(*[partial(joining.join, case, wanted, by=by)] * 2)
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [IntegrityError]
    assert JoinedPage.objects.count() == 3


@pytest.mark.full
def test_joining_and_taking_back_leave_no_photo_that_was_taken_back(case):
    wanted, by = sent(case), Actor.person(case.patient)
    first = Document.objects.get(pk=wanted[0])
    outcomes = at_once(partial(joining.join, case, wanted, by=by), partial(actions.withdraw, first, by=by))
    errors(outcomes)
    assert not JoinedPage.objects.filter(photo=first).exists()
    assert not Version.objects.live().filter(made_of__contains=[first.pk]).exists()
    whole()


@pytest.mark.full
def test_presses_on_pages_and_a_newer_photo_follow_each_other(case):
    wanted, by = sent(case), Actor.person(case.patient)
    joined = joining.join(case, wanted, by=by)
    first = Document.objects.get(pk=wanted[0])
    newer = upload("again.jpg", photo(4))
    outcomes = at_once(
        partial(joining.move, joined, wanted[0], 1, by=by),
        partial(joining.move, joined, wanted[2], -1, by=by),
        partial(joining.turn, joined, wanted[1], by=by),
        partial(joining.take_out, joined, wanted[1], by=by),
        partial(actions.add_version, first, newer, by=by),
    )
    assert errors(outcomes) == 0
    whole()


@pytest.mark.full
def test_file_taken_back_while_the_worker_makes_it_is_nobodys_to_read(case):
    by = Actor.person(case.patient)
    joined = joining.join(case, sent(case, 2), by=by)
    checking.check_waiting()
    version = joined.versions.get()
    outcomes = at_once(partial(checking.check, version.pk), partial(actions.withdraw, joined, by=by))
    assert errors(outcomes) == 0
    assert not Version.objects.ready().exists()
    actions.restore(joined, by=by)
    Version.objects.filter(state="received").update(due_at=clock.now())
    checking.check_waiting()
    assert Version.objects.ready().filter(document=joined).count() == 1
