"""The referral's page: where it stands, a letter to ask with, and ways on when the answer is no."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case.models import Case
from cases.case.people import COORDINATOR, cases_where, may, role_for, role_in
from cases.records import actions, rules, showing, words
from cases.records.forms import LetterForm
from cases.records.items.telling import SAY
from cases.records.models import Referral, Visit
from cases.records.planning import ASK_REFERRAL, FAX_LETTER, OPEN_REFERRAL
from cases.records.referral import letters
from cases.records.referral.letter_models import LetterKind
from cases.records.standing import ItemStanding, standing
from cases.records.states import ReferralState
from cases.records.visits import independence, rounds
from cases.records.visits.rounds import Round
from portal import clock, moves, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import drafts
from portal.actors import Actor
from portal.errors import Refused

TAGS = {
    ReferralState.NEEDED: "warn",
    ReferralState.ASKED: "info",
    ReferralState.AGREED: "ok",
    ReferralState.REFUSED: "warn",
    ReferralState.NOT_NEEDED: "ok",
    ReferralState.SENT: "ok",
}


@open_to(PERSON)
@require_safe
def referral(request: HttpRequest, pk: str) -> HttpResponse:
    case = find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)
    return shown(request, case, rounds.of(case, rounds.asked_for(request), reader=request.user))


@open_to(PERSON)
@require_POST
def move_referral(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Say what is known of the referral, or take the last word back."""
    case = find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)
    number = rounds.asked_for(request) or rounds.of(case, reader=request.user).number
    try:
        if verb == "undo":
            own = Referral.objects.visible_to(request.user).select_related("visit__case")
            live = Visit.objects.live().filter(case=case, round=number)
            thing = find_or_404(own, visit__in=live)
            actions.undo(thing, why=request.POST.get("why", ""), by=Actor.of(request))
        elif verb in words.REFERRAL_VERBS:
            actions.move_referral(case, verb, round=number, by=Actor.of(request))
        else:
            raise Refused(_("This cannot be done here."))
    except Refused as no:
        return shown(request, case, rounds.of(case, number, reader=request.user), also=[no.message], status=409)
    return redirect(rounds.address("records:referral", case.pk, number))


def shown(
    request: HttpRequest,
    case: Case,
    about: Round,
    *,
    letter_form: LetterForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; with the letter's form as it was sent where something is to be mended."""
    now = clock.now()
    together = ("visit__office", "visit__clinician", "visit__case__patient", "visit__case__key", "moved_by")
    own = Referral.objects.visible_to(request.user).filter(visit=about.visit)
    found = own.select_related(*together).first() if about.visit else None
    state = found.state if found else ReferralState.NEEDED
    reader = showing.Reader(request.user, role_for(SAY, case, request.user), case, now)
    doctors = letters.doctors_of(case, request.user)
    may_change = may("change_dates", case, request.user)
    allowed = moves.allowed(rules.REFERRAL_MOVES, state, reader.role) if may_change else []
    verbs = [verb for verb in allowed if verb in words.REFERRAL_VERBS]
    page: dict[str, Any] = {
        "case": case,
        "round": about,
        "referral": found,
        "title": words.REFERRAL_TITLES[ReferralState(state)],
        "tag": {"label": str(ReferralState(state).label), "kind": TAGS[ReferralState(state)]},
        "points": _points(found, reader, now),
        "buttons": [
            {"verb": verb, "label": str(words.REFERRAL_VERBS[verb])} for verb in verbs if verb in words.REFERRAL_VERBS
        ],
        "may_undo": bool(found and reader.may_undo(found)),
        "take_back": reader.take_back(found) if found else None,
        "is_refused": state == ReferralState.REFUSED,
        "is_open": state in OPEN_REFERRAL,
        "shares_office": independence.shares_office(doctors, about),
        "may_change": may_change,
        "next": _next(found, now, request.user),
        "may_ask_for_a_call": may("ask_for_a_call", case, request.user),
        "is_coordinator": reader.role == COORDINATOR,
        "also": also,
    }
    if page["is_open"]:
        page |= _letter(request, case, about, found, doctors, letter_form)
    return render(request, "records/referral.html", page, status=status)


def kind_asked_for(request: HttpRequest) -> str:
    """Which letter the form or the address names; empty without one."""
    value = request.POST.get("letter") or request.GET.get("letter")
    return value if value in LetterKind.values else ""


def draft_of(kind: str, number: int) -> str:
    """The name under which a letter that is being changed is kept."""
    return f"letter-{kind}-{number}"


def _letter(
    request: HttpRequest,
    case: Case,
    about: Round,
    found: Referral | None,
    doctors: letters.Doctors,
    form: LetterForm | None,
) -> dict[str, Any]:
    kind = kind_asked_for(request)
    if not kind and about.visit and role_in(case, request.user) == COORDINATOR:
        kind = letters.kind_to_fax(about.visit)
    kind = kind or LetterKind.REFER
    letter = letters.of(case, about, kind, doctors, clock.now(), request.user)
    draft = draft_of(kind, about.number)
    if form is None and "change" in request.GET and may("change_dates", case, request.user):
        seen_at = letter.seen_at.isoformat() if letter.seen_at else ""
        started = drafts.kept(request.user, draft, case) or {}
        form = LetterForm(initial={"words": letter.text, "seen_at": seen_at} | started)
    asked = letters.asked_of_us(letter, found)
    return {
        "letter": letter,
        "is_another": kind == LetterKind.ANOTHER,
        "letter_form": form,
        "form": form if form and form.is_bound else None,
        "draft": draft,
        "fax": letters.fax_of(letter),
        "strip_for": _strip_for(request, case, about, letter),
        "fax_asked": asked[FAX_LETTER],
        "referral_asked": asked[ASK_REFERRAL],
    }


def _strip_for(request: HttpRequest, case: Case, about: Round, letter: letters.Letter) -> UUID | None:
    """The visit whose letter the office can answer on, where it is known to whom that goes."""
    if about.visit is None or letter.to is None or letter.to.office is None:
        return None
    return about.visit.pk if may("say_signed", case, request.user) else None


def _points(found: Referral | None, reader: showing.Reader, now: Any) -> list[dict[str, Any]]:
    """Asked, agreed, sent, each with its day or what is still open."""
    if found is None or found.asked_on is None:
        return []
    known = reader.known(found)
    asked = " ".join(part for part in (when.day(found.asked_on) + ".", known) if part)
    answered = when.day(found.answered_on) if found.answered_on else _("Not yet")
    said_no = found.state == ReferralState.REFUSED
    points = [
        {"title": _("Asked"), "text": asked, "is_here": True},
        {
            "title": _("They said no") if said_no else _("Agreed"),
            "text": answered,
            "is_here": found.answered_on is not None,
        },
    ]
    sent = when.day(found.sent_on) if found.sent_on else _usual_days(found, now, reader.user)
    return [*points, {"title": _("Sent"), "text": sent, "is_goal": True}]


def _next(found: Referral | None, now: Any, reader: Any) -> str:
    """What happens if nobody answers; empty once it is sent or while nobody was asked."""
    line = (
        _line_of(found, now, reader) if found and found.state in {ReferralState.ASKED, ReferralState.AGREED} else None
    )
    return words.next_ask(line) if line and line.next_day and line.next_day.due != rules.Due.REQUEST else ""


def _line_of(found: Referral, now: Any, reader: Any) -> ItemStanding | None:
    lines = standing(found.visit, now, reader=reader).items
    return next((line for line in lines if line.item.kind_id == "referral_letter"), None)


def _usual_days(found: Referral, now: Any, reader: Any) -> str:
    line = _line_of(found, now, reader)
    if line is None or line.dates.there_expected is None or line.dates.there_safe is None:
        return _("Not yet")
    return _("Usually there by %(usual)s, safe by %(safe)s") % {
        "usual": when.month_day(line.dates.there_expected),
        "safe": when.month_day(line.dates.there_safe),
    }
