"""Nobody is found behind a small count, not by taking one number from another either."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest

from portal.pages.month import words
from portal.pages.month.rules import Counts, bars, may_show_part, may_show_parts, month_after, month_before

OCTOBER = dt.date(2026, 10, 1)
PICTURE = Counts(
    started=27,
    started_by_helper=8,
    visits=21,
    visits_complete=15,
    visits_carried=6,
    timed=15,
    days=4,
    reports=16,
    reports_through_us=7,
    first_talks=6,
    plan_talks=17,
    after_talks=8,
    decided=12,
    without_email=3,
    slow_signature=11,
    slow_form=9,
    slow_opening=2,
)
NUMBER = re.compile(r"\d+")


def said(counts: Counts) -> dict[str, tuple[str, str]]:
    return {figure.code: (figure.number, figure.more) for figure in words.figures(counts)}


def test_a_month_reads_as_it_is_meant():
    assert said(PICTURE) == {
        "started": ("27", "19 for themselves, 8 by a helper"),
        "visits": ("21", "Moved or canceled ones are not counted as late"),
        "complete": ("15 of 21", "6 went with copies carried by hand"),
        "days": ("4 days", "half took this long or less, in business days"),
        "reports": ("16 of 21", "9 direct, 7 passed on by us. 5 still open"),
        "talks": ("31", "6 first talks, 17 plans, 8 after the opinion"),
        "decided": ("12", "Never counted by which one"),
        "without_email": ("Fewer than 5", "All by phone and post"),
    }
    assert words.slowed(PICTURE) == [
        ("Signature missing", "11 records"),
        ("Office asked for its own form", "9 records"),
        ("Didn’t open", "fewer than 5"),
    ]


def numbers(text: str) -> set[int]:
    return {int(found) for found in NUMBER.findall(text.replace("Fewer than 5", "").replace("fewer than 5", ""))}


@pytest.mark.parametrize("whole", range(5, 30))
def test_a_small_part_is_never_found_by_subtraction(whole):
    by_text = defaultdict(set)
    for part in range(whole + 1):
        by_text[words.of_whole(part, whole)].add(part)
    for text, parts in by_text.items():
        if parts == {part for part in parts if may_show_part(part, whole)}:
            assert text == f"{min(parts)} of {whole}"
        else:
            assert len(parts) >= 5


def test_no_part_is_told_when_one_of_them_is_small():
    for first, plans, after in product((0, 4, 5, 9), repeat=3):
        counts = replace(PICTURE, first_talks=first, plan_talks=plans, after_talks=after)
        _number, more = said(counts)["talks"]
        assert bool(more) is may_show_parts([first, plans, after])
    assert said(replace(PICTURE, started_by_helper=3))["started"] == ("27", "")
    assert said(replace(PICTURE, started_by_helper=24))["started"] == ("27", "")
    assert said(replace(PICTURE, reports=18))["reports"] == ("17 or more of 21", "")
    assert said(replace(PICTURE, visits_carried=19))["complete"][1] == ""


def test_days_of_a_few_visits_are_not_told():
    assert said(replace(PICTURE, timed=4))["days"] == ("Too few", "")


def test_an_empty_month_tells_nothing_of_anybody():
    shown = [figure for figure in words.figures(Counts()) if numbers(figure.number + figure.more)]
    assert shown == []


def test_bars_leave_out_what_is_hidden():
    before = [replace(PICTURE, started=10), None, replace(PICTURE, started=3)]
    drawn = words.figures(PICTURE, before)[0].bars
    assert [bar["x"] for bar in drawn] == [2, 62]
    assert drawn[1]["is_newest"]
    assert drawn[1]["height"] > drawn[0]["height"]
    assert bars([None, None]) == []


def test_the_table_says_what_the_page_says():
    lines = words.table(OCTOBER, PICTURE)
    assert [line[1:3] for line in lines[1:9]] == [[f.name, f.number] for f in words.figures(PICTURE)]
    assert {len(line) for line in lines} == {5}


def test_what_a_newer_version_counts_is_nothing_in_an_older_month():
    assert Counts.of({"started": 7, "no longer counted": 3}) == Counts(started=7)
    assert Counts.of(PICTURE.kept()) == PICTURE


@pytest.mark.parametrize(
    ("month", "after"), [(OCTOBER, dt.date(2026, 11, 1)), (dt.date(2026, 12, 1), dt.date(2027, 1, 1))]
)
def test_months_follow_each_other(month, after):
    assert month_after(month) == after
    assert month_before(after) == month
