"""What is taken back or hidden of joined photos reaches the other side: no copy shows it, not even an older one."""

import pytest

from cases.documents import actions, plans
from cases.documents.joining import actions as joining
from cases.documents.models import Document, Version
from portal.errors import Refused
from tests import people
from tests.documents.test_joining import by, joined_of, order, photos, shades, work

pytestmark = pytest.mark.django_db


@pytest.mark.full
def test_photo_taken_back_is_in_no_copy_any_more(case):
    joined = joined_of(case)
    first, second, third = order(joined)
    actions.withdraw(Document.objects.get(pk=second), by=by())
    assert not Version.objects.ready().filter(document=joined).exists()
    work()
    assert order(joined) == [first, third]
    assert [shade for shade, _turn in shades(joined)] == [0, 2]
    actions.withdraw(Document.objects.get(pk=first), by=by())  # one page alone is no joined document
    assert [plan.document_id for plan in plans.plan_files(case)] == [third]


def test_taking_the_document_back_takes_its_photos_along_and_restoring_too(case):
    joined = joined_of(case)
    actions.withdraw(joined, by=by())
    assert not Document.objects.here().filter(case=case).exists()
    actions.restore(joined, by=by())
    assert Document.objects.here().filter(case=case).count() == 4
    assert [plan.document_id for plan in plans.plan_files(case)] == [joined.pk]


def test_photo_comes_back_with_the_document_it_went_with(case):
    joined = joined_of(case)
    actions.withdraw(joined, by=by())
    with pytest.raises(Refused):
        actions.restore(Document.objects.get(pk=order(joined)[0]), by=by())
    assert not Document.objects.here().filter(case=case).exists()


@pytest.mark.full
def test_document_and_photos_are_hidden_together(case):
    joined = joined_of(case)
    actions.mark_only_me(Document.objects.get(pk=order(joined)[0]), by=by())
    assert set(Document.objects.values_list("only_me", flat=True)) == {True}
    actions.mark_only_me(joined, False, by=by())
    assert set(Document.objects.values_list("only_me", flat=True)) == {False}
    hidden, *rest = photos(case, 2, start=3)
    actions.mark_only_me(Document.objects.get(pk=hidden), by=by())
    assert joining.join(case, [hidden, *rest], by=by()).only_me


def readable(key, joined):
    """The numbers of the versions that this person can open."""
    versions = Version.objects.visible_to(people.person(key)).ready().filter(document=joined)
    return sorted(versions.values_list("number", flat=True))


@pytest.mark.parametrize("before", [False, True])
def test_hidden_photo_is_in_no_older_copy_that_others_read(case, before):
    joined = joined_of(case)
    second = Document.objects.get(pk=order(joined)[1])
    actions.mark_only_me(joined, before, by=by())
    joining.take_out(joined, second.pk, by=by())
    actions.mark_only_me(joined, False, by=by())
    actions.mark_only_me(second, by=by())
    work()
    assert readable("joanne", joined) == readable("rosa", joined) == [2]
    assert [shade for shade, _turn in shades(joined)] == [0, 2]


@pytest.mark.full
def test_restored_document_shows_no_photo_that_was_hidden_or_taken_back_since(case):
    joined = joined_of(case, 4)
    _first, second, third, _fourth = (Document.objects.get(pk=pk) for pk in order(joined))
    joining.take_out(joined, second.pk, by=by())
    work()
    joining.take_out(joined, third.pk, by=by())
    work()
    actions.withdraw(joined, by=by())
    actions.mark_only_me(second, by=by())
    actions.withdraw(third, by=by())
    actions.restore(joined, by=by())
    assert readable("joanne", joined) == readable("rosa", joined) == [3]
