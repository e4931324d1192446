"""The closed days of several regions at once, as the dates of records need them."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from portal.texts.closed import public_days
from portal.texts.words import days_typed_in

LOOK_BACK = timedelta(days=150)
LOOK_AHEAD = timedelta(days=500)


def closed_days(regions: Iterable[str], today: date) -> dict[str, frozenset[date]]:
    """The closed days of each region from some months before `today` to well past a year after. One query.

    A row typed in for a whole country closes its parts, too.
    """
    wanted = set(regions)
    years = range((today - LOOK_BACK).year, (today + LOOK_AHEAD).year + 1)
    found = {region: {day for year in years for day in public_days(region, year)} for region in wanted}
    for region, day in days_typed_in():
        for each in found:
            if region in (each, each.partition("-")[0]):
                found[each].add(day)
    return {region: _one(frozenset(days)) for region, days in found.items()}


@lru_cache(maxsize=256)
def _one(days: frozenset[date]) -> frozenset[date]:
    """The same days are the same object each time, so that what was counted by them is found again at once."""
    return days


class ClosedDays(dict[str, frozenset[date]]):
    """The same of any region, for those who do not know yet of which: every typed-in day is read once, when needed."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self._typed_in: list[tuple[str, date]] | None = None

    def __missing__(self, region: str) -> frozenset[date]:
        if self._typed_in is None:
            self._typed_in = days_typed_in()
        years = range((self._today - LOOK_BACK).year, (self._today + LOOK_AHEAD).year + 1)
        own = {day for place, day in self._typed_in if place in (region, region.partition("-")[0])}
        self[region] = _one(frozenset(own.union(*(public_days(region, year) for year in years))))
        return self[region]
