"""A wish to erase that was asked, or taken back, after an archive was made outlives the archive's coming back."""

import datetime as dt

import pytest

from cases.case.erasure import outside
from cases.case.erasure.rules import WAITS
from cases.case.models import Case, ErasureWish
from cases.documents import asked_erasing
from portal import clock, retention
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import erasing_actions as actions
from portal.pages import wished_again
from portal.vault import erasures
from tests import factories, people
from tests.pages.test_erasing import before_the_wish
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HISTORY_FOLDER, settings.DOCUMENTS_FOLDER = tmp_path / "history", tmp_path / "documents"


@pytest.fixture
def case():
    return factories.open_case()


@pytest.fixture
def does(django_capture_on_commit_callbacks):
    """Does something, with all that comes after its commit."""

    def did(what):
        with django_capture_on_commit_callbacks(execute=True):
            return what()

    return did


def after(case):
    return Case.objects.select_related("key").get(pk=case.pk)


def test_a_wish_that_came_after_the_archive_waits_again(case, does):
    bring_back = before_the_wish(case)
    wish = does(lambda: actions.ask(case, by=actor("rosa")))
    bring_back()
    assert after(case).state == Case.State.OPEN
    assert wished_again.run() == (0, 1)
    assert wished_again.run() == (0, 0)
    again = ErasureWish.objects.get()
    assert (again.pk, again.asked_by) == (wish.pk, case.patient)
    assert (again.asked_at, again.due_at) == (wish.asked_at, wish.due_at)
    assert after(case).state == Case.State.CLOSED
    assert Event.objects.filter(verb="erasure.kept", patient=case.patient_id).count() == 1
    with clock.lived_at(clock.now() + WAITS + AN_HOUR):
        assert asked_erasing.erase_due(clock.now()) == 1


def test_one_whose_day_passed_meanwhile_can_still_be_taken_back_for_a_day(case, does):
    bring_back = before_the_wish(case)
    does(lambda: actions.ask(case, by=actor("rosa")))
    with clock.lived_at(clock.now() + WAITS + AN_HOUR):
        bring_back()
        retention.night(clock.now())
        assert after(case).key.destroyed_at is None
        assert ErasureWish.objects.get().due_at - clock.now() > AN_HOUR * 23
        actions.take_back(after(case), by=actor("rosa"))
    assert after(case).state == Case.State.OPEN


def still_open(wish):
    """As an archive from before it was taken back holds it."""

    def bring_back(case):
        ErasureWish.objects.filter(pk=wish.pk).update(taken_back_at=None, taken_back_by=None)
        Case.objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now(), closed_why="asked")

    return bring_back


def test_one_taken_back_after_the_archive_erases_nothing(case, does):
    wish = does(lambda: actions.ask(case, by=actor("rosa")))
    does(lambda: actions.take_back(case, by=actor("rosa")))
    with clock.lived_at(clock.now() + WAITS + AN_HOUR):
        still_open(wish)(case)
        assert asked_erasing.erase_due(clock.now()) == 0
        assert wished_again.run() == (1, 0)
        assert wished_again.run() == (0, 0)
    assert after(case).state == Case.State.OPEN
    assert ErasureWish.objects.get().taken_back_by == case.patient


def test_taken_back_and_asked_once_more_it_waits(case, does):
    first = does(lambda: actions.ask(case, by=actor("rosa")))
    does(lambda: actions.take_back(case, by=actor("rosa")))
    second = does(lambda: actions.ask(after(case), by=actor("rosa")))
    second_pk = second.pk
    second.delete()
    still_open(first)(case)
    assert wished_again.run() == (1, 1)
    assert ErasureWish.objects.open().get().pk == second_pk
    assert after(case).state == Case.State.CLOSED


def test_what_is_erased_is_wished_by_nobody_any_more(case, does):
    does(lambda: actions.ask(case, by=actor("rosa")))
    with clock.lived_at(clock.now() + WAITS + AN_HOUR):
        does(lambda: asked_erasing.erase_due(clock.now()))
        ErasureWish.objects.all().delete()
        assert wished_again.run() == (0, 0)
    assert not ErasureWish.objects.exists()


def test_the_night_lists_what_a_death_left_out(case):
    actions.ask(case, by=actor("rosa"))  # nothing of after the commit ran
    assert outside.asked() == []
    retention.night(clock.now())
    assert [each.case for each in outside.asked()] == [case.pk]
    assert outside.keep() == 0


def test_half_a_wish_is_none_and_the_list_holds_ids_and_times_alone(case, does):
    does(lambda: actions.ask(case, by=actor("rosa")))
    (said,) = erasures.path().read_text().split()
    assert case.patient.name.split()[0] not in said
    erasures.path().write_text(said[:-1])
    assert outside.asked() == []
    assert erasures.listed() == set()
    assert outside.keep() == 1
    assert len(outside.asked()) == 1


def test_one_that_cannot_be_kept_keeps_no_other(case, does, monkeypatch):
    other = factories.open_case(patient=people.person("grace"))
    bring_back = [before_the_wish(each) for each in (case, other)]
    for each in (case, other):
        does(lambda each=each: actions.ask(each, by=Actor.person(each.patient)))
    for back in bring_back:
        back()
    close = wished_again.closing.close_at_once
    broken = iter([True, False])

    def breaks(*args, **more):
        if next(broken):
            raise Refused("no")
        close(*args, **more)

    monkeypatch.setattr(wished_again.closing, "close_at_once", breaks)
    with pytest.raises(Refused):
        wished_again.run()
    assert ErasureWish.objects.open().count() == 1
