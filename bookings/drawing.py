"""The many small parts of the page of times, each row of them drawn at once: consultants, a month, times of a day."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape  # of plain words, always: Django's own asks each time whether they are safe, or lazy
from typing import Any, Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bookings.models import Practice
from cases.case.models import Case


def buttons(times: Iterable[Mapping[str, str]], day: str) -> SafeString:
    """A button for each time of a day, which is said in hidden words."""
    begins, ends = '<button class="rs-btn rs-btn--2" type="submit" name="slot" value="', "</span></button>"
    hidden = f'<span class="rs-hide">, {escape(day)}{ends}'
    return SafeString("".join(f'{begins}{escape(time["value"])}">{escape(time["label"])}{hidden}' for time in times))


# The month


def weekdays() -> SafeString:
    """The head of a month: a cell for each day of the week."""
    return _weekdays(get_language())


@lru_cache(maxsize=50)
def _weekdays(_language: str | None) -> SafeString:
    names = [(str(WEEKDAYS[number]), str(WEEKDAYS_ABBR[number])[:2]) for number in range(7)]
    return SafeString(
        "".join(f'<th scope="col"><abbr title="{escape(long)}">{escape(short)}</abbr></th>' for long, short in names)
    )


def weeks(found: Iterable[Iterable[Mapping[str, Any] | None]]) -> SafeString:
    """The rows of a month. A day is None, or its number, `full` (whole date in words), `free` (how many times), `href`,
    is_here, is_closed, is_visit. A day with free times is a link to them.
    """
    closed, visit, none = escape(_("Closed")), escape(_("Visit")), escape(_("no times"))
    no_times = f'<small aria-hidden="true">–</small><span class="rs-hide">{none}</span>'
    frees: dict[int, str] = {}

    def cell(day: Mapping[str, Any] | None) -> str:
        if day is None:
            return ""
        number, free = day["number"], day["free"]
        if free:
            if free not in frees:
                frees[free] = escape(ngettext("%(free)s free", "%(free)s free", free) % {"free": free})
            is_here = ' aria-current="date"' if day["is_here"] else ""
            full = f'<span class="rs-hide">{escape(day["full"])}</span><span aria-hidden="true">{number}</span>'
            count = f'<small><span class="rs-hide">, </span>{frees[free]}</small>'
            return f'<a class="rs-cal__d" href="{escape(day["href"])}"{is_here}>{full}{count}</a>'
        if day["is_visit"]:
            return f'<span class="rs-cal__d rs-cal__d--visit">{number}<small>{visit}</small></span>'
        if day["is_closed"]:
            return f'<span class="rs-cal__d">{number}<small><span class="rs-cal__w">{closed}</span></small></span>'
        return f'<span class="rs-cal__d">{number}{no_times}</span>'

    return SafeString("".join(f"\n  <tr>{''.join(f'<td>{cell(day)}</td>' for day in week)}</tr>" for week in found))


# The consultants


class Named(Protocol):
    """A consultant to choose."""

    @property
    def pk(self) -> UUID: ...

    @property
    def name(self) -> str: ...


def others(case: Case, named: Sequence[Named], service: str, chosen: Practice | None) -> dict[str, SafeString]:
    """The consultants to choose from, and the page of each. The chosen one is marked; nobody, where anyone will do."""
    if len(named) < 2:
        return {}
    names = [(str(one.pk), escape(one.name)) for one in named]
    page, marked = reverse("bookings:consultant", args=[case.pk, names[0][0]]), str(chosen.pk) if chosen else ""
    before, behind = page.split(names[0][0])
    begins, is_chosen = f'<li><a href="?service={escape(service)}&amp;with=', ' aria-current="true"'
    return {
        "choices": SafeString(
            "".join(f'{begins}{key}"{is_chosen if key == marked else ""}>{name}</a></li>' for key, name in names)
        ),
        "pages": SafeString(", ".join(f'<a href="{before}{key}{behind}">{name}</a>' for key, name in names)),
    }
