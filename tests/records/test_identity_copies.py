"""A copy of the patient's ID for one office: who puts it in, what follows, and that it goes."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.case.models import Case
from cases.documents.models import Document, PageImage
from cases.records import actions
from cases.records.models import IdentityCopy
from cases.records.wants import checking, copies
from portal import clock, retention
from portal.errors import Refused
from portal.history.models import Event
from portal.vault import store
from portal.vault.models import StoredFile
from tests import people, plan_files
from tests.documents.conftest import folder
from tests.records.builders import actor, booked_visit, item, on_november_5
from tests.records.want_builders import added, put_in

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november_5(folder):
    with on_november_5() as traveller:
        yield traveller


@pytest.fixture
def slides():
    return item(booked_visit(), "slides")


def wants_id(thing):
    return actions.tell(thing, "needs_you", need="identity", reason="Copy of ID", by=actor("theo"))


def tonight():
    """How many of them the nightly task erases."""
    rule = next(rule for rule in retention.RULES if rule.code == "identity_copies")
    return rule.erase(clock.now())


def test_what_waits_for_a_copy_can_be_asked_for_once_it_is_checked(slides):
    wants_id(slides)
    copy = added(slides)
    assert item(slides.visit, "slides").state == "needs_you"
    checking.check(copy.pk)
    copy.refresh_from_db()
    assert (copy.state, copy.original, copy.pages) == ("ready", None, 1)
    now = item(slides.visit, "slides")
    assert (now.state, now.need) == ("needed", "")
    verbs = Event.objects.filter(about_id__in=[str(copy.pk), str(now.pk)]).values_list("verb", flat=True)
    assert {"identity.added", "identity.ready", "item.given"} <= set(verbs)


def test_a_copy_is_no_file_of_the_case_and_nothing_in_it_is_read(slides):
    put_in(slides)
    assert not Document.objects.exists()
    assert not PageImage.objects.exists()
    assert StoredFile.objects.count() == 1  # the clean copy; what was put in is gone


def test_another_one_takes_the_place_of_the_first_which_is_erased(slides):
    first = put_in(slides)
    second = put_in(slides, by="theo", name="id.pdf", content=plan_files.pdf(pages=2))
    first.refresh_from_db()
    assert (first.state, first.file, second.state) == ("erased", None, "ready")
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("who", ["ama", "joanne"])
def test_nobody_else_puts_one_in_or_sees_it(slides, who):
    slides.visit.case.starter = people.person("ama")
    slides.visit.case.save(update_fields=["starter"])
    copy = put_in(slides)
    with pytest.raises(Refused):
        added(slides, by=who)
    assert not IdentityCopy.objects.visible_to(people.person(who)).exists()
    assert copy in IdentityCopy.objects.visible_to(people.person("rosa"))


def test_hostile_and_long_files_are_refused_and_leave_nothing(slides):
    wants_id(slides)
    with pytest.raises(Refused, match="didn’t pass our safety check"):
        added(slides, name="id.pdf", content=b"MZ" + b"\0" * 200)
    with pytest.raises(Refused, match="PDF, a TIFF or a photo"):
        added(slides, name="id.txt", content=b"Rosa Delgado, born 1961")
    copy = put_in(slides, name="id.pdf", content=plan_files.pdf(pages=5))
    assert (copy.state, copy.reason) == ("refused", "too_long")
    assert not StoredFile.objects.exists()
    assert item(slides.visit, "slides").state == "needs_you"


def test_a_copy_that_was_erased_while_it_was_checked_stays_erased(slides, monkeypatch):
    wants_id(slides)
    copy = added(slides)
    claimed = checking.claim(copy.pk)
    copies.erase_copy(copy, by=actor("rosa"))
    checking.put_off(claimed)
    copy.refresh_from_db()
    assert copy.state == "erased"
    assert copies.erase_copy(copy, by=actor("rosa")).erased_by == people.person("rosa")
    assert item(slides.visit, "slides").state == "needs_you"


def test_only_one_of_two_workers_checks_it_and_a_dead_one_gives_it_up(slides, november_5):
    copy = added(slides)
    assert checking.claim(copy.pk)
    assert checking.claim(copy.pk) is None
    november_5.shift(timedelta(minutes=4))
    checking.check_waiting()
    copy.refresh_from_db()
    assert copy.state == "ready"


def test_a_store_that_is_away_says_nothing_about_the_copy(slides, monkeypatch, november_5):
    copy = added(slides)

    def away(*_said):
        raise store.Away

    with monkeypatch.context() as patch:
        patch.setattr(checking.files, "lay_out", away)
        checking.check(copy.pk)
    copy.refresh_from_db()
    assert (copy.state, copy.tries) == ("received", 0)
    november_5.shift(timedelta(minutes=2))
    checking.check_waiting()
    copy.refresh_from_db()
    assert copy.state == "ready"


def test_it_is_erased_the_day_after_the_visit_and_not_before(slides, november_5):
    copy, visit = put_in(slides), slides.visit
    november_5.move_to("2026-11-25T04:30:00Z")  # still the visit's day, where it is
    assert tonight() == 0
    november_5.move_to("2026-11-25T05:30:00Z")
    assert tonight() == 1
    assert tonight() == 0
    copy.refresh_from_db()
    assert (copy.state, copy.erased_by) == ("erased", None)
    assert not StoredFile.objects.exists()
    with pytest.raises(Refused, match="The visit is over"):
        added(item(visit, "slides"))


@pytest.mark.parametrize("over", ["cancelled", "closed", "without_a_day"])
def test_it_is_erased_when_there_is_no_visit_to_wait_for(slides, november_5, over):
    copy, visit = put_in(slides), slides.visit
    if over == "cancelled":
        actions.cancel_visit(visit, by=actor("rosa"))
    elif over == "closed":
        Case.objects.filter(pk=visit.case_id).update(state=Case.State.CLOSED, closed_at=clock.now())
    else:
        type(visit).objects.filter(pk=visit.pk).update(state="planned", on_date=None, at_time=None)
        assert tonight() == 0
        november_5.shift(timedelta(days=30))
    tonight()
    copy.refresh_from_db()
    assert copy.state == "erased"


def test_a_visit_that_was_moved_keeps_it(slides, november_5):
    copy, visit = put_in(slides), slides.visit
    actions.move_visit(visit, on=visit.on_date + timedelta(days=14), at=visit.at_time, by=actor("rosa"))
    november_5.move_to("2026-11-30T15:00:00Z")
    tonight()
    copy.refresh_from_db()
    assert copy.state == "ready"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"state": "ready"},
        {"state": "refused", "original": None},
        {"state": "erased", "original": None},
        {"claimed_at": "2026-11-05T15:00:00Z"},
        {"erased_at": "2026-11-05T15:00:00Z"},
    ],
)
def test_the_database_refuses_what_cannot_be(slides, wrong):
    copy = added(slides)
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityCopy.objects.filter(pk=copy.pk).update(**wrong)


def test_the_database_keeps_one_for_an_office(slides):
    copy = put_in(slides)
    copy.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
