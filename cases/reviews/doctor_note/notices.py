"""The message that there is a note to read; no word of it leaves the house."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.reviews.doctor_note.actions import WRITTEN
from cases.reviews.doctor_note.models import DoctorNote
from portal.reminders.kinds import Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.together import Due, Told


def _about() -> QuerySet[DoctorNote]:
    return DoctorNote.objects.select_related("written_by")


def _waits(note: DoctorNote) -> bool:
    return not note.choice


def _words(note: DoctorNote, reader: Any) -> Words:
    return say(PATTERN, {"who": note.written_by.first_name}, path=note.get_absolute_url())


PATTERN = Pattern(
    code=WRITTEN,
    about=gettext_lazy("After a call: something to read and to decide"),
    parts={
        "subject": gettext_lazy("Something to read on your page"),
        "lead": gettext_lazy("%(who)s has written something for you. It is on your page."),
        "line": gettext_lazy("Nothing happens with it before you say so."),
        "action_label": gettext_lazy("Open my page"),
    },
    examples={"who": gettext_lazy("Sam")},
)
KIND = Kind(
    code=WRITTEN,
    message_class="notice",
    label=gettext_lazy("Something to read and decide"),
    still_due=Due(_about, _waits),
    words=Told(_about, _words),
    why=lambda row: _("Your consultant wrote something after your call. It goes away once you have said what to do."),
    rank=30,
    patterns=(PATTERN,),
)
