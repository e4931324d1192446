"""The week's hours as a form: several spans a day, more or fewer with a button, all without JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from bookings import picker
from bookings.models import Hours
from bookings.slots import Span, is_after

MOST_SPANS = 6
QUARTER = 15


@dataclass
class Row:
    """One span as typed: from and until, and what is wrong with it."""

    from_text: str = ""
    until_text: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.from_text and not self.until_text


@dataclass
class Day:
    weekday: int
    is_on: bool = False
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(WEEKDAYS[self.weekday])


def _time(written: str) -> time | None:
    try:
        found = time.fromisoformat(written)
    except ValueError:
        return None
    return found if found.minute % QUARTER == 0 and found.second == 0 and found.tzinfo is None else None


class WeekForm:
    """Seven days of spans, and from which day on they hold: today where that is empty.

    `errors` are (id of the field, sentence), for the summary.
    """

    def __init__(
        self, stored: Sequence[Hours] = (), sent: Mapping[str, Any] | None = None, *, today: date, begins: str = ""
    ):
        self.errors: list[tuple[str, str]] = []
        self.spans: list[Span] = []
        self.today = today
        self.begins = sent.get("begins", "")[:10] if sent else begins
        self.begins_error = ""
        self.begins_on: date | None = None
        self.days = [self._sent(day, sent) if sent else self._stored(day, stored) for day in range(7)]

    def _stored(self, weekday: int, stored: Sequence[Hours]) -> Day:
        hours = [row for row in stored if row.weekday == weekday]
        rows = [Row(f"{row.from_time:%H:%M}", f"{row.until_time:%H:%M}") for row in hours]
        return Day(weekday, bool(rows), rows or [Row()])

    def _sent(self, weekday: int, sent: Mapping[str, Any]) -> Day:
        count = next((n for n in range(MOST_SPANS) if f"from-{weekday}-{n}" not in sent), MOST_SPANS)
        rows = [
            Row(sent.get(f"from-{weekday}-{n}", "")[:8], sent.get(f"until-{weekday}-{n}", "")[:8])
            for n in range(count)
            if sent.get("remove") != f"{weekday}-{n}"
        ]
        if sent.get("add") == str(weekday) and len(rows) < MOST_SPANS:
            rows.append(Row())
        is_on = f"on-{weekday}" in sent or sent.get("add") == str(weekday)
        return Day(weekday, is_on, rows or [Row()])

    def is_valid(self) -> bool:
        """Read the spans of the days that are on; name every one that cannot be read."""
        self.errors, self.spans = [], []
        self._read_begins()
        for day in self.days:
            for number, row in enumerate(day.rows):
                if day.is_on and not row.is_empty:
                    self._read(day, number, row)
        self.spans.sort(key=lambda span: (span.weekday, span.from_time))
        for earlier, later in zip(self.spans, self.spans[1:], strict=False):
            if earlier.weekday == later.weekday and is_after(earlier.until_time, later.from_time):
                self._overlap(later)
        return not self.errors

    def _read_begins(self) -> None:
        self.begins_on, self.begins_error = picker.as_date(self.begins), ""
        if self.begins and self.begins_on is None:
            self.begins_error = _("Enter the day from which these hours hold, or leave it empty for today.")
        elif self.begins_on and self.begins_on < self.today:
            self.begins_error = _("Choose a day that is not over.")
        if self.begins_error:
            self.errors.append(("begins", self.begins_error))

    def _read(self, day: Day, number: int, row: Row) -> None:
        begins, ends = _time(row.from_text), _time(row.until_text)
        if begins is None or ends is None:
            row.error = _("%(day)s: enter both times, by the quarter hour, like 9:15.") % {"day": day.name}
        elif not is_after(ends, begins):
            row.error = _(
                "%(day)s: enter an end that comes after the start. Hours over midnight are two: until 12:00 am on this "
                "day, and from 12:00 am on the next."
            )
            row.error %= {"day": day.name}
        else:
            self.spans.append(Span(day.weekday, begins, ends))
            return
        self.errors.append((f"from-{day.weekday}-{number}", row.error))

    def _overlap(self, span: Span) -> None:
        day = self.days[span.weekday]
        sentence = _("%(day)s: these hours overlap. Change one of them.") % {"day": day.name}
        for number, row in enumerate(day.rows):
            if _time(row.from_text) == span.from_time:
                row.error = sentence
                self.errors.append((f"from-{day.weekday}-{number}", sentence))
                return
