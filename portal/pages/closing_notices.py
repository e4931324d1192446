"""Word that a case is closed, or open again. Decided when it goes: what was opened again is not told as closed."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from portal import clock
from portal.accounts.models import User
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

CLOSED, CLOSED_TOO, REOPENED = "case.closed", "case.closed_too", "case.reopened"
STILL_USEFUL = dt.timedelta(days=14)


def closed(case: Case, others: Iterable[User]) -> None:
    """The patient is told, and those who helped and read."""
    unplan(case, kinds=[REOPENED])
    _plan(CLOSED, case, case.patient)
    closed_for_others(case, others)


def closed_for_others(case: Case, others: Iterable[User]) -> None:
    for person in others:
        _plan(CLOSED_TOO, case, person)


def reopened(case: Case) -> None:
    """Nobody is told any more that it is closed."""
    unplan(case, kinds=[CLOSED, CLOSED_TOO])


def reopened_for(case: Case) -> None:
    """Somebody else opened it again: the patient is told."""
    _plan(REOPENED, case, case.patient)


def _plan(kind: str, case: Case, to: Any) -> None:
    now = clock.now()
    version = int(now.timestamp())  # closed and opened again later, it is told again
    plan(kind, case, version=version, recipient=to, due_at=now, useful_until=now + STILL_USEFUL, case=case)


def _about() -> QuerySet[Case]:
    return Case.objects.select_related("patient")


def _due(is_closed: bool) -> Due:
    return Due(_about, lambda case: (case.state == Case.State.CLOSED) is is_closed)


def _said(pattern: Pattern, path: Callable[[Case], str]) -> Told:
    def one(case: Case, reader: Reader) -> Words:
        return say(pattern, {"name": reader.called, "patient": case.patient.first_name}, path=path(case))

    return Told(_about, one)


def _pattern(code: str, about: Any, subject: Any, lead: Any, line: Any, action: Any) -> Pattern:
    parts = {"subject": subject, "lead": lead, "line": line, "action_label": action}
    return Pattern(
        code=code,
        about=about,
        parts=parts,
        examples={"name": gettext_lazy("Sam"), "patient": gettext_lazy("Alex")},
    )


def _own(case: Case) -> str:
    return case.get_absolute_url()


CLOSED_WORDS = _pattern(
    CLOSED,
    gettext_lazy("A case is closed"),
    gettext_lazy("Your page is closed"),
    gettext_lazy("Your page is closed, %(name)s"),
    gettext_lazy("What stands there stays for you to read. You can open it again at any time."),
    gettext_lazy("Open my page"),
)
CLOSED_TOO_WORDS = _pattern(
    CLOSED_TOO,
    gettext_lazy("To helpers and consultants: a case is closed"),
    gettext_lazy("The page of %(patient)s is closed"),
    gettext_lazy("The page of %(patient)s is closed, %(name)s"),
    gettext_lazy("Thank you for all you did. You need not do anything."),
    gettext_lazy("Open my pages"),
)
REOPENED_WORDS = _pattern(
    REOPENED,
    gettext_lazy("We opened a case again"),
    gettext_lazy("Your page is open again"),
    gettext_lazy("Your page is open again, %(name)s"),
    gettext_lazy("Who helped you before, and offices, see nothing until you or we ask them anew."),
    gettext_lazy("Open my page"),
)

KINDS = (
    Kind(
        code=CLOSED,
        message_class=NOTICE,
        label=gettext_lazy("Your page is closed"),
        still_due=_due(True),
        words=_said(CLOSED_WORDS, _own),
        why=lambda row: _("Your page was closed."),
        rank=30,
        patterns=(CLOSED_WORDS,),
    ),
    Kind(
        code=CLOSED_TOO,
        message_class=NOTICE,
        label=gettext_lazy("A page is closed"),
        still_due=_due(True),
        words=_said(CLOSED_TOO_WORDS, lambda case: reverse("pages:home")),
        why=lambda row: _("A page in which you had a part was closed."),
        rank=30,
        patterns=(CLOSED_TOO_WORDS,),
    ),
    Kind(
        code=REOPENED,
        message_class=NOTICE,
        label=gettext_lazy("Your page is open again"),
        still_due=_due(False),
        words=_said(REOPENED_WORDS, _own),
        why=lambda row: _("Your page was opened again."),
        rank=30,
        patterns=(REOPENED_WORDS,),
    ),
)
