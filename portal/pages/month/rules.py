"""What of a month's counts may be shown, so that nobody can be found behind a small one. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

FEW = 5  # a count under this could be somebody whom the reader knows
BARS = 6
BAR_WIDTH, BAR_STEP, BAR_HEIGHT = 15, 20, 32


@dataclass(frozen=True)
class Counts:
    """One month, counted from what was on record when it was over. Whole numbers, nothing of anybody."""

    started: int = 0
    started_by_helper: int = 0
    visits: int = 0  # second opinion's visits that took place
    visits_complete: int = 0  # with each core record there
    visits_carried: int = 0  # with a core record that travelled by hand
    timed: int = 0  # visits of which the days below are the median
    days: int = 0  # business days from the first asking to the last core record's arrival
    reports: int = 0  # of those visits, confirmed by the primary doctor
    reports_through_us: int = 0
    first_talks: int = 0
    plan_talks: int = 0
    after_talks: int = 0
    decided: int = 0
    without_email: int = 0
    slow_signature: int = 0
    slow_form: int = 0
    slow_opening: int = 0

    @property
    def talks(self) -> int:
        return self.first_talks + self.plan_talks + self.after_talks

    def kept(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """From a kept row; what a newer version counts besides was not counted then."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def month_before(month: dt.date) -> dt.date:
    return first_of(first_of(month) - dt.timedelta(days=1))


def month_after(month: dt.date) -> dt.date:
    return first_of(first_of(month) + dt.timedelta(days=31))


def may_show(count: int) -> bool:
    return count >= FEW


def may_show_part(part: int, whole: int) -> bool:
    """Whether a part may stand beside its whole: neither it nor what is left, found by subtraction, is small."""
    return may_show(part) and may_show(whole - part)


def may_show_parts(parts: Iterable[int]) -> bool:
    """Whether all parts of a whole may be told: one small part would be given away by the others."""
    return all(may_show(part) for part in parts)


def bars(values: Sequence[int | None]) -> list[dict[str, Any]]:
    """Upright bars in a field 120 wide and 32 high, the newest last; none where a count is hidden."""
    top = max((value for value in values if value), default=0)
    drawn = []
    for place, value in enumerate(values):
        if value is None or not top:
            continue
        height = max(1, round(value / top * (BAR_HEIGHT - 3)))
        at = {"x": 2 + place * BAR_STEP, "y": BAR_HEIGHT - height, "width": BAR_WIDTH, "height": height}
        drawn.append(at | {"is_newest": place == len(values) - 1})
    return drawn
