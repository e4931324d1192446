"""How a month's counts are told: eight numbers, what slowed us, and by which rule each is counted."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import when
from portal.pages.month.rules import FEW, Counts, bars, may_show, may_show_part, may_show_parts


@dataclass(frozen=True)
class Figure:
    """One number with its name, what is said below, its rule, and the number itself where it may be known."""

    code: str
    number: str
    name: str
    more: str
    rule: str
    known: int | None
    bars: Sequence[dict[str, Any]] = field(default=(), compare=False)


def few() -> str:
    return _("Fewer than 5")


def number(count: int) -> str:
    return str(count) if may_show(count) else few()


def of_whole(part: int, whole: int) -> str:
    """A part beside its whole; what could be found by subtraction is blurred."""
    if not may_show(whole):
        return few()
    if whole < 2 * FEW:
        return _("Too few of %(whole)d") % {"whole": whole}
    if may_show_part(part, whole):
        return _("%(part)d of %(whole)d") % {"part": part, "whole": whole}
    if may_show(part):
        return _("%(least)d or more of %(whole)d") % {"least": whole - FEW + 1, "whole": whole}
    return _("Fewer than 5 of %(whole)d") % {"whole": whole}


def figures(counts: Counts, before: Sequence[Counts | None] = ()) -> list[Figure]:
    """The eight of a month, with bars of the months `before` it, oldest first; None where one was not counted."""
    shown = _figures(counts)
    series = [_figures(each) if each else None for each in before]
    return [
        Figure(
            **{name: getattr(figure, name) for name in ("code", "number", "name", "more", "rule", "known")},
            bars=bars([*(each[place].known if each else None for each in series), figure.known]),
        )
        for place, figure in enumerate(shown)
    ]


def _known(count: int) -> int | None:
    return count if may_show(count) else None


def _figures(of: Counts) -> list[Figure]:
    return [_started(of), *_visits(of), _days(of), _reports(of), _talks(of), _decided(of), _without_email(of)]


def _started(of: Counts) -> Figure:
    own = of.started - of.started_by_helper
    more = ""
    if may_show_parts([own, of.started_by_helper]):
        more = _("%(own)d for themselves, %(helper)d by a helper") % {"own": own, "helper": of.started_by_helper}
    rule = _("People for whom a case was opened in the month. Somebody with two cases is counted once.")
    return Figure("started", number(of.started), _("people started"), more, rule, _known(of.started))


def _visits(of: Counts) -> list[Figure]:
    took = Figure(
        "visits",
        number(of.visits),
        _("second visits took place"),
        _("Moved or canceled ones are not counted as late"),
        _("Visits to the second doctor of which somebody said in the month that they took place."),
        _known(of.visits),
    )
    carried = ""
    if may_show(of.visits) and may_show_part(of.visits_carried, of.visits):
        carried = _("%(count)d went with copies carried by hand") % {"count": of.visits_carried}
    complete = Figure(
        "complete",
        of_whole(of.visits_complete, of.visits),
        _("visits with all core records there"),
        carried,
        _("Of these visits, those to which each core record had come. What was not wanted any more is left out."),
        of.visits_complete if may_show_part(of.visits_complete, of.visits) else None,
    )
    return [took, complete]


def _days(of: Counts) -> Figure:
    days = ngettext("%(count)d day", "%(count)d days", of.days) % {"count": of.days}
    return Figure(
        "days",
        days if may_show(of.timed) else _("Too few"),
        _("from asking to the last core record"),
        _("half took this long or less, in business days") if may_show(of.timed) else "",
        _("Of these visits, the days from the first request to the last core record’s arrival; the middle one."),
        of.days if may_show(of.timed) else None,
    )


def _reports(of: Counts) -> Figure:
    direct, still = of.reports - of.reports_through_us, of.visits - of.reports
    more = ""
    if may_show_parts([direct, of.reports_through_us, still]):
        more = _("%(direct)d direct, %(us)d passed on by us. %(open)d still open") % {
            "direct": direct,
            "us": of.reports_through_us,
            "open": still,
        }
    return Figure(
        "reports",
        of_whole(of.reports, of.visits),
        _("reports back with the primary doctor"),
        more,
        _("Of these visits, those whose report somebody said is with the primary doctor."),
        of.reports if may_show_part(of.reports, of.visits) else None,
    )


def _talks(of: Counts) -> Figure:
    more = ""
    if may_show_parts([of.first_talks, of.plan_talks, of.after_talks]):
        more = _("%(first)d first talks, %(plan)d plans, %(after)d after the opinion") % {
            "first": of.first_talks,
            "plan": of.plan_talks,
            "after": of.after_talks,
        }
    rule = _("Calls of which the consultant noted in the month that they took place.")
    return Figure("talks", number(of.talks), _("consultations held"), more, rule, _known(of.talks))


def _decided(of: Counts) -> Figure:
    return Figure(
        "decided",
        number(of.decided),
        _("people told us their decision"),
        _("Never counted by which one"),
        _("People who said in the month where they are now. Changing it counts no second time."),
        _known(of.decided),
    )


def _without_email(of: Counts) -> Figure:
    return Figure(
        "without_email",
        number(of.without_email),
        _("people without email"),
        _("All by phone and post"),
        _("People with an open case at the end of the month and no address for email."),
        _known(of.without_email),
    )


def slowed(of: Counts) -> list[tuple[str, str]]:
    """What held records up, in words, with how many."""
    rows = [
        (_("Signature missing"), of.slow_signature),
        (_("Office asked for its own form"), of.slow_form),
        (_("Didn’t open"), of.slow_opening),
    ]
    return [(name, _records(count)) for name, count in rows]


def _records(count: int) -> str:
    if not may_show(count):
        return _("fewer than 5")
    return ngettext("%(count)d record", "%(count)d records", count) % {"count": count}


def table(month: dt.date, of: Counts) -> list[list[str]]:
    """The same as lines of a spreadsheet: nothing stands in it that the page does not show."""
    heads = [_("Month"), _("What"), _("Number"), _("More"), _("How it is counted")]
    called = when.month_year(month)
    lines = [[called, figure.name, figure.number, figure.more, figure.rule] for figure in figures(of)]
    held_up = [[called, name, said, "", _("Records of which this was said in the month.")] for name, said in slowed(of)]
    return [heads, *lines, *held_up]
