"""The opinions in tired and in hostile hands: another's ids, half-way, late, after the end, hostile words."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.case.erasure.rules import WAITS
from cases.case.helping import actions as helping
from cases.documents import asked_erasing
from cases.opinions.comparing import actions as comparing
from cases.opinions.comparing.models import Point
from cases.opinions.deciding import actions as deciding
from cases.opinions.models import Decision
from portal import clock
from portal.errors import Refused
from portal.history import words as history_words
from portal.pages import closing_actions as closing
from portal.pages import erasing_actions as erasing
from tests import factories
from tests.by_hand import theo, to_phone
from tests.people import browser, person
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> %(name)s {{ x }} “’"


def add(case, text="Remove it.", key="rosa", **said):
    return comparing.add(case, topic="suggests", text=text, pages={"first": (2, None)}, by=actor(key), **said)


def address(name, pk, *more) -> str:
    return reverse(f"opinions:{name}", args=[pk, *more])


def page(case, key="rosa", query=""):
    return browser(person(key)).get(address("compare", case.pk) + query)


def test_hostile_names_and_words_are_words(case):
    case_actions.set_clinician(case, "first", name=HOSTILE, by=actor("rosa"))
    point = add(case, HOSTILE)
    deciding.decide(case, choice="first", words=HOSTILE, by=actor("rosa"))
    case_actions.set_clinician(case, "first", name="Dr. Other", by=actor("rosa"))
    html = page(case, query=f"?line={point.pk}").text
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 4  # the line, its doctor, the group, the answer


@pytest.mark.parametrize("seen", ["x", "0", "", "00000000-0000-0000-0000-000000000000"])
def test_an_answer_with_somebody_elses_or_no_mark_overwrites_nothing(case, seen):
    made = deciding.decide(case, choice="own", by=actor("rosa"))
    answer = browser(person("rosa")).post(address("decide", case.pk), {"choice": "first", "seen": seen})
    assert answer.status_code in {409, 422}
    assert Decision.objects.get() == made


@pytest.mark.parametrize("typed", [{"text": " "}, {"new": "x"}, {"topic": "<b>"}, {"page_first": "9" * 9}])
def test_half_a_line_saves_nothing_and_the_page_answers(case, typed):
    said = {"topic": "suggests", "text": "Mine", "page_first": "2"} | typed
    assert browser(person("rosa")).post(address("add_line", case.pk), said).status_code == 422
    assert not Point.objects.exists()


def test_another_cases_line_opens_and_moves_nowhere(case):
    other = factories.open_case(person("grace"))
    case_actions.set_clinician(other, "first", name="Dr. Hers", by=actor("grace"))
    point = comparing.add(other, topic="why", text="Hers alone", pages={"first": (1, None)}, by=actor("grace"))
    shown = page(case, query=f"?line={point.pk}")
    assert "Hers alone" not in shown.text
    assert shown.context["about"] is None
    for name, more in (("change_line", ()), ("move_line", ("remove",))):
        assert browser(person("rosa")).post(address(name, point.pk, *more), {}).status_code == 404
    said = {"topic": "suggests", "text": "Mine", "page_first": "2", "new": str(point.pk)}
    assert browser(person("rosa")).post(address("add_line", case.pk), said).status_code == 422


def test_a_line_that_was_taken_away_says_so_to_who_would_change_it(case):
    point = add(case)
    comparing.remove(point, by=theo())
    typed = {"topic": "suggests", "text": "Mine", "page_first": "2", "seen": "1"}
    answer = browser(person("rosa")).post(address("change_line", point.pk), typed)
    assert answer.status_code == 422
    assert "This line was taken away meanwhile. Put it back first." in answer.text
    assert "Mine" in answer.text


def test_after_the_end_all_is_read_and_nothing_is_offered_or_done(case):
    kept, gone = add(case), add(case, "Gone.")
    comparing.remove(gone, by=actor("rosa"))
    deciding.decide(case, choice="own", words="As it is.", by=actor("rosa"))
    case = closing.close_case(case, "asked", by=theo())
    html = page(case).text
    assert "Remove it." in html
    assert "As it is." in html
    assert all(words not in html for words in ("Take it away", "Put it back", "Add the line", "Save what matters"))
    assert "Name the" not in html.replace("Name the page", "")
    rosa = browser(person("rosa"))
    rosa.post(address("move_line", kept.pk, "remove"))
    rosa.post(address("move_line", gone.pk, "put-back"))
    assert list(Point.objects.standing()) == [kept]
    typed = {"choice": "first", "seen": str(Decision.objects.get().pk), "words": "Late words"}
    late = rosa.post(address("decide", case.pk), typed)
    assert late.status_code == 422
    assert "Late words" in late.text
    assert Decision.objects.get().choice == "own"


def test_after_erasing_neither_line_nor_choice_stands_there(case, november_5):
    add(case)
    deciding.decide(case, choice="first", words="My words.", by=actor("rosa"))
    deciding.say_what_matters(case, "The wedding.", is_shared=True, seen=0, by=actor("rosa"))
    erasing.ask(case, by=actor("rosa"))
    november_5.shift(WAITS + dt.timedelta(hours=1))
    assert asked_erasing.erase_due(clock.now()) == 1
    html = page(case).text
    gone = (
        "Remove it.",
        "My words.",
        "The wedding.",
        "Dr. Keller, page",
        "What you said last",
        "rs-compare",
        "Print it",
    )
    assert [words for words in gone if words in html] == []
    assert {page(case, key).status_code for key in ("theo", "joanne", "grace")} == {404}


def test_a_helper_whose_help_ended_reads_and_writes_nothing(case):
    grant = helping.agree(helping.ask(case, person("ines"), by=theo()), chosen="most", by=actor("rosa"))
    point = add(case, key="ines")
    helping.end(grant, by=actor("rosa"))
    assert page(case, "ines").status_code == 404
    with pytest.raises(Refused):
        comparing.remove(point, by=actor("ines"))


def test_the_day_we_get_in_touch_is_said_while_it_is_to_come(case, november_5):
    deciding.decide(case, choice="time", check_in_on=dt.date(2026, 11, 20), by=actor("rosa"))
    assert "We get in touch on Friday, November 20, and not before." in page(case).text
    november_5.move_to(dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC))
    assert "and not before" not in page(case).text


def test_the_case_file_leads_to_it_and_by_phone_to_what_is_written_down(case):
    opinions, file = address("compare", case.pk), reverse("pages:case_file", args=[case.pk])
    html = browser(person("theo")).get(file).text
    assert f'href="{opinions}"' in html
    assert f'href="{opinions}#now"' not in html
    to_phone(case.patient)
    assert f'href="{opinions}#now"' in browser(person("theo")).get(file).text
    assert 'id="now"' in page(case, "theo").text


def test_every_line_of_history_has_words():
    verbs = ("day_said", "seen", "added", "changed", "removed", "put_back")
    assert {f"opinions.{verb}" for verb in verbs} <= history_words.known_verbs()
