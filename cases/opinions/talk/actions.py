"""What people do about a talk: say with whom and when, what to go over, whether it took place."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from cases.case import office_ties, offices
from cases.case.actions import ask_to_do, must, must_be_open, settle_to_dos
from cases.case.models import Case, CaseClinician, Clinician, Office, ToDo
from cases.case.people import may, role_in, why_not_theirs
from cases.desk.links.actions import link_for
from cases.opinions.talk import rules
from cases.opinions.talk.models import Talk
from cases.opinions.talk.planning import replan
from cases.opinions.talk.rules import TALK_MOVES, TalkState
from cases.records import rules as record_rules
from cases.records import undoing
from cases.records.items.telling import lock_case, role_of
from cases.records.models import Visit
from portal import clock, moves, phones
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation

TALK_TIME = "talk_time"  # on the coordinator's board: the office says that the time is different
TOGETHER = ("case__patient", "case__key", "clinician", "office")


@transaction.atomic
def arrange(
    case: Case,
    *,
    role: str = "",
    doctor: str = "",
    office_name: str = "",
    on: date | None = None,
    at: time | None = None,
    by: Actor,
) -> Talk:
    """Say with whom the talk is, and when; without a day it is planned. The same again changes nothing.

    `role` names a doctor of the case; without one, `doctor` at `office_name` is another specialist. Raises Refused
    for a role that nobody has in the case, no name, or a day that cannot be.
    """
    must("change_dates", case, by)
    lock_case(case)
    now = clock.now()
    talk = Talk.objects.open().select_related(*TOGETHER).filter(case=case).first()
    is_new = talk is None
    if talk:
        undoing.take_over(talk, by=by)
    clinician, office = _with_whom(case, talk, role, doctor, office_name, by)
    talk = talk or _begin(case, clinician, office, role, now, by)
    is_another = talk.clinician_id != clinician.pk or talk.office != office
    if is_another:
        _name(talk, clinician, office, role)
        record(by, "talk.doctor_set", talk, patient=case.patient_id, case=case.pk)
    is_moved = (on, at if on else None) != (talk.on_date, talk.at_time)
    if is_moved:
        _date(talk, on, at, now=now, is_another=is_another or is_new, by=by)
    if is_another:  # one step back would name the former doctor's day; what one may read, the other may not
        talk.is_shown = False
        talk.before = talk.moved_at = talk.moved_by = None
    talk.version += is_moved or is_another
    talk.save()
    replan(talk, now=now)
    return talk


def _with_whom(
    case: Case, talk: Talk | None, role: str, doctor: str, office_name: str, by: Actor
) -> tuple[Clinician, Office | None]:
    if role:
        link = case.clinicians.filter(role=role).select_related("clinician__office").first()
        if link is None or why_not_theirs(case, by, link.put_in_by_id):
            raise Refused(_("Choose with whom you talk."), code="input")
        office = link.clinician.office
        return link.clinician, office_ties.standing(office) if office else None
    if not doctor.strip():
        raise Refused(_("Enter the doctor’s name."), code="input")
    found = offices.named_or_added(case, office_name, by=by)
    office = office_ties.standing(found) if found else None
    if talk and not talk.role and talk.clinician.name == doctor.strip() and talk.office == office:
        return talk.clinician, office
    return Clinician.objects.create(name=doctor.strip(), office=office), office


def _begin(case: Case, clinician: Clinician, office: Office | None, role: str, now: datetime, by: Actor) -> Talk:
    """A new talk. What was to be gone over in one that was called off is to be gone over in this one."""
    talk = Talk(case=case, clinician=clinician, planned_at=now, put_in_by=by.user)
    _name(talk, clinician, office, role)
    last = Talk.objects.filter(case=case).select_related("case__key").order_by("-planned_at").first()
    if last and last.state == TalkState.CANCELLED and not why_not_theirs(case, by, last.put_in_by_id):
        talk.questions, talk.points = last.questions, last.points
        talk.agenda_changed_at, talk.agenda_changed_by = last.agenda_changed_at, last.agenda_changed_by
    talk.save(force_insert=True)
    record(by, "talk.planned", talk, patient=case.patient_id, case=case.pk)
    return talk


def _name(talk: Talk, clinician: Clinician, office: Office | None, role: str) -> None:
    if talk.office != office:
        talk.is_shown = False
    talk.clinician, talk.office, talk.role = clinician, office, role
    talk.time_zone = office.time_zone if office else talk.case.patient.time_zone


def _date(talk: Talk, on: date | None, at: time | None, *, now: datetime, is_another: bool, by: Actor) -> None:
    is_booked = talk.state == TalkState.BOOKED
    verb = ("move" if is_booked else "set_date") if on else "undated"
    target = moves.check(TALK_MOVES, verb, talk.state, role_of(talk.case, by, "change_dates"))
    if on and (reason := rules.why_not_on(on, now.astimezone(talk.zone).date())):
        raise Refused(reason, code="date")
    if not is_another:
        undoing.keep(talk, now=now, by=by)
    talk.state, talk.on_date, talk.at_time = target, on, at if on else None
    _time_is_settled(talk, by)
    record(by, f"talk.{verb}", talk, patient=talk.case.patient_id, case=talk.case_id)


def _move(talk: Talk, verb: str, *, now: datetime, by: Actor) -> Talk:
    """Lock, judge and move; the caller sets what else changes and calls `_settle`."""
    lock_case(talk.case)
    talk = Talk.objects.select_related(*TOGETHER).get(pk=talk.pk)
    must_be_open(talk.case, by)
    target = moves.check(TALK_MOVES, verb, talk.state, role_of(talk.case, by, "change_dates"))
    undoing.keep(talk, now=now, by=by)
    talk.state = target
    return talk


def _time_is_settled(talk: Talk, by: Actor) -> None:
    """Nobody needs to ask any more which time is right."""
    settle_to_dos(talk, TALK_TIME, by=by)


def _settle(talk: Talk, verb: str, *, now: datetime, by: Actor) -> Talk:
    talk.version += 1
    talk.save()
    record(by, f"talk.{verb}", talk, patient=talk.case.patient_id, case=talk.case_id)
    _time_is_settled(talk, by)
    replan(talk, now=now)
    return talk


@transaction.atomic
def cancel(talk: Talk, *, by: Actor) -> Talk:
    """The talk is off; what was planned about it is withdrawn. Said twice is said once."""
    now = clock.now()
    lock_case(talk.case)
    talk.refresh_from_db(fields=["state"])
    if talk.state == TalkState.CANCELLED:
        return talk
    return _settle(_move(talk, "cancel", now=now, by=by), "cancel", now=now, by=by)


@transaction.atomic
def say_held(talk: Talk, *, on: date | None = None, told: str = "", by: Actor) -> Talk:
    """It took place: on its day, or on day `on`, else today. Said twice is said once.

    `told` is how staff heard. Raises Refused while it is still to come.
    """
    now = clock.now()
    lock_case(talk.case)
    talk.refresh_from_db(fields=["state"])
    if talk.state == TalkState.HELD:
        return talk
    talk = _move(talk, "held", now=now, by=by)
    today = now.astimezone(talk.zone).date()
    day = on or talk.on_date or today
    if reason := rules.why_not_held_on(day, today):
        raise Refused(reason, code="date")
    if day != talk.on_date:
        talk.on_date, talk.at_time = day, None
    talk.known_by = record_rules.known_by(role_of(talk.case, by, "change_dates"), told)
    return _settle(talk, "held", now=now, by=by)


@transaction.atomic
def say_did_not(talk: Talk, *, by: Actor) -> Talk:
    """It did not take place: it has no day again. Raises Refused while it is still to come."""
    now = clock.now()
    talk = _move(talk, "did_not", now=now, by=by)
    today = now.astimezone(talk.zone).date()
    if talk.on_date and (reason := rules.why_not_held_on(talk.on_date, today)):
        raise Refused(reason, code="date")
    talk.on_date = talk.at_time = None
    return _settle(talk, "did_not", now=now, by=by)


@transaction.atomic
def undo(talk: Talk, *, why: str = "", by: Actor) -> Talk:
    """Take the last move back: one's own for 10 minutes, later by a coordinator, who says why. Reminders follow."""
    now = clock.now()
    lock_case(talk.case)
    talk = Talk.objects.select_related(*TOGETHER).get(pk=talk.pk)
    is_own = by.user is not None and talk.moved_by_id == by.user.pk
    if reason := record_rules.why_not_undo(talk.moved_at, is_own, role_of(talk.case, by, "change_dates"), now):
        raise Refused(reason)
    if not record_rules.asks_why(talk.moved_at, now):
        why = ""
    elif why not in record_rules.UNDO_WHYS:
        raise Refused(_("Choose why it is taken back. It stands in the history."), code="input")
    if not talk.is_open and Talk.objects.open().filter(case=talk.case).exists():
        raise Refused(_("Another talk was planned since. Cancel that one first."))
    undoing.take_over(talk, by=by)
    undoing.put_back(talk)
    talk.version += 1
    talk.save()
    record(by, "talk.undone", talk, patient=talk.case.patient_id, case=talk.case_id, why=why)
    replan(talk, now=now)
    return talk


@transaction.atomic
def change_agenda(
    talk: Talk, *, questions: Sequence[str], points: Sequence[str], seen_at: datetime | None, by: Actor
) -> Talk:
    """Keep what is to be gone over: up to three questions, and further lines.

    `seen_at` is its last change that the person saw: two people do not overwrite each other unseen. Raises Refused
    for that, for more than fits on one page, and for those who do not read it.
    """
    must("change_dates", talk.case, by)
    lock_case(talk.case)
    talk = Talk.objects.select_related(*TOGETHER).get(pk=talk.pk)
    if not reads_agenda(talk, by):
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    if talk.agenda_changed_at != seen_at:
        raise Refused(
            _("Somebody changed this page since you opened it. Save once more to keep your words."), code="state"
        )
    asked, gone_over = (tuple(line.strip() for line in lines if line.strip()) for lines in (questions, points))
    if reason := rules.why_not_agenda(asked, gone_over):
        raise Refused(reason, code="input")
    if seen_at is None or (talk.questions, talk.points) != ("\n".join(asked), "\n".join(gone_over)):
        talk.questions, talk.points = "\n".join(asked), "\n".join(gone_over)
        undoing.take_over(talk, by=by)
        talk.agenda_changed_at, talk.agenda_changed_by = clock.now(), by.user
        talk.save(update_fields=["questions", "points", "agenda_changed_at", "agenda_changed_by", "put_in_by"])
        record(by, "talk.agenda_changed", talk, patient=talk.case.patient_id, case=talk.case_id)
    return talk


@transaction.atomic
def show_agenda(talk: Talk, is_shown: bool, *, by: Actor) -> Talk:
    """Let the office of the talk read the page ahead, on its own page, or no longer. Only the patient says so."""
    must("consent", talk.case, by)
    lock_case(talk.case)
    talk = Talk.objects.select_related(*TOGETHER).get(pk=talk.pk)
    if is_shown and not (talk.is_open and talk.office and talk.agenda_changed_at):
        raise Refused(_("Write on your page first, and say at which office the talk is."), code="state")
    if talk.is_shown != is_shown:
        talk.is_shown = is_shown
        talk.save(update_fields=["is_shown"])
        visit = Visit.objects.live().filter(case=talk.case).order_by("-round").first()
        if is_shown and talk.office and visit:
            link_for(visit, talk.office, by=by)  # the page on which they read it
        verb = "shown" if is_shown else "hidden"
        record(by, f"talk.{verb}", talk, patient=talk.case.patient_id, case=talk.case_id)
    return talk


@transaction.atomic
def ask_about_time(talk: Talk, *, by: Actor) -> ToDo:
    """The office says that the time is different: one of us calls. Pressed twice asks once."""
    lock_case(talk.case)
    talk = Talk.objects.select_related(*TOGETHER).get(pk=talk.pk)
    if talk.state != TalkState.BOOKED:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")
    office = talk.office
    parts = (talk.clinician.name, office.name if office else "", phones.shown(office.phone) if office else "")
    note = _("The office says that the time of the talk is different: %(whom)s") % {
        "whom": ", ".join(filter(None, parts))
    }
    due_on = organisation().today()
    return ask_to_do(TALK_TIME, talk, case=talk.case, due_on=due_on, note=note, by=by)


def reads_agenda(talk: Talk, by: Actor) -> bool:
    """Whether this person reads what the patient wants to go over."""
    is_own = by.user is not None and talk.agenda_changed_by_id == by.user.pk
    is_shown = is_own or may("see_questions", talk.case, by)
    return rules.reads_agenda(role_in(talk.case, by), is_shown, talk.agenda_changed_at is None)


@transaction.atomic
def follow_doctor(link: CaseClinician, *, by: Actor) -> None:
    """A doctor of the case is named anew: a talk with them follows, while it has no day or stays at the same desk."""
    talk = Talk.objects.open().select_related(*TOGETHER).filter(case=link.case, role=link.role).first()
    if talk is None or (talk.on_date and talk.office != link.clinician.office):
        return
    _name(talk, link.clinician, link.clinician.office, link.role)
    talk.save(update_fields=["clinician", "office", "role", "time_zone", "is_shown"])
    record(by, "talk.doctor_set", talk, patient=talk.case.patient_id, case=talk.case_id)
    replan(talk, now=clock.now())
