"""What becomes of a letter of photos as its pages come, go, turn and are told apart."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.documents import actions, erasing, lists, plans, ready
from cases.documents.describing import actions as describing
from cases.documents.joining import actions as joining
from cases.documents.models import Document, Guess, Version
from cases.documents.reminders import NEW_PLAN
from cases.documents.verdicts import Verdict
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.models import RecordItem
from cases.reviews import opening
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people, plan_files
from tests.documents.files import read, upload
from tests.documents.test_joining import joined_of, order, photo, photos, work
from tests.reviews import world

pytestmark = pytest.mark.django_db


def by(key="rosa"):
    return Actor.person(people.person(key))


def test_page_takes_no_file_that_is_no_photo(case, rosa):
    first = order(joined_of(case))[0]
    with pytest.raises(Refused, match="This is a page of a letter"):
        actions.add_version(Document.objects.get(pk=first), upload("better.pdf"), by=by())
    pdf = upload("better.pdf", plan_files.pdf(pages=2))
    answer = rosa.post(reverse("documents:add_version", args=[first]), {"files": pdf})
    assert answer.status_code == 422
    assert "This is a page of a letter" in answer.content.decode()


@pytest.mark.full
def test_photo_taken_out_is_what_the_letter_was_said_to_be(case):
    joined = joined_of(case)
    describing.say_kind(joined, "pathology_report", by=by())
    joining.take_out(joined, order(joined)[2], by=by())
    work()
    assert plans.plan_files(case) == []


@pytest.mark.full
def test_photo_taken_out_is_the_record_that_it_was_said_to_be(case):
    visit = records.name_visit(case, doctor="Dr. Raman", office_name="Northfield", by=by())
    files = [upload(f"{number}.jpg", photo(number)) for number in range(3)]
    ids = [actions.add_file(case, file, kind="pathology_report", by=by()).document_id for file in files]
    work()
    joined = joining.join(case, ids, by=by())
    work()
    joining.take_out(joined, ids[2], by=by())
    work()
    actions.withdraw(joined, by=by())
    item = RecordItem.objects.get(visit=visit, kind="pathology_report")
    assert item.state == "held"
    assert list(item.documents.values_list("document", flat=True)) == [ids[2]]


def test_rows_are_held_before_anyone_is_told_that_photos_are_told_apart(case, monkeypatch):
    joined = joined_of(case)
    describing.say_kind(joined, "pathology_report", by=by())
    ids, told = order(joined), []
    tell = ready.kind_changed
    saved = Document.objects.filter(pk__in=ids, kind="pathology_report")
    monkeypatch.setattr(ready, "kind_changed", lambda *about: (told.append(saved.count()), tell(*about)))
    joining.separate(joined, by=by())
    assert told == [3, 3, 3]


def test_words_of_an_erased_file_that_a_review_tells_of_are_gone():
    review = world.waiting()
    patient, document = review.case.patient, review.version.document
    said = {"title": "My letter", "author": "Dr. Secret", "dated_on": dt.date(2026, 11, 3)}
    describing.describe(document, kind="plan", by=Actor.person(patient), **said)
    actions.withdraw(document, by=Actor.person(patient))
    erasing.erase_versions(erasing.taken_back(clock.now() + dt.timedelta(days=31)))
    document.refresh_from_db()
    assert (document.title, document.author, document.dated_on) == ("", "", None)
    assert not Guess.objects.filter(document=document).exists()
    assert lists.rows_of(review.case, patient) == []


@pytest.mark.full
def test_a_rearranged_plan_is_one_piece_of_news(case):
    joined = joined_of(case)
    for _press in range(2):
        joining.move(joined, order(joined)[0], 1, by=by())
        work()
    rows = list(Reminder.objects.filter(kind=NEW_PLAN.code))
    still = NEW_PLAN.still_due(rows, clock.now())
    assert len(rows) > 3
    assert [row.version for row in rows if row.pk in still] == [joined.versions.count()]


def shared(case):
    """A review of the case's plan that was shared."""
    world.talk(case, people.person("joanne"))
    opening.open_due_reviews(clock.now())
    review = world.actions.take(world.Review.objects.get(case=case), by=world.by("joanne"))
    world.actions.share(world.look_for_all(world.write(review)), is_ticked=True, by=world.by("joanne"))
    review.refresh_from_db()
    return review


def state_after(review):
    work()
    opening.open_due_reviews(clock.now())
    review.refresh_from_db()
    return review.state


@pytest.mark.full
def test_turned_or_joined_in_order_a_plan_that_was_read_is_the_same():
    case = factories.open_case()
    ids = photos(case, 3)
    review = shared(case)
    state = review.state
    joined = joining.join(case, ids, by=by())
    assert state_after(review) == state
    joining.turn(joined, ids[0], by=by())
    assert state_after(review) == state
    assert world.Review.objects.get().plan == review.plan


@pytest.mark.full
@pytest.mark.parametrize("change", ["order", "newer", "more"])
def test_other_pages_are_another_plan(change):
    case = factories.open_case()
    ids = photos(case, 3)
    review = shared(case)
    state = review.state
    if change == "order":
        joining.join(case, ids[::-1], by=by())
    elif change == "newer":
        actions.add_version(Document.objects.get(pk=ids[0]), upload("n.jpg", photo(8)), by=by())
    else:
        read(case)
    assert state_after(review) != state


def said_of_the_first(case):
    """A letter of three photos; the first has words of its own, the third an author."""
    ids = photos(case, 3)
    day = dt.date(2026, 11, 3)
    for pk, said in (
        (ids[0], {"title": "HIV result", "author": "Dr. Secret", "dated_on": day}),
        (ids[2], {"title": "Page 3", "author": "Dr. Raman", "dated_on": None}),
    ):
        describing.describe(Document.objects.get(pk=pk), kind="plan", by=by(), **said)
    joined = joining.join(case, ids, by=by())
    work()
    guess, _made = Guess.objects.get_or_create(
        document=joined, defaults={"version_number": 1, "guessed_at": clock.now()}
    )
    guess.author = "Dr. Hidden"
    guess.save()
    return joined, ids


def facts_of(joined):
    rows = lists.rows_of(joined.case, people.person("theo"))
    return next([row.name, *row.facts] for row in rows if row.document.pk == joined.pk)


@pytest.mark.parametrize("way", ["taken back", "taken out", "hidden before"])
def test_words_of_a_page_that_is_gone_are_not_the_letters(case, way):
    joined, ids = said_of_the_first(case)
    assert facts_of(joined)[0] == "HIV result"
    if way == "taken out":
        joining.take_out(joined, ids[0], by=by())
    elif way == "taken back":
        actions.withdraw(Document.objects.get(pk=ids[0]), by=by())
    else:
        joining.take_out(joined, ids[0], by=by())
        actions.mark_only_me(Document.objects.get(pk=ids[0]), by=by())
    told = " ".join(facts_of(joined))
    assert not any(word in told for word in ("HIV", "Secret", "Hidden", "November 3"))
    assert "From Dr. Raman" in told
    assert Document.objects.get(pk=ids[0]).title == "HIV result"


def test_words_said_of_the_letter_itself_stay_when_a_page_goes(case):
    joined, ids = said_of_the_first(case)
    described = {"title": "My plan", "author": "Northfield", "dated_on": dt.date(2026, 11, 9)}
    describing.describe(Document.objects.get(pk=joined.pk), kind="plan", by=by(), **described)
    actions.withdraw(Document.objects.get(pk=ids[0]), by=by())
    joined.refresh_from_db()
    assert {name: getattr(joined, name) for name in described} == described


def erase_traces():
    erasing.erase_versions(erasing.refused(clock.now() + dt.timedelta(days=2)))
    work()


@pytest.mark.full
def test_letter_tells_of_a_page_that_was_erased_until_one_is_added(case):
    good = photos(case, 3)
    broken = actions.add_file(case, upload("IMG_9.jpg", photo(4)[:300]), by=by()).document_id
    joined = joining.join(case, [good[0], broken, good[1]], by=by())
    work()
    work()
    assert "missing_pages" in joined.versions.get().notes
    erase_traces()
    made = joined.versions.order_by("-number").first()
    assert (made.state, made.name, made.made_of) == ("ready", "2 photos, joined.pdf", good[:2])
    assert "lost_page" in made.notes
    assert "missing_pages" not in made.notes
    joining.put_in(joined, good[2:], by=by())
    work()
    assert "lost_page" not in joined.versions.order_by("-number").first().notes


def test_last_page_of_a_letter_is_a_file_of_its_own_once_the_other_is_erased(case):
    (good,) = photos(case, 1)
    broken = actions.add_file(case, upload("IMG_9.jpg", photo(4)[:300]), by=by()).document_id
    joined = joining.join(case, [good, broken], by=by())
    work()
    erase_traces()
    joined.refresh_from_db()
    assert joined.withdrawn_at is not None
    assert [row.document.pk for row in lists.here(case, case.patient, kind="plan")] == [good]
    assert [plan.document_id for plan in plans.plan_files(case)] == [good]


def told_of(verb):
    return sorted(Event.objects.filter(verb=verb).values_list("about_id", flat=True))


@pytest.mark.full
def test_each_file_hidden_or_shown_with_its_letter_has_a_line(case):
    joined = joined_of(case)
    all_of_it = sorted(map(str, [joined.pk, *order(joined)]))
    actions.mark_only_me(Document.objects.get(pk=order(joined)[1]), by=by())
    assert told_of("document.made_private") == all_of_it
    actions.mark_only_me(joined, False, by=by())
    assert told_of("document.shared") == all_of_it


@pytest.mark.full
def test_copies_taken_back_with_a_page_have_a_line(case):
    joined = joined_of(case)
    first = order(joined)[0]
    joining.take_out(joined, first, by=by())
    work()
    assert told_of("document.copies_withdrawn") == []
    actions.mark_only_me(Document.objects.get(pk=first), by=by())
    assert told_of("document.copies_withdrawn") == [str(joined.pk)]


def refused_without(joined, photo):
    """A page is taken out, and the copy without it cannot be made."""
    joining.take_out(joined, photo, by=by())
    Version.objects.filter(state="received").update(due_at=clock.now())
    newest = joined.versions.order_by("-number").first()
    claimed = checking.claim(newest.pk)
    checking.settle(claimed, Verdict("refused", "too_complex"), None)


@pytest.mark.full
def test_page_taken_out_is_in_no_copy_once_the_new_one_is_refused(case):
    joined = joined_of(case)
    ids = order(joined)
    refused_without(joined, ids[1])
    assert not Version.objects.ready().filter(document=joined).exists()
    assert sorted(plan.document_id for plan in plans.plan_files(case)) == sorted(ids)
    assert told_of("document.copies_withdrawn") == [str(joined.pk)]
    joining.finish(joined, by=by())
    work()
    assert sorted(plan.document_id for plan in plans.plan_files(case)) == sorted([joined.pk, ids[1]])


@pytest.mark.full
def test_letter_without_any_copy_lets_its_photos_go(case):
    joined = joined_of(case)
    ids = order(joined)
    refused_without(joined, ids[1])
    erase_traces()
    joined.refresh_from_db()
    assert joined.withdrawn_at is not None
    here = [row.document.pk for row in lists.here(case, case.patient, kind="plan")]
    assert sorted(here) == sorted(ids)


@pytest.mark.full
def test_page_that_cannot_be_added_leaves_the_copy_as_it_was(case):
    joined = joined_of(case)
    joining.put_in(joined, photos(case, 1, start=3), by=by())
    Version.objects.filter(state="received").update(due_at=clock.now())
    claimed = checking.claim(joined.versions.order_by("-number").first().pk)
    checking.settle(claimed, Verdict("refused", "too_complex"), None)
    assert [version.number for version in Version.objects.ready().filter(document=joined)] == [1]
