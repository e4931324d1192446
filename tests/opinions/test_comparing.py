"""Lines of the comparison: written from a page, changed by two, taken away and back, and shown by doctor and page."""

import re
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.helping import actions as helping
from cases.opinions.comparing import actions, rules
from cases.opinions.comparing.models import Point, Source
from cases.opinions.comparing.rules import Topic
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import facts
from tests import factories, plan_files
from tests.documents.files import read as put_in
from tests.people import browser, person
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
LUMP = "Remove the lump only, then four weeks of radiation."


def add(case, text=LUMP, topic="suggests", key="rosa", **pages):
    found = pages.pop("pages", None) or {"second": (2, 3)}
    return actions.add(case, topic=topic, text=text, pages=found, by=actor(key), **pages)


def fresh(point) -> Point:
    return Point.objects.select_related("case__key", "case__patient").get(pk=point.pk)


def address(case) -> str:
    return reverse("opinions:compare", args=[case.pk])


def shown(case, key="rosa") -> str:
    return browser(person(key)).get(address(case)).content.decode()


def test_a_line_pressed_twice_stands_once_and_its_words_are_sealed(case):
    pk = uuid.uuid4()
    assert add(case, pk=pk) == add(case, pk=pk)
    assert fresh(Point.objects.get()).text == LUMP
    assert [(each.role, each.page, each.page_to) for each in Source.objects.all()] == [("second", 2, 3)]
    assert not [event for event in Event.objects.values_list() if "lump" in str(event)]


@pytest.mark.parametrize(
    ("wrong", "pages"),
    [
        ({"topic": "score"}, {"second": (1, None)}),
        ({"text": "  "}, {"second": (1, None)}),
        ({"text": "x" * (rules.LONGEST + 1)}, {"second": (1, None)}),
        ({}, {}),
        ({}, {"third": (1, None)}),  # nobody is named so
        ({}, {"first": (1, None), "second": (1, None)}),  # one doctor's line names one
        ({"topic": "agree"}, {"second": (1, None)}),  # it takes two
        ({}, {"second": (0, None)}),
        ({}, {"second": (3, 2)}),
        ({}, {"second": (1, 99_999)}),
    ],
)
def test_a_line_without_doctor_or_page_cannot_stand(case, wrong, pages):
    with pytest.raises(Refused):
        actions.add(case, **({"topic": "suggests", "text": LUMP, "pages": pages} | wrong), by=actor("rosa"))
    assert not Point.objects.exists()


def test_each_line_names_doctor_and_page_and_opens_it_where_the_paper_is_here(case):
    add(case, "Remove the whole breast.", pages={"first": (2, None)})
    add(case)
    add(case, "An operation comes first.", topic="agree", pages={"first": (3, None), "second": (2, None)})
    html = shown(case)
    assert "Dr. Keller, page 2" in html
    assert "Dr. Priya Raman, pages 2-3" in html
    assert 'href="/documents/' not in html
    plan = put_in(case).document
    html = shown(case)
    assert f'<a href="/documents/{plan.pk}/?page=2#page-2">Dr. Keller, page 2</a>' in html
    assert "<strong>They agree</strong>" in html
    assert "<strong>They differ</strong>" not in html
    assert "Written by you" in html
    order = [html.index(words) for words in ("First opinion", "Second opinion")]
    assert order == sorted(order)


def test_no_line_stands_on_a_page_past_the_end_of_a_paper_that_is_here(case):
    said = {"pages": {"first": (7, None)}}
    before = add(case, "Written before the plan was here.", **said)
    put_in(case, content=plan_files.pdf(pages=3))
    for pages in ({"first": (4, None)}, {"first": (2, 4)}):
        with pytest.raises(Refused) as refused:
            add(case, pages=pages)
        assert refused.value.message == "The paper of Dr. Keller has 3 pages. Look at the page number once more."
    with pytest.raises(Refused):
        actions.change(before, topic="suggests", text="Other words", **said, seen=1, by=actor("rosa"))
    assert add(case, pages={"first": (2, 3)})
    assert add(case, pages={"second": (4, None)})  # of that doctor no paper is here


def test_the_page_says_in_words_that_the_paper_is_shorter_and_keeps_the_line(case):
    put_in(case, content=plan_files.pdf(pages=1))
    typed = {"topic": "suggests", "text": LUMP, "page_first": "2"}
    answer = browser(person("rosa")).post(reverse("opinions:add_line", args=[case.pk]), typed)
    assert answer.status_code == 422
    assert "The paper of Dr. Keller has 1 page. Look at the page number once more." in answer.text
    assert LUMP in answer.text
    assert not Point.objects.exists()


def test_nothing_scores_or_stands_out(case):
    for role in ("first", "second"):
        for topic in (topic for topic in Topic if topic not in rules.OF_ALL):
            add(case, f"{role} {topic}", topic=topic, pages={role: (1, None)})
    table = re.search(r'<div class="rs-compare.*?</div>\n', shown(case), re.S)
    assert table
    assert not re.search(r"<(b|strong|em|mark)\b", table[0])


def test_two_who_change_one_line_lose_nothing(case):
    point = add(case)
    said = {"topic": "suggests", "pages": {"second": (2, None)}, "seen": 1}
    actions.change(point, text="One", **said, by=actor("rosa"))
    with pytest.raises(Refused) as refused:
        actions.change(point, text="Two", **said, by=actor("rosa"))
    assert refused.value.code == "changed"
    assert fresh(point).text == "One"
    assert actions.change(point, text="One", **said, by=actor("rosa")).version == 2


def test_the_form_of_a_line_changed_meanwhile_keeps_what_was_typed(case):
    point, rosa = add(case), browser(person("rosa"))
    rosa.get(address(case) + f"?line={point.pk}")
    actions.change(point, topic="why", text="Other", pages={"second": (1, None)}, seen=1, by=actor("rosa"))
    change = reverse("opinions:change_line", args=[point.pk])
    typed = {"topic": "suggests", "text": "Mine", "page_second": "4", "seen": "1"}
    answer = rosa.post(change, typed)
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
    assert rosa.post(change, typed | {"seen": answer.context["line_form"]["seen"].value()}).status_code == 302
    assert fresh(point).text == "Mine"


@pytest.mark.parametrize("typed", ["x", "-2", "2-", "²", "1-2-3", "99999999"])
def test_a_page_that_is_none_is_asked_for_again(case, typed):
    answer = browser(person("rosa")).post(
        reverse("opinions:add_line", args=[case.pk]), {"topic": "why", "text": "Mine", "page_second": typed}
    )
    assert answer.status_code == 422
    assert "Mine" in answer.content.decode()
    assert not Point.objects.exists()


def test_taken_away_it_can_be_put_back(case):
    point = add(case)
    actions.remove(actions.remove(point, by=actor("rosa")), by=actor("rosa"))
    assert "Lines that were taken away" in shown(case)
    actions.put_back(point, by=actor("rosa"))
    assert fresh(point).removed_at is None
    assert list(Event.objects.filter(verb__startswith="opinions.").order_by("pk").values_list("verb", flat=True)) == [
        "opinions.added",
        "opinions.removed",
        "opinions.put_back",
    ]


def test_everybody_writes_under_their_own_name_and_changes_their_own(case):
    case_actions.assign(case, person("joanne"), why="booking", by=actor("rosa"))
    with pytest.raises(Refused):  # she may not read yet
        add(case, key="joanne")
    factories.assign(case, person("joanne"))
    helping.agree(helping.ask(case, person("ines"), by=actor("theo")), chosen="most", by=actor("rosa"))
    points = {key: add(case, key, key=key) for key in ("rosa", "ines", "joanne", "theo")}
    assert {key: fresh(point).put_in_as for key, point in points.items()} == {
        "rosa": "patient", "ines": "helper", "joanne": "consultant", "theo": "coordinator",
    }  # fmt: skip
    for key in ("ines", "joanne"):
        with pytest.raises(Refused):
            actions.remove(points["rosa"], by=actor(key))
        actions.remove(points[key], by=actor(key))
    actions.remove(points["theo"], by=actor("rosa"))


def test_each_line_is_marked_by_who_entered_it_as_soon_as_two_did(case):
    factories.assign(case, person("joanne"))
    add(case, "Mine")
    assert "Written by you, last on November 5, 2026." in shown(case)
    assert "Written by Rosa Delgado, patient, last on" in shown(case, "joanne")
    assert "Entered by" not in shown(case)
    add(case, "Of her report", key="joanne", pages={"first": (1, None)})
    add(case, "Both", key="theo", topic="agree", pages={"first": (1, None), "second": (1, None)})
    lines = dict(re.findall(r"<span>([\w ]+) <span .*?(Entered by [^<]+)<", shown(case)))
    assert lines == {
        "Mine": "Entered by you, November 5, 2026.",
        "Of her report": f"Entered by {person('joanne').name}, consultant, November 5, 2026.",
        "Both": f"Entered by {person('theo').name}, coordinator, November 5, 2026.",
    }
    assert "Written by" not in shown(case)


def test_a_line_that_somebody_else_changed_says_so(case):
    point = add(case, key="theo")
    actions.change(point, topic="why", text="Mine", pages={"second": (1, None)}, seen=1, by=actor("rosa"))
    mark = f"Entered by {person('theo').name}, coordinator, November 5, 2026. Changed by you, November 5, 2026."
    assert mark in shown(case)
    actions.remove(fresh(point), by=actor("rosa"))
    assert "Entered by" not in shown(case)


def test_strangers_neither_read_nor_write(case):
    point = add(case)
    grace = browser(person("grace"))
    assert grace.get(address(case)).status_code == 404
    assert grace.post(reverse("opinions:move_line", args=[point.pk, "remove"])).status_code == 404


def test_the_database_refuses_lines_of_nobody_and_pages_that_are_none(case):
    point = add(case)
    for wrong in ({"role": ""}, {"topic": "agree"}, {"topic": "best"}, {"text": b""}, {"removed_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Point.objects.filter(pk=point.pk).update(**wrong)
    for wrong in ({"page": 0}, {"page_to": 1}, {"role": "primary"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            point.sources.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(point=point, role="second", page=1)


def test_the_path_counts_the_doctors_whose_suggestion_stands(case):
    assert facts.of_case(case, clock.now()).facts.opinions == 0
    add(case)
    add(case, "And a gene test.")
    assert facts.of_case(case, clock.now()).facts.opinions == 1
    first = add(case, "All of it.", pages={"first": (1, None)})
    assert facts.of_case(case, clock.now()).facts.opinions == 2
    actions.remove(first, by=actor("rosa"))
    assert facts.of_case(case, clock.now()).facts.opinions == 1


def test_sixty_lines_cost_as_many_questions_as_three(case):
    rosa = browser(person("rosa"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert rosa.get(address(case)).status_code == 200
        return len(found)

    for number in range(3):
        add(case, f"Line {number}")
    asked()
    few = asked()
    for number in range(3, rules.MOST):
        add(case, f"Line {number}")
    assert asked() == few
    with pytest.raises(Refused):
        add(case, "One too many")
