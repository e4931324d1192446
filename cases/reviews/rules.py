"""What may happen to a review and to a summary, by when a plan is to be read, and why not. Pure."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.opinions.checklist import CODES
from cases.reviews.asking.rules import ASKING_MOVES as ASKING_MOVES
from portal import moves
from portal.moves import Move
from portal.texts.business_days import add_business_days

WRITTEN_READING_DAYS = 5  # business days for a reading that no consultation waits for


MOVES = {
    "take": Move({"open"}, "taken", {"consultant"}),
    "hand_back": Move({"taken", "drafting"}, "open", {"reader", "coordinator"}),
    "hand_over": Move({"taken", "drafting", "shared"}, "", {"reader", "coordinator"}),
    "draft": Move({"taken"}, "drafting", {"reader"}),
    "write": Move({"taken", "drafting", "shared", "completed"}, "", {"reader"}),
    "share": Move({"drafting"}, "shared", {"reader"}),
    "correct": Move({"shared", "completed"}, "", {"reader"}),
    "complete": Move({"drafting", "shared"}, "completed", {"reader"}),
    "finish": Move({"shared"}, "completed", {"reader"}),
    # Of a summary, which stands in every state; shared and complete ones are written anew then, as by "reopen".
    "withdraw": Move({"open", "taken", "drafting", "shared", "completed", "set_aside"}, "", {"reader", "coordinator"}),
    "reopen": Move({"shared", "completed"}, "drafting", {"system"}),
    "set_aside": Move({"open", "taken", "drafting"}, "set_aside", {"system", "coordinator"}),
    # Instead, where what was shared is about this plan and stands: as shared, or as complete, as it was.
    "share_again": Move({"open", "taken", "drafting"}, "", {"system"}),
    "resume": Move({"set_aside"}, "open", {"system", "coordinator"}),
}

SUMMARY_MOVES = {
    "withdraw": Move({"shared"}, "withdrawn", {"reader", "coordinator"}),
    "say_clear": Move({"shared"}, "", {"patient", "coordinator"}),
    "ask": Move({"shared"}, "", {"patient", "helper", "coordinator"}),
}

NEED_NO_CONSENT = frozenset(
    {"hand_back", "hand_over", "finish", "withdraw", "set_aside", "share_again", "resume", "reopen", "take"}
)

NOT_FROM_HERE: dict[str, str | Promise] = {
    "open": gettext_lazy("Nobody has taken this plan yet. Take it first."),
    "taken": gettext_lazy("Nothing is written yet. Write the first part, then come back."),
    "drafting": gettext_lazy("This review is being written. Nothing is shared at the moment."),
    "shared": gettext_lazy("This summary is already shared. A change is a new version."),
    "completed": gettext_lazy("This review is complete. A change is a new version, with its reason."),
    "set_aside": gettext_lazy("This review rests, because no consultation is booked."),
    "withdrawn": gettext_lazy("This summary was taken back."),
}


@dataclass(frozen=True)
class Situation:
    """What the rules need to know about one review at one moment, gathered by the actions."""

    state: str
    role: str
    may_read: bool = True
    talk_over: bool = False
    has_talk: bool = False  # to come or over; not one that was canceled or did not take place
    pages: int = 0
    empty_parts: tuple[str, ...] = ()
    points_left: int = 0
    lines_without_page: int = 0
    points_without_page: int = 0
    options_unfinished: tuple[str, ...] = ()
    is_option_nameless: bool = False
    pages_past_the_end: tuple[int, ...] = field(default=())


def why_not(verb: str, at: Situation, *, ticked: bool = True, reason: str = "given", is_as_shown: bool = True) -> str:
    """Why `verb` cannot be done now, in a sentence for the person asking; "" when it can.

    `ticked` is the consultant's statement; `reason` is asked for where a patient may already have read; `is_as_shown`
    says whether what would be shared is what the preview showed.
    """
    move = MOVES[verb]
    if at.role not in move.by:
        return _not_yours(at.role, at.state)
    if at.state not in move.sources:
        return str(NOT_FROM_HERE[at.state])
    if not at.may_read and verb not in NEED_NO_CONSENT:
        return no_consent()
    if verb in ("share", "correct", "complete"):
        return _not_ready(verb, at) or _not_seen(is_as_shown) or _not_said(verb, ticked, reason)
    if verb == "finish" and at.has_talk:
        return _("This summary belongs to a call. Complete it after the call.")
    if verb == "withdraw" and not reason.strip():
        return _("Say in a line why you take it back. The patient reads the reason.")
    return ""


def no_consent() -> str:
    """What a consultant reads when the patient's consent to read is not there, or was taken back."""
    return _("The patient has not said yes to you reading this plan, or has taken that back.")


def _not_yours(role: str, state: str) -> str:
    if role == "consultant" and state == "open":
        return _("Nobody has taken this plan yet. Take it first.")
    if role == "consultant":
        return _("A colleague has taken this plan. Only the person who took it can do this.")
    return _("This is for the consultant who reads the plan.")


def _not_ready(verb: str, at: Situation) -> str:
    if verb == "complete" and not at.talk_over:
        return _("The consultation has not taken place yet. Share a version now and complete it afterward.")
    if at.empty_parts:
        return _("Write “%(part)s” first.") % {"part": PARTS[at.empty_parts[0]]}
    if at.points_left:
        return ngettext(
            "%(count)s point of “What a plan should say” is not looked at yet.",
            "%(count)s points of “What a plan should say” are not looked at yet.",
            at.points_left,
        ) % {"count": at.points_left}
    if at.lines_without_page:
        return ngettext(
            "%(count)s line of the plan in plain words names no page. End it with its page, like (page 2).",
            "%(count)s lines of the plan in plain words name no page. End each with its page, like (page 2).",
            at.lines_without_page,
        ) % {"count": at.lines_without_page}
    if refusal := _options_not_ready(at):
        return refusal
    if at.pages_past_the_end:
        return _("A line names page %(page)s, but the plan has %(pages)s pages.") % {
            "page": at.pages_past_the_end[0],
            "pages": at.pages,
        }
    return ""


def _options_not_ready(at: Situation) -> str:
    if at.is_option_nameless:
        return _("Give each option its name.")
    if at.options_unfinished:
        return _("Nothing is said of “%(option)s” yet. Write a point, or take it out.") % {
            "option": at.options_unfinished[0]
        }
    if at.points_without_page:
        return ngettext(
            "%(count)s point for or against an option names no page. Say where it stands in the plan.",
            "%(count)s points for or against an option name no page. Say where each stands in the plan.",
            at.points_without_page,
        ) % {"count": at.points_without_page}
    return ""


def _not_seen(is_as_shown: bool) -> str:
    if is_as_shown:
        return ""
    return _("This changed since you opened the preview. Below is how it reads now. Look at it once more, then share.")


def _not_said(verb: str, ticked: bool, reason: str) -> str:
    if verb == "correct" and not reason.strip():
        return _("Say in a line what you corrected. The patient reads it above the new version.")
    if not ticked:
        return _("Tick the statement before you share.")
    return ""


def why_not_summary(verb: str, state: str, role: str) -> str:
    """The same for one summary, whose state is shared or withdrawn."""
    move = SUMMARY_MOVES[verb]
    if role not in move.by:
        return _not_yours(role, state)
    if state not in move.sources:
        return str(NOT_FROM_HERE[state])
    return ""


def allowed(at: Situation) -> list[str]:
    """The verbs that could be offered as buttons now; what is still to be filled in does not hide one."""
    return moves.allowed(MOVES, at.state, at.role)


# Parts of a review in the order of its page: code and title. "private" never leaves the staff's side.
PARTS: Mapping[str, str | Promise] = {
    "answers": gettext_lazy("The patient’s questions"),
    "plain": gettext_lazy("In plain words"),
    "words": gettext_lazy("Words to explain"),
    "checklist": gettext_lazy("What a plan should say"),
    "questions": gettext_lazy("Questions to raise"),
    "options": gettext_lazy("What each option asks and gives"),
    "private": gettext_lazy("Private notes for the team"),
}
NEEDED_PARTS = ("plain",)
POINT_COUNT = len(CODES)


def read_by(*, opened_on: date, talk_on: date | None, closed: Set[date] = frozenset()) -> date:
    """The day by which a plan is to be read.

    With a consultation the last business day before it, in the consultant's calendar; else five business days
    after the reading was asked for. Calendar arithmetic on local days, no hours in it.
    """
    if talk_on is not None:
        return add_business_days(talk_on, -1, closed)
    return add_business_days(opened_on, WRITTEN_READING_DAYS, closed)


def urgency(read_by_on: date, today: date) -> str:
    """ "late", "today", "soon" (tomorrow) or "later": which tag a row of the queue wears."""
    days = (read_by_on - today).days
    if days < 0:
        return "late"
    return {0: "today", 1: "soon"}.get(days, "later")
