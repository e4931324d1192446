"""What each option asks and gives: points for and against with their pages, from the form to the summary."""

import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.reviews import actions, changed, frozen, sheet, writing
from cases.reviews.models import OptionLine, Review, Section
from cases.reviews.option_rows import options_of
from cases.reviews.options import Option, Point, from_text
from cases.reviews.writing import Change
from portal import clock
from portal.errors import Refused
from portal.vault import keys
from tests import factories, people
from tests.reviews import world
from tests.reviews.test_views import typed
from tests.reviews.world import by

KEY, OTHER = uuid.uuid4(), uuid.uuid4()
WATCHING = Option(
    KEY,
    "Watching",
    (
        Point("for", "It spares the operation.", 2),
        Point("against", "Tests every six months.", 1),
        Point("unknown", "How fast it grows."),
    ),
)
OPERATION = Option(OTHER, "Operation", (Point("is", "One half is taken out.", 1),))
BEFORE = "Watching: It spares the operation. (page 2)\nWatching: It asks for tests.\nFour weeks of rest."


def save(review, *options, seen=None):
    section = review.sections.filter(code="options").first()
    seen = (section.version if section else 0) if seen is None else seen
    return writing.save_parts(review, {"options": Change("", seen)}, choices=options, by=by("joanne"))


def body(*options, **texts):
    plan = {"title": "", "dated_on": "", "pages": 3}
    return frozen.compose(texts=texts, answers=[], missing=[], options=options, plan=plan, reader="Joanne Pike")


# As they were written before


def test_lines_of_text_are_read_as_options():
    watching, rest = from_text(BEFORE)
    assert (watching.name, rest.name) == ("Watching", "")
    assert watching.points == (Point("is", "It spares the operation.", 2), Point("is", "It asks for tests."))
    assert from_text(BEFORE) == [watching, rest]


@pytest.mark.django_db
def test_a_draft_of_before_is_shown_and_becomes_rows_when_it_is_saved():
    review = world.taken()
    section = Section(review=review, code="options", version=1, saved_at=clock.now(), saved_by=people.person("joanne"))
    section.body = BEFORE
    section.save()
    joanne = people.browser(people.person("joanne"))
    page = joanne.get(review.get_absolute_url())
    assert 'value="Watching"' in page.text
    joanne.post(reverse("reviews:save", args=[review.pk]), typed(page))
    assert not OptionLine.objects.exists(), "nothing was typed"
    joanne.post(reverse("reviews:save", args=[review.pk]), typed(page, **{"option-0-name": "Waiting"}))
    kept = options_of(Review.objects.get())
    assert [option.name for option in kept] == ["Waiting", ""]
    assert kept[0].points == from_text(BEFORE)[0].points
    assert Review.objects.get().texts["options"] == ""


# What is kept


@pytest.mark.django_db
def test_what_is_saved_comes_back_in_its_order():
    save(world.taken(), OPERATION, WATCHING)
    assert options_of(Review.objects.get()) == [OPERATION, WATCHING]
    save(Review.objects.get(), WATCHING)
    assert options_of(Review.objects.get()) == [WATCHING]


@pytest.mark.django_db
def test_a_second_tab_overwrites_no_options():
    review = world.taken()
    save(review, WATCHING, seen=0)
    assert "options" in save(review, OPERATION, seen=0).overtaken
    assert options_of(Review.objects.get()) == [WATCHING]


@pytest.mark.django_db
def test_saving_takes_as_many_statements_for_ten_points_as_for_one():
    review = world.taken()
    save(review, WATCHING)
    save(review, OPERATION)
    asked = []
    for count in (1, 10):
        keys.look_again()
        points = tuple(Point("for", f"Point {number}.", 1) for number in range(count))
        with CaptureQueriesContext(connection) as statements:
            save(review, Option(KEY, "Watching", points))
        asked.append(len(statements))
    assert asked[0] == asked[1], asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("optionline_one_in_each_place", {"place": 0}),
        ("optionline_one_name_of_each", {"kind": "name", "page": None}),
        ("optionline_kind_is_known", {"kind": "best"}),
        ("optionline_says_something", {"text": ""}),
        ("optionline_points_have_pages_and_names_none", {"page": 0}),
        ("optionline_points_have_pages_and_names_none", {"kind": "name", "option": OTHER, "page": 1}),
    ],
)
def test_the_database_refuses(constraint, fields):
    review = world.taken()
    save(review, WATCHING)
    line = {"review": review, "option": KEY, "place": 9, "kind": "for", "text": "x", "page": 1} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OptionLine.objects.create(**line)


@pytest.mark.django_db
def test_words_are_sealed_and_the_row_names_none():
    save(world.taken(), WATCHING)
    for line in OptionLine.objects.values_list("text", flat=True):
        assert b"oper" not in bytes(line)
    assert "Watching" not in str(OptionLine.objects.first())


# The form


@pytest.fixture
def joanne(db):
    return people.browser(people.person("joanne"))


def sent(number=0, *, key=KEY, name="Watching", points=(("for", "It spares the operation.", "2"),)):
    said = {f"option-{number}-key": str(key), f"option-{number}-name": name}
    for place, (kind, text, page) in enumerate(points):
        each = f"option-{number}-{place}"
        said |= {f"{each}-kind": kind, f"{each}-text": text, f"{each}-page": page}
    return said


def test_points_typed_are_kept_with_their_page(joanne):
    review = world.taken()
    page = joanne.get(review.get_absolute_url())
    points = [("for", " It spares\r\nthe operation. ", "2"), ("against", "", "1"), ("unknown", "How fast?", "")]
    answer = joanne.post(reverse("reviews:save", args=[review.pk]), typed(page, **sent(points=points)))
    assert answer.status_code == 302
    kept = (Point("for", "It spares\nthe operation.", 2), Point("unknown", "How fast?"))
    assert options_of(Review.objects.get()) == [Option(KEY, "Watching", kept)]


def test_an_emptied_option_is_gone_and_a_fresh_one_is_offered(joanne):
    review = world.taken()
    save(review, WATCHING)
    page = joanne.get(review.get_absolute_url())
    assert page.text.count("data-option>") == 2
    assert page.text.count('name="option-0-key"') == 1
    gone = sent(name="", points=[("for", "", "")] * 4)
    joanne.post(reverse("reviews:save", args=[review.pk]), typed(page, **gone))
    assert options_of(Review.objects.get()) == []


@pytest.mark.parametrize("wrong", [("for", "Words", "3"), ("best", "Words", "1"), ("for", "x" * 601, "1")])
def test_what_cannot_stand_is_asked_about_and_the_rest_is_saved(joanne, wrong):
    review = world.taken()
    save(review, WATCHING)
    page = joanne.get(review.get_absolute_url())
    said = typed(page, plain="One tablet. (page 2)", **sent(points=[wrong]))
    answer = joanne.post(reverse("reviews:save", args=[review.pk]), said)
    assert answer.status_code == 422
    assert options_of(Review.objects.get()) == [WATCHING]
    assert Review.objects.get().texts["plain"] == "One tablet. (page 2)"


def test_under_htmx_what_cannot_stand_is_said_too(joanne):
    review = world.taken()
    said = typed(joanne.get(review.get_absolute_url()), **sent(points=[("for", "Words", "99")]))
    answer = joanne.post(reverse("reviews:save", args=[review.pk]), said, headers={"HX-Request": "true"})
    assert "Not all is saved" in answer.text
    assert "Draft saved" not in answer.text


def test_two_options_with_one_key_stay_two(joanne):
    review = world.taken()
    said = sent() | sent(1, name="Operation")
    page = joanne.get(review.get_absolute_url())
    joanne.post(reverse("reviews:save", args=[review.pk]), typed(page, **said))
    first, second = options_of(Review.objects.get())
    assert (first.name, second.name, first.key == second.key) == ("Watching", "Operation", False)


def test_more_than_the_most_and_strange_names_are_left_out(joanne):
    review = world.taken()
    said = {"option-99-name": "Far", "option-0-77-text": "Odd", "option-x-name": "y", "option-0-1": "z"}
    for number in range(14):
        said |= sent(number, key=uuid.uuid4(), name=f"Option {number}")
    joanne.post(reverse("reviews:save", args=[review.pk]), typed(joanne.get(review.get_absolute_url()), **said))
    assert len(options_of(Review.objects.get())) == 12


def test_a_colleague_reads_the_points_and_gets_no_fields(joanne):
    review = world.taken()
    save(review, WATCHING)
    factories.assign(review.case, people.person("amir"))
    page = people.browser(people.person("amir")).get(review.get_absolute_url()).text
    assert "For: It spares the operation. (page 2)" in page
    assert 'name="option-0-name"' not in page


# What keeps a summary from being shared


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("option", "words"),
    [
        (Option(KEY, "Watching"), "Nothing is said of “Watching” yet"),
        (Option(KEY, "", (Point("for", "It is small.", 1),)), "Give each option its name"),
        (Option(KEY, "Watching", (Point("for", "It is small."),)), "1 point for or against an option names no page"),
        (Option(KEY, "Watching", (Point("for", "It is small.", 3),)), "names page 3, but the plan has 2 pages"),
    ],
    ids=["empty", "nameless", "without a page", "past the end"],
)
def test_an_option_that_is_not_finished_is_not_shared(option, words):
    review = world.written()
    save(review, option)
    with pytest.raises(Refused, match=words):
        actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))


# The summary


@pytest.mark.django_db
def test_the_summary_keeps_each_point_with_its_kind_and_page():
    save(world.written(), WATCHING)
    summary = actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    assert summary.frozen["options"][:2] == [
        {"heading": "Watching", "kind": "for", "text": "It spares the operation.", "page": 2},
        {"heading": "Watching", "kind": "against", "text": "Tests every six months.", "page": 1},
    ]
    page = people.browser(people.person("rosa")).get(summary.get_absolute_url()).text
    part = page.split('id="s-options"')[1].split("</section>")[0]
    assert part.index("Watching") < part.index(">For<") < part.index("It spares") < part.index(">Against<")
    assert "?page=2#page-2" in part


def test_it_survives_being_stored():
    made = body(WATCHING, OPERATION)
    assert json.loads(json.dumps(made)) == made


def test_points_stand_by_kind_under_their_option():
    shown = sheet.shown(body(WATCHING, OPERATION), lambda page: f"#page-{page}").options
    assert [option["name"] for option in shown] == ["Watching", "Operation"]
    assert [str(kind["label"]) for kind in shown[0]["kinds"]] == ["For", "Against", "Still not known"]
    assert shown[1]["kinds"][0]["label"] == ""
    assert shown[0]["kinds"][0]["lines"][0]["href"] == "#page-2"


def test_on_paper_the_name_stands_once_and_each_point_says_what_it_is():
    paper = frozen.on_paper(body(WATCHING), title="T", lead="", scope="S")
    items = [(item["heading"], item["text"], item["page"]) for item in paper["sections"][0]["items"]]
    assert items == [
        ("Watching", "For: It spares the operation.", "Page 2"),
        ("", "Against: Tests every six months.", "Page 1"),
        ("", "Still not known: How fast it grows.", ""),
    ]


OLD = {**body(), "form": 1, "options": [{"heading": "Watching", "text": "It spares the operation.", "page": 2}]}


def test_an_older_summary_reads_as_it_was_shared():
    (option,) = sheet.shown(OLD, lambda page: "").options
    assert (option["name"], option["kinds"][0]["label"]) == ("Watching", "")
    paper = frozen.on_paper(OLD, title="T", lead="", scope="S")
    assert paper["sections"][0]["items"][0]["text"] == "It spares the operation."


def test_a_change_from_an_older_summary_names_what_is_new():
    (change,) = changed.between(OLD, body(Option(KEY, "Watching", (Point("for", "It spares the operation.", 2),))))
    assert change.added == ["Watching: For: It spares the operation. (page 2)"]
    assert changed.between(OLD, body(Option(KEY, "Watching", (Point("is", "It spares the operation.", 2),)))) == []
