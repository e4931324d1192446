"""The patient is told once that somebody else reads meanwhile. Its words name nobody's illness, and no content."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.away.models import Cover
from portal import clock
from portal.reminders.actions import plan, unplan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

AWAY = "away.told"
STILL_USEFUL = dt.timedelta(days=14)


def told(cover: Cover) -> None:
    """Another one stands in: whoever was to be told of the one before is told of this one."""
    now = clock.now()
    plan(
        AWAY,
        cover,
        version=1,
        recipient=cover.case.patient,
        due_at=now,
        useful_until=now + STILL_USEFUL,
        case=cover.case_id,
    )


def answered(cover: Cover) -> None:
    """The patient has read it, and answered."""
    unplan(cover, kinds=[AWAY])


def over(cover: Cover) -> None:
    unplan(cover, kinds=[AWAY])


def _about() -> QuerySet[Cover]:
    return Cover.objects.select_related("reader", "away__consultant")


WORDS = Pattern(
    code=AWAY,
    about=gettext_lazy("A consultant is away, and somebody stands in"),
    parts={
        "subject": gettext_lazy("%(consultant)s is away for a while"),
        "lead": gettext_lazy("%(consultant)s is away for a while, %(name)s"),
        "line": gettext_lazy("%(reader)s stands in. Your page says until when, and asks you one thing."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"name": gettext_lazy("Sam"), "consultant": gettext_lazy("Kim"), "reader": gettext_lazy("Alex")},
)


def _words(cover: Cover, reader: Reader) -> Words:
    named = {
        "name": reader.called,
        "consultant": cover.away.consultant.first_name,
        "reader": cover.reader.first_name,
    }
    return say(WORDS, named, path=reverse("case:stands_in", args=[cover.pk]))


KIND = Kind(
    code=AWAY,
    message_class=NOTICE,
    label=gettext_lazy("Your consultant is away"),
    still_due=Due(_about, lambda cover: cover.back_at is None),
    words=Told(_about, _words),
    why=lambda row: _("Somebody else reads for you meanwhile."),
    rank=30,
    patterns=(WORDS,),
)
