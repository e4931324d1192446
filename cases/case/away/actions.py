"""What changes who reads while a consultant is away: saying it, handing cases over and back, the patient's answer."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.case import changes
from cases.case.actions import ask_to_do, assign, end_assignment, give_consent, must, pass_to_dos_on, settle_to_dos
from cases.case.away import notices, rules
from cases.case.away.models import Away, Cover
from cases.case.models import Case, ToDo
from cases.case.people import has_consent_to_read, is_assigned, role_in
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

HAND_BACK = "hand_back"  # kind of to-do
Back = Cover.Back


@transaction.atomic
def say_away(consultant: User, *, from_on: dt.date, until_on: dt.date, stands_in: User, by: Actor) -> Away:
    """Say that a consultant is away on these days, and who stands in. Said twice it is said once.

    A coordinator says it, or the consultant herself. Raises Refused for days and people that cannot be.
    """
    people = _locked(consultant, stands_in)
    consultant, stands_in = people[consultant.pk], people[stands_in.pk]
    _must_say(consultant, by)
    said = {"consultant": consultant, "from_on": from_on, "until_on": until_on, "stands_in": stands_in}
    if found := Away.objects.open().filter(**said).first():
        return found
    if not consultant.is_our_consultant:
        raise Refused(_("Choose one of our consultants."), code="consultant")
    _must_fit(consultant, from_on, until_on, stands_in)
    away = Away(**said, time_zone=consultant.time_zone, said_at=clock.now(), said_by=by.user)
    _save(away)
    record(by, "away.said", away)
    return away


@transaction.atomic
def change_away(away: Away, *, from_on: dt.date, until_on: dt.date, stands_in: User, by: Actor) -> Away:
    """Other days, or somebody else who stands in: cases that were handed over go on to that person."""
    _locked(away.consultant, away.stands_in, stands_in)
    away = _fresh(away)
    _must_say(away.consultant, by)
    if away.ended_at:
        raise Refused(_("This time away is over."), code="state")
    if (away.from_on, away.until_on, away.stands_in_id) == (from_on, until_on, stands_in.pk):
        return away
    _must_fit(away.consultant, from_on, until_on, stands_in, but=away)
    if stands_in.pk != away.stands_in_id and not is_coordinator(by) and away.covers.open().exists():
        raise Refused(_("Cases are handed over already. Ask a coordinator to change who stands in."), code="stands_in")
    covered = list(away.covers.open().select_related("case")) if stands_in.pk != away.stands_in_id else []
    away.from_on, away.until_on, away.stands_in = from_on, until_on, stands_in
    _save(away)
    record(by, "away.changed", away)
    for cover in covered:
        _end(cover, Back.MOVED, by)
        _begin(away, _locked_case(cover.case), by)
    for todo in _to_do(away):
        todo.due_on = away.back_on
        todo.save(update_fields=["due_on"])
    return away


@transaction.atomic
def end_away(away: Away, *, by: Actor) -> Away:
    """The consultant is there again, or does not go. Cases come back first: a coordinator hands them back."""
    away = _fresh(away)
    _must_say(away.consultant, by)
    if away.ended_at:
        return away
    if away.covers.open().exists():
        raise Refused(_("Hand the cases back first."), code="state")
    away.ended_at, away.ended_by = clock.now(), by.user
    away.save(update_fields=["ended_at", "ended_by"])
    record(by, "away.ended", away)
    settle_to_dos(away, HAND_BACK, by=by)
    return away


@transaction.atomic
def hand_over(away: Away, case: Case, *, by: Actor) -> Cover:
    """Hand one case to the one who stands in. What was asked of the consultant is asked of them.

    The patient is told once, and asked whether this person may read: until then they see what anybody new sees.
    Handed over twice it is handed over once. Raises Refused when the case has another consultant by now.
    """
    must("hand_over", case, by)
    away = _fresh(away)
    case = _locked_case(case)
    if found := away.covers.open().filter(case=case).first():
        return found
    if reason := rules.why_not_hand_over(
        is_over=bool(away.ended_at) or clock.today(away.zone) > away.until_on,
        is_closed=case.state == Case.State.CLOSED,
        is_theirs=is_assigned(case, away.consultant),
        is_own_case=role_in(case, away.stands_in) in {"patient", "helper"},
    ):
        raise Refused(reason, code="state")
    if not away.stands_in.is_our_consultant:
        raise Refused(_("%(name)s does not work here any more.") % {"name": away.stands_in.name}, code="state")
    return _begin(away, case, by)


@transaction.atomic
def hand_over_all(away: Away, cases: Iterable[Case], *, by: Actor) -> tuple[int, list[str]]:
    """Hand over several cases: how many went, and why others did not."""
    went, refused = 0, []
    for case in cases:
        try:
            hand_over(away, case, by=by)
            went += 1
        except Refused as no:
            refused.append(f"{case.reference}: {no.message}")
    return went, refused


@transaction.atomic
def hand_back(cover: Cover, *, by: Actor) -> Cover:
    """The case goes back to its consultant. Pressed twice it is handed back once.

    Where the consultant has left meanwhile, the one who stood in stays: raises Refused, and `keep` says so.
    """
    must("hand_over", cover.case, by)
    cover, case = _fresh_cover(cover)
    if cover.back_at:
        return cover
    consultant = cover.away.consultant
    if not consultant.is_our_consultant:
        said = {"name": consultant.name, "other": cover.reader.name}
        raise Refused(_("%(name)s does not work here any more. %(other)s can keep the case.") % said, code="left")
    assign(case, consultant, why="handing_over", by=by)
    _move(case, cover.reader, consultant, by)
    return _end(cover, Back.BACK, by)


@transaction.atomic
def keep(cover: Cover, *, by: Actor) -> Cover:
    """The one who stood in stays the consultant of this case. Pressed twice it is kept once."""
    must("hand_over", cover.case, by)
    cover, _case = _fresh_cover(cover)
    if cover.back_at:
        return cover
    if not cover.reader.is_our_consultant:
        raise Refused(_("%(name)s does not work here any more.") % {"name": cover.reader.name}, code="left")
    cover.has_own_place = True
    cover.save(update_fields=["has_own_place"])
    return _end(cover, Back.KEPT, by)


@transaction.atomic
def end_covers(case: Case, *, by: Actor) -> None:
    """The case is closed: nobody stands in any more. Whoever closes it looked who may."""
    for cover in Cover.objects.open().filter(case=case).select_related("case", "away__consultant", "reader"):
        _end(cover, Back.CLOSED, by)


@transaction.atomic
def consultant_left(consultant: User, *, by: Actor) -> None:
    """A consultant works here no more: whoever stands in for them stays, and where they stood in the case goes back."""
    for cover in Cover.objects.open().filter(away__consultant=consultant):
        cover, _case = _fresh_cover(cover)
        cover.has_own_place = True
        cover.save(update_fields=["has_own_place"])
        _end(cover, Back.KEPT, by)
    for cover in Cover.objects.open().filter(reader=consultant):
        cover, case = _fresh_cover(cover)
        other = cover.away.consultant
        if other.is_our_consultant:
            assign(case, other, why="handing_over", by=by)
            _move(case, consultant, other, by)
        _end(cover, Back.BACK if other.is_our_consultant else Back.KEPT, by)
    for away in Away.objects.open().filter(consultant=consultant):
        away.ended_at, away.ended_by = clock.now(), by.user
        away.save(update_fields=["ended_at", "ended_by"])
        record(by, "away.ended", away)
        settle_to_dos(away, HAND_BACK, by=by)


@transaction.atomic
def let_read(cover: Cover, is_yes: bool, *, how: str = "page", by: Actor) -> Cover:
    """The patient says whether the one who stands in may read. A coordinator puts in what she said on the phone.

    Raises Refused for anybody else, and when it is over. Said twice it is said once; a yes after a no counts.
    """
    cover, case = _fresh_cover(cover)
    role = role_in(case, by)
    if not (role == "patient" if how == "page" else role == "coordinator"):
        raise Refused(_("Only the patient can accept this."), code="role")
    if cover.back_at:
        raise Refused(_("%(name)s does not stand in any more.") % {"name": cover.reader.name}, code="state")
    if is_yes:
        give_consent("read", person=case.patient, case=case, consultant=cover.reader, how=how, by=by)
    elif has_consent_to_read(case, cover.reader):
        raise Refused(_("You said yes before. You can take it back on the page “Privacy and security”."), code="state")
    declined_at = None if is_yes else cover.declined_at or clock.now()
    if declined_at != cover.declined_at:
        cover.declined_at = declined_at
        cover.save(update_fields=["declined_at"])
        if not is_yes:
            record(by, "away.not_to_read", cover, patient=case.patient_id, case=case.pk)
    notices.answered(cover)
    return cover


def _begin(away: Away, case: Case, by: Actor) -> Cover:
    had_place = is_assigned(case, away.stands_in)
    cover = Cover.objects.create(
        away=away,
        case=case,
        reader=away.stands_in,
        has_own_place=had_place,
        handed_at=clock.now(),
        handed_by=by.user,
    )
    assign(case, away.stands_in, why="handing_over", by=by)
    _move(case, away.consultant, away.stands_in, by)
    end_assignment(case, away.consultant, by=by)
    record(by, "away.handed_over", cover, patient=case.patient_id, case=case.pk)
    ask_to_do(HAND_BACK, away, due_on=away.back_on, by=by)
    notices.told(cover)
    return cover


def _move(case: Case, before: User, after: User, by: Actor) -> None:
    """What was asked of one is asked of the other; rooms above move what they keep by person."""
    pass_to_dos_on(case, before, after, by=by)
    changes.reader_changed(case, before, by=by)


def _end(cover: Cover, why: str, by: Actor) -> Cover:
    cover.back_at, cover.back_by, cover.back_why = clock.now(), by.user, why
    cover.save(update_fields=["back_at", "back_by", "back_why"])
    if not cover.has_own_place and why != Back.CLOSED:
        if why == Back.MOVED:
            _move(cover.case, cover.reader, cover.away.consultant, by)
        end_assignment(cover.case, cover.reader, by=by)
    record(by, "away.handed_back", cover, patient=cover.case.patient_id, case=cover.case_id, why=f"cover_{why}")
    notices.over(cover)
    if not cover.away.covers.open().exists() and why != Back.MOVED:
        settle_to_dos(cover.away, HAND_BACK, by=by)
    return cover


def _to_do(away: Away) -> Iterable[ToDo]:
    return ToDo.objects.open().filter(kind=HAND_BACK, about_id=str(away.pk))


def is_coordinator(by: Actor) -> bool:
    return by.user is not None and by.user.role == User.Role.COORDINATOR


def _must_say(consultant: User, by: Actor) -> None:
    if by.id != consultant.pk and not is_coordinator(by):
        raise Refused(_("Only a coordinator or the consultant can say this."), code="role")


def _must_fit(consultant: User, from_on: dt.date, until_on: dt.date, stands_in: User, but: Away | None = None) -> None:
    if reason := rules.why_not_days(from_on, until_on, clock.today(consultant.zone)):
        raise Refused(reason, code="until_on")
    others = Away.objects.open().between(from_on, until_on)
    if but is not None:
        others = others.exclude(pk=but.pk)
    for_whom = others.filter(stands_in=consultant).select_related("consultant").first()
    other = for_whom.consultant.name if for_whom else ""
    if reason := rules.why_not_away(stands_in_for=other, name=consultant.name):
        raise Refused(reason, code="from_on")
    if reason := rules.why_not_stand_in(
        is_same=stands_in.pk == consultant.pk,
        reads=stands_in.is_our_consultant,
        is_away=others.filter(consultant=stands_in).exists(),
        name=stands_in.name,
    ):
        raise Refused(reason, code="stands_in")
    if others.filter(consultant=consultant).exists():
        raise _overlap(consultant)


def _overlap(consultant: User) -> Refused:
    said = {"name": consultant.name}
    return Refused(
        _("%(name)s is away on some of these days already. Change that time instead.") % said, code="from_on"
    )


def _save(away: Away) -> None:
    try:
        with transaction.atomic():
            away.save()
    except IntegrityError:  # said by somebody else at this moment
        raise _overlap(away.consultant) from None


def _locked(*people: User) -> dict[object, User]:
    """What is said about people who are away waits for each other: nobody stands in who goes away meanwhile."""
    pks = {person.pk for person in people}
    return {each.pk: each for each in User.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")}


def _fresh(away: Away) -> Away:
    found = Away.objects.select_for_update(of=("self",)).select_related("consultant", "stands_in")
    return found.get(pk=away.pk)


def _locked_case(case: Case) -> Case:
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "key").get(pk=case.pk)


def _fresh_cover(cover: Cover) -> tuple[Cover, Case]:
    """The away before the case, the order in which cases are handed over."""
    away = _fresh(cover.away)
    case = _locked_case(cover.case)
    found = Cover.objects.select_related("reader").get(pk=cover.pk)
    found.away, found.case = away, case
    return found, case
