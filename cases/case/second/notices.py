"""Who is told of a second reading: the colleague, the patient, the one who asked. Never a word of what it is about."""

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.second.models import SecondReader
from cases.case.second.rules import OPEN, SecondEnded, SecondState
from portal import clock
from portal.accounts.models import User
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

ASKED, TOLD, SAID = "second.asked", "second.told", "second.said"
STILL_USEFUL = dt.timedelta(days=7)


def asked(second: SecondReader) -> None:
    _plan(ASKED, second, second.reader, second.over_at)


def answered(second: SecondReader) -> None:
    """The colleague said yes or no: the one who asked hears of a no, the patient of a yes."""
    unplan(second, kinds=[ASKED])
    if second.state == SecondState.READING:
        _plan(TOLD, second, second.case.patient, second.over_at)
    else:
        _plan(SAID, second, second.asked_by, clock.now() + STILL_USEFUL)


def let(second: SecondReader) -> None:
    """The patient has read it, and said yes."""
    unplan(second, kinds=[TOLD])


def over(second: SecondReader) -> None:
    unplan(second, kinds=[ASKED, TOLD])
    if second.ended_why == SecondEnded.DONE:
        _plan(SAID, second, second.asked_by, clock.now() + STILL_USEFUL)


def _plan(kind: str, second: SecondReader, recipient: User, until: dt.datetime) -> None:
    plan(
        kind,
        second,
        version=1,
        recipient=recipient,
        due_at=clock.now(),
        useful_until=until,
        case=second.case_id,
    )


def _about() -> QuerySet[SecondReader]:
    return SecondReader.objects.select_related("reader", "asked_by")


def _due_in(*states: str) -> Due:
    return Due(_about, lambda second: second.state in states)


def _say(pattern: Pattern, path: Callable[[SecondReader], str]) -> Told:
    def one(second: SecondReader, reader: Reader) -> Words:
        named = {"reader": second.reader.first_name, "consultant": second.asked_by.first_name}
        return say(pattern, named | {"name": reader.called}, path=path(second))

    return Told(_about, one)


NAMES = {"name": gettext_lazy("Sam"), "consultant": gettext_lazy("Kim"), "reader": gettext_lazy("Alex")}
TO_PATIENT = Pattern(
    code=TOLD,
    about=gettext_lazy("A second consultant reads along"),
    parts={
        "subject": gettext_lazy("%(consultant)s asked %(reader)s to help"),
        "lead": gettext_lazy("%(consultant)s asked %(reader)s to help for a few days, %(name)s"),
        "line": gettext_lazy("Your page says why and until when. You can end it there."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples=NAMES,
)
TO_COLLEAGUE = Pattern(
    code=ASKED,
    about=gettext_lazy("A colleague asks for a second reading"),
    parts={
        "subject": gettext_lazy("%(consultant)s asks you something"),
        "lead": gettext_lazy("%(consultant)s asks whether you would read along"),
        "line": gettext_lazy("Sign in to say yes or no. No is a fine answer."),
        "action_label": gettext_lazy("Open it"),
    },
    examples=NAMES,
)
TO_ASKER = Pattern(
    code=SAID,
    about=gettext_lazy("A colleague answered about a second reading"),
    parts={
        "subject": gettext_lazy("%(reader)s has answered you"),
        "lead": gettext_lazy("%(reader)s has answered you"),
        "line": gettext_lazy("The answer stands beside your review."),
        "action_label": gettext_lazy("Open it"),
    },
    examples=NAMES,
)
KINDS = (
    Kind(
        code=ASKED,
        message_class=NOTICE,
        label=gettext_lazy("A colleague asks you to read along"),
        still_due=_due_in(SecondState.ASKED),
        words=_say(TO_COLLEAGUE, lambda second: reverse("reviews:along", args=[second.pk])),
        why=lambda row: _("A colleague asked you. It goes away once you have answered."),
        rank=30,
        patterns=(TO_COLLEAGUE,),
    ),
    Kind(
        code=TOLD,
        message_class=NOTICE,
        label=gettext_lazy("A second consultant reads along"),
        still_due=_due_in(SecondState.READING),
        words=_say(TO_PATIENT, lambda second: reverse("case:second_reader", args=[second.pk])),
        why=lambda row: _("A second consultant would read along for a few days."),
        rank=30,
        patterns=(TO_PATIENT,),
    ),
    Kind(
        code=SAID,
        message_class=NOTICE,
        label=gettext_lazy("A colleague has answered"),
        still_due=_due_in(*(set(SecondState.values) - OPEN)),
        words=_say(TO_ASKER, lambda second: reverse("reviews:queue")),
        why=lambda row: _("You asked a colleague to read along."),
        rank=30,
        patterns=(TO_ASKER,),
    ),
)
