"""What both are told: that somebody asks, what the patient answered or changed, and that it has ended."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.models import Helper
from cases.case.helping.rules import Ended, How
from portal import clock
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern

ASKS, ANSWERED, STOPPED, OVER = "helping.asks", "helping.answered", "helping.stopped", "helping.over"
STILL_USEFUL = dt.timedelta(days=7)
TOLD_TO_HELPER = {Ended.DECLINED, Ended.PATIENT, Ended.STAFF}


def asked(helper: Helper) -> None:
    """The patient reads that somebody asks; whom she asked herself she knows."""
    if helper.asked_by_id != helper.patient_id:
        _plan(ASKS, helper, helper.patient)


def answered(helper: Helper) -> None:
    """The helper reads that there is a yes, or another one."""
    unplan(helper, kinds=[ASKS])
    _plan(ANSWERED, helper, helper.person)


def ended(helper: Helper) -> None:
    """Whoever did not end it is told; nobody is told of a day or paper that passed, or of a case that was closed."""
    unplan(helper)
    if _is_the_patients_wish(helper):
        _plan(OVER, helper, helper.person)
    elif helper.ended_why == Ended.HELPER:
        _plan(STOPPED, helper, helper.patient)


def _is_the_patients_wish(helper: Helper) -> bool:
    """Whether the patient would like to go on alone; of a paper that ended they said nothing."""
    if helper.agreed_how == How.LAW and helper.ended_why == Ended.STAFF:
        return False
    return helper.ended_why in TOLD_TO_HELPER


def _plan(kind: str, helper: Helper, to: Any) -> None:
    now = clock.now()
    until = now + STILL_USEFUL
    plan(kind, helper, version=helper.version, recipient=to, due_at=now, useful_until=until, case=helper.case)


def _of(rows: Iterable[Reminder]) -> tuple[list[Reminder], dict[UUID, Helper]]:
    rows = list(rows)
    found = Helper.objects.select_related("person", "patient", "case")
    return rows, found.in_bulk([row.about_id for row in rows])


def _due(is_so: Callable[[Helper], bool]) -> Callable[[Iterable[Reminder], dt.datetime], set[Any]]:
    def still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[Any]:
        rows, helpers = _of(rows)
        return {row.pk for row in rows if (helper := helpers.get(row.about_id)) and is_so(helper)}

    return still_due


def _said(pattern: Pattern, path: Callable[[Helper], str]) -> Callable[..., dict[Any, Words]]:
    def words(rows: Iterable[Reminder], reader: Any, now: dt.datetime) -> dict[Any, Words]:
        rows, helpers = _of(rows)
        return {row.pk: _one(helpers[row.about_id], reader) for row in rows}

    def _one(helper: Helper, reader: Any) -> Words:
        named = {"name": reader.called, "helper": helper.person.first_name, "patient": helper.patient.first_name}
        return say(pattern, named, path=path(helper))

    return words


def _pattern(code: str, about: Any, subject: Any, lead: Any, line: Any, action: Any) -> Pattern:
    parts = {"subject": subject, "lead": lead, "line": line, "action_label": action}
    examples = {"name": gettext_lazy("Sam"), "helper": gettext_lazy("Kim"), "patient": gettext_lazy("Alex")}
    return Pattern(code=code, about=about, parts=parts, examples=examples)


OPEN = gettext_lazy("Open my page")


def _home(helper: Helper) -> str:
    return helper.case.get_absolute_url()


ASKS_WORDS = _pattern(
    ASKS,
    gettext_lazy("Someone asks to help"),
    gettext_lazy("%(helper)s would like to help you"),
    gettext_lazy("%(helper)s would like to help you, %(name)s"),
    gettext_lazy("You choose how much, and until when. If you say no, they see nothing of yours."),
    gettext_lazy("See and answer"),
)
ANSWERED_WORDS = _pattern(
    ANSWERED,
    gettext_lazy("To a helper: there is a yes"),
    gettext_lazy("%(patient)s says how you can help"),
    gettext_lazy("%(patient)s says how you can help, %(name)s"),
    gettext_lazy("Their page says what you can do, and until when."),
    gettext_lazy("Open the page"),
)
STOPPED_WORDS = _pattern(
    STOPPED,
    gettext_lazy("A helper has stopped"),
    gettext_lazy("A word from %(helper)s"),
    gettext_lazy("%(helper)s has stopped helping here, %(name)s"),
    gettext_lazy("Helping takes strength, and %(helper)s needs a rest. One of us looks on with you."),
    OPEN,
)
OVER_WORDS = _pattern(
    OVER,
    gettext_lazy("To a helper: the patient goes on alone"),
    gettext_lazy("A word from %(patient)s"),
    gettext_lazy("%(patient)s would like to do this on their own, %(name)s"),
    gettext_lazy("Thank you for all you did. You need not do anything."),
    gettext_lazy("Open my pages"),
)


KINDS = (
    Kind(
        code=ASKS,
        message_class=NOTICE,
        label=gettext_lazy("Someone would like to help you"),
        still_due=_due(lambda helper: helper.is_asked),
        words=_said(ASKS_WORDS, lambda helper: reverse("case:helper", args=[helper.pk])),
        why=lambda row: _("Somebody asked whether they may help you."),
        rank=30,
        patterns=(ASKS_WORDS,),
    ),
    Kind(
        code=ANSWERED,
        message_class=NOTICE,
        label=gettext_lazy("How you can help"),
        still_due=_due(lambda helper: helper.holds(clock.now())),
        words=_said(ANSWERED_WORDS, _home),
        why=lambda row: _("The person you help said so, or changed it."),
        rank=30,
        patterns=(ANSWERED_WORDS,),
    ),
    Kind(
        code=STOPPED,
        message_class=NOTICE,
        label=gettext_lazy("Someone has stopped helping"),
        still_due=_due(lambda helper: helper.ended_why == Ended.HELPER),
        words=_said(STOPPED_WORDS, _home),
        why=lambda row: _("Somebody who helped you has stopped."),
        rank=30,
        patterns=(STOPPED_WORDS,),
    ),
    Kind(
        code=OVER,
        message_class=NOTICE,
        label=gettext_lazy("Your help has ended"),
        still_due=_due(_is_the_patients_wish),
        words=_said(OVER_WORDS, lambda helper: reverse("pages:home")),
        why=lambda row: _("The person you helped said so."),
        rank=30,
        patterns=(OVER_WORDS,),
    ),
)
