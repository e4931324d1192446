"""The days on which the offices of a region are closed: its public holidays, and those typed in as Holiday."""

import datetime as dt
import functools

import holidays

from portal.texts.words import days_typed_in


@functools.lru_cache(maxsize=256)
def public_days(region: str, year: int) -> frozenset[dt.date]:
    """The public holidays of a region ("US-PA", "CA-ON", "US") in a year."""
    return frozenset(_named(region, year))


def _named(region: str, year: int) -> dict[dt.date, str]:
    country, _, part = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:  # an unknown part has its country's days, an unknown country none
        return _named(country, year) if part else {}


def holidays_ahead(region: str, today: dt.date) -> list[tuple[dt.date, str]]:
    """The public holidays of a region in the year that begins today, with their names."""
    until = today + dt.timedelta(days=365)
    found = {**_named(region, today.year), **_named(region, until.year)}
    return sorted((on, name) for on, name in found.items() if today <= on <= until)


def closed_days(region: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Closed days from first to last, both included; weekends are not among them. One query.

    A row typed in for a whole country closes its parts, too.
    """
    places = {region, region.partition("-")[0]}
    typed_in = {day for place, day in days_typed_in() if place in places and first <= day <= last}
    public = {day for year in range(first.year, last.year + 1) for day in public_days(region, year)}
    return frozenset(day for day in public if first <= day <= last) | typed_in
