"""One version of a file is taken back by itself, and put back; the others stay."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.documents import actions, erasing, plans, versions
from cases.documents.models import Document, Guess, Version
from cases.documents.worker import checking
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import people, plan_files
from tests.documents.files import read, upload
from tests.documents.test_joining import joined_of, order, photo, shades, work

pytestmark = pytest.mark.django_db


def by(key="rosa"):
    return Actor.person(people.person(key))


def newer(document, *, key="rosa", name="neighbors.pdf", pages=2):
    """A newer version that can be read."""
    version = actions.add_version(document, upload(name, plan_files.pdf(pages=pages)), by=by(key))
    checking.check(version.pk)
    version.refresh_from_db()
    assert version.is_ready
    return version


def take_back(browser, version):
    return browser.post(reverse("documents:take_version_back", args=[version.pk]), follow=True).content.decode()


def put_back(browser, version):
    return browser.post(reverse("documents:put_version_back", args=[version.pk]), follow=True).content.decode()


@pytest.mark.full
def test_wrong_newer_version_is_taken_back_and_put_back_on_the_files_page(case, rosa):
    first = read(case)
    second = newer(first.document)
    page = rosa.get(first.document.get_absolute_url()).content.decode()
    assert reverse("documents:take_version_back", args=[second.pk]) in page
    page = take_back(rosa, second)
    assert "This version is taken back." in page
    assert "You took it back on" in page
    assert plans.plan_files(case) == [first]
    assert rosa.get(reverse("documents:file", args=[second.pk])).status_code == 404
    assert rosa.get(f"{first.document.get_absolute_url()}?version=2").status_code == 200
    page = put_back(rosa, second)
    assert "This version is back." in page
    assert plans.plan_files(case) == [second]
    told = Event.objects.filter(about_id=str(second.pk), verb__startswith="document.version_")
    assert sorted(told.values_list("verb", flat=True)) == ["document.version_restored", "document.version_withdrawn"]


def test_who_may_not_is_not_told_that_it_was_done(case):
    first = read(case)
    second = newer(first.document)
    for put in (
        lambda: versions.put_back(second, by=by("theo")),
        lambda: actions.restore(first.document, by=by("theo")),
    ):
        with pytest.raises(Refused, match="Only the patient"):
            put()
    versions.take_back(second, by=by())
    with pytest.raises(Refused, match="Only the patient"):
        versions.take_back(second, by=by("theo"))


@pytest.mark.full
def test_pressed_twice_is_once(case, rosa):
    second = newer(read(case).document)
    for _press in range(2):
        take_back(rosa, second)
    assert Event.objects.filter(verb="document.version_withdrawn").count() == 1
    for _press in range(2):
        put_back(rosa, second)
    assert Event.objects.filter(verb="document.version_restored").count() == 1


def test_last_version_is_taken_back_with_its_file_only(case, rosa):
    first = read(case)
    assert "take-back" not in rosa.get(first.document.get_absolute_url()).content.decode()
    second = newer(first.document)
    versions.take_back(first, by=by())
    with pytest.raises(Refused, match="This is the only version"):
        versions.take_back(second, by=by())
    actions.withdraw(first.document, by=by())
    with pytest.raises(Refused, match="This file was taken back"):
        versions.put_back(first, by=by())
    actions.restore(Document.objects.get(), by=by())
    assert [version.number for version in Version.objects.live()] == [2]


@pytest.mark.full
def test_coordinator_takes_back_only_the_version_that_they_sent(case):
    first = read(case)
    theirs = newer(first.document, key="theo")
    hers = newer(first.document, pages=3)
    theo = people.browser(people.person("theo"))
    assert "Only the patient, or the person who added this version" in take_back(theo, hers)
    assert "This version is taken back." in take_back(theo, theirs)
    versions.put_back(theirs, by=by())
    versions.take_back(theirs, by=by())
    assert "Only the patient, or the person who took this file back" in put_back(theo, theirs)
    assert [version.number for version in Version.objects.live().order_by("number")] == [1, 3]


@pytest.mark.parametrize("key", ["joanne", "grace"])
def test_others_take_no_version_back(case, key):
    second = newer(read(case).document)
    people.browser(people.person(key)).post(reverse("documents:take_version_back", args=[second.pk]))
    second.refresh_from_db()
    assert second.withdrawn_at is None


def test_name_of_a_version_taken_back_is_told_to_nobody_else(case):
    second = newer(read(case).document)
    versions.take_back(second, by=by())
    theo = people.browser(people.person("theo"))
    for page in (reverse("documents:list", args=[case.pk]), second.get_absolute_url()):
        assert "neighbors.pdf" not in theo.get(page).content.decode()
    assert not Guess.objects.filter(version_number=second.number).exists()


def test_version_taken_back_is_erased_after_30_days_alone(case):
    first = read(case)
    second = newer(first.document)
    versions.take_back(second, by=by())
    Version.objects.filter(pk=second.pk).update(withdrawn_at=clock.now() - dt.timedelta(days=31))
    with pytest.raises(Refused, match="gone for good"):
        versions.put_back(second, by=by())
    assert erasing.erase_versions(erasing.taken_back(clock.now())) == 1
    assert Version.objects.get() == first


@pytest.mark.full
def test_same_file_added_since_is_not_put_back_beside_it(case):
    second = newer(read(case).document)
    versions.take_back(second, by=by())
    newer(Document.objects.get())
    with pytest.raises(Refused, match="here already"):
        versions.put_back(second, by=by())


@pytest.mark.full
def test_letter_shows_the_photo_before_the_one_that_was_taken_back(case, rosa):
    joined = joined_of(case)
    first = order(joined)[0]
    before = shades(joined)
    retake = actions.add_version(Document.objects.get(pk=first), upload("again.jpg", photo(4)), by=by())
    work()
    work()
    assert shades(joined) != before
    versions.take_back(retake, by=by())
    assert not Version.objects.ready().filter(document=joined).exists()
    work()
    assert shades(joined) == before
    assert "again.jpg" not in rosa.get(reverse("documents:arrange", args=[joined.pk])).content.decode()
    made = joined.versions.order_by("-number").first()
    with pytest.raises(Refused, match="Change the pages of this letter"):
        versions.take_back(made, by=by())
