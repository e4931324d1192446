"""What may happen to a review, by when a plan is to be read, and why not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.reviews.queue.reading_time import reading_minutes
from cases.reviews.rules import (
    MOVES,
    NOT_FROM_HERE,
    SUMMARY_MOVES,
    Situation,
    allowed,
    read_by,
    urgency,
    why_not,
    why_not_summary,
)
from portal.texts.business_days import is_business_day

STATES = ("open", "taken", "drafting", "shared", "completed", "set_aside")
ROLES = ("reader", "consultant", "coordinator", "patient", "helper", "system", "")

# Written by hand, so that a change of the table must be meant.
MAY = {
    ("take", "open", "consultant"),
    ("hand_back", "taken", "reader"),
    ("hand_back", "taken", "coordinator"),
    ("hand_back", "drafting", "reader"),
    ("hand_back", "drafting", "coordinator"),
    ("hand_over", "taken", "reader"),
    ("hand_over", "taken", "coordinator"),
    ("hand_over", "drafting", "reader"),
    ("hand_over", "drafting", "coordinator"),
    ("hand_over", "shared", "reader"),
    ("hand_over", "shared", "coordinator"),
    ("draft", "taken", "reader"),
    ("write", "taken", "reader"),
    ("write", "drafting", "reader"),
    ("write", "shared", "reader"),
    ("write", "completed", "reader"),
    ("share", "drafting", "reader"),
    ("correct", "shared", "reader"),
    ("correct", "completed", "reader"),
    ("complete", "drafting", "reader"),
    ("complete", "shared", "reader"),
    ("finish", "shared", "reader"),
    *(("withdraw", state, role) for state in STATES for role in ("reader", "coordinator")),
    ("reopen", "shared", "system"),
    ("reopen", "completed", "system"),
    ("set_aside", "open", "system"),
    ("set_aside", "open", "coordinator"),
    ("set_aside", "taken", "system"),
    ("set_aside", "taken", "coordinator"),
    ("set_aside", "drafting", "system"),
    ("set_aside", "drafting", "coordinator"),
    ("share_again", "open", "system"),
    ("share_again", "taken", "system"),
    ("share_again", "drafting", "system"),
    ("resume", "set_aside", "system"),
    ("resume", "set_aside", "coordinator"),
}


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_every_verb_in_every_state_for_every_role(verb, state, role):
    refusal = why_not(verb, Situation(state, role, talk_over=True))
    assert (refusal == "") == ((verb, state, role) in MAY)


@pytest.mark.parametrize("verb", SUMMARY_MOVES)
@pytest.mark.parametrize("state", ["shared", "withdrawn"])
@pytest.mark.parametrize("role", ROLES)
def test_every_verb_on_a_summary(verb, state, role):
    may = {("withdraw", "reader"), ("withdraw", "coordinator"), ("say_clear", "patient"), ("say_clear", "coordinator")}
    may |= {("ask", "patient"), ("ask", "helper"), ("ask", "coordinator")}
    assert (why_not_summary(verb, state, role) == "") == (state == "shared" and (verb, role) in may)


def test_every_state_has_a_sentence():
    assert set(NOT_FROM_HERE) == {*STATES, "withdrawn"}


def test_buttons_follow_the_table():
    assert allowed(Situation("open", "consultant")) == ["take"]
    assert allowed(Situation("shared", "reader")) == ["hand_over", "write", "correct", "complete", "finish", "withdraw"]
    assert allowed(Situation("shared", "patient")) == []


@pytest.mark.parametrize("verb", ["share", "write", "correct", "complete", "draft"])
def test_nothing_is_written_or_shared_without_consent_to_read(verb):
    state = next(iter(MOVES[verb].sources))
    assert "not said yes" in why_not(verb, Situation(state, "reader", may_read=False, talk_over=True))


@pytest.mark.parametrize("verb", ["hand_back", "withdraw"])
def test_a_reader_can_step_back_after_consent_is_withdrawn(verb):
    assert why_not(verb, Situation("drafting", "reader", may_read=False)) == ""


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"empty_parts": ("plain",)}, "Write “In plain words” first."),
        ({"points_left": 1}, "1 point of"),
        ({"points_left": 4}, "4 points of"),
        ({"lines_without_page": 1}, "1 line of the plan in plain words names no page"),
        ({"lines_without_page": 3}, "3 lines of the plan"),
        ({"pages_past_the_end": (9,), "pages": 6}, "names page 9, but the plan has 6 pages"),
    ],
)
def test_an_unfinished_review_is_not_shared(facts, words):
    assert words in why_not("share", Situation("drafting", "reader", **facts))


def test_the_statement_must_be_ticked():
    assert why_not("share", Situation("drafting", "reader"), ticked=False).startswith("Tick the statement")


def test_complete_waits_for_the_talk():
    assert "not taken place" in why_not("complete", Situation("shared", "reader", talk_over=False))


@pytest.mark.parametrize("verb", ["correct", "withdraw"])
def test_what_a_patient_may_have_read_changes_with_a_reason(verb):
    assert why_not(verb, Situation("shared", "reader"), reason="  ").startswith("Say in a line")


@pytest.mark.parametrize(
    ("talk_on", "closed", "day"),
    [
        (date(2026, 11, 17), (), date(2026, 11, 16)),
        (date(2026, 11, 16), (), date(2026, 11, 13)),
        (date(2026, 11, 12), (date(2026, 11, 11),), date(2026, 11, 10)),
        (date(2026, 11, 30), (date(2026, 11, 26), date(2026, 11, 27)), date(2026, 11, 25)),
    ],
)
def test_a_plan_is_read_the_business_day_before_the_talk(talk_on, closed, day):
    assert read_by(opened_on=date(2026, 11, 2), talk_on=talk_on, closed=frozenset(closed)) == day


@pytest.mark.parametrize(
    ("opened_on", "closed", "day"),
    [
        (date(2026, 11, 2), (), date(2026, 11, 9)),
        (date(2026, 11, 6), (date(2026, 11, 11),), date(2026, 11, 16)),
        (date(2026, 11, 7), (), date(2026, 11, 13)),
    ],
)
def test_a_written_reading_has_five_business_days(opened_on, closed, day):
    assert read_by(opened_on=opened_on, talk_on=None, closed=frozenset(closed)) == day


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.sets(st.dates(date(2026, 1, 1), date(2030, 1, 1))))
def test_read_by_is_always_a_business_day_before_the_talk(talk_on, closed):
    day = read_by(opened_on=talk_on, talk_on=talk_on, closed=closed)
    assert day < talk_on
    assert is_business_day(day, closed)


@pytest.mark.parametrize(
    ("pages", "words", "photos", "minutes"),
    [
        (0, 0, False, 0),
        (1, 0, False, 20),
        (6, 0, False, 40),
        (6, 2142, False, 40),  # 18 minutes for its words, 6 around its pages, 15 to write
        (6, 400, False, 25),
        (6, 0, True, 55),
        (11, 0, False, 60),
    ],
)
def test_reading_time_is_an_estimate_in_fives(pages, words, photos, minutes):
    assert reading_minutes(pages, words=words, photos=photos) == minutes


@pytest.mark.parametrize(("day", "tag"), [(15, "late"), (16, "today"), (17, "soon"), (20, "later")])
def test_the_queue_says_how_near_a_date_is(day, tag):
    assert urgency(date(2026, 11, day), today=date(2026, 11, 16)) == tag
