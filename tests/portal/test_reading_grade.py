"""How hard words are to read: measured by a library that brings all it needs, said in one calm sentence."""

import subprocess
import sys

import pytest

from portal import reading_grade
from portal.reading_grade import AIM, READ_AT_MOST, grade, hint

PLAIN = "Dr. Keller plans to take out the lump. Then you take one pill a day. It may help it stay away."
MIDDLE = (
    "The treatment will be given every second week at the hospital, and the nurses will explain each of the medicines."
)
HARD = (
    "Adjuvant chemotherapy, administered intravenously over four consecutive cycles, is recommended "
    "following pathological confirmation of regional lymphovascular involvement."
)


def test_plain_words_read_at_a_low_grade():
    assert grade(PLAIN) <= 4


def test_doctors_words_read_at_a_high_grade():
    assert grade(HARD) >= 14


@pytest.mark.parametrize("text", ["", "Too short to tell.", "12 34 56", "…", "\x00" * 40, "' - ’ " * 30, "😀 " * 40])
def test_a_short_text_has_no_grade_and_no_hint(text):
    assert (grade(text), hint(text)) == (None, "")


@pytest.mark.parametrize(
    "text", ["a" * 9000, "مرحبا بكم هنا " * 90, "e\u0301 " * 900, "... " * 900 + PLAIN, PLAIN * 900]
)
def test_any_text_has_a_grade_within_the_scale_or_none(text):
    assert grade(text) in (None, *range(1, 19))


def test_only_the_beginning_of_a_very_long_text_is_measured():
    assert grade((PLAIN + " ") * (READ_AT_MOST // len(PLAIN)) + HARD * 900) <= 4


def test_lines_without_full_stops_count_as_sentences():
    one_by_one = "An operation first\nThen four rounds of treatment\nThen one tablet each day for years"
    assert grade(one_by_one) < grade(one_by_one.replace("\n", " "))


@pytest.mark.parametrize(
    ("with_dots", "without"),
    [
        (
            "1. You take 2.5 mg of it each day, as Dr. Keller says, e.g. at noon",
            "You take 25 mg of it each day, as Dr Keller says, eg at noon.",
        ),
        ("- You take it each day - at noon", "You take it each day at noon."),
    ],
)
def test_dots_that_end_no_sentence_do_not_count(with_dots, without):
    assert " ".join(reading_grade._sentence(with_dots).split()) == without


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN, "Reads like grade 1."),
        (MIDDLE, "Reads like grade 10. Shorter sentences help a tired reader."),
        (HARD, "Reads like a text for college. Shorter sentences help a tired reader."),
    ],
)
def test_the_hint_is_one_calm_sentence(text, said):
    assert hint(text) == said


@pytest.mark.parametrize(
    ("language", "is_measured"), [("en", True), ("en-us", True), ("es", False), ("qps", False), ("", False)]
)
def test_other_languages_have_no_hint(language, is_measured):
    assert bool(hint(HARD, language)) is is_measured


def test_the_aim_is_the_one_of_the_house():
    assert AIM == 6


def test_it_writes_nothing_into_a_home_folder_and_asks_no_network(tmp_path):
    program = (
        "import socket, sys; sys.addaudithook(lambda name, args: sys.exit(3) if name.startswith('socket.') else None)\n"
        "from portal.reading_grade import grade; print(grade(sys.argv[1]))"
    )
    home = tmp_path / "home"
    run = subprocess.run(
        [sys.executable, "-c", program, HARD],
        env={"HOME": str(home), "XDG_CACHE_HOME": str(home), "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout.strip(), home.exists()) == (0, "18", False), run.stderr
