"""What a consultant reads of a calendar elsewhere that is not read as busy, or not in full; she is written to once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.outside.models import OutsideCalendar
from portal import when
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words
from portal.reminders.models import Reminder
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

KIND = "bookings.outside_calendar"
FAILS_FOR, AT_FIRST = timedelta(hours=6), timedelta(hours=1)  # most troubles of a network are over before that
NEWS_FOR = timedelta(days=14)


def tell_of_failure(calendar: OutsideCalendar, now: datetime) -> None:
    """Once, when it still fails after a while: sooner where nothing of it was ever read. Each failure says it anew."""
    _tell(calendar, now + (FAILS_FOR if calendar.read_at else AT_FIRST))


def tell_of_unread(calendar: OutsideCalendar, now: datetime) -> None:
    """With the next message: there are entries that cannot be read, or more of them."""
    _tell(calendar, now)


def _tell(calendar: OutsideCalendar, due_at: datetime) -> None:
    until = due_at + NEWS_FOR
    plan(KIND, calendar, version=calendar.news, recipient=calendar.consultant, due_at=due_at, useful_until=until)


def lead(calendar: OutsideCalendar) -> str:
    """In a few words what is wrong; empty when nothing is."""
    if calendar.trouble:
        return _("Your own calendar could not be read.")
    if calendar.unread:
        return _("Your own calendar could not be read in full.")
    return ""


def sentence(calendar: OutsideCalendar) -> str:
    """Which times may be offered though she is busy; empty when none."""
    if calendar.trouble and not calendar.read_at:
        return _("Nothing of it was read yet: its times may be offered.")
    zone = calendar.consultant.zone
    said = []
    if calendar.trouble and calendar.read_at:
        last = {"at": when.moment(calendar.read_at, zone)}
        said.append(_("It was last read on %(at)s. What is new in it since then may be offered.") % last)
    return " ".join([*said, unread_words(calendar.unread)]).strip()


def unread_words(count: int) -> str:
    """How many entries are not read; empty when none."""
    if not count:
        return ""
    said = ngettext(
        "%(count)d entry could not be read; times under it may be offered.",
        "%(count)d entries could not be read; times under them may be offered.",
        count,
    )
    return said % {"count": count}


def lines_of(calendars: Sequence[OutsideCalendar]) -> list[dict[str, str]]:
    """For a notice on a page, each."""
    href = reverse("bookings:outside")
    return [{"lead": lead(each), "text": sentence(each), "href": href} for each in calendars]


def _about() -> QuerySet[OutsideCalendar]:
    return OutsideCalendar.objects.select_related("consultant")


def _still_so(calendar: OutsideCalendar) -> bool:
    return not calendar.is_whole


def _words(calendar: OutsideCalendar, reader: Reader) -> Words:
    return Words(
        subject=_("Your own calendar: please look"),
        lead=lead(calendar),
        line=sentence(calendar),
        action_label=_("See what to do"),
        path=reverse("bookings:outside"),
    )


def _because(row: Reminder) -> str:
    return _("You asked us to read when you are busy elsewhere.")


KINDS = (
    Kind(
        KIND,
        NOTICE,
        gettext_lazy("A calendar of one’s own is not read"),
        Due(_about, _still_so),
        Told(_about, _words),
        _because,
        30,
    ),
)
