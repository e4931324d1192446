"""What is drawn at once is escaped like all else. No database."""

from types import SimpleNamespace
from uuid import uuid4

from bookings import drawing

HOSTILE = '"><script>'


def day(number, **more):
    known = {"number": number, "full": "Monday", "free": 0, "href": "?a=1&day=x"}
    return known | {"is_here": False, "is_closed": False, "is_visit": False} | more


def test_days_say_what_they_are():
    shown = drawing.weeks([[None, day(2, free=3, is_here=True), day(3, is_visit=True), day(4, is_closed=True), day(5)]])
    assert "<td></td>" in shown
    assert 'href="?a=1&amp;day=x" aria-current="date"' in shown
    assert [word in shown for word in ("3 free", "Visit", "Closed", "no times")] == [True] * 4
    assert shown.count("<td>") == 5


def test_hostile_words_stay_words():
    practices = [SimpleNamespace(pk=uuid4(), name=HOSTILE) for _ in range(2)]
    others = drawing.others(SimpleNamespace(pk=uuid4()), practices, HOSTILE, practices[0])
    buttons = drawing.buttons([{"value": HOSTILE, "label": HOSTILE}], HOSTILE)
    weeks = drawing.weeks([[day(1, free=1, full=HOSTILE, href=HOSTILE)]])
    assert "<script>" not in "".join([*others.values(), buttons, weeks])
    assert others["choices"].count('aria-current="true"') == 1


def test_one_consultant_is_no_choice():
    assert drawing.others(SimpleNamespace(pk=uuid4()), [SimpleNamespace(pk=uuid4())], "plan", None) == {}
