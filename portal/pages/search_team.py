"""For the search of a case: what the team wrote down of calls, to-dos and worries, and what was said to be wrong.

Each by who may see it. All of it is read in one query; looking through it changes nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.models import CallLog, Case, Correction, ToDo, Worry
from cases.case.people import CONSULTANT, COORDINATOR, may, role_in
from portal import when
from portal.actors import Actor
from portal.beside import lists
from portal.history.actions import record
from portal.pages import cards, todos

MOST = 500  # of each, the newest first
Said = tuple[str, str, str, Any]  # its place, what it is called, what it says, what a look at it is a look at


def read(case: Case, user: Any) -> tuple[dict[str, list[Said]], bool]:
    """By part: "team" and "wrong". And whether that is all there is."""
    known = {name: rows[: MOST + 1] for name, rows in _known(case, user).items()}
    found = lists(case, **known) if known else {}
    for row in (row for rows in found.values() for row in rows):
        row.case = case  # its key is at hand: opening costs no query
    rows = {name: each[:MOST] for name, each in found.items()}
    team = [*_calls(rows.get("calls", ()), case), *_todos(rows.get("todos", ()), case, user), *_worries(rows, case)]
    return {"team": team, "wrong": [*_wrong(rows, case, user)]}, all(len(each) <= MOST for each in found.values())


def _known(case: Case, user: Any) -> dict[str, QuerySet[Any]]:
    """What this person may see. Who is of the team elsewhere, and the patient here, reads nothing of the team's."""
    found: dict[str, QuerySet[Any]] = {}
    role = role_in(case, user)
    if role == COORDINATOR:
        found["calls"] = CallLog.objects.visible_to(user).filter(case=case).exclude(words=b"").order_by("-at", "pk")
    if role in {CONSULTANT, COORDINATOR}:
        own = ToDo.objects.visible_to(user).filter(case=case).exclude(note=b"")
        found["todos"] = own.order_by("-asked_at", "pk")
    if may("worry", case, user):
        worries = Worry.objects.visible_to(user).filter(case=case).select_related("raised_by")
        found["worries"] = worries.order_by("-raised_at", "pk")
    if may("ask_to_correct", case, user):
        found["wrong"] = Correction.objects.visible_to(user).filter(case=case).order_by("-asked_at", "pk")
    return found


def _calls(calls: Iterable[CallLog], case: Case) -> Iterator[Said]:
    for call in calls:
        said = {"whom": call.get_whom_display(), "came_of": call.get_came_of_display(), "at": when.moment(call.at)}
        title = _("Call: %(whom)s, %(came_of)s, %(at)s") % said
        yield f"{cards.file_url(case)}#calls", title, call.words, None


def _todos(rows: Iterable[ToDo], case: Case, user: Any) -> Iterator[Said]:
    """What is done leads to the place where it stood: the page it was done on may be over."""
    board = cards.file_url(case) if role_in(case, user) == COORDINATOR else reverse("pages:today")
    for todo in rows:
        label = todos.KINDS.get(todo.kind, todos.PLAIN)[0]
        if todo.done_at:
            title = _("%(label)s, done %(at)s") % {"label": label, "at": when.moment(todo.done_at)}
            yield board, title, todo.note, None
        else:
            title = _("%(label)s, by %(day)s") % {"label": label, "day": when.day(todo.due_on)}
            yield todos.page_of(todo) or board, title, todo.note, None


def _worries(rows: dict[str, list[Any]], case: Case) -> Iterator[Said]:
    for worry in rows.get("worries", ()):
        said = {"name": worry.raised_by.name, "at": when.moment(worry.raised_at)}
        title = _("Why %(name)s is worried, %(at)s") % said
        yield reverse("pages:worry", args=[case.pk]), title, f"{worry.reason}\n{worry.done}".strip(), None


def _wrong(rows: dict[str, list[Any]], case: Case, user: Any) -> Iterator[Said]:
    for asked in rows.get("wrong", ()):
        is_ours = asked.is_open and may("answer_correction", case, user)
        page = reverse("case:corrections", args=[case.pk])
        href = reverse("case:answer_correction", args=[asked.pk]) if is_ours else page
        yield href, str(asked.get_about_display()), f"{asked.words}\n{asked.answer}".strip(), asked


def note_looks(case: Case, found: Iterable[Any], *, by: Actor) -> None:
    """Whoever is shown what she says is wrong has opened that, as on its own page; she herself has not."""
    if by.id != case.patient_id and any(isinstance(row, Correction) for row in found):
        record(by, "correction.opened", case, patient=case.patient_id, case=case.pk, why="care")
