"""Words that a machine read off a picture are held against it before the patient reads them."""

import pytest
from django.urls import reverse

from cases.documents.models import PageImage
from cases.reviews import actions, quotes
from cases.reviews.frozen import compose
from cases.reviews.models import QuoteLook, Review
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.pdf_letters import words_of
from tests.reviews import world
from tests.reviews.world import by

PLAIN = "The lump: It is called “grade 2” there. (page 2)\nA tablet: For “five years”. (page 1)"


def quoted(plain):
    return quotes.quoted(compose(texts={"plain": plain}, answers=[], missing=[], plan={}, reader=""))


@pytest.mark.parametrize(
    ("plain", "found"),
    [
        ("It says “grade 2”. (page 2)", [("grade 2", 2)]),
        ('It says "grade 2" and “mild”. (page 2)', [("mild", 2), ("grade 2", 2)]),
        ("It says «grade 2». (page 2)\nAgain “grade 2” (page 2)", [("grade 2", 2)]),
        ("It says “grade 2”.", []),
        ("The doctor’s plan isn’t clear. (page 2)", []),
        ("An “open quote (page 2)", []),
    ],
)
def test_what_stands_in_quotation_marks_of_a_line_with_its_page(plain, found):
    assert sorted(quoted(plain)) == sorted(found)


@pytest.fixture
def review(db):
    """A plan whose second page is a photo that a machine read, quoted from both pages."""
    review = world.look_for_all(world.write(world.taken(), plain=PLAIN))
    PageImage.objects.filter(version=review.version, number=2).update(reading="read", certainty=90)
    return review


def joanne():
    return people.browser(people.person("joanne"))


def preview(review, **query):
    return joanne().get(reverse("reviews:preview", args=[review.pk]), query)


def look_at(review, words="grade 2", page="2", key="joanne"):
    address = reverse("reviews:look_at", args=[review.pk])
    return people.browser(people.person(key)).post(address, {"words": words, "page": page}, follow=True)


def test_the_preview_names_what_was_read_by_machine_and_sharing_waits(review):
    page = preview(review).text
    assert "“grade 2” on page 2 was read by machine." in page
    assert "“five years” on page" not in page
    assert "1 left" in page
    with pytest.raises(Refused, match="not held against the picture"):
        actions.share(review, is_ticked=True, by=by("joanne"))


def test_once_it_is_looked_at_it_is_shared(review):
    for _twice in range(2):
        page = look_at(review).text
    assert "1 left" not in page
    assert QuoteLook.objects.count() == Event.objects.filter(verb="review.quote_looked_at").count() == 1
    assert actions.share(review, is_ticked=True, by=by("joanne")).number == 1


def test_other_words_are_looked_at_anew(review):
    look_at(review)
    world.write(review, plain=PLAIN.replace("grade 2", "grade 3"))
    assert "“grade 3” on page 2 was read by machine." in preview(Review.objects.get()).text


@pytest.mark.parametrize(("words", "at"), [("grade 2", "1"), ("nothing", "2"), ("", ""), ("grade 2", "9" * 40)])
def test_what_is_no_quote_is_not_looked_at(review, words, at):
    assert "not in the summary any more" in look_at(review, words, at).text
    assert not QuoteLook.objects.exists()


@pytest.mark.parametrize("key", ["rosa", "theo", "amir"])
def test_nobody_but_the_reader_looks_at_them(review, key):
    assert look_at(review, key=key).status_code in {403, 404}
    with pytest.raises(Refused):
        actions.look_at(review, "grade 2", 2, by=by(key))


def test_who_will_see_it_and_how_each_hears_of_it(review):
    people.person("theo")
    page = preview(review).text
    assert "Told by email, no details" in page
    assert "Consultant of this case" in page
    assert "Coordinator" in page


def test_as_printed_and_on_a_phone(review):
    said = words_of(preview(review, **{"as": "print"}).content)
    assert "Draft, not shared." in said
    assert "The lump" in said
    assert "rs-asphone" in preview(review, **{"as": "phone"}).text


def test_the_preview_of_a_correction_says_what_changed(review):
    look_at(review)
    actions.share(review, is_ticked=True, by=by("joanne"))
    world.write(review, plain="The lump: It is small. (page 1)")
    page = preview(Review.objects.get()).text
    assert "What changed since version 1" in page
    assert "<strong>New:</strong> The lump: It is small. (page 1)" in page
