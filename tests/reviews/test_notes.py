"""Notes pinned to a place on a page: where they stand, what they belong to, what happens when the plan changes."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import withdraw_consent
from cases.documents.models import Version
from cases.reviews import opening
from cases.reviews.models import Note, Review
from cases.reviews.notes import targets
from cases.reviews.notes.actions import add_note, change_note, remove_note
from cases.reviews.options import Option, Point
from cases.reviews.writing import Change, save_parts
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return world.taken(pages=3)


@pytest.fixture
def joanne(review):
    return people.browser(people.person("joanne"))


def address(name, review, *more):
    return reverse(f"reviews:{name}", args=[review.pk, *more])


def written(review, **said):
    return add_note(review, **{"page": 2, "x": 352, "y": 207, "words": "Not tested yet"} | said, by=by("joanne"))


def row_of(text, number=1):
    return text.split(f'id="note-{number}"')[1].split("</li>")[0]


# What is kept


def test_notes_are_numbered(review):
    first, second = written(review), written(review)
    for _press in range(2):
        remove_note(Note(pk=first.pk, review=review), seen=first.mark, by=by("joanne"))
    third = written(review, page=1, words=" Third ")
    assert [second.number, third.number, third.text] == [2, 3, "Third"]


def test_a_note_stands_where_somebody_pointed(review):
    note = written(review)
    assert (note.version_id, note.page, note.x, note.y) == (review.plan[0], 2, 352, 207)


@pytest.mark.parametrize(("place", "y"), [("top", 100), ("middle", 500), ("bottom", 900)])
def test_a_place_in_words_is_a_point_too(review, place, y):
    assert written(review, x=None, y=None, place=place).y == y


def test_pages_are_counted_over_the_whole_plan_and_kept_by_the_file(review):
    second = world.plan(review.case, 2, "back.pdf")
    review.plan, review.pages = [*review.plan, second.pk], 5
    review.save()
    note = written(review, page=5)
    assert (note.version_id, note.page) == (second.pk, 2)


@pytest.mark.parametrize(
    "said",
    [
        {"page": 4}, {"page": 0}, {"words": "  "}, {"x": 1001}, {"y": -1},
        {"belongs": "checklist:verdict"}, {"belongs": "checklist"}, {"belongs": "private"}, {"belongs": "plain:goal"},
        {"belongs": "options:00000000-0000-0000-0000-000000000000"}, {"belongs": "questions:abc"},
    ],
    ids=str,
)  # fmt: skip
def test_a_note_needs_words_a_place_on_the_plan_and_a_part_there_is(review, said):
    with pytest.raises(Refused):
        written(review, **said)
    assert not Note.objects.exists()


def test_twice_is_once(review):
    pk = uuid.uuid4()
    assert written(review, pk=pk) == written(review, pk=pk)
    assert Note.objects.count() == 1


def test_the_id_of_a_note_elsewhere_is_refused(review):
    pk = written(review).pk
    other = world.taken(key="grace")
    with pytest.raises(Refused):
        written(other, pk=pk)


def test_a_second_tab_overwrites_no_note(review):
    note = written(review)
    seen = note.mark
    change_note(note, words="Words of the first tab", belongs="", seen=seen, by=by("joanne"))
    with pytest.raises(Refused, match="changed meanwhile"):
        change_note(note, words="Words of the second tab", belongs="", seen=seen, by=by("joanne"))
    assert Note.objects.get().text == "Words of the first tab"


def test_a_second_tab_removes_no_note_that_was_changed_since(review, joanne):
    note = written(review)
    seen = note.mark
    change_note(note, words="Words of the first tab", belongs="", seen=seen, by=by("joanne"))
    page = joanne.post(address("remove_note", review, 1), {"seen": seen})
    assert page.status_code == 409
    assert "This note was changed meanwhile." in page.text
    assert Note.objects.get().text == "Words of the first tab"
    joanne.post(address("remove_note", review, 1), {"seen": Note.objects.get().mark})
    assert not Note.objects.exists()


def test_a_note_that_is_removed_at_that_very_moment_is_refused(review):
    note = written(review)
    seen = note.mark
    remove_note(note, seen=seen, by=by("joanne"))
    with pytest.raises(Refused, match="removed meanwhile"):
        change_note(note, words="Other words", belongs="", seen=seen, by=by("joanne"))


@pytest.mark.parametrize("is_part", [False, True])
def test_what_was_typed_for_a_removed_note_stands_in_the_form_of_a_new_one(review, joanne, is_part):
    note = written(review)
    seen = note.mark
    remove_note(note, seen=seen, by=by("joanne"))
    headers = {"HX-Request": "true"} if is_part else {}
    said = {"words": "Typed in an old tab", "belongs": "plain", "seen": seen}
    answer = joanne.post(address("change_note", review, 1), said, headers=headers)
    assert answer.status_code == 422
    form = answer.text.split('id="new-note"')[1]
    assert "This note was removed meanwhile." in form
    assert "Typed in an old tab</textarea>" in form
    assert 'value="plain" selected' in form
    assert not Note.objects.exists()


def test_removing_a_note_again_later_is_done_already(review, joanne):
    seen = written(review).mark
    for _press in range(2):
        answer = joanne.post(address("remove_note", review, 1), {"seen": seen})
        assert (answer.status_code, answer.url) == (302, f"{address('edit', review)}#notes")
    assert Event.objects.filter(verb="review.note_removed").count() == 1


def test_saying_the_same_again_is_no_change(review):
    note = written(review)
    change_note(note, words=note.text, belongs="", seen="", by=by("joanne"))
    assert not Event.objects.filter(verb="review.note_changed").exists()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("note_numbers_are_used_once", {"number": 1}),
        ("note_pages_count_from_1", {"page": 0}),
        ("note_stands_on_its_page", {"x": 1001}),
        ("note_stands_on_its_page", {"y": 1001}),
        ("note_part_is_known", {"part": "private"}),
        ("note_names_which_of_the_points", {"part": "checklist"}),
        ("note_names_which_of_the_points", {"part": "plain", "key": "goal"}),
        ("note_names_which_of_the_points", {"part": "words", "key": "goal"}),
    ],
)
def test_the_database_refuses(review, constraint, fields):
    kept = {"review": review, "number": 2, "version_id": review.plan[0], "page": 1, "x": 1, "y": 1}
    written(review)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Note.objects.create(**(kept | {"written_at": clock.now()} | fields))


# What is seen


def test_the_mark_stands_at_its_place_and_leads_to_the_list(review, joanne):
    written(review)
    page = joanne.get(address("edit", review) + "?page=2").text
    assert '<svg x="35.2%" y="20.7%" overflow="visible"><a class="rs-scan__pin" href="#note-1"' in page
    assert "rs-scan__pin" not in joanne.get(address("edit", review) + "?page=1").text


def test_the_list_leads_to_the_page_and_says_where_on_it(review, joanne):
    written(review)
    row = row_of(joanne.get(address("edit", review)).text)
    assert f'href="{address("edit", review)}?page=2#page-2">Page 2, near the top</a>' in row


@pytest.mark.parametrize(
    ("belongs", "place", "named"),
    [
        ("answers", "answers", "The patient’s questions"),
        ("plain", "plain", "In plain words"),
        ("words", "words", "Words to explain"),
        ("checklist:tests", "checklist-tests", "Tests still needed"),
        ("questions", "questions", "Questions to raise"),
        ("options", "options", "What each option asks and gives"),
    ],
)
def test_the_link_is_shown_at_both_ends(review, joanne, belongs, place, named):
    written(review, belongs=belongs)
    page = joanne.get(address("edit", review)).text
    assert f'<a href="#part-{place}">{named}</a>' in row_of(page)
    assert f'id="part-{place}"' in page
    linked = page.split(f'id="linked-{place}"')[1].split("</p>")[0]
    assert '<a href="#note-1">Linked to note 1</a>' in linked


def test_a_note_belongs_to_one_question_and_follows_its_words(review, joanne):
    world.write(review, questions="Can it be tested first?\nWhy so soon?")
    value = next(value for value in targets.of_review(Review.objects.get()).questions)
    written(Review.objects.get(), belongs=value)
    assert "“Can it be tested first?” <a" in joanne.get(address("edit", review)).text
    world.write(Review.objects.get(), questions="Why so soon?\nCan it be tested before the operation?")
    page = joanne.get(address("edit", review)).text
    assert '<a href="#part-questions">Can it be tested before the operation?</a>' in row_of(page)
    world.write(Review.objects.get(), questions="Why so soon?")
    assert '<a href="#part-questions">Questions to raise</a>' in row_of(joanne.get(address("edit", review)).text)


def test_a_note_belongs_to_one_option_and_stays_when_it_is_renamed(review, joanne):
    key = uuid.uuid4()
    for name in ("Lumpectomy", "A smaller operation"):
        review = Review.objects.get()
        section = review.sections.filter(code="options").first()
        change = {"options": Change("", section.version if section else 0)}
        save_parts(review, change, choices=[Option(key, name, (Point("for", "It is small.", 1),))], by=by("joanne"))
        if name == "Lumpectomy":
            written(review, belongs=f"options:{key}")
    page = joanne.get(address("edit", review)).text
    assert f'<a href="#part-options-{key}">A smaller operation</a>' in row_of(page)
    assert "Linked to note 1" in page.split(f'id="linked-options-{key}"')[1].split("</p>")[0]


def test_a_note_is_added_changed_and_removed_without_script(review, joanne):
    said = {"page": "2", "place": "middle", "words": "Not tested yet", "belongs": "checklist:tests"}
    answer = joanne.post(address("note", review), said)
    assert answer.url == f"{address('edit', review)}?page=2#note-1"
    seen = Note.objects.get().mark
    joanne.post(address("change_note", review, 1), {"words": "Ask for a test", "belongs": "", "seen": seen})
    assert "Ask for a test" in row_of(joanne.get(address("edit", review)).text)
    joanne.post(address("remove_note", review, 1), {"seen": Note.objects.get(number=1).mark})
    assert not review.notes.exists()
    verbs = Event.objects.filter(verb__startswith="review.note").values_list("verb", flat=True)
    assert set(verbs) == {"review.noted", "review.note_changed", "review.note_removed"}


def test_under_htmx_come_the_list_the_links_and_a_word_to_the_pages(review, joanne):
    said = {"page": "2", "x": "352", "y": "207", "place": "top", "words": "<b>Why</b>", "belongs": "plain"}
    answer = joanne.post(address("note", review), said, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "notes-changed")
    assert "<html" not in answer.text
    assert "&lt;b&gt;Why" in row_of(answer.text)
    assert 'id="linked-plain" hx-swap-oob="true">' in answer.text


@pytest.mark.parametrize("is_part", [False, True])
def test_a_note_without_words_is_asked_for_again(review, joanne, is_part):
    headers = {"HX-Request": "true"} if is_part else {}
    said = {"page": "2", "place": "top", "x": "352", "y": "207", "words": ""}
    answer = joanne.post(address("note", review), said, headers=headers)
    assert answer.status_code == 422
    assert 'name="x" value="352"' in answer.text


def test_a_note_changed_meanwhile_keeps_both_words_in_view(review, joanne):
    seen = written(review).mark
    joanne.post(address("change_note", review, 1), {"words": "First tab", "seen": seen})
    answer = joanne.post(address("change_note", review, 1), {"words": "Second tab", "seen": seen})
    assert answer.status_code == 422
    assert "First tab" in answer.text
    assert "Second tab" in answer.text
    assert Note.objects.get().text == "First tab"


@pytest.mark.parametrize("name", ["note", "change_note", "remove_note"])
@pytest.mark.parametrize("key", ["amir", "rosa", "theo", "mara"])
def test_nobody_else_writes_notes(review, name, key):
    written(review)
    more = [] if name == "note" else [1]
    answer = people.browser(people.person(key)).post(address(name, review, *more), {"page": "1", "words": "x"})
    assert answer.status_code == 404
    assert Note.objects.get().text == "Not tested yet"


def test_a_colleague_of_the_case_reads_notes_and_writes_none(review):
    written(review)
    factories.assign(review.case, people.person("amir"))
    amir = people.browser(people.person("amir"))
    page = amir.get(address("edit", review)).text
    assert "Not tested yet" in page
    assert "data-note" not in page
    assert amir.post(address("note", review), {"page": "1", "place": "top", "words": "x"}).status_code == 422
    assert Note.objects.count() == 1


@pytest.mark.parametrize("name", ["note", "change_note", "remove_note"])
def test_without_the_patients_yes_no_note_is_written_or_seen(review, joanne, name):
    written(review)
    withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    more = [] if name == "note" else [1]
    answer = joanne.post(address(name, review, *more), {"page": "1", "place": "top", "words": "x"})
    assert answer.status_code == 403
    assert "Not tested" not in answer.text


# When a newer version of the plan comes


@pytest.fixture
def newer(review):
    """The plan as it is sent anew: a version of the same document, read instead of the first."""
    written(review)
    first = Version.objects.get(pk=review.plan[0])
    second = world.plan(review.case, 2, "plan-2.pdf")
    gone = second.document
    Version.objects.filter(pk=second.pk).update(document=first.document, number=2)
    gone.delete()
    opening.open_due_reviews(clock.now())
    review = Review.objects.get()
    assert review.plan == [second.pk]
    return review


def test_a_note_stays_with_the_old_page_and_says_so(review, newer, joanne):
    page = joanne.get(address("edit", newer) + "?page=2").text
    assert "rs-scan__pin" not in page
    row = row_of(page)
    assert "Page 2 of an earlier version of the plan, near the top" in row
    assert "The plan changed since. This note stays with the page on which it was made." in row


def test_the_old_page_opens_from_the_list_with_its_mark(review, newer, joanne):
    old = f"?document=earlier-{review.plan[0]}&page=2"
    assert f"{old}#page-2".replace("&", "&amp;") in row_of(joanne.get(address("edit", newer)).text)
    page = joanne.get(address("edit", newer) + old).text
    assert "version 1, read earlier (3 pages)</option>" in page
    assert 'y="20.7%"' in page


def test_an_older_version_without_notes_is_no_choice(review, newer, joanne):
    Note.objects.all().delete()
    page = joanne.get(f"{address('edit', newer)}?document=earlier-{review.plan[0]}").text
    assert "Page 1 of 2" in page
    assert "read earlier" not in page


def test_two_versions_can_be_laid_beside_each_other_once_there_are_two(review, newer, joanne):
    beside = reverse("documents:beside", args=[newer.version.document_id])
    assert beside in joanne.get(address("edit", newer)).text
    Review.objects.filter(pk=newer.pk).update(version=review.version, plan=review.plan)
    assert beside not in joanne.get(address("edit", newer)).text
