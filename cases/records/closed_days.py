"""The days the offices of a region are closed: public holidays and the organisation's own rows."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

from portal.texts.models import Holiday

LOOK_BACK = timedelta(days=150)
LOOK_AHEAD = timedelta(days=500)


@lru_cache(maxsize=256)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region ("US-PA", "CA-ON", "US") in a year; none for a region nobody knows."""
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return public_holidays(country, year) if part else frozenset()


def closed_days(regions: Iterable[str], today: date) -> dict[str, frozenset[date]]:
    """The closed days of each region from some months before `today` to well past a year after. One query."""
    wanted = set(regions)
    years = range((today - LOOK_BACK).year, (today + LOOK_AHEAD).year + 1)
    found = {region: {day for year in years for day in public_holidays(region, year)} for region in wanted}
    own = Holiday.objects.filter(region__in=wanted | {region.partition("-")[0] for region in wanted})
    for region, day in own.values_list("region", "on_date"):
        for each in found:
            if each == region or each.partition("-")[0] == region:
                found[each].add(day)
    return {region: frozenset(days) for region, days in found.items()}
