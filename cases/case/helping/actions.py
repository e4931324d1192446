"""What changes who helps: asking, saying yes or no, changing, and ending. The patient decides, always."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.case.actions import ask_to_do, settle_to_dos
from cases.case.helping import notices, rules, written_down
from cases.case.helping.inviting.models import Invite
from cases.case.helping.inviting.rules import Closed, Part
from cases.case.helping.models import Helper, Mandate
from cases.case.helping.rules import HELPER_STOPPED, Chosen, Ended, How
from cases.case.models import Case
from cases.case.people import COORDINATOR, PATIENT, begins, role_in
from portal import clock
from portal.accounts.models import User
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.words import organisation


@transaction.atomic
def ask(case: Case, person: User, *, kin: str = "", by: Actor) -> Helper:
    """Ask the patient whether this person may help. What is asked or agreed already stays as it is.

    The person asks for herself when she began the case; a coordinator asks for anybody who is not staff.
    Raises Refused for everybody else, and for whoever was told no or is no longer wanted: then the patient asks.
    """
    case = locked(case)
    if found := open_one(case, person):
        return found
    if person.role or not person.is_active:
        raise Refused(_("Someone of our team cannot be a helper here."), code="role")
    if person.pk == case.patient_id:
        raise Refused(_("This is the patient’s own account."), code="role")
    is_herself = by.id == person.pk and begins(case, person)
    if case.state == Case.State.CLOSED or not (is_herself or role_in(case, by) in {PATIENT, COORDINATOR}):
        raise Refused(_("You cannot ask here. The patient can ask you to help."), code="role")
    helper = Helper.objects.create(
        case=case, patient=case.patient, person=person, kin=kin, asked_at=clock.now(), asked_by=by.user
    )
    record(by, "helping.asked", helper, patient=case.patient_id, case=case.pk)
    notices.asked(helper)
    return helper


@transaction.atomic
def agree(
    helper: Helper,
    *,
    chosen: str,
    switches: Iterable[str] = (),
    until_on: dt.date | None = None,
    how: str = How.PAGE,
    by: Actor,
) -> Helper:
    """The patient says yes, herself or to a coordinator who records how. Said twice, the first yes holds.

    Raises Refused for anybody else, for a day that cannot be, and when it was declined or ended meanwhile.
    """
    helper = _fresh(helper)
    must_decide(helper.case, how, by)
    if helper.ended_at:
        raise Refused(_("This was answered before. Ask anew if you want to change it."), code="state")
    if helper.agreed_at:
        return helper
    put_what(helper, chosen, switches, until_on)
    return said_yes(helper, how, by)


def let_by_law(helper: Helper, until_on: dt.date | None, *, by: Actor) -> Helper:
    """A paper that a coordinator has just read lets somebody act whom the patient has not answered: until it ends."""
    helper = _fresh(helper)
    if helper.agreed_at and helper.agreed_how != How.LAW:
        return helper
    put_what(helper, Chosen.ACTS, (), until_on)
    if helper.agreed_at is None:
        return said_yes(helper, How.LAW, by)
    helper.save()
    return helper


def said_yes(helper: Helper, how: str, by: Actor) -> Helper:
    """Put the patient's yes on record, and tell the helper of it."""
    helper.agreed_at, helper.agreed_how, helper.recorded_by = clock.now(), how, by.user
    helper.save()
    record(by, "helping.agreed", helper, patient=helper.patient_id, case=helper.case_id, why=f"heard_{how}")
    notices.answered(helper)
    if how != How.LAW:  # of a paper the patient is told as of a paper
        written_down.tell(written_down.YES, helper, helper.case.patient, by=by)
    return helper


@transaction.atomic
def decline(helper: Helper, *, how: str = How.PAGE, by: Actor) -> Helper:
    """The patient would like to do this on her own. Said twice it is said once; a yes is ended instead."""
    helper = _fresh(helper)
    must_decide(helper.case, how, by)
    if helper.agreed_at:
        return end(helper, by=by)
    return _end(helper, Ended.DECLINED, by)


@transaction.atomic
def change(
    helper: Helper,
    *,
    chosen: str,
    switches: Iterable[str] = (),
    until_on: dt.date | None = None,
    how: str = How.PAGE,
    by: Actor,
) -> Helper:
    """Let the helper do more or less, or longer; from the next page on. The same words twice change nothing.

    Help whose last day has passed can be lengthened so. Raises Refused for what was not agreed to, or has ended.
    """
    helper = _fresh(helper)
    must_decide(helper.case, how, by)
    if helper.agreed_at is None or helper.ended_at:
        raise Refused(_("This has ended. Ask anew if you want help again."), code="state")
    before = (helper.chosen, helper.switches, helper.until_on)
    if not helper.holds(clock.now()):
        _end_mandates(helper, by)
    put_what(helper, chosen, switches, until_on)
    if before == (helper.chosen, helper.switches, helper.until_on) and helper.agreed_how != How.LAW:
        return helper
    if helper.agreed_how == How.LAW:  # from now on it is the patient's own word
        helper.agreed_at, helper.agreed_how, helper.recorded_by = clock.now(), how, by.user
    helper.version += 1
    helper.save()
    record(by, "helping.changed", helper, patient=helper.patient_id, case=helper.case_id, why=f"heard_{how}")
    notices.answered(helper)
    written_down.tell(written_down.YES, helper, helper.case.patient, by=by)
    return helper


@transaction.atomic
def end(helper: Helper, *, by: Actor) -> Helper:
    """End it at once, also on pages that are open: the patient, the helper herself, or a coordinator who was asked.
    A paper that lets the helper act gives nothing from then on.

    Raises Refused for anybody else. Ended twice it is ended once.
    """
    helper = _fresh(helper)
    why = _why_ended(helper, by)
    if not why:
        raise Refused(_("You cannot do this here. Ask us, and we do it with you."), code="role")
    return _end(helper, why, by)


@transaction.atomic
def expire(helper: Helper, *, by: Actor) -> bool:
    """Its last day has passed: written down once, both are told, and a coordinator looks who helps from now on. Whether
    it was this call that did so; lengthened or ended meanwhile, it stays as it is.
    """
    helper = _fresh(helper)
    if helper.ended_at or helper.agreed_at is None or helper.holds(clock.now()):
        return False
    _end(helper, Ended.EXPIRED, by)
    today = organisation().today()
    ask_to_do(HELPER_STOPPED, helper, case=helper.case, due_on=today, by=by)
    return True


def end_passed(now: dt.datetime) -> int:
    """End the help whose last day has passed, each by itself; how many. Twice, or late, changes nothing."""
    passed = Helper.objects.open().filter(agreed_at__isnull=False, over_at__lte=now).exclude(case__state="closed")
    return sum(expire(helper, by=SYSTEM) for helper in passed.select_related("case").order_by("over_at", "pk"))


@transaction.atomic
def end_all(case: Case, *, by: Actor) -> None:
    """The case is closed: nobody helps in it any more, and nobody is asked to. Whoever closes it looked who may."""
    case = locked(case)
    if case.starter and begins(case, case.starter) and open_one(case, case.starter) is None:  # never asked the patient
        asked = {"asked_at": clock.now(), "asked_by": case.starter}
        Helper.objects.create(case=case, patient=case.patient, person=case.starter, **asked)
    for helper in Helper.objects.open().filter(case=case).select_for_update(no_key=True, of=("self",)):
        _end(helper, Ended.CLOSED, by)
    Invite.objects.open().filter(case=case).update(ended_at=clock.now(), ended_as=Closed.CLOSED)


def _why_ended(helper: Helper, by: Actor) -> str:
    if by.kind == "system":
        return Ended.EXPIRED
    if by.id == helper.person_id:
        return Ended.HELPER
    return {PATIENT: Ended.PATIENT, COORDINATOR: Ended.STAFF}.get(role_in(helper.case, by), "")


def former_no(case: Case, person: User) -> Helper | None:
    """The patient's newest answer to this person, where that was a no, or an end that the patient wished."""
    ended = Helper.objects.filter(case=case, person=person, ended_at__isnull=False).select_related("ended_by")
    newest = ended.order_by("-ended_at").first()
    return newest if newest and newest.ended_why in {Ended.DECLINED, Ended.PATIENT, Ended.STAFF} else None


def former_no_by_address(case: Case, email: str) -> Helper | None:
    """The same, for the person of this case who has that address."""
    known = Helper.objects.filter(case=case, person__email__iexact=email).select_related("person").first()
    return former_no(case, known.person) if email and known else None


def locked(case: Case) -> Case:
    """All that changes who helps in a case waits for each other here."""
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=case.pk)


def _fresh(helper: Helper) -> Helper:
    case = locked(helper.case)
    found = Helper.objects.select_related("person").get(pk=helper.pk)
    found.case = case
    return found


def open_one(case: Case, person: User) -> Helper | None:
    """The row that stands; one whose last day has passed makes room for a new one."""
    found = Helper.objects.open().filter(case=case, person=person).select_related("person").first()
    if found:
        found.case = case
    if found is None or found.agreed_at is None or found.holds(clock.now()):
        return found
    _end(found, Ended.EXPIRED, SYSTEM)
    return None


def _end_mandates(helper: Helper, by: Actor) -> None:
    """Papers count no more once the help they were recorded for is over: `Mandate.objects.standing`."""
    for mandate in Mandate.objects.filter(case=helper.case_id, person=helper.person_id, ended_at=None):
        end_paper(mandate, helper.patient_id, by)


def _end_invites(helper: Helper, by: Actor) -> None:
    """No link that went out before lets this person in again, or opens the page to a mailbox that they named."""
    own = EmailAddress.objects.filter(user=helper.person_id, verified=True).values_list("email", flat=True)
    theirs = Q(part=Part.HELPER, email__in=[email.lower() for email in own])
    theirs |= Q(part=Part.PATIENT, asked_by=helper.person_id)
    for asked in Invite.objects.open().filter(theirs, case=helper.case_id).select_for_update(of=("self",)):
        asked.ended_at, asked.ended_as = clock.now(), Closed.WITHDRAWN
        asked.save(update_fields=["ended_at", "ended_as"])
        record(by, "helping.invite_withdrawn", asked, patient=helper.patient_id, case=helper.case_id)


def end_paper(mandate: Mandate, patient: UUID, by: Actor) -> None:
    """One paper counts no more. What follows for the help is its caller's."""
    mandate.ended_at, mandate.ended_by = clock.now(), by.user
    mandate.save(update_fields=["ended_at", "ended_by"])
    record(by, "mandate.ended", mandate, patient=patient, case=mandate.case_id)


def must_decide(case: Case, how: str, by: Actor) -> None:
    """Raise Refused unless the patient speaks, or a coordinator who heard it, in a case that is open."""
    role = role_in(case, by)
    if why_not := rules.why_not_heard(how, is_patient=role == PATIENT, is_staff=role == COORDINATOR):
        raise Refused(why_not, code="role")
    if case.state == Case.State.CLOSED:
        raise Refused(_("This case is closed. Nobody helps in it any more."), code="state")


def put_what(helper: Helper, chosen: str, switches: Iterable[str], until_on: dt.date | None) -> None:
    """How much, and until when. Raises Refused for a day that cannot be."""
    zone = helper.case.patient.zone
    if why_not := rules.why_not_until(until_on, clock.today(zone)):
        raise Refused(why_not, code="until_on")
    on = rules.switches_of(chosen, switches)
    helper.chosen = rules.set_of(on)
    for switch in rules.SWITCHES:
        setattr(helper, switch, switch in on)
    helper.until_on, helper.over_at = until_on, rules.over_at(until_on, zone)


def _end(helper: Helper, why: str, by: Actor) -> Helper:
    if helper.ended_at:
        return helper
    helper.ended_at, helper.ended_why, helper.ended_by = clock.now(), why, by.user
    helper.save(update_fields=["ended_at", "ended_why", "ended_by"])
    _end_mandates(helper, by)
    if notices.is_the_patients_wish(helper):
        _end_invites(helper, by)
    verb, code = ("helping.declined", "") if why == Ended.DECLINED else ("helping.ended", f"ended_{why}")
    done_by = replace(by, for_patient=helper.patient_id) if why == Ended.STAFF else by
    record(done_by, verb, helper, patient=helper.patient_id, case=helper.case_id, why=code)
    settle_to_dos(helper, rules.ASK_PATIENT, by=by)
    notices.ended(helper)
    if why == Ended.DECLINED or (why == Ended.STAFF and helper.agreed_how != How.LAW):
        kind = written_down.NO if why == Ended.DECLINED else written_down.END
        written_down.tell(kind, helper, helper.case.patient, by=by)
    return helper
