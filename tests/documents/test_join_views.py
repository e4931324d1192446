"""Joining photos as people do it: the question at the list, the page of the pages, and nobody else's hands on it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from cases.documents import actions, erasing, lists, rules
from cases.documents.describing import actions as describing
from cases.documents.joining import actions as joining
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document
from cases.documents.search import case_search as search
from portal import clock
from portal.actors import Actor
from portal.history.models import Event
from tests import factories, people
from tests.documents.files import added, upload
from tests.documents.test_joining import photo, photos, work

pytestmark = pytest.mark.django_db
NOWHERE = "de425d55-6da9-41e0-9f3f-f98900428201"


def order(joined):
    return list(joined.joined_pages.values_list("photo", flat=True))


def sent(case, count=3):
    """Photos as they are right after sending."""
    return [added(case, f"IMG_{number}.jpg", photo(number)).document_id for number in range(count)]


@pytest.fixture
def joined(case):
    return joining.join(case, sent(case), by=Actor.person(case.patient))


def press(browser, joined, do, **more):
    return browser.post(reverse("documents:arrange", args=[joined.pk]), {"do": do, **more}, follow=True)


def test_list_asks_whether_photos_are_one_letter(rosa, case):
    address = reverse("documents:add_plan", args=[case.pk])
    sent(case, 1)
    assert "join-offer" not in rosa.get(address).content.decode()
    added(case, "IMG_2.jpg", photo(2))
    page = rosa.get(address).content.decode()
    assert "Are these 2 photos pages of one letter?" in page
    pages = list(Document.objects.order_by("put_in_at").values_list("pk", flat=True))
    answer = rosa.post(reverse("documents:join", args=[case.pk]), {"photo": pages}, follow=True)
    assert "Pages of your file" in answer.content.decode()
    assert order(Document.objects.get(joined_pages__number=1)) == pages
    assert "join-offer" not in rosa.get(address).content.decode()


def test_photos_kept_apart_are_not_asked_about_again_and_can_still_be_joined(rosa, case):
    pages = sent(case, 2)
    address, join = reverse("documents:add_plan", args=[case.pk]), reverse("documents:join", args=[case.pk])
    answer = rosa.post(join, {"photo": pages, "apart": "1"}, follow=True)
    assert "Each photo stays a file of its own." in answer.content.decode()
    rosa.post(join, {"photo": [*pages, NOWHERE], "apart": "1"})
    assert Event.objects.filter(verb="document.kept_apart").count() == 2
    assert "join-offer" not in rosa.get(address).content.decode()
    added(case, "IMG_9.jpg", photo(9))
    assert "join-offer" not in rosa.get(address).content.decode()
    assert " checked" not in rosa.get(join).content.decode().split("Which photos?")[1].split(str(pages[1]))[0]
    assert joining.join(case, pages, by=Actor.person(case.patient)).joined_pages.count() == 2


def test_offer_is_of_photos_of_late_that_the_team_may_see(rosa, case):
    hidden, old, *rest = sent(case, 4)
    Document.objects.filter(pk=old).update(put_in_at=clock.now() - rules.LATELY)
    actions.mark_only_me(Document.objects.get(pk=hidden), by=Actor.person(case.patient))
    offer = rosa.get(reverse("documents:add_plan", args=[case.pk])).content.decode().split('id="join-offer"')[1]
    offered = re.findall(r'name="photo" value="([^"]+)"', offer.split("</form>")[0])
    assert set(offered) == {str(pk) for pk in rest}
    page = rosa.get(reverse("documents:join", args=[case.pk])).content.decode()
    assert str(hidden) not in re.findall(r'value="([^"]+)" checked', page)


def test_hidden_photo_is_told_before_and_after_it_hides_the_others(rosa, case, joined):
    hidden, other = [added(case, f"IMG_{number}.jpg", photo(number)).document_id for number in (3, 4)]
    said = "With a photo marked “only me”, the whole file is “only me”."
    arrange, join = reverse("documents:arrange", args=[joined.pk]), reverse("documents:join", args=[case.pk])
    assert said not in rosa.get(arrange).content.decode() + rosa.get(join).content.decode()
    actions.mark_only_me(Document.objects.get(pk=hidden), by=Actor.person(case.patient))
    for address in (arrange, join):
        page = rosa.get(address).content.decode()
        assert said in page
        assert page.split(str(hidden))[-1].split("</label>")[0].count("Only me") == 1
    told = "One of these photos was “only me”, so this whole file is now."
    assert told not in press(rosa, joined, "add", photo=[other]).content.decode()
    assert told in press(rosa, joined, "add", photo=[hidden]).content.decode()
    assert told not in press(rosa, joined, "done").content.decode()


def test_new_letter_with_a_hidden_photo_says_that_it_is_hidden(rosa, case):
    pages = sent(case, 2)
    actions.mark_only_me(Document.objects.get(pk=pages[0]), by=Actor.person(case.patient))
    answer = rosa.post(reverse("documents:join", args=[case.pk]), {"photo": pages}, follow=True)
    assert "One of these photos was “only me”, so this whole file is now." in answer.content.decode()


def test_hiding_or_showing_one_page_says_that_it_reaches_them_all(rosa, case, joined):
    page = Document.objects.get(pk=order(joined)[1])
    assert "Only I may see this letter" in rosa.get(page.get_absolute_url()).content.decode()
    hide, share = (reverse("documents:move", args=[page.pk, verb]) for verb in ("hide", "share"))
    said = rosa.post(hide, follow=True).content.decode()
    assert "Only you can see this letter now, with all its 3 pages." in said
    assert "Let my team see the whole letter" in rosa.get(page.get_absolute_url()).content.decode()
    assert "letter again, with all its 3 pages." in rosa.post(share, follow=True).content.decode()
    alone = added(case, "IMG_9.jpg", photo(4)).document
    said = rosa.post(reverse("documents:move", args=[alone.pk, "hide"]), follow=True).content.decode()
    assert "Only you can see this file now." in said


def test_join_sent_again_after_it_was_taken_back_says_so(rosa, case):
    pages, address = sent(case, 2), reverse("documents:join", args=[case.pk])
    rosa.post(address, {"photo": pages})
    assert rosa.post(address, {"photo": pages}).status_code == 302
    actions.withdraw(Document.objects.get(joined_pages__photo=pages[0]), by=Actor.person(case.patient))
    answer = rosa.post(address, {"photo": pages})
    assert answer.status_code == 422
    assert "This has changed since you opened the page." in answer.content.decode()


def test_helper_is_not_asked_to_join_what_the_patient_joined():
    grace, ama = people.person("grace"), people.person("ama")
    case = factories.open_case(grace, starter=ama)
    pages = [added(case, f"IMG_{number}.jpg", photo(number), by=ama).document_id for number in range(2)]
    browser, address = people.browser(ama), reverse("documents:join", args=[case.pk])
    offered = reverse("documents:add_plan", args=[case.pk])
    assert 'id="join-offer"' in browser.get(offered).content.decode()
    joined = joining.join(case, pages, by=Actor.person(grace))
    assert 'id="join-offer"' not in browser.get(offered).content.decode()
    answer = browser.post(address, {"photo": pages})
    assert answer.status_code == 422
    assert str(joined.pk) not in answer.content.decode()


def test_buttons_move_turn_and_take_out_without_script(rosa, joined):
    first, second, third = order(joined)
    press(rosa, joined, f"down {first}")
    press(rosa, joined, f"turn {first}")
    press(rosa, joined, f"out {third}")
    assert order(joined) == [second, first]
    assert joined.joined_pages.get(photo=first).turn == 90
    page = press(rosa, joined, "add", photo=[third]).content.decode()
    assert order(joined) == [second, first, third]
    assert page.index(str(second)) < page.index(str(first)) < page.index(str(third))


def test_photos_of_late_are_chosen_beforehand_and_older_ones_are_not(rosa, case):
    old, *new = sent(case, 3)
    Document.objects.filter(pk=old).update(put_in_at=clock.now() - dt.timedelta(days=2))
    page = rosa.get(reverse("documents:join", args=[case.pk])).content.decode()
    assert set(re.findall(r'value="([^"]+)" checked', page)) == {str(pk) for pk in new}
    assert f'value="{old}"' in page
    answer = rosa.post(reverse("documents:join", args=[case.pk]), {"photo": new}, follow=True)
    assert "Your photos become one file in a moment." in answer.content.decode()


def test_photo_that_was_erased_just_now_is_left_out_of_every_page(rosa, case, joined):
    gone = order(joined)[0]
    Document.objects.get(pk=gone).versions.all().delete()
    page = rosa.get(reverse("documents:arrange", args=[joined.pk]))
    assert (page.status_code, str(gone) in page.content.decode()) == (200, False)
    joined.versions.all().delete()
    for name in ("list", "add"):
        assert rosa.get(reverse(f"documents:{name}", args=[case.pk])).status_code == 200
    for name in ("detail", "describe"):
        assert rosa.get(reverse(f"documents:{name}", args=[joined.pk])).status_code == 404


def test_done_and_apart_lead_back_to_the_files(rosa, joined):
    assert "The pages are saved" in press(rosa, joined, "done").content.decode()
    assert "a file of its own again" in press(rosa, joined, "apart").content.decode()
    assert not JoinedPage.objects.exists()
    assert rosa.get(reverse("documents:arrange", args=[joined.pk])).status_code == 404


@pytest.mark.parametrize("do", ["", "up", "up 1", "turn ' OR 1=1", f"up {NOWHERE}", "apart-not", "out \v"])
def test_made_up_presses_change_nothing(rosa, joined, do):
    before = order(joined)
    assert press(rosa, joined, do).status_code == 200
    assert order(joined) == before


def test_too_few_photos_are_told_and_what_was_chosen_stays(rosa, case):
    first, second = sent(case, 2)
    answer = rosa.post(reverse("documents:join", args=[case.pk]), {"photo": [first, "not-an-id"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose two photos or more." in page
    assert [each in page.split(f'value="{pk}"')[1][:10] for pk, each in ((first, "checked"), (second, ">"))] == [
        True
    ] * 2


def test_strangers_find_nothing_and_staff_change_only_their_own(case, joined):
    address, photo_pk = reverse("documents:arrange", args=[joined.pk]), order(joined)[0]
    other = factories.open_case(people.person("grace"))
    for key in ("grace", "joanne", "theo", "amir"):
        browser = people.browser(people.person(key))
        assert browser.get(address).status_code in (403, 404)
        assert browser.post(address, {"do": f"turn {photo_pk}"}).status_code in (403, 404)
    grace = people.browser(other.patient)
    theirs = reverse("documents:join", args=[other.pk])
    assert grace.post(theirs, {"photo": order(joined)}).status_code == 422
    assert joined.joined_pages.get(photo=photo_pk).turn == 0
    assert Event.objects.filter(verb="document.denied", about_id=str(joined.pk)).exists()


@pytest.mark.full
def test_page_says_which_photo_is_hard_to_read_and_shows_small_pictures(rosa, case):
    joined = joining.join(case, photos(case, 2), by=Actor.person(case.patient))
    page = rosa.get(reverse("documents:arrange", args=[joined.pk])).content.decode()
    assert page.count("It is small, so the words may be hard to read.") == 2
    assert page.count("/small/") == 2
    work()
    page = rosa.get(reverse("documents:list", args=[case.pk])).content.decode()
    assert "One of its pages is hard to read." in page
    assert "2 photos, joined.pdf" in page
    assert rosa.get(joined.get_absolute_url()).status_code == 200
    version = joined.versions.get()
    assert rosa.get(reverse("documents:file", args=[version.pk])).status_code == 200
    assert rosa.get(reverse("documents:file", args=[version.pk]) + "?as=sent").status_code == 404
    for pk in order(joined):
        assert rosa.get(reverse("documents:detail", args=[pk])).status_code == 200


@pytest.mark.full
def test_missing_page_is_told_where_people_look(rosa, case):
    broken = added(case, "IMG_9.jpg", photo(4)[:300])
    joined = joining.join(case, [*photos(case, 2), broken.document_id], by=Actor.person(case.patient))
    work()
    work()
    page = rosa.get(reverse("documents:arrange", args=[joined.pk])).content.decode()
    assert "We couldn’t open this file." in page.split("IMG_9.jpg")[1]
    assert reverse("documents:add_version", args=[broken.document_id]) in page
    for address in (reverse("documents:list", args=[case.pk]), joined.get_absolute_url()):
        assert "A page is missing" in rosa.get(address).content.decode()


def test_pages_stay_in_order_once_the_trace_of_a_refused_one_is_erased(rosa, case):
    broken = added(case, "IMG_9.jpg", photo(4)[:300])
    pks = photos(case, 2)
    joined = joining.join(case, [broken.document_id, *pks], by=Actor.person(case.patient))
    work()
    erasing.erase_versions(erasing.refused(clock.now() + rules.KEPT_AFTER_REFUSAL * 2))
    assert list(joined.joined_pages.values_list("number", "photo")) == list(enumerate(pks, 1))
    assert rosa.get(reverse("documents:arrange", args=[joined.pk])).status_code == 200
    JoinedPage.objects.filter(photo=pks[0]).delete()
    assert rosa.get(reverse("documents:arrange", args=[joined.pk])).status_code == 200


@pytest.mark.parametrize(("said", "kinds"), [(True, ["imaging_reports"] * 2), (False, ["pathology_report", "plan"])])
def test_separated_photos_are_what_the_document_was_said_to_be(case, said, kinds):
    by = Actor.person(case.patient)
    pks = photos(case, 2)
    describing.say_kind(Document.objects.get(pk=pks[0]), "pathology_report", by=by)
    joined = joining.join(case, pks, by=by)
    if said:
        describing.say_kind(joined, "imaging_reports", by=by)
    joining.separate(joined, by=by)
    assert [Document.objects.get(pk=pk).kind for pk in pks] == kinds


@pytest.mark.full
def test_helper_keeps_sight_of_photos_that_the_patient_joined():
    grace, ama = people.person("grace"), people.person("ama")
    case = factories.open_case(grace, starter=ama)
    pks = photos(case, 2, key="ama")
    joined = joining.join(case, pks, by=Actor.person(grace))
    work()
    assert {row.document.pk for row in lists.rows_of(case, ama)} == set(pks)
    assert {file.document.pk for file in search.in_case(case, ama, ["img"]).files} == set(pks)
    assert {row.document.pk for row in lists.rows_of(case, grace)} == {joined.pk}
    assert search.in_case(case, grace, ["img"]).files == []


def test_joined_file_takes_no_newer_version_of_another_kind(rosa, joined):
    address = reverse("documents:add_version", args=[joined.pk])
    answer = rosa.post(address, {"files": upload()})
    assert answer.status_code == 422
    assert joined.versions.count() == 1
