"""Dates and times in templates: `{% load when %}`, then `{{ at|moment }}`, in the reader's zone."""

from zoneinfo import ZoneInfo

from django import template

from portal import clock, when

register = template.Library()

register.filter("day", lambda value: when.day(value) if value else "")
register.filter("day_year", lambda value: when.day(value, year=True) if value else "")
register.filter("short_day", lambda value: when.short_day(value) if value else "")
register.filter("month_day", lambda value: when.month_day(value) if value else "")
register.filter("month_day_year", lambda value: when.month_day(value, year=True) if value else "")
register.filter("month_year", lambda value: when.month_year(value) if value else "")
register.filter("clock_time", lambda value: when.clock_time(value) if value else "")
register.filter("end_time", lambda value: when.end_time(value) if value else "")
register.filter("moment", lambda value: when.moment(value) if value else "")
register.filter("iso_day", lambda value: when.as_date(value).isoformat() if value else "")


@register.filter
def zone_name(value):
    """The spoken name of a ZoneInfo; of anything else, of the reader's own zone."""
    return when.zone_name(value if isinstance(value, ZoneInfo) else None)


@register.filter
def zone_name_beside(value, other):
    """The spoken name of a ZoneInfo beside another one."""
    return when.zone_name_beside(value, other)


@register.simple_tag
def span(starts_at, ends_at, zone=None):
    """ "10:30 to 11:30 am"."""
    return when.span(starts_at, ends_at, zone)


@register.simple_tag
def moment_in(instant, zone):
    """ "Tuesday, November 17 at 10:30 am" on another zone's wall than the reader's."""
    return when.moment(instant, zone)


@register.filter
def date_box(value):
    """The parts of a date box: short month, day, short weekday."""
    on = when.as_date(value)
    return {"month": when.short_month(on), "day": on.day, "weekday": when.short_weekday(on)}


@register.filter
def zones_alike(zone):
    """The zones whose clocks show the same time as this one now, for a script that only compares names."""
    return when.zones_alike(zone, clock.now())
