"""The one formatter of dates and times, for pages, mail, calendars and PDF."""

import datetime as dt
import functools
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone_name
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DAYS_KEPT = 2000  # written dates, of each language: the same few are shown on every page


def local(instant: dt.datetime, zone: ZoneInfo | None = None) -> dt.datetime:
    """An aware instant on the wall of a zone; without one, of the reader's zone that the request activated."""
    return instant.astimezone(zone or timezone.get_current_timezone())


def as_date(value: dt.date | dt.datetime, zone: ZoneInfo | None = None) -> dt.date:
    """The date itself, or an instant's date in the zone."""
    return local(value, zone).date() if isinstance(value, dt.datetime) else value


def day(value: dt.date | dt.datetime, zone: ZoneInfo | None = None, *, year: bool = False) -> str:
    """ "Tuesday, November 17", with the year if asked for."""
    return _day(as_date(value, zone), year, get_language())


@functools.lru_cache(maxsize=DAYS_KEPT)
def _day(on: dt.date, year: bool, _language: str | None) -> str:
    words = {"weekday": WEEKDAYS[on.weekday()], "month": MONTHS[on.month], "day": on.day, "year": on.year}
    if year:
        return _("%(weekday)s, %(month)s %(day)d, %(year)d") % words
    return _("%(weekday)s, %(month)s %(day)d") % words


def weekday(value: dt.date | dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "Tuesday"."""
    return str(WEEKDAYS[as_date(value, zone).weekday()])


def short_weekday(on: dt.date) -> str:
    """ "Tue"."""
    return str(WEEKDAYS_ABBR[on.weekday()])


def short_month(on: dt.date) -> str:
    """ "Nov"."""
    return str(MONTHS_3[on.month]).capitalize()


def short_day(value: dt.date | dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "Tue, Nov 17"."""
    return _short_day(as_date(value, zone), get_language())


@functools.lru_cache(maxsize=DAYS_KEPT)
def _short_day(on: dt.date, _language: str | None) -> str:
    words = {"weekday": short_weekday(on), "month": short_month(on), "day": on.day}
    return _("%(weekday)s, %(month)s %(day)d") % words


def month_day(value: dt.date | dt.datetime, zone: ZoneInfo | None = None, *, year: bool = False) -> str:
    """ "November 17", with the year if asked for."""
    on = as_date(value, zone)
    if year:
        return _("%(month)s %(day)d, %(year)d") % {"month": MONTHS[on.month], "day": on.day, "year": on.year}
    return _("%(month)s %(day)d") % {"month": MONTHS[on.month], "day": on.day}


def month_year(value: dt.date | dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "November 2026"."""
    on = as_date(value, zone)
    return _("%(month)s %(year)d") % {"month": MONTHS[on.month], "year": on.year}


def clock_time(value: dt.time | dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "10:30 am" with a no-break space; an instant is put on the zone's wall first. In the hour that a clock shows
    twice the letters of the one meant follow: "1:30 am EDT".
    """
    if not isinstance(value, dt.datetime):
        return _clock_time(value.hour, value.minute, get_language())
    at = local(value, zone)
    said = _clock_time(at.hour, at.minute, get_language())
    if at.utcoffset() == at.replace(fold=1 - at.fold).utcoffset():
        return said
    letters = at.tzname() or ""
    return f"{said}\N{NO-BREAK SPACE}{letters if letters.isalpha() else f'UTC{letters}'}"


@functools.lru_cache(maxsize=24 * 60)
def _clock_time(hour: int, minute: int, _language: str | None) -> str:
    half = _("am") if hour < 12 else _("pm")
    words = {"hour": hour % 12 or 12, "minute": f"{minute:02d}", "half": half}
    return _("%(hour)d:%(minute)s\N{NO-BREAK SPACE}%(half)s") % words


def end_time(value: dt.time) -> str:
    """ "5:00 pm", of what ends then: at midnight a day ends."""
    return _("midnight") if value == dt.time.min else clock_time(value)


def moment(instant: dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "Tuesday, November 17 at 10:30 am"."""
    return _("%(day)s at %(time)s") % {"day": day(instant, zone), "time": clock_time(instant, zone)}


def span(starts_at: dt.datetime, ends_at: dt.datetime, zone: ZoneInfo | None = None) -> str:
    """ "10:30 to 11:30 am"; both halves of the day are named when they differ."""
    start, end = clock_time(starts_at, zone), clock_time(ends_at, zone)
    if start.partition("\N{NO-BREAK SPACE}")[2] == end.partition("\N{NO-BREAK SPACE}")[2]:
        start = start.partition("\N{NO-BREAK SPACE}")[0]
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def zone_name(zone: ZoneInfo | None = None) -> str:
    """ "Eastern Time", as people there say it, whatever the clock's offset is that day (source: Unicode CLDR)."""
    return _zone_name(str(zone or timezone.get_current_timezone()), get_language() or "en")


def zone_name_beside(zone: ZoneInfo, other: ZoneInfo) -> str:
    """The same, with its city where the other one beside it is called the same: "Mountain Time (Phoenix)"."""
    name = zone_name(zone)
    if zone.key == other.key or name != zone_name(other):
        return name
    return f"{name} ({zone.key.rpartition('/')[2].replace('_', ' ')})"


@functools.cache
def _zone_name(key: str, language: str) -> str:
    if key == "UTC":
        return key
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):  # the made-up language
        locale = Locale("en", "US")
    return get_timezone_name(ZoneInfo(key), width="long", zone_variant="generic", locale=locale)


def zones_alike(zone: ZoneInfo, at: dt.datetime) -> str:
    """The names of the zones whose clocks show the same time as `zone` at this instant, with spaces between."""
    return _zones_alike(
        at.astimezone(zone).utcoffset() or dt.timedelta(0), at.replace(minute=0, second=0, microsecond=0)
    )


@functools.lru_cache(maxsize=64)
def _zones_alike(offset: dt.timedelta, hour: dt.datetime) -> str:
    return " ".join(
        sorted(key for key in available_timezones() if hour.astimezone(ZoneInfo(key)).utcoffset() == offset)
    )
