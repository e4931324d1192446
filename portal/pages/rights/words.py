"""A row of rights in words: what was given by whom to whom, since when, until when, and who ended it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.case.helping.rules import Chosen, Ended, How
from cases.case.models import Mandate
from cases.case.second.rules import SecondEnded, SecondState
from cases.case.urgent.rules import UrgentEnded
from portal import when
from portal.accounts.models import User
from portal.history import kept
from portal.pages.rights.finding import ALONG, CONSENT, HELP, LAW, PLACE, ROLE, URGENT, Row

PLACES = {
    "booking": gettext_lazy("by a booking"),
    "taking": gettext_lazy("took the case up"),
    "handing_over": gettext_lazy("handed over"),
}
CONSENTS = {
    "scope": gettext_lazy("What our consultations are, and what they are not"),
    "read": gettext_lazy("A consultant may read"),
    "note": gettext_lazy("A short note to the primary doctor"),
    "privacy": gettext_lazy("How we keep their data"),
}
HOW = {
    "page": gettext_lazy("on their own page"),
    "phone": gettext_lazy("on the phone"),
    "paper": gettext_lazy("on paper"),
}
LABELS = {
    kept.GIVEN: pgettext_lazy("a right", "New"),
    kept.CHANGED: pgettext_lazy("a right", "Changed"),
    kept.REMOVED: pgettext_lazy("a right", "Taken out of the tables"),
    kept.STOOD: pgettext_lazy("a right", "Was so when this list began"),
}
SWITCHES = {
    "files": gettext_lazy("records and files"),
    "papers": gettext_lazy("adding papers"),
    "bookings": gettext_lazy("dates"),
    "messages": gettext_lazy("messages"),
    "summary": gettext_lazy("the summary"),
    "private": gettext_lazy("private words"),
}

ENDINGS: dict[str, type[TextChoices]] = {HELP: Ended, ALONG: SecondEnded, URGENT: UrgentEnded}

Names = Mapping[UUID, str]


def line(row: Row, names: Names, cases: Names, switches: Iterable[str] = ()) -> dict[str, Any]:
    """What the page shows of one row. `switches`: those of help that was chosen one by one."""
    return {
        "at": _at(row.at),
        "label": LABELS.get(row.label, row.label),
        "what": what(row),
        "more": _more(row, switches),
        "to": _name(row.to, names) if row.to else _us(row),
        "giver": _giver(row, names),
        "reference": cases.get(row.of_case, "") if row.of_case else "",
        "since": _at(row.since) if row.since else "",
        "until": when.month_day(row.until, year=True) if row.until else "",
        "ended": _ended(row, names),
    }


def what(row: Row) -> str:
    if row.kind == ROLE:
        if not row.what:
            return _("May not sign in") if row.more else _("No role, may sign in")
        role = str(User.Role(row.what).label).capitalize()
        return _("%(role)s, account closed") % {"role": role} if row.more else role
    if row.kind == HELP:
        return _("Help: %(set)s") % {"set": Chosen(row.what).label} if row.what else _("Help was asked for")
    if row.kind == LAW:
        return _("Acts in law, %(how)s") % {"how": Mandate.Kind(row.what).label}
    if row.kind == PLACE:
        return _("Consultant of the case")
    if row.kind == ALONG:
        return _("Second reader: %(state)s") % {"state": SecondState(row.what).label}
    if row.kind == URGENT:
        return _("Urgent look, for an hour at most")
    return _("Yes: %(what)s") % {"what": CONSENTS.get(row.what, row.what)}


def _more(row: Row, switches: Iterable[str]) -> str:
    if row.kind == HELP:
        picked = ", ".join(str(SWITCHES[name]) for name in switches)
        how = str(How(row.more).label) if row.more else ""
        return "; ".join(part for part in (picked, how) if part)
    if row.kind == ALONG and row.more:
        return _("The patient would rather not")
    said: dict[str, Mapping[str, str | Promise]] = {PLACE: PLACES, CONSENT: HOW}
    code = row.what if row.kind == PLACE else row.more
    return str(said[row.kind].get(code, "")) if row.kind in said else ""


def _at(instant: dt.datetime) -> str:
    """ "November 17, 2026, 10:30 am": the list goes back for years."""
    return f"{when.month_day(instant, year=True)}, {when.clock_time(instant)}"


def _us(row: Row) -> str:
    return _("us") if row.kind == CONSENT else "–"


def _giver(row: Row, names: Names) -> str:
    """Who gave it; who did it in their place stands behind. A command, or the portal by itself, names nobody."""
    did = UUID(row.who) if row.who else None
    giver = row.giver or did
    if giver is None:
        return _("by itself, or by a command")
    if did and did != giver:
        return _("%(giver)s, written down by %(name)s") % {"giver": _name(giver, names), "name": _name(did, names)}
    return _name(giver, names)


def _ended(row: Row, names: Names) -> str:
    if row.over is None:
        return ""
    said = {"at": _at(row.over), "name": _name(row.ender or (UUID(row.who) if row.who else None), names)}
    why = ENDINGS.get(row.kind, Ended)(row.why_over).label if row.why_over else ""
    is_told = row.ender or row.who
    words = _("%(at)s, by %(name)s") % said if is_told else _("%(at)s, by itself") % said
    return f"{words}. {why}." if why else f"{words}."


def _name(person: UUID | None, names: Names) -> str:
    if person is None:
        return ""
    return names.get(person) or _("someone who is no longer here")
