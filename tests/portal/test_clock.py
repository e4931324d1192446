"""The only clock: backstage may move it in development, and nowhere else."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal import clock


def test_clock_cannot_be_set_outside_development(settings):
    settings.CLOCK_CAN_BE_SET = False
    with pytest.raises(RuntimeError):
        clock.set_offset(60)
    assert clock.offset() == 0


@pytest.mark.django_db
def test_moved_clock_leaves_real_time_alone(settings):
    settings.CLOCK_CAN_BE_SET = True
    clock.set_offset(86400)
    assert dt.timedelta(hours=23) < clock.now() - clock.real_now() <= dt.timedelta(days=1)
    clock.set_offset(0)
    assert clock.now() - clock.real_now() < dt.timedelta(seconds=5)


@time_machine.travel(dt.datetime(2026, 11, 18, 3, 0, tzinfo=dt.UTC), tick=False)
def test_today_is_a_local_date():
    assert clock.today(ZoneInfo("America/New_York")) == dt.date(2026, 11, 17)
    assert clock.today(ZoneInfo("Asia/Tokyo")) == dt.date(2026, 11, 18)


def test_one_process_lives_in_the_past_for_a_while():
    with clock.lived_at(dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)):
        assert clock.now().date() == dt.date(2026, 11, 1)
    assert abs(clock.now() - clock.real_now()) < dt.timedelta(seconds=1)


def test_production_lives_now(settings):
    settings.IN_PRODUCTION = True
    with pytest.raises(RuntimeError), clock.lived_at(clock.real_now()):
        pass
