"""A month that is over is counted once; what was counted stays."""

import datetime as dt
from zoneinfo import ZoneInfo

from cases.case.models import Case
from portal.pages.month.counting import counts_of, span_of
from portal.pages.month.models import Month
from portal.pages.month.rules import month_after, month_before
from portal.texts.words import organisation


def count_finished(now: dt.datetime) -> int:
    """Count what is over and was not counted, in UTC `now`. Answers how many months that were.

    Months before the first that is counted here are nobody's: where things stood then is not known any more. One that
    two workers count at once is kept once.
    """
    here = organisation()
    last = month_before(now.astimezone(here.zone).date())
    newest = Month.objects.order_by("-first_day").first()
    month = month_after(newest.first_day) if newest else last
    counted = 0
    while month <= last and _had_begun(month, here.zone):
        counts = counts_of(month, here.zone, here.region)
        row = {"time_zone": here.time_zone, "counted_at": now, "counts": counts.kept()}
        counted += Month.objects.get_or_create(first_day=month, defaults=row)[1]
        month = month_after(month)
    return counted


def _had_begun(month: dt.date, zone: ZoneInfo) -> bool:
    """Whether anybody had started by the end of a month."""
    return Case.objects.filter(opened_at__lt=span_of(month, zone)[1]).exists()
