"""How hard a line of the comparison is to read, said to the one of us who types it; what is typed is kept."""

import pytest
from django.urls import reverse

from cases.opinions.comparing import actions
from cases.opinions.comparing.forms import CHANGE_DRAFT, DRAFT
from cases.opinions.comparing.models import Point
from portal.accounts import drafts
from tests.opinions.test_comparing import add, address, shown
from tests.people import browser, person
from tests.portal.test_reading_grade import HARD, PLAIN
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
COLLEGE = "Reads like a text for college. Shorter sentences help a tired reader."


def typing(key, form, about, words=HARD, **also):
    return browser(person(key)).post(reverse("accounts:draft", args=[form, about.pk]), {"text": words, **also}).text


def test_who_of_us_types_a_line_is_told_and_finds_it_again(case):
    assert typing("theo", DRAFT, case, topic="for", page_second="3").endswith(f". {COLLEGE}")
    page = shown(case, "theo")
    assert f'id="grade-text">{COLLEGE}' in page
    assert HARD.split(". ")[0] in page
    assert 'value="3"' in page


@pytest.mark.parametrize("key", ["rosa", "amir", "mara"])
def test_nobody_else_is(case, key):
    assert "Reads like" not in typing(key, DRAFT, case)


def test_a_line_that_stands_is_measured_while_it_is_changed(case):
    point = add(case, key="theo")
    assert typing("theo", CHANGE_DRAFT, point, seen="0").endswith(f". {COLLEGE}")
    page = browser(person("theo")).get(address(case), {"line": str(point.pk)}).content.decode()
    assert f'id="grade-text">{COLLEGE}' in page
    assert "Reads like" not in shown(case, "theo")  # the other form, of a new line
    assert "Reads like" not in typing("amir", CHANGE_DRAFT, point)


def test_what_was_typed_over_a_line_that_changed_since_does_not_overwrite_it(case):
    point = add(case, key="theo")
    typing("theo", CHANGE_DRAFT, point, words="From my draft.", seen=str(point.version))
    pages = {"second": (2, 3)}
    actions.change(point, topic="suggests", text="By another.", pages=pages, seen=point.version, by=actor("theo"))
    form = browser(person("theo")).get(address(case), {"line": str(point.pk)}).context["line_form"]
    said = {"topic": "suggests", "text": form["text"].value(), "page_second": "2-3", "seen": form["seen"].value()}
    answer = browser(person("theo")).post(reverse("opinions:change_line", args=[point.pk]), said)
    assert answer.status_code == 409
    assert "From my draft." in answer.text
    assert Point.objects.select_related("case__key").get().text == "By another."


def test_hard_lines_are_saved_and_said_to_be_hard_and_the_draft_goes(case):
    drafts.keep(person("theo"), DRAFT, case, {"text": HARD[:200]})
    said = {"topic": "suggests", "text": HARD[:200], "page_second": "2"}
    add_to = reverse("opinions:add_line", args=[case.pk])
    assert "Reads like" in browser(person("theo")).post(add_to, said, follow=True).text
    assert not drafts.kept(person("theo"), DRAFT, case)
    assert "Reads like" not in browser(person("theo")).post(add_to, said | {"text": PLAIN[:200]}, follow=True).text
