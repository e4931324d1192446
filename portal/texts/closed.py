"""The days on which the offices of a region are closed: its public holidays, and those typed in as Holiday."""

import datetime as dt
import functools

import holidays

from portal.texts.words import days_typed_in


@functools.lru_cache(maxsize=256)
def public_days(region: str, year: int) -> frozenset[dt.date]:
    """The public holidays of a region ("US-PA", "CA-ON", "US") in a year."""
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:  # an unknown part has its country's days, an unknown country none
        return public_days(country, year) if part else frozenset()


def closed_days(region: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Closed days from first to last, both included; weekends are not among them. One query.

    A row typed in for a whole country closes its parts, too.
    """
    places = {region, region.partition("-")[0]}
    typed_in = {day for place, day in days_typed_in() if place in places and first <= day <= last}
    public = {day for year in range(first.year, last.year + 1) for day in public_days(region, year)}
    return frozenset(day for day in public if first <= day <= last) | typed_in
