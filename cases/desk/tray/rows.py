"""The tray as a list, newest first, in as many queries for ten rows as for ten thousand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.case.models import Case
from cases.desk.tray import words
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import TrayState
from portal import clock, when
from portal.accounts.models import User

ON_A_PAGE = 25
SHOWS = {"": TrayState.WAITING, "filed": TrayState.FILED, "not_ours": TrayState.NOT_OURS}
ORDERS = {"": ("-came_at", "-id"), "filed": ("-filed_at",), "not_ours": ("-not_ours_at",)}


@dataclass(frozen=True)
class Row:
    incoming: Incoming
    title: str
    at: str
    hint: str
    came_back: bool


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    show: str
    number: int = 1
    rows: list[Row] = field(default_factory=list)
    has_more: bool = False

    @property
    def before(self) -> str:
        return self._href(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self._href(self.number + 1) if self.has_more else ""

    def _href(self, number: int) -> str:
        return f"?show={self.show}&page={number}" if self.show else f"?page={number}"


def page(user: Any, show: str, number: int) -> Listed:
    """The rows of a page. Counting would read them all."""
    show = show if show in SHOWS else ""
    first = (number - 1) * ON_A_PAGE
    found = list(_listed(user, show)[first : first + ON_A_PAGE + 1])
    names = _names(found, user)
    rows = [_row(incoming, names) for incoming in found[:ON_A_PAGE]]
    return Listed(show, number, rows, len(found) > ON_A_PAGE)


def _listed(user: Any, show: str) -> QuerySet[Incoming]:
    found = Incoming.objects.visible_to(user).filter(state=SHOWS[show]).order_by(*ORDERS[show])
    return found.select_related("key", "case__key", "case__patient")


def _names(found: Iterable[Incoming], user: Any) -> dict[str, str]:
    """The patients of the references that were read."""
    references = {incoming.reference for incoming in found} - {""}
    known = Case.objects.visible_to(user).filter(reference__in=references)
    return dict(known.values_list("reference", "patient__name"))


def _row(incoming: Incoming, names: dict[str, str]) -> Row:
    hint = words.hint(incoming, names.get(incoming.reference, ""))
    if incoming.case:
        hint = f"{incoming.case.reference}. {incoming.case.patient.name}"
    at = _at(incoming)
    return Row(incoming, words.heading(incoming), at, hint, bool(incoming.came_back))


def _at(incoming: Incoming) -> str:
    """ "8:52 am" today, "Yesterday", else the day."""
    today, day = when.as_date(clock.now()), when.as_date(incoming.came_at)
    if day == today:
        return when.clock_time(incoming.came_at)
    return _("Yesterday") if (today - day).days == 1 else when.month_day(day)


def next_after(filed: Incoming, user: Any) -> Incoming | None:
    """What to open next: the one below it in the tray, else the newest."""
    waiting = Incoming.objects.visible_to(user).in_tray().order_by("-came_at", "-id")
    return waiting.filter(came_at__lte=filed.came_at).exclude(pk=filed.pk).first() or waiting.first()


def waiting(user: Any) -> QuerySet[Incoming]:
    """What waits: for the navigation."""
    return Incoming.objects.in_tray() if user.role == User.Role.COORDINATOR else Incoming.objects.none()
