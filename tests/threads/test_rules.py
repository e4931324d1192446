"""What can be sent and taken back, by when an answer is due; no database."""

import datetime as dt

import pytest

from cases.threads import rules

NOW = dt.datetime(2026, 11, 5, 15, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "files", "goes"),
    [
        ("Hello", 0, True),
        ("", 1, True),
        ("", 0, False),
        (" \n\t", 0, False),
        ("a" * rules.LETTERS_AT_MOST, 0, True),
        ("a" * (rules.LETTERS_AT_MOST + 1), 0, False),
        ("Hello", rules.FILES_AT_MOST + 1, False),
    ],
)
def test_words_or_files_can_be_sent(text, files, goes):
    assert (rules.why_not_send(text, files) == "") is goes


@pytest.mark.parametrize(
    ("is_own", "is_read", "minutes", "goes"),
    [(True, False, 0, True), (True, False, 10, True), (True, False, 11, False), (True, True, 1, False),
     (False, False, 1, False)],
)  # fmt: skip
def test_the_author_takes_back_within_10_minutes_while_nobody_has_read(is_own, is_read, minutes, goes):
    reason = rules.why_not_take_back(is_own=is_own, is_read=is_read, sent_at=NOW - minutes * MINUTE, now=NOW)

    assert (reason == "") is goes


def test_an_answer_is_due_on_the_next_business_day():
    friday, monday, tuesday = dt.date(2026, 11, 6), dt.date(2026, 11, 9), dt.date(2026, 11, 10)

    assert rules.answer_by(friday, frozenset()) == monday
    assert rules.answer_by(friday, frozenset({monday})) == tuesday
