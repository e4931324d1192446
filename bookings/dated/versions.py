"""Weekly hours by the day from which they hold: one version follows the other, and what is past stays as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from bookings.models import Hours, Practice
from bookings.slots import Span
from portal import when
from portal.errors import Refused

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Coming:
    """Hours that hold from a later day on; none at all where there are no rows."""

    on: date
    rows: list[Hours]

    def lines(self) -> list[str]:
        """The days with hours, each in one line."""
        days: dict[int, list[str]] = {}
        for row in self.rows:
            words = {"from": when.clock_time(row.from_time), "until": when.end_time(row.until_time)}
            days.setdefault(row.weekday, []).append(_("%(from)s to %(until)s") % words)
        return [
            _("%(weekday)s: %(hours)s") % {"weekday": WEEKDAYS[weekday], "hours": ", ".join(spans)}
            for weekday, spans in days.items()
        ]


def coming(rows: Iterable[Hours], today: date) -> list[Coming]:
    """Each later day on which other hours begin, or these end, with the hours that hold then."""
    rows = list(rows)
    begins = {row.from_on for row in rows if row.from_on}
    begins |= {row.until_on + DAY for row in rows if row.until_on}
    return [Coming(on, [row for row in rows if row.span.holds_on(on)]) for on in sorted(begins) if on > today]


def set_from(practice: Practice, spans: Sequence[Span], from_on: date | None, today: date) -> None:
    """Let these hours hold from a day on, today where none is given, until the next version or for good.

    The first hours of all hold from ever: there is no past that they would change.
    """
    first = from_on or today
    if first < today:
        raise Refused(_("Choose a day that is not over."), code="from_on")
    until_on = _until(practice, first)
    begins = first if from_on or practice.hours.exists() else None
    practice.hours.filter(from_on=first).delete()
    practice.hours.holding(first).update(until_on=first - DAY)
    Hours.objects.bulk_create(
        Hours(
            practice=practice,
            weekday=span.weekday,
            from_time=span.from_time,
            until_time=span.until_time,
            from_on=begins,
            until_on=until_on,
        )
        for span in spans
    )


def _until(practice: Practice, first: date) -> date | None:
    """The last day of the version that holds on a day, or of the days without hours around it."""
    held = practice.hours.holding(first).first()
    if held is not None:
        return held.until_on
    following = practice.hours.filter(from_on__gt=first).aggregate(on=Min("from_on"))["on"]
    return following - DAY if following else None


def take_back(practice: Practice, on: date, today: date) -> None:
    """Let the hours before a later day go on instead of those that were to hold from it."""
    if on <= today:
        raise Refused(_("These hours hold already."), code="state")
    until_on = _until(practice, on)
    practice.hours.filter(from_on=on).delete()
    practice.hours.filter(until_on=on - DAY).update(until_on=until_on)
