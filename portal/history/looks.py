"""Whoever opens a page on somebody else's case leaves a line in its record, whichever page it is.

A page that tells more exactly what was seen writes its own line (`record`). For all others this writes one for a case,
a session and a day: the session remembers which, so that looking again asks the database nothing.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from portal import clock, looks
from portal.actors import Actor
from portal.history import refusals
from portal.history.actions import record
from portal.history.ways import CASE, PERSON, way

AT_MOST = 200  # rows that a session remembers; beyond them a line is written again
NOTED = "looks"
SHOWN = {200, 409, 422}  # a form that is refused, or is empty, comes back on its page
WHY = {"": "helping", "consultant": "preparing"}  # by role; all others of us keep things moving


class LooksMiddleware:
    """Notes what an answer showed, once it is made: a way elsewhere and a missing page show nothing.

    A page that one of us was refused is noted, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with looks.page() as looked:
            response = self.get_response(request)
            if request.user.is_authenticated:
                self._tell(request, response.status_code, looked)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Reached by what is a page's own answer alone: not by a form that was too old, say."""
        request.asked_keys = refusals.keys_in(kwargs)  # type: ignore[attr-defined]

    def _tell(self, request: HttpRequest, status: int, looked: looks.Looked) -> None:
        if status in refusals.REFUSED and request.user.role:  # type: ignore[union-attr]
            if keys := getattr(request, "asked_keys", None):
                refusals.note(request, keys, looked)
        elif status in SHOWN and looked.found and request.method != "HEAD":
            if status != 200:
                looked.told.clear()  # what was refused took its lines with it
            _note(request, looked)


def _note(request: HttpRequest, looked: looks.Looked) -> None:
    today = clock.now().date().isoformat()
    noted = request.session.get(NOTED) or {}
    rows: list[str] = list(noted.get("rows", [])) if noted.get("on") == today else []
    before, user, stands_on_a_case = len(rows), request.user.pk, False
    own = {row.pk for row in looked.found if _is(row, CASE) and row.patient_id == user}  # type: ignore[attr-defined]
    for row in looked.found:
        if str(row.pk) in rows or row.pk in own or (case := _case_of(row, own)) is None:
            stands_on_a_case |= not _is(row, PERSON)
            continue
        stands_on_a_case = True
        if case.patient_id != user and str(case.pk) not in rows:
            if case.pk not in looked.told:
                _write(request, "case.seen", case, case.patient_id, case.pk)
            rows.append(str(case.pk))
        if row is not case:
            rows.append(str(row.pk))
    if not stands_on_a_case:
        rows += _people(request, looked, rows)
    if len(rows) != before:
        request.session[NOTED] = {"on": today, "rows": rows[-AT_MOST:]}


def _people(request: HttpRequest, looked: looks.Looked, rows: list[str]) -> list[str]:
    """Pages on a patient that stand on no case."""
    seen = []
    for row in looked.found:
        if _is(row, PERSON) and row.pk != request.user.pk and not row.role and str(row.pk) not in rows:  # type: ignore[attr-defined]
            _write(request, "account.seen", row, row.pk, None)
            seen.append(str(row.pk))
    return seen


def _write(request: HttpRequest, verb: str, about: Model, patient: UUID, case: UUID | None) -> None:
    user: Any = request.user
    record(Actor.of(request), verb, about, patient=patient, case=case, why=WHY.get(user.role, "care"))


def _is(row: Model, label: str) -> bool:
    return row._meta.label_lower == label


def _case_of(row: Model, own: set[Any]) -> Any:
    """The case that a row belongs to, unless it is one of the person's own that is known already."""
    at: Any = row
    for name in way(type(row)) or ():
        if getattr(at, f"{name}_id") in own:
            return None
        at = getattr(at, name)
        if at is None:
            return None
    return at if _is(at, CASE) else None
