"""Words typed into the forms of notes and not sent: kept for whoever typed them, given back, in nobody else's place."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from cases.reviews.models import Note
from cases.reviews.notes.actions import add_note, change_note
from portal.accounts.models import Draft
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return world.taken()


@pytest.fixture
def joanne():
    return people.browser(people.person("joanne"))


def address(name, review, *more):
    return reverse(f"reviews:{name}", args=[review.pk, *more])


def written(review, words="Not tested yet"):
    return add_note(review, page=2, x=352, y=207, words=words, by=by("joanne"))


def keep(client, page, form, fields):
    """As the page's own script does while somebody types. `form` is the address that the form is sent to."""
    kept = re.search(f'action="{form}"[^>]* data-draft="([^"]+)"', page)[1]
    assert client.post(kept, fields).status_code == 200


def field(page, name="words", form="note"):
    return page.split(f'id="{form}-{name}"')[1].split("</textarea>" if name == "words" else ">")[0]


def new_note(page, **typed):
    """The fields of the form for a new note, filled in."""
    pk = re.search(r'name="pk" value="([^"]+)"', page)[1]
    return {"page": "2", "place": "bottom", "x": "", "y": "", "words": "", "belongs": "", "pk": pk} | typed


def test_a_new_note_half_written_stands_in_its_form_again(review, joanne):
    own, form = review.get_absolute_url(), address("note", review)
    page = joanne.get(own).text
    typed = new_note(page, words="Half <b>a</b> thought", belongs="checklist:cost", x="352", y="207")
    keep(joanne, page, form, typed)
    again = people.browser(people.person("joanne")).get(own).text
    assert "Half &lt;b&gt;a&lt;/b&gt; thought" in field(again)
    assert '<option value="checklist:cost" selected>' in again
    assert 'name="x" value="352"' in again
    assert f'value="{typed["pk"]}"' in again
    joanne.post(form, typed)
    assert Note.objects.get().text == "Half <b>a</b> thought"
    assert not Draft.objects.exists()


def test_what_comes_to_be_kept_after_the_note_was_added_is_not_written_twice(review, joanne):
    page = joanne.get(review.get_absolute_url()).text
    typed = new_note(page, words="Not tested yet")
    joanne.post(address("note", review), typed)
    keep(joanne, page, address("note", review), typed)
    again = joanne.get(review.get_absolute_url()).text
    assert "Not tested yet" not in field(again)
    assert f'name="pk" value="{typed["pk"]}"' not in again


def test_other_words_for_a_note_stand_open_beside_the_note(review, joanne):
    note = written(review)
    keep(joanne, joanne.get(review.get_absolute_url()).text, address("change_note", review, 1), {"words": "Tested?"})
    row = joanne.get(review.get_absolute_url()).text.split('id="note-1"')[1].split("</li>")[0]
    assert "Not tested yet" in row
    assert "Tested?" in field(row, form="note-1")
    assert '<details class="rs-more-details" open>' in row
    assert f'value="{note.mark}"' in row
    joanne.post(address("change_note", review, 1), {"words": "Tested?", "belongs": "", "seen": note.mark})
    assert Note.objects.get().text == "Tested?"
    assert not Draft.objects.exists()


def test_saving_one_note_leaves_what_is_typed_into_the_others(review, joanne):
    written(review)
    written(review, "Second")
    page = joanne.get(review.get_absolute_url()).text
    keep(joanne, page, address("change_note", review, 1), {"words": "Other words"})
    keep(joanne, page, address("note", review), new_note(page, words="A third"))
    sent = {"words": "Second, said anew", "belongs": "", "seen": Note.objects.get(number=2).mark}
    part = joanne.post(address("change_note", review, 2), sent, headers={"HX-Request": "true"}).text
    assert "Other words" in field(part, form="note-1")
    assert "A third" in field(part)
    assert Draft.objects.count() == 2


def test_words_for_a_note_that_is_gone_do_not_go_to_the_next_of_its_number(review, joanne):
    note = written(review)
    page = joanne.get(review.get_absolute_url()).text
    joanne.post(address("remove_note", review, 1), {"seen": note.mark})
    keep(joanne, page, address("change_note", review, 1), {"words": "For the old one"})
    assert written(review, "Another").number == 1
    assert "For the old one" not in joanne.get(review.get_absolute_url()).text


def test_signed_out_meanwhile_a_note_waits_for_whom_its_form_was_shown_to(review, joanne):
    page = joanne.get(review.get_absolute_url()).text
    form = page.split('id="new-note"')[1]
    typed = new_note(page, words="Typed too late")
    typed["draft_of"] = re.search(r'name="draft_of" value="([^"]+)"', form)[1]
    answer = Client().post(address("note", review), typed, headers={"HX-Request": "true"})
    assert reverse("account_login") in answer.headers["HX-Redirect"]
    assert not Note.objects.exists()
    assert "Typed too late" in field(people.browser(people.person("joanne")).get(review.get_absolute_url()).text)


def test_a_colleague_is_shown_nothing_that_another_typed(review, joanne):
    page = joanne.get(review.get_absolute_url()).text
    keep(joanne, page, address("note", review), new_note(page, words="Only mine"))
    factories.assign(review.case, people.person("amir"))
    review.reader = people.person("amir")
    review.save(update_fields=["reader"])
    assert "Only mine" not in people.browser(people.person("amir")).get(review.get_absolute_url()).text


@pytest.mark.parametrize(
    "spoiled",
    [{"words": ["a", "b"]}, {"words": " "}, {"pk": "no id"}, {"pk": ["a", "b"]}, {"x": "<b>", "page": "-1"}],
)
def test_a_draft_of_another_shape_breaks_no_page(review, joanne, spoiled):
    page = joanne.get(review.get_absolute_url()).text
    keep(joanne, page, address("note", review), new_note(page, words="Words") | spoiled)
    again = joanne.get(review.get_absolute_url())
    assert again.status_code == 200
    assert "<b>" not in field(again.text, "x")
    assert uuid.UUID(new_note(again.text)["pk"])


def test_a_second_press_after_another_tab_changed_the_note_is_taken(review, joanne):
    note = written(review)
    seen = note.mark
    change_note(note, words="Words of the first tab", belongs="", seen=seen, by=by("joanne"))
    sent = {"words": "Words of the second tab", "belongs": "", "seen": seen}
    answer = joanne.post(address("change_note", review, 1), sent)
    assert answer.status_code == 422
    assert "Words of the first tab" in answer.text  # seen now, beside the own words
    assert field(answer.text, form="note-1").endswith(">\nWords of the second tab")
    shown = re.search(r'name="seen" value="([^"]+)"', answer.text)[1]
    joanne.post(address("change_note", review, 1), sent | {"seen": shown})
    assert Note.objects.get().text == "Words of the second tab"
