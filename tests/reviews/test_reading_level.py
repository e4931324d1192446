"""How hard a review is to read: said beside each part that the patient reads, after each save, and never in the way."""

import pytest
from django.urls import reverse

from bookings.models import Consultation
from cases.reviews import actions
from cases.reviews.models import Review, Summary
from cases.reviews.reading_level import AFTER_CALL, CORRECTION, NEED_MORE, TAKE_BACK
from portal.accounts import drafts
from portal.accounts.models import User
from tests import people
from tests.portal.test_reading_grade import HARD, PLAIN
from tests.reviews import world
from tests.reviews.test_views import address, browser, typed
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


def hint(page, code: str) -> str:
    """What stands beside a part."""
    return page.context["hints"][code]


@pytest.fixture
def review():
    return world.taken()


def test_each_part_that_the_patient_reads_has_its_hint(review):
    world.write(review, plain=PLAIN, words=f"Adjuvant: {HARD}", questions=HARD, private=HARD)
    page = browser("joanne").get(address("edit", review))
    assert hint(page, "plain") == "Reads like grade 1."
    assert (hint(page, "words"), hint(page, "questions")) == (COLLEGE, COLLEGE)
    assert (hint(page, "answers"), hint(page, "options"), hint(page, "checklist")) == ("", "", "")
    assert "private" not in page.context["hints"]
    assert '<p class="rs-hint" id="grade-plain">Reads like grade 1.</p>' in page.text


def test_headings_and_pages_are_not_read_as_sentences(review):
    world.write(review, plain="\n".join(f"An adjuvant intervention: {line}. (page 1)" for line in PLAIN.split(". ")))
    assert hint(browser("joanne").get(address("edit", review)), "plain") == "Reads like grade 1."


def test_answers_options_and_what_is_missing_are_measured_too(review):
    joanne = browser("joanne")
    page = joanne.get(address("edit", review))
    changes = {"answer-0": HARD, "option-0-name": "Waiting", "option-0-0-kind": "for", "option-0-0-text": HARD}
    changes |= {"cost-missing": "on", "cost-note": HARD, "goal-page": "1", "goal-note": PLAIN}
    joanne.post(address("save", review), typed(page, **changes))
    shown = joanne.get(address("edit", review))
    assert [hint(shown, code) for code in ("answers", "options", "checklist")] == [COLLEGE] * 3


def test_a_save_while_typing_answers_the_hints_of_what_it_saved_and_no_other(review):
    joanne = browser("joanne")
    page = joanne.get(address("edit", review))
    answer = joanne.post(address("save", review), typed(page, plain=HARD), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f'<p class="rs-hint" id="grade-plain" hx-swap-oob="true">{COLLEGE}</p>' in answer.text
    assert answer.text.count("grade-") == 1


def test_a_part_that_says_nothing_any_more_says_so_too(review):
    world.write(review, plain=HARD)
    joanne = browser("joanne")
    page = joanne.get(address("edit", review))
    answer = joanne.post(address("save", review), typed(page, plain=""), headers={"HX-Request": "true"})
    assert '<p class="rs-hint" id="grade-plain" hx-swap-oob="true" hidden></p>' in answer.text


def test_hard_words_are_said_before_sharing_and_shared_all_the_same():
    review = world.look_for_all(world.write(world.taken(), plain=f"{HARD} (page 1)"))
    joanne = browser("joanne")
    assert COLLEGE in joanne.get(address("preview", review)).text
    assert joanne.post(address("preview", review), world.ticked(joanne, review)).status_code == 302
    assert Summary.objects.live().get().review_id == review.pk


def test_without_english_nothing_is_measured(review):
    world.write(review, plain=HARD)
    User.objects.filter(pk=people.person("rosa").pk).update(language="es")
    page = browser("joanne").get(address("edit", review))
    assert not any(page.context["hints"].values())
    assert "Reading level" not in browser("joanne").get(address("preview", Review.objects.get())).text


def test_what_is_asked_for_is_measured_when_it_comes_back(review):
    page = browser("joanne").post(reverse("reviews:need_more", args=[review.pk]), {"kind": "nonsense", "words": HARD})
    assert page.status_code == 422
    assert COLLEGE in page.text


FORMS = {  # the form, its field that the patient reads, and what it is about
    "what is asked for": (NEED_MORE, "words", lambda summary: summary.review, "need_more"),
    "what was corrected": (CORRECTION, "correction", lambda summary: summary.review, "preview"),
    "why it is taken back": (TAKE_BACK, "reason", lambda summary: summary, "withdraw"),
}


@pytest.mark.parametrize(("form", "field", "about", "page"), FORMS.values(), ids=FORMS)
def test_other_words_for_the_patient_are_measured_while_typed_and_kept(form, field, about, page):
    summary = world.shared()
    if form == NEED_MORE:
        actions.withdraw(summary, reason="Wrong plan.", by=by("joanne"))
    thing, where = about(summary), reverse(f"reviews:{page}", args=[about(summary).pk])
    joanne, draft = browser("joanne"), reverse("accounts:draft", args=[form, thing.pk])
    assert "Reads like" not in joanne.get(where).text.split("<form")[-1]
    assert joanne.post(draft, {field: HARD, "statement": "on"}).text.endswith(f". {COLLEGE}")
    shown = joanne.get(where)
    assert COLLEGE in shown.text.split('id="grade-')[1]
    assert HARD.split(". ")[0] in shown.text
    assert 'name="statement" value="on" checked' not in shown.text
    for stranger in ("amir", "rosa", "mara"):
        assert "Reads like" not in browser(stranger).post(draft, {field: HARD}).text


def test_what_was_kept_goes_once_it_is_sent():
    summary = world.shared()
    drafts.keep(people.person("joanne"), CORRECTION, summary.review, {"correction": PLAIN})
    drafts.keep(people.person("joanne"), TAKE_BACK, summary, {"reason": PLAIN})
    joanne = browser("joanne")
    joanne.post(address("preview", summary.review), world.ticked(joanne, summary.review, correction=PLAIN))
    joanne.post(reverse("reviews:withdraw", args=[summary.pk]), {"reason": PLAIN})
    assert Summary.objects.get(number=2).correction == PLAIN
    assert not drafts.kept(people.person("joanne"), CORRECTION, summary.review)
    assert not drafts.kept(people.person("joanne"), TAKE_BACK, summary)


def test_what_follows_a_call_is_measured_while_typed_and_when_saved(time_machine):
    world.taken()
    call = Consultation.objects.get()
    time_machine.move_to(call.ends_at)
    joanne, draft = browser("joanne"), reverse("accounts:draft", args=[AFTER_CALL, call.pk])
    assert joanne.post(draft, {"follow_words": HARD, "follows": "coordinator"}).text.endswith(f". {COLLEGE}")
    assert f'id="grade-follow_words">{COLLEGE}' in joanne.get(call.get_absolute_url()).text
    assert "Reads like" not in browser("rosa").post(draft, {"follow_words": HARD}).text
    said = {"went": "took_place", "follows": "coordinator", "follow_words": HARD, "seen": "0"}
    assert COLLEGE in joanne.post(reverse("reviews:after", args=[call.pk]), said, follow=True).text


@pytest.mark.parametrize("form", [NEED_MORE, CORRECTION, TAKE_BACK, AFTER_CALL])
@pytest.mark.parametrize("about", ["nonsense", "0", "00000000-0000-4000-8000-000000000007"])
def test_a_draft_about_nothing_is_not_measured(form, about):
    fields = dict.fromkeys(("words", "correction", "reason", "follow_words"), HARD)
    answer = browser("joanne").post(reverse("accounts:draft", args=[form, about]), fields)
    assert (answer.status_code, "Reads like" in answer.text) == (200, False)
