"""Word that a page will be erased, at once, so that somebody else's press is noticed; and that it is done."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.erasure.account import without_a_page
from cases.case.erasure.models import ErasureWish
from cases.case.erasure.rules import SIGN_IN_KEPT
from portal import clock, when
from portal.reminders.actions import plan
from portal.reminders.kinds import ANSWER, Kind, Words, say
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import Due, Told

ASKED, DONE = "erasure.asked", "erasure.done"
STILL_USEFUL = dt.timedelta(days=14)


def asked(wish: ErasureWish) -> None:
    _plan(ASKED, wish, wish.due_at)


def done(wish: ErasureWish) -> None:
    _plan(DONE, wish, clock.now() + STILL_USEFUL)


def _plan(kind: str, wish: ErasureWish, until: dt.datetime) -> None:
    whom = wish.case.patient
    plan(kind, wish, version=1, recipient=whom, due_at=clock.now(), useful_until=until, case=wish.case_id)


def _about() -> QuerySet[ErasureWish]:
    return ErasureWish.objects.select_related("case")


def _words_asked(wish: ErasureWish, reader: Reader) -> Words:
    said = {"name": reader.called, "day": when.day(wish.due_at)}
    return say(ASKED_WORDS, said, path=reverse("pages:erase", args=[wish.case_id]))


def _words_done(wish: ErasureWish, reader: Reader) -> Words:
    said = {"name": reader.called}
    if not without_a_page().filter(pk=wish.case.patient_id).exists():
        return say(DONE_WORDS, said, path=reverse("pages:home"))
    said["day"] = when.day((wish.done_at or clock.now()) + SIGN_IN_KEPT)
    return say(LAST_WORDS, said, path=reverse("pages:privacy", args=[wish.case_id]))


ASKED_WORDS = Pattern(
    code=ASKED,
    about=gettext_lazy("Somebody asked us to erase a page"),
    parts={
        "subject": gettext_lazy("Your page will be erased"),
        "lead": gettext_lazy("Your page will be erased, %(name)s"),
        "line": gettext_lazy("It happens on %(day)s. Until then you can take it back. Call us if you did not ask."),
        "action_label": gettext_lazy("Take it back, or read on"),
    },
    examples={"name": gettext_lazy("Sam"), "day": gettext_lazy("Friday, December 11")},
)
DONE_WORDS = Pattern(
    code=DONE,
    about=gettext_lazy("A page is erased, as it was asked"),
    parts={
        "subject": gettext_lazy("Your page is erased"),
        "lead": gettext_lazy("Your page is erased, %(name)s"),
        "line": gettext_lazy("It is done as you asked. You need not do anything."),
        "action_label": gettext_lazy("Sign in"),
    },
    examples={"name": gettext_lazy("Sam")},
)
LAST_WORDS = Pattern(
    code="erasure.done_last",
    about=gettext_lazy("A page is erased, and soon the sign-in too"),
    parts={
        "subject": gettext_lazy("Your page is erased"),
        "lead": gettext_lazy("Your page is erased, %(name)s"),
        "line": gettext_lazy(
            "It is done as you asked. Your sign-in and how we reach you are erased soon after %(day)s. "
            "Until then you can take along the list of who opened what."
        ),
        "action_label": gettext_lazy("Sign in"),
    },
    examples={"name": gettext_lazy("Sam"), "day": gettext_lazy("Friday, December 11")},
)
KINDS = (
    Kind(
        code=ASKED,
        message_class=ANSWER,
        label=gettext_lazy("Your page will be erased"),
        still_due=Due(_about, lambda wish: wish.is_open),
        words=Told(_about, _words_asked),
        why=lambda row: _("You asked us to erase your page."),
        rank=10,
        patterns=(ASKED_WORDS,),
    ),
    Kind(
        code=DONE,
        message_class=ANSWER,
        label=gettext_lazy("Your page is erased"),
        still_due=Due(_about, lambda wish: wish.done_at is not None),
        words=Told(_about, _words_done),
        why=lambda row: _("You asked us to erase your page."),
        rank=10,
        patterns=(DONE_WORDS, LAST_WORDS),
    ),
)
