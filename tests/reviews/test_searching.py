"""Words looked for in what is written in a review: each hit leads to its place, and each is found by whom it is for."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.actions import set_clinician, withdraw_consent
from cases.case.helping import actions as helping
from cases.case.models import Case
from cases.case.second import actions as second
from cases.documents.search.case_search import sought
from cases.opinions.checklist import POINTS
from cases.opinions.comparing import actions as comparing
from cases.reviews import actions
from cases.reviews.after import actions as after
from cases.reviews.after.actions import Said
from cases.reviews.asking import actions as asking
from cases.reviews.colleague import actions as colleague
from cases.reviews.models import Review
from cases.reviews.notes.actions import add_note
from cases.reviews.options import Option, Point
from cases.reviews.writing import Change, Found, save_parts
from portal.history.models import Event
from portal.pages import search
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def review():
    return world.written()


def found(review, words, key="joanne") -> dict[str, list[tuple[str, str]]]:
    """(title, address) of each hit, by part."""
    case = Case.objects.select_related("key", "patient").get(pk=review.case_id)
    parts, _files = search.in_case(case, people.person(key), sought(words))
    return {str(part.name): [(hit.title, hit.href) for hit in part.hits] for part in parts if part.hits}


def look(review, words, key="joanne"):
    address = reverse("pages:search", args=[review.case_id])
    return people.browser(people.person(key)).post(address, {"words": words})


def option(*points):
    return Option(UUID(KEY), "Watching", points)


def test_each_part_of_the_draft_is_found_in_its_place(review):
    review = world.write(review, plain="Plain zebra. (page 1)", words="Margin: word zebra", questions="Why zebra?")
    review = world.write(review, private="Private zebra")
    points = {point.code: Found(1, "Dose zebra" if point.code == "goal" else "") for point in POINTS}
    points["cost"] = Found(None, "", "What does the zebra cost?")
    save_parts(review, {"checklist": Change("", 1)}, findings=points, by=by("joanne"))
    save_parts(review, {"options": Change("", 0)}, choices=[option(Point("for", "Zebra", 1))], by=by("joanne"))
    address = review.get_absolute_url()

    assert found(review, "zebra") == {
        "The review": [
            ("In plain words", f"{address}#part-plain"),
            ("Words to explain", f"{address}#part-words"),
            ("Questions to raise", f"{address}#part-questions"),
            ("Private notes for the team", f"{address}#part-private"),
            ("What a plan should say, page 1", f"{address}?page=1#part-checklist-goal"),
            ("What a plan should say", f"{address}#part-checklist-cost"),
            ("What each option asks and gives", f"{address}#part-options-{KEY}"),
        ]
    }
    page = people.browser(people.person("joanne")).get(address).text
    for _title, href in found(review, "zebra")["The review"]:
        assert f'id="{href.partition("#")[2]}"' in page


def test_answers_to_her_questions_are_found(review):
    question = world.HOPE.splitlines()[0]
    world.write(review, answers=f'{{"{question}": "A zebra."}}')
    address = f"{review.get_absolute_url()}#part-answers"
    assert found(review, "smaller zebra") == {"The review": [("The patient’s questions", address)]}


def test_a_note_leads_to_its_page_and_itself(review):
    add_note(review, page=2, x=100, y=900, words="A zebra", by=by("joanne"))
    address = f"{review.get_absolute_url()}?page=2#note-1"
    assert found(review, "zebra") == {"Notes on pages": [("Note 1: Page 2, near the bottom", address)]}
    page = people.browser(people.person("joanne")).get(address).text
    assert 'id="note-1"' in page


def test_drafts_and_notes_are_found_by_those_who_may_review_alone(review):
    world.write(review, plain="Zebra. (page 1)", private="A zebra")
    add_note(review, page=1, x=1, y=1, words="A zebra", by=by("joanne"))
    helping.agree(helping.ask(review.case, people.person("ines"), by=by("rosa")), chosen="acts", by=by("rosa"))

    assert set(found(review, "zebra")) == {"The review", "Notes on pages"}
    for key in ("rosa", "ines", "theo", "amir"):
        assert found(review, "zebra", key) == {}
    withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    assert found(review, "zebra") == {}
    assert "<mark>" not in look(review, "zebra").text


def test_each_version_of_the_summary_is_found_by_all_who_may_read_it(review):
    world.write(review, plain="A zebra. (page 1)")
    first = actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    world.write(review, plain="A zebra and a tiger. (page 1)")
    again = Review.objects.get()
    actions.share(again, is_ticked=True, correction="The zebra had a page.", by=by("joanne"))
    address = first.get_absolute_url()

    for key in ("rosa", "joanne", "theo"):
        assert found(review, "zebra", key)["The plan in plain words"] == [
            ("Version 2: what was corrected", f"{address}?version=2"),
            ("Version 2: What your doctor suggests", f"{address}?version=2#s-steps"),
            ("Version 1: What your doctor suggests", f"{address}?version=1#s-steps"),
        ]
    actions.withdraw(first, reason="Wrong.", by=by("joanne"))
    assert len(found(review, "zebra", "rosa")["The plan in plain words"]) == 2


def test_of_a_summary_that_was_taken_back_the_reason_is_found():
    summary = world.shared()
    actions.withdraw(summary, reason="A zebra was wrong.", by=by("joanne"))
    href = f"{summary.get_absolute_url()}?version=1"
    for key in ("rosa", "joanne", "theo"):
        assert found(summary.review, "zebra", key) == {
            "The plan in plain words": [("Version 1: why it was taken back", href)]
        }
    assert found(summary.review, "zebra", "amir") == {}
    assert "zebra" in people.browser(people.person("rosa")).get(href).text


def test_what_the_reader_asked_for_is_found_with_its_answer_by_those_who_may_read_it():
    review = world.taken()
    request = asking.ask(review, kind="answer", words="Is the zebra new?", by=by("joanne"))
    asking.answer(request, words="An old tiger.", by=by("rosa"))
    hers, ours = reverse("reviews:asked", args=[request.pk]), reverse("reviews:need_more", args=[review.pk])
    for words in ("zebra", "tiger"):
        for key, href in (("rosa", hers), ("theo", hers), ("joanne", ours)):
            [(_title, where)] = found(review, words, key)["What the reader asked for"]
            assert where == href
        assert found(review, words, "amir") == {}
    assert "tiger" in people.browser(people.person("joanne")).get(ours).text
    before = Event.objects.filter(verb="asking.looked").count()
    look(review, "tiger", "theo")
    look(review, "tiger", "rosa")
    assert Event.objects.filter(verb="asking.looked").count() == before + 1
    withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    assert found(review, "tiger") == {}


def test_lines_of_the_opinions_are_found_while_they_stand_by_those_who_may_read_them():
    review = world.taken()
    set_clinician(review.case, "first", name="Dr. Keller", by=by("rosa"))
    said = {"topic": "why", "text": "A zebra is near.", "pages": {"first": (1, None)}}
    point = comparing.add(review.case, **said, by=by("rosa"))
    for key in ("rosa", "theo", "joanne"):
        assert found(review, "zebra", key) == {"The opinions": [("Why", point.get_absolute_url())]}
    assert found(review, "zebra", "amir") == {}
    withdraw_consent(review.case.consents.get(kind="read"), by=by("rosa"))
    assert found(review, "zebra") == {}
    comparing.remove(point, by=by("rosa"))
    assert found(review, "zebra", "rosa") == {}


def test_questions_for_what_is_missing_are_found_in_the_summary():
    summary = world.shared()
    titles = [title for title, _href in found(summary.review, "cost", "rosa")["The plan in plain words"]]
    assert "Version 1: What the plan doesn’t say" in titles


def test_what_came_of_a_call_is_found_and_its_notes_by_the_team_alone(review, time_machine):
    call = review.consultation
    time_machine.move_to(call.starts_at + DAY, tick=False)
    first = Said(went="took_place", follows="coordinator", follow_words="An old zebra?", notes="A quiet zebra")
    after.save(call, first, seen=0, by=by("joanne"))
    again = Said(went="took_place", follows="coordinator", follow_words="A new zebra?", notes="A quiet lion")
    after.save(call, again, seen=1, by=by("joanne"))
    href = f"{call.get_absolute_url()}#after"

    assert [address for _title, address in found(review, "zebra", "rosa")["After calls"]] == [href]
    assert found(review, "old zebra", "rosa") == found(review, "quiet", "rosa") == {}
    for key in ("theo", "joanne"):
        assert len(found(review, "zebra", key)["After calls"]) == 2
        assert len(found(review, "quiet lion", key)["After calls"]) == 1
    assert 'id="after"' in people.browser(people.person("rosa")).get(href).text


def test_notes_of_a_colleague_are_found_by_who_asked(review):
    until = second.last_days()[0]
    amir = people.person("amir")
    asked = colleague.ask(review, to=amir, question="Is it right?", why="To be sure.", until_on=until, by=by("joanne"))
    second.agree(asked, by=by("amir"))
    second.let_read(asked, True, by=by("rosa"))
    colleague.add_note(asked, review, page=1, words="A zebra", by=by("amir"))
    href = reverse("reviews:colleague", args=[review.pk])
    assert found(review, "zebra") == {"Notes on pages": [(f"Note of {amir.name} on page 1", href)]}
    assert found(review, "zebra", "theo") == {}


def test_what_a_colleague_is_asked_is_found_by_who_asked(review):
    until = second.last_days()[0]
    amir = people.person("amir")
    second.ask(review.case, amir, question="Is the zebra usual?", why="A zebra", until_on=until, by=by("joanne"))
    address = reverse("reviews:colleague", args=[review.pk])
    (hits,) = found(review, "zebra").values()
    assert hits == [(f"What {amir.name} was asked to read along for", address)]
    assert found(review, "zebra", "rosa") == {}


def test_looking_is_on_record_without_the_words(review):
    world.write(review, plain="A zebra. (page 1)")
    actions.share(Review.objects.get(), is_ticked=True, by=by("joanne"))
    html = look(review, "zebra").text
    assert "A <mark>zebra</mark>." in html
    assert Event.objects.filter(verb="review.searched").count() == 1
    assert not Event.objects.filter(verb="review.looked").exists()
    assert Event.objects.filter(verb="summary.opened", actor_id=people.person("joanne").pk).exists()
    assert not [event for event in Event.objects.all() if "zebra" in f"{event.why} {event.about_id}"]

    look(review, "zebra", "rosa")
    assert Review.objects.get().summaries.get().first_read_at is None  # some words are not the whole
    assert "zebra" not in "".join(href for part in found(review, "zebra").values() for _title, href in part)


def test_hostile_words_stay_words(review):
    world.write(review, private="<script>alert(1)</script>")
    html = look(review, "<script>").text
    assert "<mark>&lt;script&gt;</mark>alert(1)" in html
    assert "<script>alert" not in html


def test_a_search_asks_as_many_questions_for_many_notes_as_for_one(review):
    def questions() -> int:
        case = Case.objects.select_related("key", "patient").get(pk=review.case_id)
        with CaptureQueriesContext(connection) as asked:
            assert search.in_case(case, people.person("joanne"), ["zebra"])[0][3].hits
        return len(asked)

    add_note(review, page=1, x=1, y=1, words="Zebra", by=by("joanne"))
    once = questions()
    for number in range(8):
        add_note(review, page=1, x=1, y=1, words=f"Zebra {number}", by=by("joanne"))
    assert questions() == once
