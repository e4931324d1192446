"""What is said when somebody is asked to help: to them, by mail or text; to the patient, what they answered."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.inviting import links
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Closed, Part, name_in_mail
from cases.case.helping.models import Helper
from portal import clock, texting, when
from portal.actors import SYSTEM
from portal.history.actions import record_each
from portal.reminders import emails
from portal.reminders.actions import plan, plan_row, unplan
from portal.reminders.kinds import ANSWER, NOTICE, Kind, Words, say
from portal.reminders.models import Delivery, RecipientType, Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.rules import next_allowed
from portal.reminders.together import Due, Told

INVITED, OWN, TAKEN, CANNOT = "helping.invited", "helping.own", "helping.taken", "helping.cannot"
STILL_USEFUL = dt.timedelta(days=7)


def asked(invite: Invite) -> None:
    """Mail goes at once; a text not in the night of where the patient lives, as we know no other zone."""
    now = clock.now()
    row = Reminder(
        kind=OWN if invite.part == Part.PATIENT else INVITED,
        about_type=invite._meta.label_lower,
        about_id=invite.pk,
        version=invite.times,
        case_id=invite.case_id,
        recipient_type=RecipientType.INVITED,
        recipient_id=str(invite.pk),
        due_at=now if invite.email else next_allowed(now, invite.patient.zone),
        useful_until=invite.good_until,
    )
    plan_row(row)


def over(invite: Invite) -> None:
    """Nothing more goes to whoever was asked."""
    unplan(invite)


def taken(helper: Helper) -> None:
    _tell(TAKEN, helper, helper.patient, helper.version)


def declined(invite: Invite) -> None:
    _tell(CANNOT, invite, invite.patient, invite.times)


def _tell(kind: str, about: Any, to: Any, version: int) -> None:
    now = clock.now()
    plan(kind, about, version=version, recipient=to, due_at=now, useful_until=now + STILL_USEFUL, case=about.case)


def readers(ids: list[str], now: dt.datetime) -> dict[str, Reader]:
    """Those who were asked, as our sender needs them: in the zone and language of whom they are asked by."""
    found = Invite.objects.open().filter(pk__in=ids).select_related("patient")
    return {str(each.pk): _reader(each) for each in found if each.email or texting.is_on()}


def _reader(invite: Invite) -> Reader:
    return Reader(
        type=RecipientType.INVITED,
        id=str(invite.pk),
        called=name_in_mail(invite.name),
        email=invite.email,
        zone=invite.patient.zone,
        language=invite.patient.language,
        text_to="" if invite.email else str(invite.phone),
    )


def tell_astray(deliveries: list[Delivery]) -> None:
    """The mail could not be brought: the page where it was asked says so."""
    found = Invite.objects.open().filter(pk__in=[each.recipient_id for each in deliveries])
    lost = list(found.filter(came_back_at=None))
    found.filter(pk__in=[each.pk for each in lost]).update(came_back_at=clock.now())
    patients = {each.pk: each.patient_id for each in lost}
    record_each(SYSTEM, "helping.invite_came_back", [(each, each.case_id) for each in lost], patients=patients)


def compose(
    delivery: Delivery, rows: Sequence[Reminder], reader: Reader, now: dt.datetime, house: emails.House
) -> tuple[str, bytes]:
    """(subject, bytes): like any message of ours, without a word of what we do, for they may not know it."""
    return emails.to_outsider(delivery, rows, reader, now, house, _how_it_opens)


def _how_it_opens(lead: Reminder) -> str:
    return _("The link works once, until %(day)s.") % {"day": when.month_day(lead.useful_until)}


def _still_due(rows: Iterable[Reminder], now: dt.datetime) -> set[UUID]:
    rows = list(rows)
    found = Invite.objects.standing().in_bulk([row.about_id for row in rows])
    return {row.pk for row in rows if (one := found.get(row.about_id)) and one.times == row.version}


def _words(rows: Iterable[Reminder], reader: Reader, now: dt.datetime) -> dict[UUID, Words]:
    rows = list(rows)
    found = Invite.objects.select_related("patient", "asked_by").in_bulk([row.about_id for row in rows])
    return {row.pk: _ask(found[row.about_id], reader) for row in rows}


def _ask(invite: Invite, reader: Reader) -> Words:
    if invite.part == Part.PATIENT:
        helper = name_in_mail(invite.asked_by.first_name) or _("Someone you know")
        return say(OWN_WORDS, {"name": reader.called, "helper": helper}, path=links.path_of(invite))
    patient = name_in_mail(invite.patient.first_name) or _("Someone you know")
    return say(INVITED_WORDS, {"name": reader.called, "patient": patient}, path=links.path_of(invite))


def _about_helpers() -> QuerySet[Helper]:
    now = Helper.objects.granted().filter(pk=OuterRef("pk"))
    return Helper.objects.select_related("person").annotate(helps_now=Exists(now))


def _about_invites() -> QuerySet[Invite]:
    return Invite.objects.all()


def _taken(helper: Helper, reader: Reader) -> Words:
    return _told(TAKEN_WORDS, helper, helper.person.first_name, reader)


def _cannot(invite: Invite, reader: Reader) -> Words:
    return _told(CANNOT_WORDS, invite, invite.name.split(" ")[0], reader)


def _told(pattern: Pattern, about: Any, helper: str, reader: Reader) -> Words:
    return say(pattern, {"name": reader.called, "helper": helper}, path=reverse("case:helpers", args=[about.case_id]))


_NAMED = {"name": gettext_lazy("Sam"), "patient": gettext_lazy("Alex"), "helper": gettext_lazy("Kim")}


def _pattern(code: str, about: Any, who: str, subject: Any, lead: Any, line: Any, action: Any) -> Pattern:
    parts = {"subject": subject, "lead": lead, "line": line, "action_label": action}
    return Pattern(code=code, about=about, parts=parts, examples={"name": _NAMED["name"], who: _NAMED[who]})


INVITED_WORDS = _pattern(
    INVITED,
    gettext_lazy("Someone is asked to help"),
    "patient",
    gettext_lazy("%(patient)s asks for your help"),
    gettext_lazy("%(patient)s asks for your help, %(name)s"),
    gettext_lazy("The page says with what. Yes or no, both are fine. If you don’t know %(patient)s, do nothing."),
    gettext_lazy("See and answer"),
)
OWN_WORDS = _pattern(
    OWN,
    gettext_lazy("A helper began: to the patient’s own mailbox"),
    "helper",
    gettext_lazy("%(helper)s began a page for you"),
    gettext_lazy("%(helper)s began a page for you, %(name)s"),
    gettext_lazy("It is yours. You say what %(helper)s may do. If you don’t know %(helper)s, do nothing."),
    gettext_lazy("Open my page"),
)
TAKEN_WORDS = _pattern(
    TAKEN,
    gettext_lazy("Whom the patient asked helps now"),
    "helper",
    gettext_lazy("%(helper)s said yes"),
    gettext_lazy("%(helper)s said yes, %(name)s"),
    gettext_lazy("%(helper)s can do from now on what you chose. You can change it or end it at any time."),
    gettext_lazy("See who helps me"),
)
CANNOT_WORDS = _pattern(
    CANNOT,
    gettext_lazy("Whom the patient asked cannot help"),
    "helper",
    gettext_lazy("A word from %(helper)s"),
    gettext_lazy("%(helper)s can’t help just now, %(name)s"),
    gettext_lazy("You can ask somebody else, or call us."),
    gettext_lazy("See who helps me"),
)
KINDS = (
    Kind(
        code=INVITED,
        message_class=ANSWER,  # the patient has just pressed for it, and may be sitting beside the person
        label=gettext_lazy("Someone is asked to help"),
        still_due=_still_due,
        words=_words,
        why=lambda row: _("The patient asked this person to help."),
        rank=10,
        patterns=(INVITED_WORDS,),
    ),
    Kind(
        code=OWN,
        message_class=ANSWER,
        label=gettext_lazy("A helper began a page"),
        still_due=_still_due,
        words=_words,
        why=lambda row: _("Somebody began a page for this person, and named this mailbox."),
        rank=10,
        patterns=(OWN_WORDS,),
    ),
    Kind(
        code=TAKEN,
        message_class=NOTICE,
        label=gettext_lazy("Someone helps you now"),
        still_due=Due(_about_helpers, lambda helper: helper.helps_now),
        words=Told(_about_helpers, _taken),
        why=lambda row: _("Somebody you asked said yes."),
        rank=30,
        patterns=(TAKEN_WORDS,),
    ),
    Kind(
        code=CANNOT,
        message_class=NOTICE,
        label=gettext_lazy("Someone cannot help you"),
        still_due=Due(_about_invites, lambda invite: invite.ended_as == Closed.DECLINED),
        words=Told(_about_invites, _cannot),
        why=lambda row: _("Somebody you asked cannot help just now."),
        rank=35,
        patterns=(CANNOT_WORDS,),
    ),
)
