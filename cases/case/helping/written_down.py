"""What the patient is told when one of us wrote something down for them: a yes, a no, an end, a paper, an asking."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Closed
from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import Ended, How
from portal import clock
from portal.actors import Actor
from portal.reminders.actions import plan
from portal.reminders.kinds import NOTICE, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.together import Due, Told

YES, NO, END = "helping.wrote_yes", "helping.wrote_no", "helping.wrote_end"
PAPER, PAPER_END, ASKED = "helping.wrote_paper", "helping.wrote_paper_end", "helping.wrote_asked"
STILL_USEFUL = dt.timedelta(days=14)  # a letter takes its days


def tell(kind: str, about: Any, patient: Any, *, by: Actor) -> None:
    """By the patient's own way, where one of us wrote it; what the patient pressed they know."""
    if by.user is None or not by.user.role or by.id == patient.pk:
        return
    now, version = clock.now(), getattr(about, "version", 1)
    plan(kind, about, version=version, recipient=patient, due_at=now, useful_until=now + STILL_USEFUL, case=about.case)


def _is_written(helper: Helper) -> bool:
    return helper.holds(clock.now()) and helper.agreed_how != How.LAW and helper.recorded_by_id != helper.patient_id


def _stands(invite: Invite) -> bool:
    return invite.is_standing or invite.ended_as == Closed.TAKEN


def _about_helpers() -> QuerySet[Helper]:
    return Helper.objects.select_related("person")


def _about_papers() -> QuerySet[Mandate]:
    return Mandate.objects.select_related("person")


_ABOUT: dict[Any, Callable[[], QuerySet[Any]]] = {
    Helper: _about_helpers,
    Mandate: _about_papers,
    Invite: Invite.objects.all,
}


def _kind(
    code: str, model: Any, is_so: Callable[[Any], bool], who: Callable[[Any], str], about: Any, lead: Any
) -> Kind:
    pattern = Pattern(
        code=code,
        about=about,
        parts={
            "subject": gettext_lazy("We wrote something down for you"),
            "lead": lead,
            "line": gettext_lazy("Is it not so? Change it on your page, or call us, and we put it right."),
            "action_label": gettext_lazy("See who helps me"),
        },
        examples={"name": gettext_lazy("Sam"), "helper": gettext_lazy("Kim")},
    )

    def said(thing: Any, reader: Any) -> Words:
        named = {"name": reader.called, "helper": who(thing)}
        return say(pattern, named, path=reverse("case:helpers", args=[thing.case_id]))

    return Kind(
        code=code,
        message_class=NOTICE,
        label=about,
        still_due=Due(_ABOUT[model], is_so),
        words=Told(_ABOUT[model], said),
        why=lambda row: _("One of us wrote it down, as you told us. You read it here, so that nothing is wrong."),
        rank=35,
        patterns=(pattern,),
    )


def _person(thing: Any) -> str:
    return thing.person.first_name


KINDS = (
    _kind(
        YES,
        Helper,
        _is_written,
        _person,
        gettext_lazy("We wrote down a yes to a helper"),
        gettext_lazy("We wrote down what %(helper)s may do, %(name)s"),
    ),
    _kind(
        NO,
        Helper,
        lambda helper: helper.ended_why == Ended.DECLINED,
        _person,
        gettext_lazy("We wrote down a no to a helper"),
        gettext_lazy("We wrote down your no to %(helper)s, %(name)s"),
    ),
    _kind(
        END,
        Helper,
        lambda helper: helper.ended_why == Ended.STAFF,
        _person,
        gettext_lazy("We ended the help of someone"),
        gettext_lazy("We ended the help of %(helper)s, %(name)s"),
    ),
    _kind(
        PAPER,
        Mandate,
        lambda mandate: mandate.ended_at is None,
        _person,
        gettext_lazy("We read a paper that lets someone act"),
        gettext_lazy("We read a paper that lets %(helper)s act for you, %(name)s"),
    ),
    _kind(
        PAPER_END,
        Mandate,
        lambda mandate: mandate.ended_at is not None,
        _person,
        gettext_lazy("A paper lets nobody act any more"),
        gettext_lazy("The paper of %(helper)s lets nobody act any more, %(name)s"),
    ),
    _kind(
        ASKED,
        Invite,
        _stands,
        lambda invite: invite.name.split(" ")[0],
        gettext_lazy("We asked someone for the patient"),
        gettext_lazy("We asked %(helper)s to help you, %(name)s"),
    ),
)
