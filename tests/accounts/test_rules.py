"""Pure decisions of accounts."""

import datetime as dt

import pytest

from portal.accounts.rules import Stay, better_address, ends_at, is_adult, is_over

START = dt.datetime(2026, 11, 9, 14, tzinfo=dt.UTC)


def stay(minutes_in: float, minutes_quiet: float, *, is_staff=False, is_kept=False) -> tuple[Stay, dt.datetime]:
    """A session that began `minutes_in` ago and has been quiet for `minutes_quiet`."""
    now = START + dt.timedelta(minutes=minutes_in)
    return Stay(is_staff, is_kept, START, now - dt.timedelta(minutes=minutes_quiet)), now


@pytest.mark.parametrize(
    ("minutes_in", "quiet", "is_staff", "is_kept", "over"),
    [
        (29, 29, True, False, False),
        (31, 30, True, False, True),
        (12 * 60 - 1, 1, True, False, False),
        (12 * 60, 1, True, False, True),
        (12 * 60, 1, False, False, False),
        (31, 30, False, False, True),
        (24 * 60, 1, False, False, True),
        (25 * 60, 25 * 60, False, True, False),
        (30 * 24 * 60 - 1, 600, False, True, False),
        (30 * 24 * 60, 1, False, True, True),
        (40, 35, True, True, True),  # a staff session is never kept
    ],
)
def test_when_a_session_is_over(minutes_in, quiet, is_staff, is_kept, over):
    a_stay, now = stay(minutes_in, quiet, is_staff=is_staff, is_kept=is_kept)
    assert is_over(a_stay, now) is over


def test_the_end_is_elapsed_time_across_the_clock_change():
    night = dt.datetime(2026, 11, 1, 5, 50, tzinfo=dt.UTC)  # 1:50 am in New York, which comes twice that night
    assert ends_at(Stay(False, False, night, night)) == night + dt.timedelta(minutes=30)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rosa@gmial.com", "rosa@gmail.com"),
        ("rosa@gmail.con", "rosa@gmail.com"),
        ("rosa@hotmial.com", "rosa@hotmail.com"),
        ("rosa@gmail.com", ""),
        ("rosa@clinic-north.org", ""),
        ("rosa", ""),
    ],
)
def test_better_address(typed, meant):
    assert better_address(typed) == meant


@pytest.mark.parametrize(
    ("born", "adult"),
    [(dt.date(2008, 11, 9), True), (dt.date(2008, 11, 10), False), (dt.date(2008, 2, 29), True)],
)
def test_adult_on_the_birthday(born, adult):
    assert is_adult(born, dt.date(2026, 11, 9)) is adult
